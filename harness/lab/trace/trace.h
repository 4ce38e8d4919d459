/* SPDX-License-Identifier: MIT */

/*
 * What happened in the lab, in order: the events of harness/lab/wire/event.h, kept as they go over
 * the wire. The rules judge a trace and nothing else, so that a trace that was written to a file
 * and read back is judged alike.
 */

#ifndef HARNESS_LAB_TRACE_TRACE_H
#define HARNESS_LAB_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lab/wire/event.h"

enum {
    TRACE_EVENTS_MAX = 1 << 24,
    TRACE_BYTES_MAX = 1 << 30 /* of all events together, as they go over the wire */
};

struct trace;

/* NULL without memory. */
struct trace *trace_new(void);
/* NULL is nothing. */
void trace_free(struct trace *trace);

/*
 * Copies an event to the end. False, and the trace is as it was: no memory, or one of the limits
 * above is reached.
 */
bool trace_add(struct trace *trace, const struct event *event);

size_t trace_count(const struct trace *trace);
/* `index` counts from 0. What the event points to lives as long as the trace. */
void trace_get(const struct trace *trace, size_t index, struct event *event);

#endif
