/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_TABLE_H
#define HARNESS_REPLAY_FLOW_TABLE_H

#include <wfp/flow.h>

#include "harness/replay/cause.h"
#include "harness/replay/flow_hash.h"
#include "harness/replay/flow_index.h"
#include "harness/replay/flow_summary.h"
#include "harness/status.h"

/* A good number to take at once: what has been asked for is there, and still in the cache. */
enum { FLOW_BATCH = 64 };

/* Time stamps that go back by less count as no time; by more, the clock was set. */
#define FLOW_CLOCK_TOLERANCE (60 * WFP_SECOND)

struct flow_settings {
    struct wfp_flow_times times;
    struct hash_seed seed;
    uint32_t flows_max; /* alive at once; 1 to INDEX_ENTRIES_MAX */
};

/* What came and what became of it; sums over the whole run. */
struct flow_counts {
    uint64_t packets[2];               /* taken into flows; TCP, UDP */
    uint64_t fragments;                /* those of them that are later fragments */
    uint64_t flows[2][FLOW_END_COUNT]; /* ended; TCP, UDP */
    uint64_t confidence[FLOW_CONFIDENCE_COUNT];
    uint64_t classified[2];   /* TCP, UDP */
    uint64_t records;         /* datagrams that would carry a record */
    uint64_t simultaneous;    /* TCP flows opened by both ends */
    uint64_t retransmissions; /* SYNs sent again */
    uint64_t backwards;       /* packets before the captures' clock, by up to the tolerance */
    uint64_t clock_set;       /* times the clock went back by more */
    uint64_t alive_most;      /* flows alive at once */
};

enum flow_protocol_row { FLOW_ROW_TCP, FLOW_ROW_UDP };

struct flow_table;

/* Settings are copied; the consumer is too, and its context must outlive the table. NULL without
 * memory. */
struct flow_table *flow_table_open(const struct flow_settings *settings,
                                   const struct flow_consumer *consumer);
void flow_table_close(struct flow_table *table);

/*
 * Says that a packet will be taken, so that the memory can be asked for what it needs. Comes once
 * before flow_table_take(), a good while before it if possible, when the key is complete; writes
 * the hash.
 */
void flow_table_expect(const struct flow_table *table, struct packet *packet);

/*
 * Takes packets in the order of the captures. Later fragments whose flow is not there any more are
 * counted in `causes` as alone. STATUS_BROKEN: no memory for even one flow. Time is the captures'
 * own: the largest time stamp so far (UDP-07).
 */
enum status flow_table_take(struct flow_table *table, struct packet *packets, size_t count,
                            struct cause_counts *causes);

/* Hands out every flow that is left, in the order of their places. Nothing is taken after it. */
void flow_table_end(struct flow_table *table);

const struct flow_counts *flow_table_counts(const struct flow_table *table);
uint64_t flow_table_alive(const struct flow_table *table);
/* Bytes held in all. */
size_t flow_table_bytes(const struct flow_table *table);

#endif
