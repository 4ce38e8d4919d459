/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_COMPLAINT_H
#define HARNESS_COMPLAINT_H

#include <stddef.h>
#include <stdio.h>

#include "harness/text.h"

/*
 * What is wrong with the input, in the order found. The first COMPLAINTS_KEPT are kept as texts,
 * the others are only counted. Zeroed memory is an empty list.
 */
enum { COMPLAINTS_KEPT = 200, COMPLAINT_TEXT_MAX = 4096 };

struct complaints {
    size_t total;
    size_t kept;
    char *texts[COMPLAINTS_KEPT]; /* "file:line: field: expected X, found Y" */
};

/*
 * Adds one. `file` is also what was no file: "--set", "request". `line` counts from 1; 0: there is
 * none. What could do harm on a terminal is replaced; overlong texts are cut.
 */
void complain(struct complaints *complaints, const char *file, int line, const char *field,
              const char *expected, const char *actual_format, ...) TEXT_FORMAT(6, 7);

/* One line each, and a last line for those that were not kept. */
void complaints_print(const struct complaints *complaints, FILE *out);

/* Frees the texts; the list is empty again. */
void complaints_clear(struct complaints *complaints);

#endif
