/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PATTERN_H
#define HARNESS_PATTERN_H

#include <stdint.h>

/* What fills an output buffer before a call, so that every byte that the call changed shows. */
void pattern_fill(uint8_t *bytes, uint32_t size);

/* The number of the last byte that differs from the pattern, counted from 1; 0 if none does. */
uint32_t pattern_changed(const uint8_t *bytes, uint32_t size);

/* The redirect context, `size` bytes, that a driver attaches with the handle of this name. */
void pattern_context(const char *handle, uint8_t *bytes, uint32_t size);

#endif
