/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_SCRIPT_LINE_H
#define HARNESS_SCRIPT_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/text.h"

/* A line of a vector in script form, in a buffer of `size` bytes; what does not fit is cut off. */
struct script_line {
    char *buffer;
    size_t size;
    size_t used;
    const uint32_t *n; /* the N that sizes speak of, or NULL: it is written as it stands there */
};

void script_put(struct script_line *line, const char *format, ...) TEXT_FORMAT(2, 3);

#endif
