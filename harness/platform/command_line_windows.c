/* SPDX-License-Identifier: MIT */

#include "harness/platform/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "harness/platform/wide.h"

/*
 * CommandLineToArgvW's rule: backslashes are themselves unless they precede a quotation mark, where
 * each counts for two. Returns the new end.
 */
static char *quote(char *end, const char *argument)
{
    size_t backslashes = 0;

    *end++ = '"';
    for (; *argument != '\0'; argument++) {
        size_t more = *argument == '"' ? backslashes + 1 : 0;
        memset(end, '\\', more);
        end += more;
        *end++ = *argument;
        backslashes = *argument == '\\' ? backslashes + 1 : 0;
    }
    memset(end, '\\', backslashes);
    end += backslashes;
    *end++ = '"';
    return end;
}

wchar_t *command_line(char *const *arguments)
{
    size_t room = 1;
    char *line, *end;
    wchar_t *wide;

    for (size_t i = 0; arguments[i] != NULL; i++) {
        room += 2 * strlen(arguments[i]) + 3;
    }
    line = end = malloc(room);
    if (line == NULL) {
        return NULL;
    }
    for (size_t i = 0; arguments[i] != NULL; i++) {
        if (i > 0) {
            *end++ = ' ';
        }
        end = quote(end, arguments[i]);
    }
    *end = '\0';
    wide = wide_from_utf8(line);
    free(line);
    return wide;
}
