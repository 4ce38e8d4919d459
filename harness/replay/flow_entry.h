/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_ENTRY_H
#define HARNESS_REPLAY_FLOW_ENTRY_H

#include <wfp/flow.h>

#include "harness/replay/flow_summary.h"

enum { ENTRY_CLASSIFIED = 1, ENTRY_CARRIED = 2, ENTRY_SIMULTANEOUS = 4 };

/*
 * What every packet of a flow needs: 64 bytes, one line of the processor's cache. Where memory is
 * what takes the time, a packet costs as much as it touches lines.
 */
struct flow_entry {
    struct flow_key key;
    uint64_t last; /* as in struct wfp_flow */
    uint64_t bytes;
    uint32_t packets; /* the lower 32 bits */
    uint8_t state;    /* as in struct wfp_flow; WFP_FLOW_NONE: a free place */
    uint8_t client;   /* the end that is, 0 or 1 */
    uint8_t bits;     /* ENTRY_... */
    uint8_t class;
};

/* What its first and last packets need besides: 32 bytes. Both together are all that is kept. */
struct flow_rest {
    uint64_t first_packet, first_time;
    uint32_t sequence[2];  /* as in struct wfp_flow */
    uint32_t next;         /* in its list: number + 1 */
    uint16_t more_packets; /* the upper 16 bits */
    uint8_t handshake;     /* the model's syn, fin and answered, two bits each */
    uint8_t confidence;    /* enum flow_confidence */
};

/* One live flow. */
struct live_flow {
    struct flow_entry *entry;
    struct flow_rest *rest;
};

/* What the entry alone knows of the model's value: last, state and kind. The others are 0. */
static inline struct wfp_flow flow_entry_glance(const struct flow_entry *entry)
{
    const struct wfp_flow flow = {
        .last = entry->last,
        .state = entry->state,
        .kind = entry->key.protocol == PROTOCOL_TCP ? WFP_FLOW_TCP : WFP_FLOW_UDP,
    };

    return flow;
}

/* Has it been idle for longer than its time? */
bool flow_entry_idle(const struct flow_entry *entry, uint64_t now,
                     const struct wfp_flow_times *times);

/*
 * What a flow ended by that is over at `now`: as its state says, or idle; `otherwise` where it is
 * neither.
 */
enum flow_end flow_entry_end(const struct flow_entry *entry, uint64_t now,
                             const struct wfp_flow_times *times, enum flow_end otherwise);

/* The model's value, and what becomes of it. */
struct wfp_flow live_flow_value(struct live_flow live);
void live_flow_set_value(struct live_flow live, const struct wfp_flow *flow);

/* `end` is FLOW_STILL_OPEN. */
struct flow_summary live_flow_summary(struct live_flow live);

#endif
