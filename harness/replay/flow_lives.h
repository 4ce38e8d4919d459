/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_LIVES_H
#define HARNESS_REPLAY_FLOW_LIVES_H

#include "harness/replay/flow_hash.h"
#include "harness/replay/flow_places.h"
#include "harness/replay/flow_table.h"

/*
 * The lives of flows: what packets make of them by the model's step, and what is told of them. Part
 * of the flow table, which finds their places and knows when to look at them again.
 */
struct flow_lives {
    struct flow_settings settings;
    struct flow_consumer consumer;
    struct flow_places places;
    struct flow_counts counts;
    uint64_t now; /* the captures' clock, microseconds */
};

/* Makes the place a flow that begins with this packet. It keeps its place in its list. */
void flow_lives_begin(struct flow_lives *lives, uint32_t number, const struct packet *packet);

/* The model's step; where the flow that was there is over by it, the next begins in its place. */
void flow_lives_go_on(struct flow_lives *lives, uint32_t number, const struct packet *packet);

/* Counts a packet for a flow without a step: a later fragment is part of one that had its own. */
void flow_lives_count(struct flow_lives *lives, uint32_t number, const struct packet *packet);

/*
 * Hands the flow out: it ended as its state says, or was idle; `otherwise` where it is neither. Its
 * place is still its own.
 */
void flow_lives_end(struct flow_lives *lives, uint32_t number, enum flow_end otherwise);

static inline enum flow_protocol_row flow_lives_row(const struct flow_key *key)
{
    return key->protocol == PROTOCOL_TCP ? FLOW_ROW_TCP : FLOW_ROW_UDP;
}

static inline struct wfp_flow_event flow_lives_event(const struct flow_entry *entry,
                                                     const struct packet *packet)
{
    const struct wfp_flow_event event = {
        .kind = WFP_FLOW_PACKET,
        .flow = packet->key.protocol == PROTOCOL_TCP ? WFP_FLOW_TCP : WFP_FLOW_UDP,
        .side = packet->from == entry->client ? WFP_FLOW_OWNER : WFP_FLOW_PEER,
        .tcp_flags = packet->tcp_flags,
        .sequence = packet->sequence,
    };

    return event;
}

/*
 * Nearly every packet is a later one of the flow that was guessed: then this is all. False: nothing
 * has changed, and the packet is to be taken in all ways that there are.
 */
static inline bool flow_lives_later(struct flow_lives *lives, const struct packet *packet)
{
    struct flow_entry *entry = packet->guess;

    if (entry == NULL || !flow_key_equal(&entry->key, &packet->key) ||
        packet->fragment == FRAGMENT_LATER || entry->packets == UINT32_MAX) {
        return false;
    }
    const struct wfp_flow flow = flow_entry_glance(entry);
    const struct wfp_flow_event event = flow_lives_event(entry, packet);

    if (!wfp_flow_goes_on(&flow, &event, lives->now, &lives->settings.times)) {
        return false;
    }
    entry->last = lives->now;
    entry->state = WFP_FLOW_LIVE;
    entry->bytes += packet->wire_bytes;
    entry->packets++;
    lives->counts.packets[flow_lives_row(&packet->key)]++;
    return true;
}

#endif
