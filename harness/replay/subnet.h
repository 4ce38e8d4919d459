/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_SUBNET_H
#define HARNESS_REPLAY_SUBNET_H

#include <stdbool.h>
#include <stdint.h>

/* A network: the upper `bits` of an address, the others 0; words as in struct flow_key. */
struct subnet {
    uint64_t words[2];
    uint8_t family; /* 4 or 6 */
    uint8_t bits;   /* 0 to 32, or to 128 */
};

enum { SUBNET_TEXT_MAX = 56 };

/* "192.0.2.0/24", "2001:db8::/32". False, and nothing written, for anything else. */
bool subnet_parse(const char *text, struct subnet *subnet);
/* The form that subnet_parse() reads. */
void subnet_text(const struct subnet *subnet, char text[SUBNET_TEXT_MAX]);

bool subnet_has(const struct subnet *subnet, const uint64_t words[2], uint8_t family);

#endif
