/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_table.h"

#include <stdlib.h>

#include "harness/replay/flow_clock.h"
#include "harness/replay/flow_places.h"
#include "harness/replay/flow_side.h"
#include "harness/replay/prefetch.h"

struct flow_table {
    struct flow_settings settings;
    struct flow_consumer consumer;
    struct flow_hash_key key;
    struct flow_index index;
    struct flow_places places;
    struct flow_clock clock;
    struct flow_counts counts;
};

static struct flow_entry *entry_at(const struct flow_table *table, uint32_t number)
{
    return flow_places_entry(&table->places, number);
}

static struct live_flow live_at(const struct flow_table *table, uint32_t number)
{
    return flow_places_live(&table->places, number);
}

static uint64_t hash_of_entry(const void *context, uint32_t number)
{
    const struct flow_table *table = context;

    return flow_hash(&table->key, &entry_at(table, number)->key);
}

static void expect_entry(const void *context, uint32_t number)
{
    const struct flow_table *table = context;

    PREFETCH(entry_at(table, number));
}

/* ---- beginning and end ---- */

struct flow_table *flow_table_open(const struct flow_settings *settings,
                                   const struct flow_consumer *consumer)
{
    struct flow_table *table = calloc(1, sizeof *table);

    if (table == NULL) {
        return NULL;
    }
    table->settings = *settings;
    table->consumer = *consumer;
    table->key = flow_hash_key_make(&settings->seed);
    if (!flow_index_init(&table->index)) {
        free(table);
        return NULL;
    }
    return table;
}

void flow_table_close(struct flow_table *table)
{
    if (table != NULL) {
        flow_index_clear(&table->index);
        flow_places_clear(&table->places);
    }
    free(table);
}

const struct flow_counts *flow_table_counts(const struct flow_table *table)
{
    return &table->counts;
}

uint64_t flow_table_alive(const struct flow_table *table)
{
    return table->index.entries;
}

size_t flow_table_bytes(const struct flow_table *table)
{
    return sizeof *table + flow_index_bytes(&table->index) + flow_places_bytes(&table->places);
}

/* ---- handing out ---- */

static enum flow_protocol_row row_of(const struct flow_key *key)
{
    return key->protocol == PROTOCOL_TCP ? FLOW_ROW_TCP : FLOW_ROW_UDP;
}

static void hand_out(struct flow_table *table, struct live_flow live, enum flow_end end)
{
    const struct flow_entry *entry = live.entry;
    struct flow_counts *counts = &table->counts;
    const enum flow_protocol_row row = row_of(&entry->key);

    counts->flows[row][end]++;
    counts->confidence[live.rest->confidence]++;
    counts->classified[row] += (entry->bits & ENTRY_CLASSIFIED) != 0;
    counts->records += (entry->bits & ENTRY_CARRIED) != 0;
    counts->simultaneous += (entry->bits & ENTRY_SIMULTANEOUS) != 0;
    if (table->consumer.end != NULL) {
        struct flow_summary summary = live_flow_summary(live);

        summary.end = (uint8_t)end;
        table->consumer.end(table->consumer.context, &summary);
    }
}

static enum flow_end end_of(const struct flow_table *table, const struct flow_entry *entry,
                            enum flow_end otherwise)
{
    return flow_entry_end(entry, table->clock.now, &table->settings.times, otherwise);
}

/* The entry is in no list any more. */
static void remove_entry(struct flow_table *table, uint32_t number, enum flow_end end)
{
    hand_out(table, live_at(table, number), end);
    flow_index_remove(&table->index, hash_of_entry(table, number), number);
    flow_places_give_back(&table->places, number);
}

void flow_table_end(struct flow_table *table)
{
    for (uint32_t number = 0; number < flow_places_count(&table->places); number++) {
        const struct live_flow live = live_at(table, number);

        if (live.entry->state != WFP_FLOW_NONE) {
            hand_out(table, live, end_of(table, live.entry, FLOW_STILL_OPEN));
        }
    }
}

/* ---- time ---- */

static void put_on_clock(struct flow_table *table, uint32_t number)
{
    const struct wfp_flow flow = flow_entry_glance(entry_at(table, number));
    uint32_t *list = flow_clock_list(
        &table->clock, flow.last + wfp_flow_patience(&flow, &table->settings.times));

    flow_places_rest(&table->places, number)->next = *list;
    *list = number + 1;
}

static void look_at_list(struct flow_table *table, uint32_t *list)
{
    uint32_t next = *list;

    *list = 0;
    while (next != 0) {
        const uint32_t number = next - 1;
        const struct flow_entry *entry = entry_at(table, number);

        next = flow_places_rest(&table->places, number)->next;
        if (flow_entry_idle(entry, table->clock.now, &table->settings.times)) {
            remove_entry(table, number, end_of(table, entry, FLOW_IDLE));
        } else {
            put_on_clock(table, number);
        }
    }
}

static void turn_clock(struct flow_table *table)
{
    struct flow_clock *clock = &table->clock;
    const uint64_t goal = clock->now >> CLOCK_SHIFT;
    const uint64_t steps = goal - clock->hand < CLOCK_LISTS ? goal - clock->hand : CLOCK_LISTS;

    clock->hand = goal;
    for (uint64_t i = steps; i > 0; i--) {
        look_at_list(table, &clock->lists[(goal - i + 1) % CLOCK_LISTS]);
    }
}

static void set_time(struct flow_table *table, uint64_t time)
{
    struct flow_clock *clock = &table->clock;

    if (time >= clock->now) {
        clock->now = time;
        if (clock->now >> CLOCK_SHIFT != clock->hand) {
            turn_clock(table);
        }
        return;
    }
    if (clock->now - time <= FLOW_CLOCK_TOLERANCE) {
        table->counts.backwards++;
        return;
    }
    table->counts.clock_set++;
    clock->now = time;
    clock->hand = time >> CLOCK_SHIFT;
}

/* ---- one packet ---- */

static uint32_t find(const struct flow_table *table, const struct packet *packet)
{
    struct index_walk walk = flow_index_walk(&table->index, packet->hash);
    uint32_t number = flow_index_next(&table->index, &walk);

    while (number != INDEX_ENTRIES_MAX &&
           !flow_key_equal(&entry_at(table, number)->key, &packet->key)) {
        number = flow_index_next(&table->index, &walk);
    }
    return number;
}

static struct wfp_flow_event event_of(const struct flow_entry *entry, const struct packet *packet)
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

static void count_packet(struct flow_table *table, uint32_t number, const struct packet *packet)
{
    struct flow_entry *entry = entry_at(table, number);

    table->counts.packets[row_of(&packet->key)]++;
    entry->bytes += packet->wire_bytes;
    if (++entry->packets == 0) {
        flow_places_rest(&table->places, number)->more_packets++;
    }
}

static void note(struct flow_table *table, struct live_flow live, const struct packet *packet,
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
    table->counts.retransmissions += (told & WFP_FLOW_RETRANSMITTED) != 0;
}

static uint32_t step(const struct flow_table *table, struct live_flow live,
                     const struct wfp_flow *before, const struct packet *packet,
                     struct wfp_flow *after)
{
    const struct wfp_flow_event event = event_of(live.entry, packet);

    return wfp_flow_step(before, &event, table->clock.now, &table->settings.times, after);
}

/* Makes the place a flow that begins with this packet. It keeps its place in its list. */
static void begin(struct flow_table *table, uint32_t number, const struct packet *packet)
{
    const struct live_flow live = live_at(table, number);
    const struct wfp_flow none = {0};
    struct wfp_flow flow;
    uint32_t told;

    *live.entry = (struct flow_entry){.key = packet->key};
    *live.rest = (struct flow_rest){
        .first_packet = packet->number,
        .first_time = table->clock.now,
        .next = live.rest->next,
    };
    live.rest->confidence = (uint8_t)flow_side_decide(packet, &live.entry->client);
    told = step(table, live, &none, packet, &flow);
    live_flow_set_value(live, &flow);
    note(table, live, packet, told);
    count_packet(table, number, packet);
    if (table->consumer.begin != NULL) {
        const struct flow_summary summary = live_flow_summary(live);

        live.entry->class = table->consumer.begin(table->consumer.context, &summary);
    }
}

/* Ends the flow whose turn to be looked at is next; false when there is none. */
static bool end_one_early(struct flow_table *table)
{
    struct flow_clock *clock = &table->clock;

    for (uint64_t ahead = 1; ahead <= CLOCK_LISTS; ahead++) {
        uint32_t *list = &clock->lists[(clock->hand + ahead) % CLOCK_LISTS];

        if (*list != 0) {
            const uint32_t number = *list - 1;

            *list = flow_places_rest(&table->places, number)->next;
            remove_entry(table, number, end_of(table, entry_at(table, number), FLOW_NO_ROOM));
            return true;
        }
    }
    return false;
}

static bool add(struct flow_table *table, const struct packet *packet, uint32_t *number)
{
    const struct index_owner owner = {table, hash_of_entry, expect_entry};

    if (!flow_places_take(&table->places, number)) {
        return false;
    }
    /* Growing asks for the hashes of entries, and this one is among them. */
    entry_at(table, *number)->key = packet->key;
    if (flow_index_add(&table->index, packet->hash, *number, &owner)) {
        return true;
    }
    flow_places_give_back(&table->places, *number);
    return false;
}

static enum status create(struct flow_table *table, const struct packet *packet)
{
    bool added = false;
    uint32_t number = 0;

    if (table->index.entries >= table->settings.flows_max && !end_one_early(table)) {
        return STATUS_BROKEN;
    }
    do {
        added = add(table, packet, &number);
    } while (!added && end_one_early(table));
    if (!added) {
        return STATUS_BROKEN;
    }
    begin(table, number, packet);
    put_on_clock(table, number);
    if (table->index.entries > table->counts.alive_most) {
        table->counts.alive_most = table->index.entries;
    }
    return STATUS_OK;
}

static void go_on(struct flow_table *table, uint32_t number, const struct packet *packet)
{
    const struct live_flow live = live_at(table, number);
    struct wfp_flow flow = live_flow_value(live);
    const uint32_t told = step(table, live, &flow, packet, &flow);

    if ((told & WFP_FLOW_OVER) != 0) {
        hand_out(table, live, end_of(table, live.entry, FLOW_REUSED));
        begin(table, number, packet);
        return;
    }
    live_flow_set_value(live, &flow);
    note(table, live, packet, told);
    count_packet(table, number, packet);
}

/* A later fragment is part of a packet that has been taken: no step. */
static void take_fragment(struct flow_table *table, uint32_t number, const struct packet *packet,
                          struct cause_counts *causes)
{
    if (number == INDEX_ENTRIES_MAX) {
        cause_count(causes, CAUSE_FRAGMENT_ALONE, packet->number);
        return;
    }
    table->counts.fragments++;
    count_packet(table, number, packet);
}

static enum status take(struct flow_table *table, const struct packet *packet,
                        struct cause_counts *causes)
{
    const uint32_t number = find(table, packet);

    if (packet->fragment == FRAGMENT_LATER) {
        take_fragment(table, number, packet, causes);
        return STATUS_OK;
    }
    if (number == INDEX_ENTRIES_MAX) {
        return create(table, packet);
    }
    go_on(table, number, packet);
    return STATUS_OK;
}

/* ---- many packets ---- */

/* Nearly every packet is a later one of the flow that was guessed: then this is all. */
static bool take_later(struct flow_table *table, const struct packet *packet)
{
    struct flow_entry *entry = packet->guess;

    if (entry == NULL || !flow_key_equal(&entry->key, &packet->key) ||
        packet->fragment == FRAGMENT_LATER || entry->packets == UINT32_MAX) {
        return false;
    }
    const struct wfp_flow flow = flow_entry_glance(entry);
    const struct wfp_flow_event event = event_of(entry, packet);

    if (!wfp_flow_goes_on(&flow, &event, table->clock.now, &table->settings.times)) {
        return false;
    }
    entry->last = table->clock.now;
    entry->state = WFP_FLOW_LIVE;
    entry->bytes += packet->wire_bytes;
    entry->packets++;
    table->counts.packets[row_of(&packet->key)]++;
    return true;
}

static void guess(const struct flow_table *table, struct packet *packet)
{
    struct index_walk walk = flow_index_walk(&table->index, packet->hash);
    const uint32_t number = flow_index_next(&table->index, &walk);

    packet->guess = number == INDEX_ENTRIES_MAX ? NULL : entry_at(table, number);
    PREFETCH(packet->guess);
}

void flow_table_expect(const struct flow_table *table, struct packet *packet)
{
    packet->hash = flow_hash(&table->key, &packet->key);
    PREFETCH(flow_index_line(&table->index, packet->hash));
}

enum status flow_table_take(struct flow_table *table, struct packet *packets, size_t count,
                            struct cause_counts *causes)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count; i++) {
        guess(table, &packets[i]);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        set_time(table, packets[i].time);
        if (!take_later(table, &packets[i])) {
            status = take(table, &packets[i], causes);
        }
    }
    return status;
}
