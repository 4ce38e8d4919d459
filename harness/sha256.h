/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_SHA256_H
#define HARNESS_SHA256_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* SHA-256 (FIPS 180-4), to name a file by its content. */
enum { SHA256_BLOCK = 64, SHA256_BYTES = 32, SHA256_TEXT_MAX = 2 * SHA256_BYTES + 1 };

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[SHA256_BLOCK];
};

void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t size);
/* In lower-case hexadecimal. */
void sha256_end(struct sha256 *sha, char text[SHA256_TEXT_MAX]);

#endif
