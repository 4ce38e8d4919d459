/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/listed.h"

#include <string.h>

#include "harness/address.h"
#include "harness/lab/context/stand_in_missing.h"

enum { LINES_MAX = 100, LINE_MAX = 256 };

struct lines {
    char texts[LINES_MAX][LINE_MAX];
    size_t counts[LINES_MAX];
    size_t count;
    size_t more; /* that have no place */
};

static void add_line(struct lines *lines, const char *before, const char *text)
{
    char line[LINE_MAX];

    (void)snprintf(line, sizeof line, "%s%s", before, text);
    for (size_t i = 0; i < lines->count; i++) {
        if (strcmp(lines->texts[i], line) == 0) {
            lines->counts[i]++;
            return;
        }
    }
    if (lines->count == LINES_MAX) {
        lines->more++;
        return;
    }
    memcpy(lines->texts[lines->count], line, sizeof line);
    lines->counts[lines->count++] = 1;
}

/* ---- what there is to list ---- */

static const struct {
    enum event_kind kind;
    enum event_field field;
    const char *before;
} told[] = {
    {EVENT_PASSED, FIELD_NAME, "not followed: "},
    {EVENT_DEADLINE, FIELD_TEXT, "time limit: "},
    {EVENT_NOTE, FIELD_TEXT, "note: "},
};

static void list_event(const struct event *event, struct lines *lines)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        const struct event_bytes bytes = event_bytes(event, told[i].field);
        struct text raw = {0};
        struct text safe = {0};

        if (event->kind != told[i].kind) {
            continue;
        }
        text_add_bytes(&raw, (const char *)bytes.at, bytes.size);
        text_add_safe(&safe, text_bytes(&raw), false);
        add_line(lines, told[i].before, text_bytes(&safe));
        text_clear(&raw);
        text_clear(&safe);
    }
}

static void list_dial(const struct dial *dial, struct lines *lines)
{
    char address[ADDRESS_TEXT_MAX];

    address_print(&dial->peer, address, sizeof address);
    if (dial->client == NOWHERE) {
        add_line(lines, "dial for no client: ", address);
    } else if (dial->number == 0 && !address_of_lab(&dial->peer)) {
        add_line(lines, "dial past the lab (to an upstream? --upstream names it): ", address);
    }
}

static void print_lines(const struct lines *lines, struct text *text)
{
    for (size_t i = 0; i < lines->count; i++) {
        text_add(text, lines->counts[i] == 1 ? "%s\n" : "%s (%zu times)\n", lines->texts[i],
                 lines->counts[i]);
    }
    if (lines->more > 0) {
        text_add(text, "and %zu more\n", lines->more);
    }
}

void listed_add(const struct view *view, struct text *text)
{
    struct lines lines = {.count = 0};

    for (size_t i = 0; i < trace_count(view->trace); i++) {
        const struct event event = view_event(view, i);

        list_event(&event, &lines);
    }
    for (size_t i = 0; i < view->dial_count; i++) {
        list_dial(&view->dials[i], &lines);
    }
    print_lines(&lines, text);
    stand_in_missing(view->trace, text);
}
