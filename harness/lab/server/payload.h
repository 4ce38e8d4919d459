/* SPDX-License-Identifier: MIT */

/* What clients and destinations send: bytes of a text, or that follow from a seed and their place,
 * so that either end knows what is to come, and no buffer holds it all. */

#ifndef HARNESS_LAB_SERVER_PAYLOAD_H
#define HARNESS_LAB_SERVER_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct payload_part {
    uint64_t seed;
    uint64_t size;    /* bytes */
    const char *text; /* what it is; NULL: it follows from the seed */
};

enum { PAYLOAD_PARTS = 2 };

/* All that goes one way: one part after the other. */
struct payload {
    struct payload_part parts[PAYLOAD_PARTS];
};

uint64_t payload_size(const struct payload *payload);
/* Writes `size` bytes from `offset` on; beyond its end they are 0. */
void payload_write(const struct payload *payload, uint64_t offset, uint8_t *out, size_t size);
/* Are these the bytes at `offset`? What is beyond the end never is. */
bool payload_matches(const struct payload *payload, uint64_t offset, const uint8_t *bytes,
                     size_t size);

#endif
