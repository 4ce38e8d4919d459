/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_entry.h"

static struct flow_address address_of(const struct flow_key *key, unsigned end)
{
    const struct flow_address address = {
        .words = {key->address[end][0], key->address[end][1]},
        .port = key->port[end],
    };

    return address;
}

struct flow_summary flow_entry_summary(const struct flow_entry *entry)
{
    const struct flow_summary summary = {
        .client = address_of(&entry->key, entry->client),
        .server = address_of(&entry->key, 1u - entry->client),
        .first_packet = entry->first_packet,
        .first_time = entry->first_time,
        .last_time = entry->flow.last,
        .packets = entry->packets,
        .bytes = entry->bytes,
        .family = entry->key.family,
        .protocol = entry->key.protocol,
        .confidence = entry->confidence,
        .end = FLOW_STILL_OPEN,
        .class = entry->class,
        .records = (entry->bits & ENTRY_CARRIED) != 0,
        .classified = (entry->bits & ENTRY_CLASSIFIED) != 0,
        .simultaneous = (entry->bits & ENTRY_SIMULTANEOUS) != 0,
    };

    return summary;
}

bool flow_entry_idle(const struct flow_entry *entry, uint64_t now,
                     const struct wfp_flow_times *times)
{
    return now > entry->flow.last &&
           now - entry->flow.last > wfp_flow_patience(&entry->flow, times);
}

enum flow_end flow_entry_end(const struct flow_entry *entry, uint64_t now,
                             const struct wfp_flow_times *times, enum flow_end otherwise)
{
    if (entry->flow.state == WFP_FLOW_TIME_WAIT) {
        return FLOW_CLOSED;
    }
    if (entry->flow.state == WFP_FLOW_RESET) {
        return FLOW_RESET;
    }
    return flow_entry_idle(entry, now, times) ? FLOW_IDLE : otherwise;
}
