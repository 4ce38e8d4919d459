/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/view.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/rules/view_socket.h"

void *view_room(void *array, size_t count, size_t size)
{
    const bool full = (count & (count - 1)) == 0;

    return full ? realloc(array, (count == 0 ? 1 : count * 2) * size) : array;
}

struct event view_event(const struct view *view, size_t event)
{
    struct event read;

    trace_get(view->trace, event, &read);
    return read;
}

/* ---- parts ---- */

static char *copy_text(const struct event *event, enum event_field field)
{
    const struct event_bytes text = event_bytes(event, field);
    char *copy = calloc(1, (size_t)text.size + 1);

    if (copy != NULL && text.size > 0) {
        memcpy(copy, text.at, text.size);
    }
    return copy;
}

static bool begin_part(struct view *view, size_t index, char *scenario, char *profile)
{
    struct part *parts = view_room(view->parts, view->part_count, sizeof *parts);

    if (parts != NULL) {
        view->parts = parts;
    }
    if (parts == NULL || scenario == NULL || profile == NULL) {
        free(scenario);
        free(profile);
        return false;
    }
    if (view->part_count > 0) {
        parts[view->part_count - 1].end = index;
    }
    parts[view->part_count++] =
        (struct part){.scenario = scenario, .profile = profile, .first = index, .death = NOWHERE};
    return true;
}

static bool begin_run(struct view *view, size_t index, const struct event *event)
{
    static const char word[] = "start-up";
    char *scenario = malloc(sizeof word);

    if (scenario != NULL) {
        memcpy(scenario, word, sizeof word);
    }
    return begin_part(view, index, scenario, copy_text(event, FIELD_NAME));
}

static bool begin_scenario(struct view *view, size_t index, const struct event *event)
{
    const bool begun =
        begin_part(view, index, copy_text(event, FIELD_NAME), copy_text(event, FIELD_TEXT));

    if (begun) {
        view->parts[view->part_count - 1].started = true;
    }
    return begun;
}

/* A helper of the proxy's may end in order; what the lab started may not, and nothing may die. */
static bool ends_unasked(const struct view *view, const struct part *part,
                         const struct event *event, size_t index)
{
    const uint64_t how = event_number(event, FIELD_HOW);

    if (how != EVENT_END_CLOSED || !part->started || part->ended) {
        return how == EVENT_END_DIED;
    }
    for (size_t i = index; i-- > 0;) {
        const struct event before = view_event(view, i);

        if (before.kind == EVENT_PROCESS_START &&
            event_number(&before, FIELD_PROCESS) == event_number(event, FIELD_PROCESS)) {
            return true;
        }
    }
    return false;
}

static bool add_event(struct view *view, struct sockets *sockets, size_t index)
{
    const struct event event = view_event(view, index);
    struct part *part = view->part_count == 0 ? NULL : &view->parts[view->part_count - 1];

    if (part == NULL && event.kind != EVENT_RUN && event.kind != EVENT_SCENARIO) {
        return begin_run(view, index, &(struct event){0}) && add_event(view, sockets, index);
    }
    switch (event.kind) {
    case EVENT_RUN:
        return begin_run(view, index, &event);
    case EVENT_SCENARIO:
        return begin_scenario(view, index, &event);
    case EVENT_SCENARIO_END:
        part->ended = true;
        return true;
    case EVENT_PROCESS_END:
        if (part->death == NOWHERE && ends_unasked(view, part, &event, index)) {
            part->death = index;
        }
        return true;
    default:
        return view_add_client(view, index, &event) && view_add_act(view, sockets, index, &event);
    }
}

struct view *view_new(const struct trace *trace)
{
    struct view *view = calloc(1, sizeof *view);
    struct sockets sockets = {0};
    bool good = view != NULL;

    if (view != NULL) {
        view->trace = trace;
    }
    for (size_t i = 0; good && i < trace_count(trace); i++) {
        good = add_event(view, &sockets, i);
    }
    sockets_clear(&sockets);
    if (good && view->part_count > 0) {
        view->parts[view->part_count - 1].end = trace_count(trace);
    }
    if (!good || !view_add_dials(view)) {
        view_free(view);
        return NULL;
    }
    return view;
}

void view_free(struct view *view)
{
    if (view == NULL) {
        return;
    }
    for (size_t i = 0; i < view->part_count; i++) {
        free(view->parts[i].scenario);
        free(view->parts[i].profile);
    }
    free(view->parts);
    free(view->acts);
    free(view->endpoints);
    free(view->clients);
    free(view->dials);
    free(view);
}

/* ---- addresses ---- */

bool address_of_lab(const struct wfp_address *address)
{
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0D, 0xB8};
    const struct wfp_address plain = wfp_address_unmapped(address);

    if (plain.family == WFP_IPV4) {
        return plain.bytes[0] == 198 && (plain.bytes[1] & 0xFE) == 18;
    }
    return memcmp(plain.bytes, documentation, sizeof documentation) == 0;
}

bool address_same(const struct wfp_address *a, const struct wfp_address *b, bool with_port)
{
    struct wfp_address one = wfp_address_unmapped(a);
    struct wfp_address other = wfp_address_unmapped(b);

    if (!with_port) {
        one.port = 0;
        other.port = 0;
    }
    return wfp_address_equal(&one, &other);
}
