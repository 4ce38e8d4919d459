/* SPDX-License-Identifier: MIT */

#include "harness/script_line.h"

#include <stdarg.h>
#include <stdio.h>

void script_put(struct script_line *line, const char *format, ...)
{
    va_list arguments;
    int length;

    if (line->used >= line->size) {
        return;
    }
    va_start(arguments, format);
    length = vsnprintf(line->buffer + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    line->used += length > 0 ? (size_t)length : 0;
}
