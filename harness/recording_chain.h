/* SPDX-License-Identifier: MIT */

/*
 * Lines of JSON that are numbered and summed up, so that damage shows (harness/recording.h): those
 * of a recording, and of a run's report. Each is held against its number and its checksum before it
 * is looked at.
 */

#ifndef HARNESS_RECORDING_CHAIN_H
#define HARNESS_RECORDING_CHAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/status.h"

/* ---- writing ---- */

/* Zeroed but for `out`. The caller checks ferror(out) at the end. */
struct chain_writer {
    FILE *out;
    size_t lines;
    uint64_t sum;
    bool failed; /* without memory: what was written is of no use */
};

/*
 * Writes one line, and lets go of `members`, in whose order they stand between the line's number
 * and its sum. `flags` are json_dumps()'s, beside JSON_COMPACT.
 */
void chain_write(struct chain_writer *writer, json_t *members, size_t flags);

/* ---- reading ---- */

struct chain {
    FILE *file;
    const char *path;
    struct complaints *complaints;
    char *line; /* the current one, without its line end */
    size_t length;
    size_t room;
    size_t number; /* its number, from 1 */
    uint64_t sum;  /* its checksum */
};

/* Opens the file at `path`, which is to outlive the chain. STATUS_BAD_INPUT after a complaint. */
enum status chain_open(struct chain *chain, const char *path, struct complaints *complaints);

/*
 * Reads the next line. STATUS_BAD_INPUT after a complaint that names the line and what has happened
 * to it: altered, missing, repeated, moved, cut off, too long, or of another format. `*more` is
 * false at the end of the file.
 */
enum status chain_next(struct chain *chain, bool *more);

/* The current line as JSON; the caller lets go of it. */
enum status chain_json(const struct chain *chain, json_t **root);
/* What stands for the current line, as a document, which the caller frees. */
enum status chain_document(const struct chain *chain, json_t *root, struct document **document);

/* Complains about the current line; gives STATUS_BAD_INPUT. */
enum status chain_refuse(const struct chain *chain, const char *field, const char *expected,
                         const char *actual);

/* Closes the file. */
void chain_clear(struct chain *chain);

#endif
