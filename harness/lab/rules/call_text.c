/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/call_text.h"

#include <string.h>

#include "harness/address.h"
#include "harness/lab/trace/trace_field.h"
#include "harness/vector.h"
#include "harness/word.h"

/* The head of a trace file is line 1, its first event line 2. */
enum { FIRST_LINE = 2, NAME_SHOWN = 80 };

/* How a field is said where an event has it; its name goes before unless it is obvious. */
struct saying {
    enum event_field field;
    const char *before;
};

/* In the order in which they are said. */
static const struct saying sayings[] = {
    {FIELD_NAME, ""},
    {FIELD_SOCKET, "s"},
    {FIELD_OTHER, "-> s"},
    {FIELD_CLIENT, "client "},
    {FIELD_DIAL, "dial "},
    {FIELD_CODE, ""},
    {FIELD_LEVEL, "level="},
    {FIELD_OPTION, "option="},
    {FIELD_LOCAL, "from "},
    {FIELD_PEER, "to "},
    {FIELD_BACKLOG, "backlog="},
    {FIELD_SIZE, "bytes="},
    {FIELD_IN_SIZE, "in="},
    {FIELD_OUT_SIZE, "out="},
    {FIELD_CONTROL_SIZE, "control="},
    {FIELD_STATE, ""},
    {FIELD_HOW, ""},
    {FIELD_EXIT_CODE, "exit code "},
    {FIELD_HANDLES, "handles="},
    {FIELD_TEXT, ""},
};

static void add_words(struct text *text, const struct event_bytes *words)
{
    struct text raw = {0};

    text_add_bytes(&raw, (const char *)words->at,
                   words->size < NAME_SHOWN ? words->size : NAME_SHOWN);
    text_add_safe(text, text_bytes(&raw), false);
    text_clear(&raw);
}

static void add_address(struct text *text, const struct event *event, enum event_field field)
{
    const struct wfp_address address = event_address(event, field);
    char buffer[ADDRESS_TEXT_MAX];

    address_print(&address, buffer, sizeof buffer);
    text_add(text, "%s", buffer);
}

/* An exit code that is a status of Windows is written as such. */
static bool is_status(const struct event *event, enum event_field field)
{
    return field == FIELD_EXIT_CODE && event_number(event, field) > INT32_MAX;
}

/* The word that the trace file has for it, too. */
static void add_shown(struct text *text, const struct event *event, enum event_field field)
{
    json_t *value = trace_field_show(event, field);

    if (json_is_string(value)) {
        text_add(text, "%s", json_string_value(value));
    } else if (is_status(event, field)) {
        text_add(text, "0x%08llX", (unsigned long long)event_number(event, field));
    } else {
        text_add(text, "%lld", (long long)json_integer_value(value));
    }
    json_decref(value);
}

/* "connect connect" */
static bool is_named_like_its_kind(const struct event *event)
{
    const struct event_bytes name = event_bytes(event, FIELD_NAME);
    const char *kind = event_kinds[event->kind].name;

    return name.size == strlen(kind) && memcmp(name.at, kind, name.size) == 0;
}

static bool goes_without_saying(const struct event *event, enum event_field field)
{
    const bool none = field < FIELD_NUMBERS_END && event_number(event, field) == 0;
    const uint64_t code = event_number(event, FIELD_CODE);

    if (field == FIELD_NAME) {
        return is_named_like_its_kind(event);
    }
    if (field == FIELD_IN_SIZE || field == FIELD_CONTROL_SIZE || field == FIELD_HANDLES) {
        return none;
    }
    return field == FIELD_OUT_SIZE && none && (code == 0 || code == WFP_SIO_SET_RECORDS);
}

static void add_field(struct text *text, const struct event *event, const struct saying *saying)
{
    const struct event_bytes words = saying->field >= FIELD_ADDRESSES_END
                                         ? event_bytes(event, saying->field)
                                         : (struct event_bytes){0};

    text_add(text, " %s", saying->before);
    if (saying->field >= FIELD_ADDRESSES_END) {
        add_words(text, &words);
    } else if (saying->field >= FIELD_NUMBERS_END) {
        add_address(text, event, saying->field);
    } else {
        add_shown(text, event, saying->field);
    }
}

static void add_answer(struct text *text, const struct event *event)
{
    const bool counted = event_has(event, FIELD_COUNT);

    if (event->kind >= EVENT_ANSWER || (!event_has(event, FIELD_ERROR) && !counted)) {
        return;
    }
    text_add(text, " -> ");
    add_shown(text, event, FIELD_ERROR);
    if (counted) {
        text_add(text, ", %llu", (unsigned long long)event_number(event, FIELD_COUNT));
    }
    if (event_number(event, FIELD_BY) == EVENT_BY_SCENARIO) {
        text_add(text, " (by the scenario)");
    }
}

void call_text_add(const struct view *view, size_t event, struct text *text)
{
    const struct event shown = view_event(view, event);

    text_add(text, "%s %zu  %s", shown.kind < EVENT_ANSWER ? "call" : "then", event + FIRST_LINE,
             event_kinds[shown.kind].name);
    if (view->processes > 1 && event_has(&shown, FIELD_PROCESS)) {
        text_add(text, " process %llu", (unsigned long long)event_number(&shown, FIELD_PROCESS));
    }
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        if (event_has(&shown, sayings[i].field) && !goes_without_saying(&shown, sayings[i].field)) {
            add_field(text, &shown, &sayings[i]);
        }
    }
    add_answer(text, &shown);
}
