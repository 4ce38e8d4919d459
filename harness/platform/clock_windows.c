/* SPDX-License-Identifier: MIT */

#include "harness/platform/clock.h"

#include <windows.h>

uint64_t clock_nanoseconds(void)
{
    LARGE_INTEGER ticks, per_second;
    uint64_t count, rate;

    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    count = (uint64_t)ticks.QuadPart;
    rate = (uint64_t)per_second.QuadPart;
    /* Whole seconds apart: count * 10^9 would overflow within hours of uptime. */
    return count / rate * 1000000000u + count % rate * 1000000000u / rate;
}
