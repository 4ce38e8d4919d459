/* SPDX-License-Identifier: MIT */

/*
 * What happened on a path, as one JSON value: the calls of every party with their answers and the
 * engine's own steps, in the order in which they were made, and the hops that they come to.
 */

#ifndef HARNESS_PATH_TRACE_H
#define HARNESS_PATH_TRACE_H

#include <jansson.h>

#include <wfp/path.h>

#include "harness/text.h"
#include "harness/topology.h"

struct path_trace {
    const struct topology *topology;
    json_t *calls; /* NULL until the first */
};

void path_trace_begin(struct path_trace *trace, const struct topology *topology);
void path_trace_add(struct path_trace *trace, const struct wfp_path_call *call);
/* {"calls": [...], "hops": [...], "end": ...} as text. */
void path_trace_end(struct path_trace *trace, const struct wfp_path *path, struct text *text);
void path_trace_clear(struct path_trace *trace);

/* The hops alone. */
json_t *path_hops_json(const struct topology *topology, const struct wfp_path *path);
/* "end", "by" and "cycle" of a path put into an object. */
void path_set_end(json_t *object, const struct topology *topology, const struct wfp_path *path);

#endif
