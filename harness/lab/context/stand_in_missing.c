/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/stand_in_missing.h"

#include <string.h>

#include "harness/lab/wire/event.h"

enum { LINE_MAX = 400, LINES_MAX = 100, SOON = 64 /* events, between a call and its end */ };

struct missing {
    const struct trace *trace;
    size_t count;
    size_t more;              /* that have no place */
    size_t events[LINES_MAX]; /* what the lines are about */
    char lines[LINES_MAX][LINE_MAX];
};

static bool same_bytes(const struct event *a, const struct event *b, enum event_field field)
{
    const struct event_bytes one = event_bytes(a, field);
    const struct event_bytes other = event_bytes(b, field);

    return one.size == other.size && (one.size == 0 || memcmp(one.at, other.at, one.size) == 0);
}

/* Is there a line for the like of it? A program may ask in vain ten thousand times. */
static bool is_known(const struct missing *missing, const struct event *event)
{
    static const enum event_field numbers[] = {FIELD_HANDLE, FIELD_CODE, FIELD_IN_SIZE,
                                               FIELD_OUT_SIZE};

    for (size_t i = 0; i < missing->count; i++) {
        struct event other;
        bool same;

        trace_get(missing->trace, missing->events[i], &other);
        same = event->kind == other.kind && same_bytes(event, &other, FIELD_NAME) &&
               same_bytes(event, &other, FIELD_TEXT);
        for (size_t n = 0; same && n < sizeof numbers / sizeof numbers[0]; n++) {
            same = event_number(event, numbers[n]) == event_number(&other, numbers[n]);
        }
        if (same) {
            return true;
        }
    }
    return false;
}

static void add_line(struct missing *missing, size_t at, const char *line)
{
    for (size_t i = 0; i < missing->count; i++) {
        if (strcmp(missing->lines[i], line) == 0) {
            return;
        }
    }
    if (missing->count == LINES_MAX) {
        missing->more++;
        return;
    }
    missing->events[missing->count] = at;
    (void)snprintf(missing->lines[missing->count++], LINE_MAX, "%s", line);
}

/* ---- words ---- */

static void add_bytes(struct text *line, struct event_bytes bytes)
{
    struct text raw = {0};

    if (bytes.size == 0) {
        return;
    }
    text_add_bytes(&raw, (const char *)bytes.at, bytes.size);
    text_add_safe(line, text_bytes(&raw), false);
    text_clear(&raw);
}

static bool same_thread(const struct event *a, const struct event *b)
{
    return event_number(a, FIELD_PROCESS) == event_number(b, FIELD_PROCESS) &&
           event_number(a, FIELD_THREAD) == event_number(b, FIELD_THREAD);
}

/* What the system said to a call that was passed. */
static void add_outcome(struct text *line, const struct missing *missing, size_t at,
                        const struct event *call)
{
    const size_t count = trace_count(missing->trace);

    for (size_t i = at + 1; i < count && i <= at + SOON; i++) {
        struct event done;

        trace_get(missing->trace, i, &done);
        if (done.kind == EVENT_DONE && same_thread(&done, call)) {
            text_add(line, ": passed to the system, error %llu",
                     (unsigned long long)event_number(&done, FIELD_ERROR));
            return;
        }
    }
    text_add(line, ": passed to the system");
}

/* Does this event say that a device was opened, by the handle of the control? */
static bool opened(const struct event *event, const struct event *control)
{
    const bool open =
        event->kind == EVENT_DEVICE_OPEN ||
        (event->kind == EVENT_DONE && event_number(event, FIELD_KIND_OF) == EVENT_DEVICE_OPEN);

    return open && event_number(event, FIELD_PROCESS) == event_number(control, FIELD_PROCESS) &&
           event_number(event, FIELD_HANDLE) == event_number(control, FIELD_HANDLE);
}

/* The path by which the device of a control was opened: a real one has its handle afterwards. */
static void add_path(struct text *line, const struct missing *missing, size_t at,
                     const struct event *control)
{
    struct event event = {.kind = EVENT_NOTE};
    struct event done;

    while (at > 0 && !opened(&event, control)) {
        trace_get(missing->trace, --at, &event);
    }
    done = event;
    while (at > 0 && (event.kind != EVENT_DEVICE_OPEN || !same_thread(&event, &done))) {
        trace_get(missing->trace, --at, &event);
    }
    if (event.kind == EVENT_DEVICE_OPEN) {
        add_bytes(line, event_bytes(&event, FIELD_TEXT));
    }
}

/* ---- kinds ---- */

static void describe_call(struct text *line, const struct missing *missing, size_t at,
                          const struct event *event)
{
    const struct event_bytes text = event_bytes(event, FIELD_TEXT);

    if (event->kind == EVENT_DEVICE_OPEN) {
        text_add(line, "device ");
    } else {
        text_add(line, event->kind == EVENT_SERVICE_CALL ? "service manager " : "filter engine ");
        add_bytes(line, event_bytes(event, FIELD_NAME));
        text_add(line, text.size > 0 ? " " : "");
    }
    add_bytes(line, text);
    add_outcome(line, missing, at, event);
}

static void describe_control(struct text *line, const struct missing *missing, size_t at,
                             const struct event *event)
{
    text_add(line, "device ");
    add_path(line, missing, at, event);
    text_add(line, ": ");
    add_bytes(line, event_bytes(event, FIELD_NAME));
    if (event_has(event, FIELD_CODE)) {
        text_add(line, " 0x%08llx", (unsigned long long)event_number(event, FIELD_CODE));
    }
    text_add(line, " with %llu bytes in and room for %llu",
             (unsigned long long)event_number(event, FIELD_IN_SIZE),
             (unsigned long long)event_number(event, FIELD_OUT_SIZE));
    if (event_number(event, FIELD_BY) == EVENT_BY_PROVIDER) {
        add_outcome(line, missing, at, event);
    } else {
        text_add(line, " is not named");
    }
}

static bool is_unnamed(const struct event *event)
{
    return event->kind == EVENT_DEVICE_CONTROL &&
           ((event_number(event, FIELD_FLAGS) & EVENT_DEVICE_UNNAMED) != 0 ||
            event_number(event, FIELD_BY) == EVENT_BY_PROVIDER);
}

static bool is_passed(const struct event *event)
{
    const bool of_drivers = event->kind == EVENT_DEVICE_OPEN || event->kind == EVENT_SERVICE_CALL ||
                            event->kind == EVENT_FILTER_CALL;

    return of_drivers && event_number(event, FIELD_BY) == EVENT_BY_PROVIDER;
}

static void look_at(struct missing *missing, size_t at)
{
    struct text line = {0};
    struct event event;

    trace_get(missing->trace, at, &event);
    if ((!is_passed(&event) && !is_unnamed(&event)) || is_known(missing, &event)) {
        return;
    }
    if (is_passed(&event)) {
        describe_call(&line, missing, at, &event);
    } else {
        describe_control(&line, missing, at, &event);
    }
    add_line(missing, at, text_bytes(&line));
    text_clear(&line);
}

void stand_in_missing(const struct trace *trace, struct text *text)
{
    struct missing missing = {.trace = trace};

    for (size_t i = 0; i < trace_count(trace); i++) {
        look_at(&missing, i);
    }
    for (size_t i = 0; i < missing.count; i++) {
        text_add(text, "%s\n", missing.lines[i]);
    }
    if (missing.more > 0) {
        text_add(text, "and %zu more of a driver\n", missing.more);
    }
}
