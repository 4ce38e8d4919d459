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
    parts[view->part_count++] = (struct part){.scenario = scenario,
                                              .profile = profile,
                                              .first = index,
                                              .clients = view->client_count,
                                              .death = NOWHERE,
                                              .unclear = NOWHERE,
                                              .broken = NOWHERE};
    return true;
}

static bool begin_start_up(struct view *view, size_t index, const struct event *event)
{
    static const char word[] = "start-up";
    const struct event none = {0};
    char *scenario = malloc(sizeof word);

    if (scenario != NULL) {
        memcpy(scenario, word, sizeof word);
    }
    return begin_part(view, index, scenario,
                      copy_text(event->kind == EVENT_RUN ? event : &none, FIELD_NAME));
}

/* What was before a scenario was under its profile, unless it has told its own. */
static bool share_profile(const struct view *view, const struct event *event)
{
    struct part *before = view->part_count == 0 ? NULL : &view->parts[view->part_count - 1];
    char *profile;

    if (before == NULL || before->profile[0] != '\0') {
        return true;
    }
    profile = copy_text(event, FIELD_TEXT);
    if (profile == NULL) {
        return false;
    }
    free(before->profile);
    before->profile = profile;
    return true;
}

static bool begin_scenario(struct view *view, size_t index, const struct event *event)
{
    const bool begun =
        share_profile(view, event) &&
        begin_part(view, index, copy_text(event, FIELD_NAME), copy_text(event, FIELD_TEXT));

    if (begun) {
        view->parts[view->part_count - 1].started = true;
    }
    return begun;
}

/* Served nobody, and ended well when it had started another: the program started itself again. */
static bool hands_over(const struct view *view, const struct event *end, size_t index)
{
    const uint64_t process = event_number(end, FIELD_PROCESS);
    bool started = false;

    if (event_number(end, FIELD_HOW) != EVENT_END_CLOSED ||
        event_number(end, FIELD_EXIT_CODE) != 0) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        const struct event event = view_event(view, i);

        if (event_number(&event, FIELD_PROCESS) == process && event.kind == EVENT_LISTEN) {
            return false;
        }
        started |= event_number(&event, FIELD_PROCESS) == process && event.kind == EVENT_CHILD &&
                   event_number(&event, FIELD_FLAGS) != 0;
    }
    return started;
}

static bool has_ended(const struct view *view, uint64_t process, size_t index)
{
    for (size_t i = index; i-- > 0;) {
        const struct event event = view_event(view, i);

        if (event.kind == EVENT_PROCESS_END && event_number(&event, FIELD_PROCESS) == process) {
            return true;
        }
    }
    return false;
}

/* The number of its parent, if that is one that we know, too; 0. */
static uint64_t parent_of(const struct view *view, uint64_t process, size_t index)
{
    uint64_t parent = 0;

    for (size_t i = index; i-- > 0;) {
        const struct event hello = view_event(view, i);

        if (hello.kind != EVENT_HELLO) {
            continue;
        }
        if (event_number(&hello, FIELD_PROCESS) == process) {
            parent = event_number(&hello, FIELD_PARENT);
        } else if (parent != 0 && event_number(&hello, FIELD_SYSTEM_PROCESS) == parent) {
            return event_number(&hello, FIELD_PROCESS);
        }
    }
    return 0;
}

/* It ends at `index`. Who has taken its parent's place is none; who has given it up is one. */
static bool is_helper(const struct view *view, uint64_t process, size_t index)
{
    const struct event end = view_event(view, index);
    const uint64_t parent = parent_of(view, process, index);

    return hands_over(view, &end, index) || (parent != 0 && !has_ended(view, parent, index));
}

static void note_death(struct part *part, const struct event *event, size_t index)
{
    if (part->death == NOWHERE) {
        part->death = index;
        part->death_how = (enum event_end)event_number(event, FIELD_HOW);
    }
}

/* A helper of the proxy's may end in order; what the lab started may not, and nothing may die. */
static void note_end(const struct view *view, struct part *part, const struct event *event,
                     size_t index)
{
    const enum event_end how = (enum event_end)event_number(event, FIELD_HOW);

    if (how == EVENT_END_DIED) {
        note_death(part, event, index);
        return;
    }
    if (how == EVENT_END_RESET || !part->started || part->ended) {
        return;
    }
    if (!is_helper(view, event_number(event, FIELD_PROCESS), index)) {
        note_death(part, event, index);
    } else if (how == EVENT_END_KILLED) {
        part->unclear = index;
    }
}

/* Between scenarios a proxy is started anew, under the profile that the next one tells. */
static bool is_start_up(const struct part *part, const struct event *event)
{
    return event->kind == EVENT_RUN || part == NULL ||
           (event->kind == EVENT_PROCESS_START && part->ended);
}

static bool add_event(struct view *view, struct sockets *sockets, size_t index)
{
    const struct event event = view_event(view, index);
    struct part *part = view->part_count == 0 ? NULL : &view->parts[view->part_count - 1];

    if (event.kind == EVENT_SCENARIO) {
        return begin_scenario(view, index, &event);
    }
    if (is_start_up(part, &event)) {
        return begin_start_up(view, index, &event) &&
               (event.kind == EVENT_RUN || add_event(view, sockets, index));
    }
    switch (event.kind) {
    case EVENT_HELLO:
        view->processes++;
        return true;
    case EVENT_SCENARIO_END:
        part->ended = true;
        return true;
    case EVENT_PROCESS_END:
        note_end(view, part, &event, index);
        return true;
    case EVENT_BROKEN:
        part->broken = part->broken == NOWHERE ? index : part->broken;
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
    if (!good || !view_find_clients(view) || !view_add_dials(view)) {
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
