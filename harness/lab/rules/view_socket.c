/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/view_socket.h"

#include <stdlib.h>

#include "harness/lab/rules/view.h"

enum { FIRST_NAMES = 256, WSA_PENDING = 997 };

/* ---- names of endpoints ---- */

static size_t place_of(const struct sockets *sockets, uint64_t process, uint64_t number)
{
    const uint64_t mixed =
        (process * UINT64_C(0x9E3779B97F4A7C15) ^ number) * UINT64_C(0xD6E8FEB86659FD93);
    size_t place = (size_t)(mixed >> 32) & (sockets->room - 1);

    while (sockets->names[place].number != 0 &&
           (sockets->names[place].process != process || sockets->names[place].number != number)) {
        place = (place + 1) & (sockets->room - 1);
    }
    return place;
}

size_t sockets_find(const struct sockets *sockets, uint64_t process, uint64_t number)
{
    const struct socket_name *name;

    if (sockets->room == 0 || number == 0) {
        return NOWHERE;
    }
    name = &sockets->names[place_of(sockets, process, number)];
    return name->number == 0 ? NOWHERE : name->endpoint;
}

static bool grow(struct sockets *sockets)
{
    struct sockets larger = {.room = sockets->room == 0 ? FIRST_NAMES : sockets->room * 2};

    larger.names = calloc(larger.room, sizeof *larger.names);
    if (larger.names == NULL) {
        return false;
    }
    for (size_t i = 0; i < sockets->room; i++) {
        const struct socket_name *name = &sockets->names[i];

        if (name->number != 0) {
            larger.names[place_of(&larger, name->process, name->number)] = *name;
        }
    }
    larger.count = sockets->count;
    free(sockets->names);
    *sockets = larger;
    return true;
}

bool sockets_name(struct sockets *sockets, uint64_t process, uint64_t number, size_t endpoint)
{
    size_t place;

    if (sockets->count * 2 >= sockets->room && !grow(sockets)) {
        return false;
    }
    place = place_of(sockets, process, number);
    sockets->count += sockets->names[place].number == 0;
    sockets->names[place] = (struct socket_name){process, number, endpoint};
    return true;
}

void sockets_clear(struct sockets *sockets)
{
    free(sockets->names);
}

/* ---- endpoints ---- */

static size_t add_endpoint(struct view *view, struct sockets *sockets, uint64_t process,
                           uint64_t number)
{
    struct endpoint *endpoints =
        view_room(view->endpoints, view->endpoint_count, sizeof *endpoints);

    if (endpoints == NULL) {
        return NOWHERE;
    }
    view->endpoints = endpoints;
    endpoints[view->endpoint_count] = (struct endpoint){
        .process = process,
        .number = number,
        .first = NOWHERE,
        .last = NOWHERE,
        .family_of = NOWHERE,
        .listener = NOWHERE,
        .accepted = NOWHERE,
        .client = NOWHERE,
        .also = NOWHERE,
        .dial = NOWHERE,
        .closed = NOWHERE,
        .descriptors = 1,
    };
    return sockets_name(sockets, process, number, view->endpoint_count) ? view->endpoint_count++
                                                                        : NOWHERE;
}

static size_t endpoint_for(struct view *view, struct sockets *sockets, uint64_t process,
                           uint64_t number)
{
    const size_t found = sockets_find(sockets, process, number);

    return found != NOWHERE ? found : add_endpoint(view, sockets, process, number);
}

/* ---- acts ---- */

static bool is_answered(const struct event *event)
{
    const uint64_t by = event_number(event, FIELD_BY);
    const uint64_t error = event_number(event, FIELD_ERROR);

    if (!event_has(event, FIELD_ERROR) || by == EVENT_BY_PROVIDER) {
        return event_has(event, FIELD_ERROR) && !event_kinds[event->kind].asked;
    }
    return error != WSA_PENDING && event_number(event, FIELD_DELAY) == 0;
}

static bool append_act(struct view *view, size_t socket, size_t index, const struct event *event)
{
    struct act *acts = view_room(view->acts, view->act_count, sizeof *acts);
    struct endpoint *endpoint = &view->endpoints[socket];

    if (acts == NULL) {
        return false;
    }
    view->acts = acts;
    acts[view->act_count] = (struct act){
        .event = index,
        .kind = event->kind,
        .part = view->part_count - 1,
        .socket = socket,
        .next = NOWHERE,
        .before = endpoint->last,
        .error = event_number(event, FIELD_ERROR),
        .count = event_number(event, FIELD_COUNT),
        .counted = event_has(event, FIELD_COUNT),
        .in_size = event_number(event, FIELD_IN_SIZE),
        .out_size = event_number(event, FIELD_OUT_SIZE),
        .code = (uint32_t)event_number(event, FIELD_CODE),
        .operation = event_number(event, FIELD_OPERATION),
        .finished = is_answered(event) ? index : NOWHERE,
        .pended =
            event_number(event, FIELD_ERROR) == WSA_PENDING || event_number(event, FIELD_DELAY) > 0,
        .by = (enum event_by)event_number(event, FIELD_BY),
    };
    if (endpoint->last == NOWHERE) {
        endpoint->first = view->act_count;
    } else {
        acts[endpoint->last].next = view->act_count;
    }
    endpoint->last = view->act_count++;
    return true;
}

/* The outcome of a call that was passed. */
static void finish(struct view *view, size_t socket, size_t index, const struct event *event)
{
    for (size_t i = view->endpoints[socket].last; i != NOWHERE; i = view->acts[i].before) {
        struct act *act = &view->acts[i];

        if (act->finished != NOWHERE || act->kind != event_number(event, FIELD_KIND_OF)) {
            continue;
        }
        act->error = event_number(event, FIELD_ERROR);
        act->count = event_has(event, FIELD_COUNT) ? event_number(event, FIELD_COUNT) : act->count;
        act->counted = act->counted || event_has(event, FIELD_COUNT);
        act->pended = act->pended || (act->kind == EVENT_IOCTL && act->error == WSA_PENDING);
        act->finished = act->kind == EVENT_IOCTL && act->error == WSA_PENDING ? NOWHERE : index;
        return;
    }
}

/* The end of an overlapped call: what it was answered holds, unless it could not be delivered. */
static void complete(struct view *view, size_t socket, size_t index, const struct event *event)
{
    const uint64_t operation = event_number(event, FIELD_OPERATION);
    const uint64_t error = event_number(event, FIELD_ERROR);

    for (size_t i = view->endpoints[socket].last; i != NOWHERE; i = view->acts[i].before) {
        struct act *act = &view->acts[i];

        if (act->kind != EVENT_IOCTL || act->operation != operation || !act->pended) {
            continue;
        }
        act->error = error != 0 || act->error == WSA_PENDING ? error : act->error;
        act->finished = index;
        return;
    }
}

static void append_accepted(struct view *view, struct client *client, size_t accepted)
{
    size_t *at = &client->accepted;

    while (*at != NOWHERE) {
        at = &view->endpoints[*at].also;
    }
    *at = accepted;
}

static bool accept_one(struct view *view, struct sockets *sockets, size_t index,
                       const struct event *event, size_t listener)
{
    const uint64_t process = event_number(event, FIELD_PROCESS);
    const uint64_t number = event_number(event, FIELD_OTHER);
    const struct wfp_address peer = event_address(event, FIELD_PEER);
    const size_t part = view->part_count - 1;
    size_t accepted = sockets_find(sockets, process, number);
    struct endpoint *endpoint;

    if (number == 0 || event_number(event, FIELD_ERROR) != 0) {
        return true;
    }
    /* A socket that is accepted again was given back by DisconnectEx. */
    if (accepted == NOWHERE || view->endpoints[accepted].accepted != NOWHERE) {
        accepted = add_endpoint(view, sockets, process, number);
    }
    if (accepted == NOWHERE || !append_act(view, accepted, index, event)) {
        return false;
    }
    endpoint = &view->endpoints[accepted];
    endpoint->accepted = endpoint->last;
    endpoint->listener = listener;
    endpoint->by_accept_ex = event->kind == EVENT_ACCEPTED_EX;
    endpoint->client = event_has(event, FIELD_CLIENT)
                           ? view_client_numbered(view, part, event_number(event, FIELD_CLIENT))
                           : view_client_at(view, part, &peer);
    if (endpoint->client != NOWHERE) {
        append_accepted(view, &view->clients[endpoint->client], accepted);
    }
    return true;
}

static void close_one(struct view *view, size_t socket)
{
    struct endpoint *endpoint = &view->endpoints[socket];

    if (endpoint->descriptors > 0 && --endpoint->descriptors == 0) {
        endpoint->closed = endpoint->last;
    }
}

static void note_act(struct view *view, size_t socket, const struct event *event)
{
    struct endpoint *endpoint = &view->endpoints[socket];

    if (event->kind == EVENT_SOCKET) {
        endpoint->family_of = endpoint->last;
    } else if (event->kind == EVENT_LISTEN && event_number(event, FIELD_ERROR) == 0) {
        endpoint->listens = true;
    } else if (event->kind == EVENT_CLOSE) {
        close_one(view, socket);
    }
}

bool view_add_act(struct view *view, struct sockets *sockets, size_t index,
                  const struct event *event)
{
    const uint64_t process = event_number(event, FIELD_PROCESS);
    size_t socket;

    if (event->kind > EVENT_DONE || event_number(event, FIELD_SOCKET) == 0) {
        return true;
    }
    socket = endpoint_for(view, sockets, process, event_number(event, FIELD_SOCKET));
    if (socket == NOWHERE) {
        return false;
    }
    switch (event->kind) {
    case EVENT_ACCEPT_EX:
        return true;
    case EVENT_ACCEPT:
    case EVENT_ACCEPTED_EX:
        return accept_one(view, sockets, index, event, socket);
    case EVENT_DONE:
        finish(view, socket, index, event);
        return true;
    case EVENT_IOCTL_END:
        complete(view, socket, index, event);
        return true;
    case EVENT_DUPLICATE:
        view->endpoints[socket].descriptors++;
        return sockets_name(sockets, process, event_number(event, FIELD_OTHER), socket);
    default:
        break;
    }
    if (!append_act(view, socket, index, event)) {
        return false;
    }
    note_act(view, socket, event);
    return true;
}
