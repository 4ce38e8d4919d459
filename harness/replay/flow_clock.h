/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_CLOCK_H
#define HARNESS_REPLAY_FLOW_CLOCK_H

#include <stdint.h>

/*
 * When flows are to be looked at again: a ring of lists, one for each second or so of the captures'
 * clock. A flow stands in one list, is not moved by its packets, and once its list's time has come
 * is either over or put on another. Lists are chains through the entries: number + 1, 0 at the end.
 */
enum { CLOCK_LISTS = 128, CLOCK_SHIFT = 20, CLOCK_LOOK_AGAIN = 100 };

struct flow_clock {
    uint64_t hand; /* microseconds >> CLOCK_SHIFT, up to which lists have been looked at */
    uint32_t lists[CLOCK_LISTS];
};

/* The list for a flow that is over at `due` unless a packet comes; at most CLOCK_LOOK_AGAIN ahead.
 */
uint32_t *flow_clock_list(struct flow_clock *clock, uint64_t due);

#endif
