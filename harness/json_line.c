/* SPDX-License-Identifier: MIT */

#include "harness/json_line.h"

#include <string.h>

void json_line_print(json_t *object, size_t flags, FILE *out)
{
    if (object != NULL && json_dumpf(object, out, JSON_COMPACT | flags) == 0) {
        (void)fputc('\n', out);
    }
    json_decref(object);
}

json_t *json_line_words(const char *text)
{
    json_t *array = json_array();

    while (*text != '\0') {
        const size_t length = strcspn(text, " ");

        (void)json_array_append_new(array, json_stringn(text, length));
        text += length + (text[length] == ' ');
    }
    return array;
}
