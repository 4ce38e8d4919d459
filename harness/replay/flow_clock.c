/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_clock.h"

uint32_t *flow_clock_list(struct flow_clock *clock, uint64_t due)
{
    const uint64_t tick = due >> CLOCK_SHIFT;
    uint64_t ahead = tick > clock->hand ? tick - clock->hand : 0;

    /* One tick later than due: then it is over for certain. */
    ahead = ahead < CLOCK_LOOK_AGAIN ? ahead + 1 : CLOCK_LOOK_AGAIN;
    return &clock->lists[(clock->hand + ahead) % CLOCK_LISTS];
}
