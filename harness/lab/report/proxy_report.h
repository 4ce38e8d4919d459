/* SPDX-License-Identifier: MIT */

/* What a judgement of a proxy looks like, for people and for machines. */

#ifndef HARNESS_LAB_REPORT_PROXY_REPORT_H
#define HARNESS_LAB_REPORT_PROXY_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/known.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/lab/trace/trace_file.h"
#include "harness/report.h"
#include "harness/status.h"

struct proxy_report {
    const struct trace_head *head;
    const struct proxy_judgement *judgement;
    struct known *known;  /* known gaps, or NULL; a case's name is PRX-04[scenario][profile] */
    bool allow_undecided; /* for what a person is told at the end */
    bool interrupted;     /* not all that was planned has been tried */
    double seconds;       /* 0: not told */
    const char *output;   /* what the proxy printed, shown where something failed; or NULL */
    const char *again;    /* the command that repeats it, or NULL */
};

/*
 * Writes the report in a format of harness/report.h: "human", "tap", "junit", "jsonl". `totals`
 * counts the cases by verdict. What a rule never came to judge counts as unsupported: it is told
 * with what was absent, and fails nothing. The caller checks ferror(out). STATUS_BROKEN without
 * memory.
 */
enum status proxy_report_write(const struct proxy_report *report, const char *format, FILE *out,
                               bool colour, struct report_totals *totals);

/* Does the run fail (exit code 1)? */
bool proxy_totals_fail(const struct report_totals *totals, bool allow_undecided);

#endif
