/* SPDX-License-Identifier: MIT */

/* A small file of lines, to be written again in other ways. */

#ifndef TESTS_UNIT_LINE_FILE_H
#define TESTS_UNIT_LINE_FILE_H

#include <stddef.h>

enum { LINE_FILE_MAX = 65536, LINE_FILE_LINES = 32 };

struct line_file {
    char bytes[LINE_FILE_MAX];
    size_t size;
    size_t starts[LINE_FILE_LINES + 1]; /* of each line, and the end of the last */
    size_t count;
};

void line_file_load(const char *path, struct line_file *file);
/* Appends line `line` (from 1) to bytes of which there are `*size`. */
void line_file_append(const struct line_file *file, size_t line, char *bytes, size_t *size);
void line_file_write(const char *path, const char *bytes, size_t size);

#endif
