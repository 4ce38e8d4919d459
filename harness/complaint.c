/* SPDX-License-Identifier: MIT */

#include "harness/complaint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What a hostile file says about itself must not reach a terminal as a control sequence. */
static void disarm(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7f) {
            *text = '?';
        }
    }
}

/* A cut in the middle of a UTF-8 sequence would make the whole output invalid. */
static void drop_partial_sequence(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0xC0) {
        text[start - 1] = '\0';
    }
}

static void keep(struct complaints *complaints, const char *text)
{
    complaints->total++;
    if (complaints->kept == COMPLAINTS_KEPT) {
        return;
    }
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy == NULL) {
        return;
    }
    memcpy(copy, text, size);
    complaints->texts[complaints->kept++] = copy;
}

void complain(struct complaints *complaints, const char *file, int line, const char *field,
              const char *expected, const char *actual_format, ...)
{
    char actual[COMPLAINT_TEXT_MAX / 2];
    va_list arguments;
    va_start(arguments, actual_format);
    int length = vsnprintf(actual, sizeof actual, actual_format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof actual) {
        drop_partial_sequence(actual);
    }

    char place[24] = "";
    if (line > 0) {
        snprintf(place, sizeof place, ":%d", line);
    }
    char text[COMPLAINT_TEXT_MAX];
    length = snprintf(text, sizeof text, "%s%s: %s: expected %s, found %s", file, place, field,
                      expected, actual);
    if (length < 0 || (size_t)length >= sizeof text) {
        drop_partial_sequence(text);
    }
    disarm(text);
    keep(complaints, text);
}

void complaints_print(const struct complaints *complaints, FILE *out)
{
    for (size_t i = 0; i < complaints->kept; i++) {
        fprintf(out, "%s\n", complaints->texts[i]);
    }
    if (complaints->total > complaints->kept) {
        fprintf(out, "... and %zu more\n", complaints->total - complaints->kept);
    }
}

void complaints_clear(struct complaints *complaints)
{
    for (size_t i = 0; i < complaints->kept; i++) {
        free(complaints->texts[i]);
    }
    *complaints = (struct complaints){0};
}
