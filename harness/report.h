/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/verdict.h"

/* What is known before the first case runs. */
struct report_head {
    const char *version; /* of wfpcheck */
    const char *backend; /* "simulator", "winsock" */
    const char *target;  /* "model", "Windows 10.0.26100 x64", "Wine 8.0 x64" */
    const char *redirector;
    const char
        *os; /* and the next four as struct system_description has them; "" or NULL: untold */
    const char *build;
    const char *architecture;
    bool elevated;
    const char *date; /* UTC, "2026-01-31T12:00:00Z" */
    const char *const *profiles;
    size_t profile_count;
    size_t vectors;    /* planned */
    size_t cases;      /* planned */
    const char *notes; /* lines for the head (clauses that no vector can cover ...), or NULL */
};

struct report_totals {
    size_t verdicts[VERDICT_COUNT];
    size_t planned;
    size_t executed;
    size_t uncontrolled;
    double seconds;
    bool interrupted;
};

/*
 * A report format. begin() comes first and states the planned count; end() last. Every function
 * writes to `out` only; the caller checks ferror() once at the end. `state` is the format's own.
 */
struct report_format {
    const char *name; /* human, tap, junit, jsonl */
    void *(*begin)(FILE *out, const struct report_head *head, bool colour);
    void (*result)(void *state, const struct result *result);
    void (*end)(void *state, const struct report_totals *totals); /* frees state */
};

/* NULL when there is no such format. */
const struct report_format *report_format_named(const char *name);

extern const struct report_format report_human;
extern const struct report_format report_tap;
extern const struct report_format report_junit;
extern const struct report_format report_jsonl;

#endif
