/* SPDX-License-Identifier: MIT */

/* The members of each kind of line of a recording. */

#ifndef HARNESS_RECORDING_LINE_H
#define HARNESS_RECORDING_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/document.h"
#include "harness/recording.h"
#include "harness/status.h"
#include "harness/verdict.h"

enum line_kind {
    LINE_HEAD,
    LINE_CASE,
    LINE_STEP,
    LINE_CALL, /* of a path */
    LINE_OUTCOME,
    LINE_STOPPED,
    LINE_END
};

/* A buffer: its size, its first bytes in hexadecimal, and the digest of them all. */
struct line_bytes {
    uint32_t size;
    const char *bytes;
    const char *digest;
};

/* What the kind does not have is 0 or NULL. The texts live as long as the document. */
struct recorded_line {
    uint32_t number;
    enum line_kind kind;
    const char *sum;
    uint32_t format;
    const char *tool, *backend, *target, *os, *build, *architecture, *redirector, *profile, *date;
    bool elevated;
    uint32_t vectors, cases, steps, unsupported, broken;
    const char *name, *member, *topic, *reason;
    json_t *vector;
    uint32_t seq, step, in_size, out_size;
    uint32_t n; /* or RECORDED_UNKNOWN */
    const char *call, *answer, *by;
    uint32_t control_size, flags;
    uint32_t hop, on;
    const char *party, *asked, *with, *outcome;
    bool write_right;
    struct line_bytes in, returned, control;
    enum verdict as;
};

/* STATUS_BAD_INPUT after complaints about what is absent, unknown, of a wrong type or out of range.
 */
enum status recorded_line_read(struct document *document, struct complaints *complaints,
                               struct recorded_line *line);

/*
 * A line of a run's report of paths (harness/report_jsonl.c) as the lines of a recording that say
 * the same: an array, NULL where it is another line or without memory. `steps`: how many steps
 * stand before it.
 */
json_t *report_lines(json_t *line, size_t number, uint32_t steps);

/* Copies what a line of the kind head says. */
void recorded_line_head(const struct recorded_line *line, struct recorded_head *head);

#endif
