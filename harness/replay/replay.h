/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_REPLAY_H
#define HARNESS_REPLAY_REPLAY_H

#include "harness/replay/capture.h"
#include "harness/replay/flow_table.h"

/*
 * From packets to flows. A run takes any number of captures, one after the other, as one stretch of
 * time; flows go on from one to the next. Who wants the flows gives a consumer (flow_summary.h):
 * that is the seam for whatever is to be done with them, and nothing above it is called per packet.
 *
 * A capture never contains redirect records. What a flow is said to carry is what its packets would
 * have carried on a machine where it is redirected.
 */

/* How far packets go, for measuring what each stage costs. */
enum replay_stage { REPLAY_READ, REPLAY_DECODE, REPLAY_FLOWS };

struct replay_settings {
    struct flow_settings flows;
    enum replay_stage stage; /* the last; normally REPLAY_FLOWS */
};

/* Default times, INDEX_ENTRIES_MAX flows, all stages, and this seed. */
struct replay_settings replay_settings_default(struct hash_seed seed);

struct replay_counts {
    uint64_t packets, bytes; /* all; bytes as on the wire */
    uint64_t ipv4, ipv6;     /* packets with an IP header, understood or not */
    struct cause_counts causes;
};

struct replay;

/* NULL without memory. The consumer is copied; its context must outlive the run. */
struct replay *replay_open(const struct replay_settings *settings,
                           const struct flow_consumer *consumer);

/* STATUS_BROKEN: no memory for one flow; the run is over. */
enum status replay_packets(struct replay *replay, const struct capture_packet *given, size_t count);

/* No more packets: the flows that are left are handed out. */
enum status replay_end(struct replay *replay);

const struct replay_counts *replay_counts(const struct replay *replay);
const struct flow_counts *replay_flow_counts(const struct replay *replay);
/* Bytes that flows and their index hold, at most so far. */
size_t replay_flow_bytes(const struct replay *replay);

void replay_close(struct replay *replay);

#endif
