/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_JSON_LINE_H
#define HARNESS_JSON_LINE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Prints an object on a line of its own and lets go of it; nothing for NULL. `flags` are
 * json_dumpf()'s, beside JSON_COMPACT.
 */
void json_line_print(json_t *object, size_t flags, FILE *out);

/* The words of a text between single spaces, as an array. */
json_t *json_line_words(const char *text);

#endif
