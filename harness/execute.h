/* SPDX-License-Identifier: MIT */

/* Runs all cases of a plan, several at once if wanted, and hands the results on in their order. */

#ifndef HARNESS_EXECUTE_H
#define HARNESS_EXECUTE_H

#include <stdbool.h>

#include "harness/backend.h"
#include "harness/plan.h"
#include "harness/report.h"
#include "harness/runner.h"
#include "harness/status.h"

enum { EXECUTE_JOBS_MAX = 64 };

struct execution {
    const struct plan *plan;
    const struct key_catalogue *keys;
    const char *root;
    const char *options;
    bool traces;   /* results have the traces of paths */
    unsigned jobs; /* 1 to EXECUTE_JOBS_MAX; each has backends of its own */
    /* Opens a backend for a job. */
    enum status (*open)(void *context, struct backend *backend);
    /* Gets every result, in the order of the plan; may change it. */
    void (*result)(void *context, struct result *result);
    void *context;
    bool progress; /* show how far it is on standard error */
};

/*
 * STATUS_BROKEN when a backend cannot be opened. Being interrupted (platform/interrupt.h) ends it
 * early, with what ran so far in `totals`.
 */
enum status execute(const struct execution *execution, struct report_totals *totals);

#endif
