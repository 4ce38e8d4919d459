/* SPDX-License-Identifier: MIT */

/* The lines of a recording, each held against its number and its checksum before it is looked at.
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

/* Zeroed but for `out`. */
struct chain_end {
    FILE *out;
    size_t lines; /* written */
    uint64_t sum; /* of the last */
};

/*
 * Writes a line and lets go of `members`, in whose order they stand between the line's number and
 * its sum. False without memory, or where `members` is NULL.
 */
bool chain_write(struct chain_end *end, json_t *members);

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

/* The current line as JSON. The caller frees the document. */
enum status chain_document(const struct chain *chain, struct document **document);

/* Complains about the current line; gives STATUS_BAD_INPUT. */
enum status chain_refuse(const struct chain *chain, const char *field, const char *expected,
                         const char *actual);

/* Closes the file. */
void chain_clear(struct chain *chain);

#endif
