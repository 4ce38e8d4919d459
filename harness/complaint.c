/* SPDX-License-Identifier: MIT */

#include "harness/complaint.h"

#include <stdarg.h>
#include <stdlib.h>

/* What a hostile file says about itself must not reach a terminal as a control sequence. */
static void keep(struct complaints *complaints, const char *raw)
{
    complaints->total++;
    if (complaints->kept == COMPLAINTS_KEPT) {
        return;
    }
    struct text text = {0};
    text_add_safe(&text, raw, false);
    if (text.bytes != NULL) {
        complaints->texts[complaints->kept++] = text.bytes;
    }
}

void complain(struct complaints *complaints, const char *file, int line, const char *field,
              const char *expected, const char *actual_format, ...)
{
    char actual[COMPLAINT_TEXT_MAX / 2];
    va_list arguments;
    va_start(arguments, actual_format);
    vsnprintf(actual, sizeof actual, actual_format, arguments);
    va_end(arguments);

    char place[24] = "";
    if (line > 0) {
        snprintf(place, sizeof place, ":%d", line);
    }
    char raw[COMPLAINT_TEXT_MAX];
    snprintf(raw, sizeof raw, "%s%s: %s: expected %s, found %s", file, place, field, expected,
             actual);
    keep(complaints, raw);
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
