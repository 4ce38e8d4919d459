/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_table.h"

#include <stdlib.h>

#include "harness/replay/flow_clock.h"
#include "harness/replay/flow_entry.h"
#include "harness/replay/flow_side.h"
#include "harness/replay/prefetch.h"

enum { ENTRY_SHIFT = 10 };

struct flow_table {
    struct flow_settings settings;
    struct flow_consumer consumer;
    struct flow_index index;
    struct segments entries;
    uint32_t free; /* chain of free places, number + 1 */
    struct flow_clock clock;
    struct flow_counts counts;
};

static struct flow_entry *entry_at(const struct flow_table *table, uint32_t number)
{
    return segments_at(&table->entries, number);
}

static uint64_t hash_of_entry(const void *context, uint32_t number)
{
    const struct flow_table *table = context;

    return flow_hash(&table->settings.seed, &entry_at(table, number)->key);
}

static void expect_entry(const void *context, uint32_t number)
{
    const struct flow_table *table = context;

    const char *key = (const char *)&entry_at(table, number)->key;

    PREFETCH(key);
    PREFETCH(key + sizeof(struct flow_key) - 1);
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
    table->entries.item_size = sizeof(struct flow_entry);
    table->entries.shift = ENTRY_SHIFT;
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
        segments_clear(&table->entries);
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
    return sizeof *table + flow_index_bytes(&table->index) + segments_bytes(&table->entries);
}

/* ---- handing out ---- */

static enum flow_protocol_row row_of(const struct flow_key *key)
{
    return key->protocol == PROTOCOL_TCP ? FLOW_ROW_TCP : FLOW_ROW_UDP;
}

static void hand_out(struct flow_table *table, const struct flow_entry *entry, enum flow_end end)
{
    struct flow_counts *counts = &table->counts;
    const enum flow_protocol_row row = row_of(&entry->key);

    counts->flows[row][end]++;
    counts->confidence[entry->confidence]++;
    counts->classified[row] += (entry->bits & ENTRY_CLASSIFIED) != 0;
    counts->records += (entry->bits & ENTRY_CARRIED) != 0;
    counts->simultaneous += (entry->bits & ENTRY_SIMULTANEOUS) != 0;
    if (table->consumer.end != NULL) {
        struct flow_summary summary = flow_entry_summary(entry);

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
    struct flow_entry *entry = entry_at(table, number);

    hand_out(table, entry, end);
    flow_index_remove(&table->index, hash_of_entry(table, number), number);
    *entry = (struct flow_entry){.next = table->free};
    table->free = number + 1;
}

void flow_table_end(struct flow_table *table)
{
    for (uint32_t number = 0; number < table->entries.count; number++) {
        const struct flow_entry *entry = entry_at(table, number);

        if (entry->flow.state != WFP_FLOW_NONE) {
            hand_out(table, entry, end_of(table, entry, FLOW_STILL_OPEN));
        }
    }
}

/* ---- time ---- */

static void put_on_clock(struct flow_table *table, uint32_t number)
{
    struct flow_entry *entry = entry_at(table, number);
    uint32_t *list = flow_clock_list(
        &table->clock, entry->flow.last + wfp_flow_patience(&entry->flow, &table->settings.times));

    entry->next = *list;
    *list = number + 1;
}

static void look_at_list(struct flow_table *table, uint32_t *list)
{
    uint32_t next = *list;

    *list = 0;
    while (next != 0) {
        const uint32_t number = next - 1;
        const struct flow_entry *entry = entry_at(table, number);

        next = entry->next;
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

/* Most often the guess is right: the entry that the batch has asked the memory for. */
static uint32_t find_guessed(const struct flow_table *table, const struct packet *packet)
{
    if (packet->guess != INDEX_ENTRIES_MAX) {
        const struct flow_entry *entry = entry_at(table, packet->guess);

        if (flow_key_equal(&entry->key, &packet->key)) {
            return packet->guess;
        }
    }
    return find(table, packet);
}

static uint32_t step(const struct flow_table *table, const struct flow_entry *entry,
                     const struct wfp_flow *before, const struct packet *packet,
                     struct wfp_flow *after)
{
    const struct wfp_flow_event event = {
        .kind = WFP_FLOW_PACKET,
        .flow = packet->key.protocol == PROTOCOL_TCP ? WFP_FLOW_TCP : WFP_FLOW_UDP,
        .side = packet->from == entry->client ? WFP_FLOW_OWNER : WFP_FLOW_PEER,
        .tcp_flags = packet->tcp_flags,
        .sequence = packet->sequence,
    };

    return wfp_flow_step(before, &event, table->clock.now, &table->settings.times, after);
}

static void note(struct flow_table *table, struct flow_entry *entry, const struct packet *packet,
                 uint32_t told)
{
    table->counts.packets[row_of(&packet->key)]++;
    entry->packets++;
    entry->bytes += packet->wire_bytes;
    if ((told & ~(uint32_t)(WFP_FLOW_LATER | WFP_FLOW_CREATED | WFP_FLOW_ENDED)) == 0) {
        return;
    }
    if ((told & WFP_FLOW_CLASSIFIED) != 0) {
        entry->bits |= ENTRY_CLASSIFIED;
        if (packet->key.protocol == PROTOCOL_TCP) {
            entry->confidence = FLOW_BY_SYN; /* also when it comes after its answer */
        }
    }
    entry->bits |= (told & WFP_FLOW_CARRIES_RECORD) != 0 ? ENTRY_CARRIED : 0;
    entry->bits |= (told & WFP_FLOW_SIMULTANEOUS) != 0 ? ENTRY_SIMULTANEOUS : 0;
    table->counts.retransmissions += (told & WFP_FLOW_RETRANSMITTED) != 0;
}

/* Makes the entry a flow that begins with this packet. It keeps its place in its list. */
static void begin(struct flow_table *table, struct flow_entry *entry, const struct packet *packet)
{
    const struct wfp_flow none = {0};
    uint32_t told;

    *entry = (struct flow_entry){
        .key = packet->key,
        .first_packet = packet->number,
        .first_time = table->clock.now,
        .next = entry->next,
    };
    entry->confidence = (uint8_t)flow_side_decide(packet, &entry->client);
    told = step(table, entry, &none, packet, &entry->flow);
    note(table, entry, packet, told);
    if (table->consumer.begin != NULL) {
        const struct flow_summary summary = flow_entry_summary(entry);

        entry->class = table->consumer.begin(table->consumer.context, &summary);
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

            *list = entry_at(table, number)->next;
            remove_entry(table, number, end_of(table, entry_at(table, number), FLOW_NO_ROOM));
            return true;
        }
    }
    return false;
}

static bool take_place(struct flow_table *table, uint32_t *number)
{
    if (table->free != 0) {
        *number = table->free - 1;
        table->free = entry_at(table, *number)->next;
        return true;
    }
    return segments_add(&table->entries, number);
}

static bool add(struct flow_table *table, const struct packet *packet, uint32_t *number)
{
    const struct index_owner owner = {table, hash_of_entry, expect_entry};

    if (!take_place(table, number)) {
        return false;
    }
    /* Growing asks for the hashes of entries, and this one is among them. */
    entry_at(table, *number)->key = packet->key;
    if (flow_index_add(&table->index, packet->hash, *number, &owner)) {
        return true;
    }
    *entry_at(table, *number) = (struct flow_entry){.next = table->free};
    table->free = *number + 1;
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
    begin(table, entry_at(table, number), packet);
    put_on_clock(table, number);
    if (table->index.entries > table->counts.alive_most) {
        table->counts.alive_most = table->index.entries;
    }
    return STATUS_OK;
}

static void go_on(struct flow_table *table, struct flow_entry *entry, const struct packet *packet)
{
    struct wfp_flow after;
    const uint32_t told = step(table, entry, &entry->flow, packet, &after);

    if ((told & WFP_FLOW_OVER) != 0) {
        hand_out(table, entry, end_of(table, entry, FLOW_REUSED));
        begin(table, entry, packet);
        return;
    }
    entry->flow = after;
    note(table, entry, packet, told);
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
    note(table, entry_at(table, number), packet, 0);
}

/* Hashes of several keys at once keep the processor busy where one would make it wait. */
static void hash_packets(const struct flow_table *table, struct packet *packets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        packets[i].hash = flow_hash(&table->settings.seed, &packets[i].key);
        PREFETCH(flow_index_line(&table->index, packets[i].hash));
    }
}

static void guess_entries(const struct flow_table *table, struct packet *packets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct index_walk walk = flow_index_walk(&table->index, packets[i].hash);

        packets[i].guess = flow_index_next(&table->index, &walk);
        if (packets[i].guess != INDEX_ENTRIES_MAX) {
            const char *entry = (const char *)entry_at(table, packets[i].guess);

            PREFETCH(entry);
            PREFETCH(entry + 64);
            PREFETCH(entry + sizeof(struct flow_entry) - 1);
        }
    }
}

enum status flow_table_take(struct flow_table *table, struct packet *packets, size_t count,
                            struct cause_counts *causes)
{
    enum status status = STATUS_OK;

    hash_packets(table, packets, count);
    guess_entries(table, packets, count);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        uint32_t number;

        set_time(table, packets[i].time);
        number = find_guessed(table, &packets[i]);
        if (packets[i].fragment == FRAGMENT_LATER) {
            take_fragment(table, number, &packets[i], causes);
        } else if (number == INDEX_ENTRIES_MAX) {
            status = create(table, &packets[i]);
        } else {
            go_on(table, entry_at(table, number), &packets[i]);
        }
    }
    return status;
}
