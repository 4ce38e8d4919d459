/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_CAUSE_H
#define HARNESS_REPLAY_CAUSE_H

#include <stdint.h>

/* Why a packet belongs to no flow. One table names them all. */
enum cause {
    CAUSE_NONE,
    CAUSE_CUT_BY_CAPTURE,
    CAUSE_UNKNOWN_LINK,
    CAUSE_NOT_IP,
    CAUSE_TOO_SHORT,
    CAUSE_BAD_VERSION,
    CAUSE_BAD_HEADER_LENGTH,
    CAUSE_LENGTH_TOO_SMALL,
    CAUSE_LENGTH_BEYOND_PACKET,
    CAUSE_FRAGMENT_ALONE,
    CAUSE_TUNNEL,
    CAUSE_OTHER_PROTOCOL,
    CAUSE_COUNT
};

struct cause_row {
    const char *id;   /* "cut-by-capture": stable, for programs */
    const char *text; /* for people */
};

const struct cause_row *cause_row(enum cause cause);

/* How many packets of each cause, and the number of the first, from 1. */
struct cause_counts {
    uint64_t packets[CAUSE_COUNT];
    uint64_t first[CAUSE_COUNT];
};

void cause_count(struct cause_counts *counts, enum cause cause, uint64_t packet);

#endif
