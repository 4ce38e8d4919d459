/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_table.h"

#include <stdlib.h>

#include "harness/replay/flow_clock.h"
#include "harness/replay/flow_lives.h"
#include "harness/replay/prefetch.h"

struct flow_table {
    struct flow_lives lives;
    struct flow_hash_key key;
    struct flow_index index;
    struct flow_clock clock;
};

static struct flow_entry *entry_at(const struct flow_table *table, uint32_t number)
{
    return flow_places_entry(&table->lives.places, number);
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
    table->lives.settings = *settings;
    table->lives.consumer = *consumer;
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
        flow_places_clear(&table->lives.places);
    }
    free(table);
}

const struct flow_counts *flow_table_counts(const struct flow_table *table)
{
    return &table->lives.counts;
}

uint64_t flow_table_alive(const struct flow_table *table)
{
    return table->index.entries;
}

size_t flow_table_bytes(const struct flow_table *table)
{
    return sizeof *table + flow_index_bytes(&table->index) +
           flow_places_bytes(&table->lives.places);
}

/* The entry is in no list any more. */
static void remove_entry(struct flow_table *table, uint32_t number, enum flow_end otherwise)
{
    flow_lives_end(&table->lives, number, otherwise);
    flow_index_remove(&table->index, hash_of_entry(table, number), number);
    flow_places_give_back(&table->lives.places, number);
}

void flow_table_end(struct flow_table *table)
{
    for (uint32_t number = 0; number < flow_places_count(&table->lives.places); number++) {
        if (entry_at(table, number)->state != WFP_FLOW_NONE) {
            flow_lives_end(&table->lives, number, FLOW_STILL_OPEN);
        }
    }
}

/* ---- time ---- */

static void put_on_clock(struct flow_table *table, uint32_t number)
{
    const struct wfp_flow flow = flow_entry_glance(entry_at(table, number));
    uint32_t *list = flow_clock_list(
        &table->clock, flow.last + wfp_flow_patience(&flow, &table->lives.settings.times));

    flow_places_rest(&table->lives.places, number)->next = *list;
    *list = number + 1;
}

static void look_at_list(struct flow_table *table, uint32_t *list)
{
    uint32_t next = *list;

    *list = 0;
    while (next != 0) {
        const uint32_t number = next - 1;
        const struct flow_entry *entry = entry_at(table, number);

        next = flow_places_rest(&table->lives.places, number)->next;
        if (flow_entry_idle(entry, table->lives.now, &table->lives.settings.times)) {
            remove_entry(table, number, FLOW_IDLE);
        } else {
            put_on_clock(table, number);
        }
    }
}

static void turn_clock(struct flow_table *table)
{
    struct flow_clock *clock = &table->clock;
    const uint64_t goal = table->lives.now >> CLOCK_SHIFT;
    const uint64_t steps = goal - clock->hand < CLOCK_LISTS ? goal - clock->hand : CLOCK_LISTS;

    clock->hand = goal;
    for (uint64_t i = steps; i > 0; i--) {
        look_at_list(table, &clock->lists[(goal - i + 1) % CLOCK_LISTS]);
    }
}

static void set_time(struct flow_table *table, uint64_t time)
{
    struct flow_clock *clock = &table->clock;

    if (time >= table->lives.now) {
        table->lives.now = time;
        if (table->lives.now >> CLOCK_SHIFT != clock->hand) {
            turn_clock(table);
        }
        return;
    }
    if (table->lives.now - time <= FLOW_CLOCK_TOLERANCE) {
        table->lives.counts.backwards++;
        return;
    }
    table->lives.counts.clock_set++;
    table->lives.now = time;
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

/* Ends the flow whose turn to be looked at is next; false when there is none. */
static bool end_one_early(struct flow_table *table)
{
    struct flow_clock *clock = &table->clock;

    for (uint64_t ahead = 1; ahead <= CLOCK_LISTS; ahead++) {
        uint32_t *list = &clock->lists[(clock->hand + ahead) % CLOCK_LISTS];

        if (*list != 0) {
            const uint32_t number = *list - 1;

            *list = flow_places_rest(&table->lives.places, number)->next;
            remove_entry(table, number, FLOW_NO_ROOM);
            return true;
        }
    }
    return false;
}

static bool add(struct flow_table *table, const struct packet *packet, uint32_t *number)
{
    const struct index_owner owner = {table, hash_of_entry, expect_entry};

    if (!flow_places_take(&table->lives.places, number)) {
        return false;
    }
    /* Growing asks for the hashes of entries, and this one is among them. */
    entry_at(table, *number)->key = packet->key;
    if (flow_index_add(&table->index, packet->hash, *number, &owner)) {
        return true;
    }
    flow_places_give_back(&table->lives.places, *number);
    return false;
}

static enum status create(struct flow_table *table, const struct packet *packet)
{
    bool added = false;
    uint32_t number = 0;

    if (table->index.entries >= table->lives.settings.flows_max && !end_one_early(table)) {
        return STATUS_BROKEN;
    }
    do {
        added = add(table, packet, &number);
    } while (!added && end_one_early(table));
    if (!added) {
        return STATUS_BROKEN;
    }
    flow_lives_begin(&table->lives, number, packet);
    put_on_clock(table, number);
    if (table->index.entries > table->lives.counts.alive_most) {
        table->lives.counts.alive_most = table->index.entries;
    }
    return STATUS_OK;
}

/* A later fragment is part of a packet that has been taken: no step. */
static void take_fragment(struct flow_table *table, uint32_t number, const struct packet *packet,
                          struct cause_counts *causes)
{
    if (number == INDEX_ENTRIES_MAX) {
        cause_count(causes, CAUSE_FRAGMENT_ALONE, packet->number);
        return;
    }
    table->lives.counts.fragments++;
    flow_lives_count(&table->lives, number, packet);
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
    flow_lives_go_on(&table->lives, number, packet);
    return STATUS_OK;
}

/* ---- many packets ---- */

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
        if (!flow_lives_later(&table->lives, &packets[i])) {
            status = take(table, &packets[i], causes);
        }
    }
    return status;
}
