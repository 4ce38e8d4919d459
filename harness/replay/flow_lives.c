/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_lives.h"

#include "harness/replay/flow_side.h"

static void hand_out(struct flow_lives *lives, struct live_flow live, enum flow_end end)
{
    const struct flow_entry *entry = live.entry;
    struct flow_counts *counts = &lives->counts;
    const enum flow_protocol_row row = flow_lives_row(&entry->key);

    counts->flows[row][end]++;
    counts->confidence[live.rest->confidence]++;
    counts->classified[row] += (entry->bits & ENTRY_CLASSIFIED) != 0;
    counts->records += (entry->bits & ENTRY_CARRIED) != 0;
    counts->simultaneous += (entry->bits & ENTRY_SIMULTANEOUS) != 0;
    if (lives->consumer.end != NULL) {
        struct flow_summary summary = live_flow_summary(live);

        summary.end = (uint8_t)end;
        lives->consumer.end(lives->consumer.context, &summary);
    }
}

static enum flow_end end_of(const struct flow_lives *lives, const struct flow_entry *entry,
                            enum flow_end otherwise)
{
    return flow_entry_end(entry, lives->now, &lives->settings.times, otherwise);
}

void flow_lives_end(struct flow_lives *lives, uint32_t number, enum flow_end otherwise)
{
    const struct live_flow live = flow_places_live(&lives->places, number);

    hand_out(lives, live, end_of(lives, live.entry, otherwise));
}

void flow_lives_count(struct flow_lives *lives, uint32_t number, const struct packet *packet)
{
    struct flow_entry *entry = flow_places_entry(&lives->places, number);

    lives->counts.packets[flow_lives_row(&packet->key)]++;
    entry->bytes += packet->wire_bytes;
    if (++entry->packets == 0) {
        flow_places_rest(&lives->places, number)->more_packets++;
    }
}

static void note(struct flow_lives *lives, struct live_flow live, const struct packet *packet,
                 uint32_t told)
{
    if ((told & WFP_FLOW_CLASSIFIED) != 0) {
        live.entry->bits |= ENTRY_CLASSIFIED;
        if (packet->key.protocol == PROTOCOL_TCP) {
            live.rest->confidence = FLOW_BY_SYN; /* also when it comes after its answer */
        }
    }
    live.entry->bits |= (told & WFP_FLOW_CARRIES_RECORD) != 0 ? ENTRY_CARRIED : 0;
    live.entry->bits |= (told & WFP_FLOW_SIMULTANEOUS) != 0 ? ENTRY_SIMULTANEOUS : 0;
    lives->counts.retransmissions += (told & WFP_FLOW_RETRANSMITTED) != 0;
}

static uint32_t step(const struct flow_lives *lives, struct live_flow live,
                     const struct wfp_flow *before, const struct packet *packet,
                     struct wfp_flow *after)
{
    const struct wfp_flow_event event = flow_lives_event(live.entry, packet);

    return wfp_flow_step(before, &event, lives->now, &lives->settings.times, after);
}

void flow_lives_begin(struct flow_lives *lives, uint32_t number, const struct packet *packet)
{
    const struct live_flow live = flow_places_live(&lives->places, number);
    const struct wfp_flow none = {0};
    struct wfp_flow flow;
    uint32_t told;

    *live.entry = (struct flow_entry){.key = packet->key};
    *live.rest = (struct flow_rest){
        .first_packet = packet->number,
        .first_time = lives->now,
        .next = live.rest->next,
    };
    live.rest->confidence = (uint8_t)flow_side_decide(packet, &live.entry->client);
    told = step(lives, live, &none, packet, &flow);
    live_flow_set_value(live, &flow);
    note(lives, live, packet, told);
    flow_lives_count(lives, number, packet);
    if (lives->consumer.begin != NULL) {
        const struct flow_summary summary = live_flow_summary(live);

        live.entry->class = lives->consumer.begin(lives->consumer.context, &summary);
    }
}

void flow_lives_go_on(struct flow_lives *lives, uint32_t number, const struct packet *packet)
{
    const struct live_flow live = flow_places_live(&lives->places, number);
    struct wfp_flow flow = live_flow_value(live);
    const uint32_t told = step(lives, live, &flow, packet, &flow);

    if ((told & WFP_FLOW_OVER) != 0) {
        flow_lives_end(lives, number, FLOW_REUSED);
        flow_lives_begin(lives, number, packet);
        return;
    }
    live_flow_set_value(live, &flow);
    note(lives, live, packet, told);
    flow_lives_count(lives, number, packet);
}
