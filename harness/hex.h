/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_HEX_H
#define HARNESS_HEX_H

#include <stdint.h>

/* The byte of two lower-case hexadecimal digits, and `size` bytes of twice as many digits. */
uint8_t hex_byte(const char *digits);
void hex_bytes(const char *digits, uint8_t *bytes, uint32_t size);

#endif
