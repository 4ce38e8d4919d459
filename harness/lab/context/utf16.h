/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_CONTEXT_UTF16_H
#define HARNESS_LAB_CONTEXT_UTF16_H

#include <stdint.h>

/*
 * Writes UTF-8 text as UTF-16LE, without a terminator, and gives its bytes: at most `room`, with no
 * half of a character. With `out` NULL they are only counted.
 */
uint32_t utf16_write(const char *text, uint8_t *out, uint32_t room);

#endif
