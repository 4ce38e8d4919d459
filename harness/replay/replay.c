/* SPDX-License-Identifier: MIT */

#include "harness/replay/replay.h"

#include <stdlib.h>

#include "harness/replay/decode.h"
#include "harness/replay/fragment.h"

struct replay {
    enum replay_stage stage;
    struct replay_counts counts;
    struct flow_table *table;
    struct fragments fragments;
    size_t waiting;
    struct packet batch[FLOW_BATCH];
};

struct replay_settings replay_settings_default(struct hash_seed seed)
{
    const struct replay_settings settings = {
        .flows = {.times = wfp_flow_times_default(), .seed = seed, .flows_max = INDEX_ENTRIES_MAX},
        .stage = REPLAY_FLOWS,
    };

    return settings;
}

struct replay *replay_open(const struct replay_settings *settings,
                           const struct flow_consumer *consumer)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL) {
        return NULL;
    }
    replay->stage = settings->stage;
    replay->fragments.seed = settings->flows.seed;
    replay->table = flow_table_open(&settings->flows, consumer);
    if (replay->table == NULL) {
        free(replay);
        return NULL;
    }
    return replay;
}

void replay_close(struct replay *replay)
{
    if (replay != NULL) {
        flow_table_close(replay->table);
    }
    free(replay);
}

static enum status take_batch(struct replay *replay)
{
    const size_t count = replay->waiting;

    replay->waiting = 0;
    return flow_table_take(replay->table, replay->batch, count, &replay->counts.causes);
}

/* Gives a later fragment its ports, and remembers a first one. */
static enum cause settle_fragment(struct replay *replay, struct packet *packet)
{
    if (packet->fragment == FRAGMENT_FIRST) {
        fragment_first(&replay->fragments, packet);
        return CAUSE_NONE;
    }
    return fragment_later(&replay->fragments, packet) ? CAUSE_NONE : CAUSE_FRAGMENT_ALONE;
}

static void count_ip(struct replay_counts *counts, const struct packet *packet)
{
    counts->ipv4 += packet->family == 4;
    counts->ipv6 += packet->family == 6;
}

static inline enum status take_packet(struct replay *replay, const struct capture_packet *given)
{
    struct replay_counts *counts = &replay->counts;
    struct packet *packet = &replay->batch[replay->waiting];
    const size_t wire = given->wire > given->captured ? given->wire : given->captured;
    enum cause cause;

    counts->packets++;
    counts->bytes += wire;
    if (replay->stage == REPLAY_READ) {
        return STATUS_OK;
    }
    packet->number = counts->packets;
    packet->time = given->time;
    packet->wire_bytes = (uint32_t)wire;
    cause = decode(given->link, given->bytes, given->captured, wire, packet);
    count_ip(counts, packet);
    if (cause == CAUSE_NONE && packet->fragment != FRAGMENT_WHOLE) {
        cause = settle_fragment(replay, packet);
    }
    if (cause != CAUSE_NONE) {
        cause_count(&counts->causes, cause, packet->number);
        return STATUS_OK;
    }
    if (replay->stage == REPLAY_DECODE) {
        return STATUS_OK;
    }
    flow_table_expect(replay->table, packet);
    replay->waiting++;
    return replay->waiting < FLOW_BATCH ? STATUS_OK : take_batch(replay);
}

enum status replay_packets(struct replay *replay, const struct capture_packet *given, size_t count)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = take_packet(replay, &given[i]);
    }
    return status;
}

enum status replay_end(struct replay *replay)
{
    const enum status status = take_batch(replay);

    flow_table_end(replay->table);
    return status;
}

const struct replay_counts *replay_counts(const struct replay *replay)
{
    return &replay->counts;
}

const struct flow_counts *replay_flow_counts(const struct replay *replay)
{
    return flow_table_counts(replay->table);
}

size_t replay_flow_bytes(const struct replay *replay)
{
    return flow_table_bytes(replay->table);
}
