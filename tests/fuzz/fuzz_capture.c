/* SPDX-License-Identifier: MIT */

/*
 * For libFuzzer: the decoder, the fragment table and the flow table. The input is a link type, a
 * limit of flows, and packets: captured size (2 bytes, lowest first), bytes beyond it on the wire
 * (1), time since the packet before (2, in 1/16 s; odd: back), then what was captured.
 */

#include <stdint.h>
#include <stdlib.h>

#include "harness/replay/replay.h"

enum { HEAD = 2, RECORD = 5 };

struct sums {
    uint64_t begun, ended, packets;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t begin(void *context, const struct flow_summary *flow)
{
    struct sums *sums = context;

    sums->begun++;
    return flow->family;
}

static void end(void *context, const struct flow_summary *flow)
{
    struct sums *sums = context;

    sums->ended++;
    sums->packets += flow->packets;
    if (flow->class != flow->family || flow->end >= FLOW_END_COUNT || flow->packets == 0) {
        abort();
    }
}

static size_t give(struct replay *replay, enum link_type link, uint64_t *now, const uint8_t *data,
                   size_t size)
{
    const size_t wanted = (size_t)data[0] | (size_t)data[1] << 8;
    const size_t captured = wanted < size - RECORD ? wanted : size - RECORD;
    const uint64_t step = ((uint64_t)data[3] | (uint64_t)data[4] << 8) * (WFP_SECOND / 16);
    const struct capture_packet packet = {
        .bytes = data + RECORD,
        .captured = captured,
        .wire = captured + data[2],
        .time = *now = (data[3] & 1) != 0 ? (*now > step ? *now - step : 0) : *now + step,
        .link = link,
    };

    if (replay_packets(replay, &packet, 1) != STATUS_OK) {
        abort();
    }
    return RECORD + captured;
}

static void check(const struct replay *replay, const struct sums *sums)
{
    const struct replay_counts *counts = replay_counts(replay);
    uint64_t causes = 0;

    for (unsigned i = 0; i < CAUSE_COUNT; i++) {
        causes += counts->causes.packets[i];
    }
    if (sums->begun != sums->ended || sums->packets + causes != counts->packets) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct replay_settings settings = replay_settings_default((struct hash_seed){{1, 2}});
    struct sums sums = {0};
    const struct flow_consumer consumer = {&sums, begin, end};
    struct replay *replay;
    uint64_t now = UINT64_C(1700000000) * WFP_SECOND;

    if (size < HEAD) {
        return 0;
    }
    settings.flows.flows_max = 1u + data[1];
    replay = replay_open(&settings, &consumer);
    if (replay == NULL) {
        return 0;
    }
    for (size_t at = HEAD; size - at >= RECORD;) {
        at += give(replay, (enum link_type)(data[0] % LINK_COUNT), &now, data + at, size - at);
    }
    if (replay_end(replay) != STATUS_OK) {
        abort();
    }
    check(replay, &sums);
    replay_close(replay);
    return 0;
}
