/* SPDX-License-Identifier: MIT */

/* A failed step as a person reads it. */

#ifndef HARNESS_FAILURE_H
#define HARNESS_FAILURE_H

#include "harness/judge.h"
#include "harness/plan.h"
#include "harness/text.h"

struct failure {
    const struct plan_case *planned;
    const struct judge_context *context;
    const struct expected_list *allowed;
    const struct played *played;
    size_t index;                /* of the failing step, from 0 */
    const struct wfp_rule *rule; /* the model's for this step, or NULL */
    const char *where;           /* "simulator · model" */
    const char *root;            /* of the vectors that a name finds, or NULL */
    const char *options;         /* to repeat it */
};

/* One line: "step 2: expected WSAEFAULT/N, actual WSAEINVAL/0". */
void failure_message(const struct failure *failure, char *buffer, size_t size);

/*
 * The whole: the case and its clauses, the story, the script with the failing line marked, the
 * allowed answers with who allows each, the actual one, a hex diff where bytes differ, the model's
 * rule, and the command that repeats it.
 */
void failure_describe(const struct failure *failure, struct text *text);

/* The parts that other descriptions share: the first lines, and the command that repeats it. */
void failure_head(const struct plan_case *planned, const char *where, int line, struct text *text);
void failure_command(const struct plan_case *planned, const char *root, const char *options,
                     struct text *text);

#endif
