/* SPDX-License-Identifier: MIT */

#include "harness/pattern.h"

#include <string.h>

enum { PERIOD = 256 };

/* One period, in which every byte value stands once. */
static void make_period(uint8_t *period)
{
    for (unsigned i = 0; i < PERIOD; i++) {
        period[i] = (uint8_t)(0xA5u ^ (i * 7u));
    }
}

void pattern_fill(uint8_t *bytes, uint32_t size)
{
    uint8_t period[PERIOD];

    make_period(period);
    for (uint32_t at = 0; at < size; at += PERIOD) {
        memcpy(bytes + at, period, size - at < PERIOD ? size - at : PERIOD);
    }
}

uint32_t pattern_changed(const uint8_t *bytes, uint32_t size)
{
    uint8_t period[PERIOD];
    uint32_t end = size;

    make_period(period);
    while (end > 0) {
        const uint32_t start = (end - 1) / PERIOD * PERIOD;

        if (memcmp(bytes + start, period, end - start) != 0) {
            break;
        }
        end = start;
    }
    while (end > 0 && bytes[end - 1] == period[(end - 1) % PERIOD]) {
        end--;
    }
    return end;
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
