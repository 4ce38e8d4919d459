/* SPDX-License-Identifier: MIT */

/* How a field of an event stands in a trace file, by one table for both directions. */

#ifndef HARNESS_LAB_TRACE_TRACE_FIELD_H
#define HARNESS_LAB_TRACE_TRACE_FIELD_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/lab/wire/event.h"
#include "harness/reader.h"
#include "harness/word.h"

/* The words of `how`, which are others for a shutdown, and of `by`. */
extern const struct words event_end_words;
extern const struct words event_by_words;

/*
 * A number, or a word that stands for it; "203.0.113.10:443"; bytes in hexadecimal; a text. NULL
 * without memory.
 */
json_t *trace_field_show(const struct event *event, enum event_field field);

/*
 * The same back. `event->kind` is set already; what it points to lives as long as the reader's
 * document. False after a complaint.
 */
bool trace_field_read(struct reader *reader, struct place place, json_t *value,
                      enum event_field field, struct event *event);

#endif
