/* SPDX-License-Identifier: MIT */

/* A path that is not allowed, as a person reads it. */

#ifndef HARNESS_PATH_FAILURE_H
#define HARNESS_PATH_FAILURE_H

#include "harness/backend.h"
#include "harness/failure.h"
#include "harness/path_vector.h"

struct path_failure {
    struct failure about;          /* planned, where, root, options */
    const struct backend *backend; /* the model, to be asked for the rule; NULL: it is not asked */
    const struct path_case *is;
    const struct expected_list *allowed;
    const struct wfp_path *path;
};

/* One line: "hop 2: expected a > b, reached, actual a > a, loop a". */
void path_failure_message(const struct path_failure *failure, char *buffer, size_t size);

/*
 * The whole: the case and its clauses, the story, the services, one line for each hop with the
 * failing one marked, the allowed paths with who allows each, the actual one, the model's rule
 * behind the first state that is another than expected, and the command that repeats it.
 */
void path_failure_describe(const struct path_failure *failure, struct text *text);

/* One line for a hop: who dials whom, what each callout is told, what it does, where it ends. */
void path_add_hop(const struct topology *topology, const struct wfp_path_hop *hop,
                  struct text *text);

#endif
