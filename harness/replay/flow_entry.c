/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_entry.h"

bool flow_entry_idle(const struct flow_entry *entry, uint64_t now,
                     const struct wfp_flow_times *times)
{
    const struct wfp_flow flow = flow_entry_glance(entry);

    return now > flow.last && now - flow.last > wfp_flow_patience(&flow, times);
}

enum flow_end flow_entry_end(const struct flow_entry *entry, uint64_t now,
                             const struct wfp_flow_times *times, enum flow_end otherwise)
{
    if (entry->state == WFP_FLOW_TIME_WAIT) {
        return FLOW_CLOSED;
    }
    if (entry->state == WFP_FLOW_RESET) {
        return FLOW_RESET;
    }
    return flow_entry_idle(entry, now, times) ? FLOW_IDLE : otherwise;
}

struct wfp_flow live_flow_value(struct live_flow live)
{
    struct wfp_flow flow = flow_entry_glance(live.entry);

    flow.sequence[0] = live.rest->sequence[0];
    flow.sequence[1] = live.rest->sequence[1];
    flow.syn = live.rest->handshake & 3;
    flow.fin = live.rest->handshake >> 2 & 3;
    flow.answered = live.rest->handshake >> 4 & 3;
    return flow;
}

void live_flow_set_value(struct live_flow live, const struct wfp_flow *flow)
{
    live.entry->last = flow->last;
    live.entry->state = flow->state;
    live.rest->sequence[0] = flow->sequence[0];
    live.rest->sequence[1] = flow->sequence[1];
    live.rest->handshake = (uint8_t)(flow->syn | flow->fin << 2 | flow->answered << 4);
}

static struct flow_address address_of(const struct flow_key *key, unsigned end)
{
    const struct flow_address address = {
        .words = {key->address[end][0], key->address[end][1]},
        .port = key->port[end],
    };

    return address;
}

struct flow_summary live_flow_summary(struct live_flow live)
{
    const struct flow_entry *entry = live.entry;
    const struct flow_rest *rest = live.rest;
    const struct flow_summary summary = {
        .client = address_of(&entry->key, entry->client),
        .server = address_of(&entry->key, 1u - entry->client),
        .first_packet = rest->first_packet,
        .first_time = rest->first_time,
        .last_time = entry->last,
        .packets = (uint64_t)rest->more_packets << 32 | entry->packets,
        .bytes = entry->bytes,
        .family = entry->key.family,
        .protocol = entry->key.protocol,
        .confidence = rest->confidence,
        .end = FLOW_STILL_OPEN,
        .class = entry->class,
        .records = (entry->bits & ENTRY_CARRIED) != 0,
        .classified = (entry->bits & ENTRY_CLASSIFIED) != 0,
        .simultaneous = (entry->bits & ENTRY_SIMULTANEOUS) != 0,
    };

    return summary;
}
