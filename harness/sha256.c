/* SPDX-License-Identifier: MIT */

#include "harness/sha256.h"

#include <string.h>

enum { ROUNDS = 64, LENGTH_AT = 56 };

static const uint32_t round_constants[ROUNDS] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t turn(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static void spread(const uint8_t block[SHA256_BLOCK], uint32_t words[ROUNDS])
{
    for (size_t i = 0; i < 16; i++) {
        const uint8_t *b = block + 4 * i;

        words[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (size_t i = 16; i < ROUNDS; i++) {
        const uint32_t near = words[i - 2];
        const uint32_t far = words[i - 15];

        words[i] = words[i - 16] + (turn(far, 7) ^ turn(far, 18) ^ far >> 3) + words[i - 7] +
                   (turn(near, 17) ^ turn(near, 19) ^ near >> 10);
    }
}

static void mix(uint32_t state[8], const uint8_t block[SHA256_BLOCK])
{
    uint32_t words[ROUNDS];
    uint32_t s[8];

    spread(block, words);
    memcpy(s, state, sizeof s);
    for (size_t i = 0; i < ROUNDS; i++) {
        const uint32_t first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                               ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] + words[i];
        const uint32_t second = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                                ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += first;
        s[0] = first + second;
    }
    for (size_t i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

void sha256_begin(struct sha256 *sha)
{
    static const uint32_t start[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                      0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

    memset(sha, 0, sizeof *sha);
    memcpy(sha->state, start, sizeof start);
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;

    while (size > 0) {
        const size_t used = (size_t)(sha->length % SHA256_BLOCK);
        const size_t part = size < SHA256_BLOCK - used ? size : SHA256_BLOCK - used;

        memcpy(sha->block + used, from, part);
        sha->length += part;
        from += part;
        size -= part;
        if (used + part == SHA256_BLOCK) {
            mix(sha->state, sha->block);
        }
    }
}

void sha256_end(struct sha256 *sha, char text[SHA256_TEXT_MAX])
{
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    const uint64_t bits = sha->length * 8;
    const size_t used = (size_t)(sha->length % SHA256_BLOCK);
    uint8_t length[8];

    for (unsigned i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    sha256_add(sha, padding, (used < LENGTH_AT ? LENGTH_AT : LENGTH_AT + SHA256_BLOCK) - used);
    sha256_add(sha, length, sizeof length);
    for (size_t i = 0; i < 8; i++) {
        (void)snprintf(text + 8 * i, 9, "%08lx", (unsigned long)sha->state[i]);
    }
}
