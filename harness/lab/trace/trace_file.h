/* SPDX-License-Identifier: MIT */

/*
 * A trace as a file: JSON lines, as a recording is (harness/recording.h): a head, an event a line,
 * an end. Each line begins with its number and ends with a checksum over the line before it and
 * itself, so that an altered byte, a lost, repeated or moved line and a cut-off end are noticed.
 */

#ifndef HARNESS_LAB_TRACE_TRACE_FILE_H
#define HARNESS_LAB_TRACE_TRACE_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/complaint.h"
#include "harness/lab/trace/trace.h"
#include "harness/status.h"

enum { TRACE_FORMAT = 1, TRACE_TEXT_MAX = 256 };

/* Texts in UTF-8; "" where there is nothing to say. */
struct trace_head {
    char tool[TRACE_TEXT_MAX];     /* version of wfpcheck */
    char system[TRACE_TEXT_MAX];   /* where the lab ran, "Linux 6.1 x86_64" */
    char wine[TRACE_TEXT_MAX];     /* "8.0"; "" on Windows */
    char program[TRACE_TEXT_MAX];  /* under test */
    char profiles[TRACE_TEXT_MAX]; /* between single spaces */
    char upstream[TRACE_TEXT_MAX]; /* "socks5" or "http" where the proxy was told of one */
    char date[TRACE_TEXT_MAX];     /* UTC, "2026-01-31T12:00:00Z" */
    bool passed_through;           /* nothing was answered by the lab: what was seen is real */
};

/* The caller checks ferror(out) at the end. False: no memory, and what was written is of no use. */
bool trace_write(const struct trace *trace, const struct trace_head *head, FILE *out);

/*
 * Reads it all. STATUS_BAD_INPUT after a complaint that names the line. The trace is the caller's.
 */
enum status trace_read(const char *path, struct complaints *complaints, struct trace **trace,
                       struct trace_head *head);

/* Does the file say of itself, in its first bytes, that it is a trace? */
bool trace_is_file(const char *path);

#endif
