/* SPDX-License-Identifier: MIT */

/* A failed path as a person reads it. */

#ifndef HARNESS_PATH_FAILURE_H
#define HARNESS_PATH_FAILURE_H

#include "harness/path_trace.h"
#include "harness/path_vector.h"
#include "harness/plan.h"
#include "harness/text.h"

struct path_failure {
    const struct plan_case *planned;
    const struct path_scene *scene;
    const struct expected_list *allowed;
    const struct wfp_path *path;
    const struct path_outcome *actual;
    const struct path_trace *trace;
    const char *answered_by;
    const char *where;   /* "simulator · model" */
    const char *root;    /* of the vectors that a name finds, or NULL */
    const char *options; /* to repeat it */
};

/* One line: "hop 2: told: expected ... or ..., actual ...". */
void path_failure_message(const struct path_failure *failure, char *buffer, size_t size);

/*
 * The whole: the case and its clauses, the story, the services, the path with the failing hop
 * marked, the allowed outcomes with who allows each, the actual one, the model's rules in that hop,
 * and the command that repeats it.
 */
void path_failure_describe(const struct path_failure *failure, struct text *text);

#endif
