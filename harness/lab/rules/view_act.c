/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/view.h"

#include <string.h>

size_t view_find(const struct view *view, size_t act, enum event_kind kind)
{
    while (act != NOWHERE && view->acts[act].kind != kind) {
        act = view->acts[act].next;
    }
    return act;
}

size_t view_find_ioctl(const struct view *view, size_t act, uint32_t code)
{
    while (act != NOWHERE &&
           (view->acts[act].kind != EVENT_IOCTL || view->acts[act].code != code)) {
        act = view->acts[act].next;
    }
    return act;
}

bool act_succeeded(const struct act *act)
{
    return act->finished != NOWHERE && act->error == 0;
}

bool act_failed(const struct act *act)
{
    return act->finished != NOWHERE && act->error != 0;
}

struct event_bytes view_output(const struct view *view, const struct act *act)
{
    struct event event = view_event(view, act->event);

    if (!event_has(&event, FIELD_OUT) && act->finished != NOWHERE) {
        event = view_event(view, act->finished);
    }
    return event_bytes(&event, FIELD_OUT);
}

struct event_bytes view_input(const struct view *view, const struct act *act)
{
    const struct event event = view_event(view, act->event);

    return event_bytes(&event, FIELD_IN);
}

static size_t endpoint_giving(const struct view *view, size_t endpoint,
                              const struct event_bytes *bytes)
{
    size_t act = view->endpoints[endpoint].first;

    while ((act = view_find_ioctl(view, act, WFP_SIO_QUERY_RECORDS)) != NOWHERE) {
        const struct event_bytes record = view_output(view, &view->acts[act]);

        if (act_succeeded(&view->acts[act]) && record.size > 0 && record.size == bytes->size &&
            memcmp(record.at, bytes->at, bytes->size) == 0) {
            return act;
        }
        act = view->acts[act].next;
    }
    return NOWHERE;
}

size_t view_query_giving(const struct view *view, size_t client, const struct event_bytes *bytes)
{
    size_t found = NOWHERE;

    for (size_t i = view->clients[client].accepted; i != NOWHERE && found == NOWHERE;
         i = view->endpoints[i].also) {
        found = endpoint_giving(view, i, bytes);
    }
    return found;
}

/* What an accepted socket is, its listener was. */
static uint64_t opened_as(const struct view *view, const struct endpoint *endpoint,
                          enum event_field field)
{
    struct event event;

    if (endpoint->family_of == NOWHERE && endpoint->listener != NOWHERE) {
        endpoint = &view->endpoints[endpoint->listener];
    }
    if (endpoint->family_of == NOWHERE) {
        return 0;
    }
    event = view_event(view, view->acts[endpoint->family_of].event);
    return event_number(&event, field);
}

uint64_t view_family(const struct view *view, const struct endpoint *endpoint)
{
    return opened_as(view, endpoint, FIELD_FAMILY);
}

uint64_t view_type(const struct view *view, const struct endpoint *endpoint)
{
    return opened_as(view, endpoint, FIELD_TYPE);
}
