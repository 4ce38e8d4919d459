/* SPDX-License-Identifier: MIT */

/* Every call of a path in its order. */

#ifndef HARNESS_PATH_TRACE_H
#define HARNESS_PATH_TRACE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <wfp/path.h>

#include "harness/recording.h"
#include "harness/text.h"
#include "harness/topology.h"

/* Zeroed memory is an empty trace; clear it when done. */
struct path_trace {
    struct wfp_path_call *calls;
    size_t count;
    size_t room;
    bool failed; /* without memory: some are missing */
};

/* A wfp_path_observer whose context is a trace. */
void path_trace_note(void *context, const struct wfp_path_call *call);
void path_trace_clear(struct path_trace *trace);

/*
 * [{"hop": 1, "party": "A", "call": "query-records", "on": 3, "answer": "OK/780", "rule": ...}]:
 * the members of a recording's calls, and the rule. NULL without memory.
 */
json_t *path_trace_json(const struct path_trace *trace, const char *const *names);

/* A call as a recording has it, and back; false: the party, or what it is made with, is unknown. */
void path_trace_record(const struct wfp_path_call *call, const char *const *names,
                       struct recorded_step *step);
bool path_trace_read(const struct recorded_step *step, const struct path_scene *scene,
                     struct wfp_path_call *call);

/* The rules that answered in this hop, each once, separated by a comma and a space. */
void path_trace_rules(const struct path_trace *trace, size_t hop, struct text *text);

/* "app", "engine", or the name of a service. */
const char *path_party_name(const char *const *names, uint32_t party);

#endif
