/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_ADDRESS_H
#define HARNESS_REPLAY_ADDRESS_H

#include <stdint.h>

enum { ADDRESS_TEXT_MAX = 48 };

/*
 * "192.0.2.1", "2001:db8::1" (RFC 5952: lower case, no leading zeros, the longest run of at least
 * two zero groups shortened, the first of equals). `words` as in struct flow_key, family 4 or 6.
 */
void address_text(const uint64_t words[2], uint8_t family, char text[ADDRESS_TEXT_MAX]);

#endif
