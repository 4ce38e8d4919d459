/* SPDX-License-Identifier: MIT */

#include "harness/hex.h"

#include <stddef.h>

static unsigned digit_value(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

uint8_t hex_byte(const char *digits)
{
    return (uint8_t)(digit_value(digits[0]) << 4 | digit_value(digits[1]));
}

void hex_bytes(const char *digits, uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = hex_byte(digits + 2 * (size_t)i);
    }
}
