/* SPDX-License-Identifier: MIT */

/* What comes of comparing two recordings, for people or as JSON lines. */

#ifndef HARNESS_DIFFERENCE_REPORT_H
#define HARNESS_DIFFERENCE_REPORT_H

#include <stddef.h>

#include "harness/difference.h"

enum { TALLIES_MAX = 1024, TALLY_CLAUSE_MAX = 32 };

/* How many cases with a difference touch a clause. */
struct tally {
    char clause[TALLY_CLAUSE_MAX];
    size_t cases;
};

struct difference_report {
    const char *const *paths; /* of A and B */
    struct outline sides[2];
    size_t counts[DIFFERENCE_KIND_COUNT];
    size_t cases;     /* that differ */
    const char *last; /* the case of the difference counted last */
    size_t tally_count;
    struct tally tallies[TALLIES_MAX]; /* clauses beyond that are not counted */
};

/* begin() first, tell() before each count, end() last; all write to standard output. */
struct difference_format {
    void (*begin)(const struct difference_report *report);
    void (*tell)(const struct difference_report *report, const struct difference *difference);
    void (*end)(const struct difference_report *report);
};

extern const struct difference_format difference_human;
extern const struct difference_format difference_jsonl;

void difference_count(struct difference_report *report, const struct difference *difference);
/* Brings the clauses into their order. */
void difference_sort(struct difference_report *report);

#endif
