/* SPDX-License-Identifier: MIT */

/* What the lab is to do, and how it went. */

#ifndef HARNESS_LAB_SERVER_ORDER_H
#define HARNESS_LAB_SERVER_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

#include "harness/lab/server/model.h"
#include "harness/lab/server/upstream.h"
#include "harness/status.h"

struct complaints;
struct profile;
struct recipe;
struct scenarios;
struct stand_in;
struct trace;

enum {
    LAB_PROXIES_MAX = MODEL_SERVICES_MAX,
    LAB_LISTEN_MAX = 4,
    LAB_OUTPUT_MAX = 8192,
    LAB_TEXT_MAX = 128
};

/* One proxy, as the command line or the file of --second has it. */
struct lab_program {
    const char *const *command; /* up to a NULL */
    size_t listen_count;
    struct wfp_address listen[LAB_LISTEN_MAX];
    size_t udp_count;
    struct wfp_address udp[LAB_LISTEN_MAX];
    const struct recipe *recipe;
    struct upstream upstream;
    struct stand_in *stand_in; /* in place of its driver; NULL: none */
};

struct lab_order {
    size_t program_count; /* the first has the callout of the greatest weight */
    struct lab_program programs[LAB_PROXIES_MAX];
    const char *shim; /* folder of launcher and DLL; NULL: where they usually are */
    bool pass_through;
    uint32_t leak; /* connections of the scenario that looks for leaks, and no other then; 0: not */
    bool follow;
    bool http; /* connections carry HTTP */
    const struct scenarios *scenarios;
    size_t profile_count;
    struct profile *const *profiles;
    void (*progress)(void *context, const char *scenario, const char *profile); /* or NULL */
    void *progress_context;
};

struct lab_result {
    struct trace *trace;             /* the caller's */
    size_t scenarios;                /* that were played */
    double seconds;                  /* of all of it */
    bool broken;                     /* what the lab rests on died: see lab_break() */
    bool interrupted;                /* not all that was planned has been tried */
    bool trace_full;                 /* not all that happened is in the trace */
    char system[LAB_TEXT_MAX];       /* "Linux 6.1.0 x86_64" */
    char wine[LAB_TEXT_MAX];         /* "8.0"; "" where none was needed */
    char output[LAB_OUTPUT_MAX + 1]; /* the last of what the first proxy printed, */
    bool output_of_end;              /* or of what one printed that ended unasked: it stays */
};

/*
 * Runs it all. STATUS_BAD_INPUT, STATUS_BROKEN after a complaint: a proxy could not be started.
 * The trace is there in any case, unless there was no memory for it.
 */
enum status lab_run(const struct lab_order *order, struct complaints *complaints,
                    struct lab_result *result);

#endif
