/* SPDX-License-Identifier: MIT */

#include "harness/pattern.h"

static uint8_t pattern_at(uint32_t offset)
{
    return (uint8_t)(0xA5u ^ (offset * 7u) ^ (offset >> 8));
}

void pattern_fill(uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = pattern_at(i);
    }
}

uint32_t pattern_changed(const uint8_t *bytes, uint32_t size)
{
    while (size > 0 && bytes[size - 1] == pattern_at(size - 1)) {
        size--;
    }
    return size;
}

void pattern_context(const char *handle, uint8_t *bytes, uint32_t size)
{
    uint32_t seed = 2166136261u;

    for (const char *c = handle; *c != '\0'; c++) {
        seed = (seed ^ (uint8_t)*c) * 16777619u;
    }
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)((seed >> (8 * (i % 4))) + i);
    }
}
