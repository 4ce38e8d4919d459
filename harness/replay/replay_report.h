/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_REPLAY_REPORT_H
#define HARNESS_REPLAY_REPLAY_REPORT_H

#include "harness/replay/replay.h"

/* One capture of a run. */
struct replay_capture {
    const char *path;
    uint64_t before; /* packets of the run before its first */
    struct capture_result result;
};

struct policy_classes;

struct replay_report {
    FILE *out;
    const char *filter; /* or NULL */
    const struct replay_capture *captures;
    size_t count;   /* all of them */
    size_t started; /* those that were begun */
    const struct replay *replay;
    const struct policy_classes *classes; /* NULL: without a policy */
    const char *policy;                   /* its file */
};

/* Where packet `number` of a run stands: which capture, from 0, and which packet in it, from 1. */
struct replay_place {
    size_t capture;
    uint64_t packet;
};

struct replay_place replay_place(const struct replay_report *report, uint64_t number);

/* Of the flow that begins with that packet: "1-17", the capture and the packet in it, from 1. */
enum { FLOW_ID_MAX = 48 };
void replay_flow_id(const struct replay_report *report, uint64_t first_packet,
                    char id[FLOW_ID_MAX]);

/* What the reader is to know in any case. */
extern const char replay_caution[];

struct replay_format {
    const char *name;
    /* A flow is over; NULL: it has nothing to say then. */
    void (*flow)(const struct replay_report *report, const struct flow_summary *flow);
    void (*end)(const struct replay_report *report);
};

extern const struct replay_format replay_human;
/*
 * JSON lines: {"type": "flow", ...} for each, as they end, and one {"type": "summary", ...}. A
 * flow's id is the number of its capture among those given and the number of its first packet in
 * it, both from 1: it stays the same as long as the captures, their order and the filter do.
 */
extern const struct replay_format replay_jsonl;

#endif
