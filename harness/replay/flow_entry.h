/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_ENTRY_H
#define HARNESS_REPLAY_FLOW_ENTRY_H

#include <wfp/flow.h>

#include "harness/replay/flow_summary.h"

enum { ENTRY_CLASSIFIED = 1, ENTRY_CARRIED = 2, ENTRY_SIMULTANEOUS = 4 };

/* One live flow: all that is kept of it, 104 bytes. flow.state WFP_FLOW_NONE: a free place. */
struct flow_entry {
    struct flow_key key;
    struct wfp_flow flow;
    uint64_t packets, bytes;
    uint64_t first_packet, first_time;
    uint32_t next;      /* in its list: number + 1 */
    uint8_t client;     /* the end that is, 0 or 1 */
    uint8_t confidence; /* enum flow_confidence */
    uint8_t class;
    uint8_t bits; /* ENTRY_... */
};

/* `end` is FLOW_STILL_OPEN. */
struct flow_summary flow_entry_summary(const struct flow_entry *entry);

/*
 * What a flow ended by that is over at `now`: as its state says, or idle; `otherwise` where it is
 * neither.
 */
enum flow_end flow_entry_end(const struct flow_entry *entry, uint64_t now,
                             const struct wfp_flow_times *times, enum flow_end otherwise);

/* Has it been idle for longer than its time? */
bool flow_entry_idle(const struct flow_entry *entry, uint64_t now,
                     const struct wfp_flow_times *times);

#endif
