/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/view.h"

static bool add_client(struct view *view, size_t index, const struct event *event)
{
    struct client *clients = view_room(view->clients, view->client_count, sizeof *clients);

    if (clients == NULL) {
        return false;
    }
    view->clients = clients;
    clients[view->client_count++] = (struct client){
        .event = index,
        .part = view->part_count - 1,
        .number = event_number(event, FIELD_CLIENT),
        .flags = event_number(event, FIELD_FLAGS),
        .destination = event_address(event, FIELD_PEER),
        .local = event_address(event, FIELD_LOCAL),
        .expected = event_number(event, FIELD_SIZE),
        .accepted = NOWHERE,
        .dials = NOWHERE,
        .end = NOWHERE,
        .deadline = NOWHERE,
        .shutdown = NOWHERE,
    };
    return true;
}

/* Behind the last client of a part. */
static size_t clients_end(const struct view *view, size_t part)
{
    return part + 1 < view->part_count ? view->parts[part + 1].clients : view->client_count;
}

size_t view_client_numbered(const struct view *view, size_t part, uint64_t number)
{
    const size_t first = view->parts[part].clients;
    const size_t end = clients_end(view, part);

    /* As a rule they are numbered in their order. */
    if (number > 0 && number <= end - first && view->clients[first + number - 1].number == number) {
        return first + (size_t)number - 1;
    }
    for (size_t i = end; i-- > first;) {
        if (view->clients[i].number == number) {
            return i;
        }
    }
    return NOWHERE;
}

size_t view_client_at(const struct view *view, size_t part, const struct wfp_address *local)
{
    for (size_t i = clients_end(view, part); i-- > view->parts[part].clients;) {
        const struct client *client = &view->clients[i];

        if (!client_is_datagrams(client) && address_same(&client->local, local, true)) {
            return i;
        }
    }
    return NOWHERE;
}

static void note_client(struct client *client, size_t index, const struct event *event)
{
    switch (event->kind) {
    case EVENT_CLIENT_END:
        client->end = index;
        client->how = (enum event_end)event_number(event, FIELD_HOW);
        break;
    case EVENT_CLIENT_SHUTDOWN:
        client->shutdown = index;
        break;
    case EVENT_DEADLINE:
        client->deadline = client->deadline == NOWHERE ? index : client->deadline;
        break;
    case EVENT_CLIENT_DATA:
        client->received = event_number(event, FIELD_SIZE);
        break;
    default:
        break;
    }
}

bool view_add_client(struct view *view, size_t index, const struct event *event)
{
    size_t client;

    if (event->kind == EVENT_CLIENT) {
        return add_client(view, index, event);
    }
    if (event->kind < EVENT_ANSWER || !event_has(event, FIELD_CLIENT)) {
        return true;
    }
    client = view_client_numbered(view, view->part_count - 1, event_number(event, FIELD_CLIENT));
    if (client != NOWHERE) {
        note_client(&view->clients[client], index, event);
    }
    return true;
}

/* A query that showed that there is a record: it came, or its size did. */
static bool showed_record(const struct view *view, size_t act)
{
    while ((act = view_find_ioctl(view, act, WFP_SIO_QUERY_RECORDS)) != NOWHERE) {
        const struct act *found = &view->acts[act];

        if (act_succeeded(found) || (found->counted && found->count > found->out_size)) {
            return true;
        }
        act = found->next;
    }
    return false;
}

static bool add_found(struct view *view, size_t endpoint)
{
    struct endpoint *accepted = &view->endpoints[endpoint];
    const size_t index = view->acts[accepted->accepted].event;
    const struct event accept = view_event(view, index);
    const struct wfp_address peer = event_address(&accept, FIELD_PEER);
    struct event event = {.kind = EVENT_CLIENT};

    event_set_number(&event, FIELD_CLIENT, view->client_count + 1);
    event_set_number(&event, FIELD_FLAGS, EVENT_CLIENT_REDIRECTED);
    event_set_address(&event, FIELD_LOCAL, &peer);
    accepted->client = view->client_count;
    if (!add_client(view, index, &event)) {
        return false;
    }
    view->clients[accepted->client].accepted = endpoint;
    return true;
}

bool view_find_clients(struct view *view)
{
    if (view->client_count > 0 || view->part_count != 1 || view->parts[0].started) {
        return true;
    }
    for (size_t i = 0; i < view->endpoint_count; i++) {
        if (view->endpoints[i].accepted != NOWHERE &&
            showed_record(view, view->endpoints[i].first) && !add_found(view, i)) {
            return false;
        }
    }
    return true;
}

size_t view_accepted(const struct view *view, size_t client, uint64_t process)
{
    const size_t first = view->clients[client].accepted;

    for (size_t i = first; i != NOWHERE; i = view->endpoints[i].also) {
        if (view->endpoints[i].process == process) {
            return i;
        }
    }
    return first;
}

/* ---- what kind it is ---- */

bool client_is_datagrams(const struct client *client)
{
    return (client->flags & EVENT_CLIENT_DATAGRAMS) != 0;
}

bool client_is_proper(const struct client *client)
{
    return !client_is_datagrams(client) && (client->flags & EVENT_CLIENT_REDIRECTED) != 0 &&
           (client->flags & EVENT_CLIENT_LOST) == 0;
}

bool client_is_lost(const struct client *client)
{
    return !client_is_datagrams(client) && (client->flags & EVENT_CLIENT_LOST) != 0;
}

bool client_is_direct(const struct client *client)
{
    return !client_is_datagrams(client) &&
           (client->flags & (EVENT_CLIENT_REDIRECTED | EVENT_CLIENT_LOST)) == 0;
}
