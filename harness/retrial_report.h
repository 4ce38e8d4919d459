/* SPDX-License-Identifier: MIT */

/* What comes of judging a recording, for people or as JSON lines. */

#ifndef HARNESS_RETRIAL_REPORT_H
#define HARNESS_RETRIAL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/recording.h"
#include "harness/retrial.h"

struct retrial_totals {
    size_t cases[VERDICT_COUNT];
    size_t answers[VERDICT_COUNT]; /* that were judged, or where the model could not go on */
    size_t rules[WFP_RULES_MAX];   /* by row: the answers that it explains */
};

struct retrial_report {
    FILE *out;
    const char *path;
    const struct recorded_head *head;
    const struct profile *profile;
    struct retrial_totals totals;
};

/* begin() comes first and states the planned count, end() last. */
struct retrial_format {
    const char *name;
    void (*begin)(const struct retrial_report *report);
    void (*tell)(const struct retrial_report *report, const struct recorded_case *recorded,
                 const struct tried *tried);
    void (*end)(const struct retrial_report *report);
};

extern const struct retrial_format retrial_human;
extern const struct retrial_format retrial_jsonl;

/* Counts a case in the totals. */
void retrial_count(struct retrial_report *report, const struct recorded_case *recorded,
                   const struct tried *tried);

#endif
