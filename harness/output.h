/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_OUTPUT_H
#define HARNESS_OUTPUT_H

#include <stdio.h>

#include "harness/complaint.h"
#include "harness/status.h"

/*
 * A file that appears under its name only when it is complete: it is written beside it and renamed.
 * What had the name before stays until then. A name that is no file (a device, a pipe) is written
 * directly, and a link is followed.
 */
struct output_file {
    FILE *stream;    /* write here */
    char *final;     /* NULL for standard output */
    char *temporary; /* NULL where it is written directly */
};

/*
 * `path` NULL is standard output. STATUS_BAD_INPUT after a complaint when a file of that name
 * cannot be made.
 */
enum status output_open(const char *path, struct complaints *complaints,
                        struct output_file *output);

/*
 * Ends the writing. STATUS_BROKEN after a complaint when not all could be written (disk full ...);
 * then nothing of it is left behind. Either way the output is closed.
 */
enum status output_commit(struct output_file *output, struct complaints *complaints);

/* Closes the output and leaves nothing of it behind. To standard output what is written is written.
 */
void output_abandon(struct output_file *output);

#endif
