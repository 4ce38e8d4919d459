/* SPDX-License-Identifier: MIT */

/* What is left of connections that are over: PRX-34. */

#include <string.h>

#include "harness/lab/rules/look.h"

enum {
    SOCKET_CLIENTS = 8, /* fewer say nothing about sockets that are left */
    SOCKET_SHARE = 4,   /* one in so many is too much */
    HANDLE_CLIENTS = 64,
    HANDLE_WARM_UP = 8, /* in the first one in so many a program still makes what it keeps */
    HANDLE_SHARE = 2
};

/* ---- sockets ---- */

static bool hands_sockets_back(const struct view *view)
{
    static const char name[] = "DisconnectEx";

    for (size_t i = 0; i < trace_count(view->trace); i++) {
        const struct event event = view_event(view, i);
        const struct event_bytes passed = event_bytes(&event, FIELD_NAME);

        if (event.kind == EVENT_PASSED && passed.size == sizeof name - 1 &&
            memcmp(passed.at, name, passed.size) == 0) {
            return true;
        }
    }
    return false;
}

/* The connection is over, and the socket is still there at the end of the trace. */
static bool is_left(const struct view *view, const struct endpoint *endpoint)
{
    const struct dial *dial = endpoint->dial == NOWHERE ? NULL : &view->dials[endpoint->dial];

    if (endpoint->closed != NOWHERE) {
        return false;
    }
    if (dial != NULL) {
        return dial->client != NOWHERE && dial->end != NOWHERE;
    }
    return endpoint->client != NOWHERE && view->clients[endpoint->client].end != NOWHERE;
}

static size_t part_of(const struct view *view, const struct endpoint *endpoint)
{
    return endpoint->first == NOWHERE ? NOWHERE : view->acts[endpoint->first].part;
}

static size_t clients_of(const struct view *view, size_t part)
{
    size_t count = 0;

    for (size_t i = 0; i < view->client_count; i++) {
        const struct client *client = &view->clients[i];

        count += client->part == part && !client_is_datagrams(client) &&
                 client->accepted != NOWHERE && client->end != NOWHERE;
    }
    return count;
}

/* False: too many are left. */
static bool look_sockets(struct finding *finding, size_t clients)
{
    const struct view *view = finding->view;
    size_t left = 0;
    size_t first = NOWHERE;

    for (size_t i = 0; i < view->endpoint_count; i++) {
        const struct endpoint *endpoint = &view->endpoints[i];

        if (part_of(view, endpoint) == finding->part && is_left(view, endpoint)) {
            first = left++ == 0 ? i : first;
        }
    }
    if (left * SOCKET_SHARE < clients) {
        finding_met(finding);
        return true;
    }
    if (hands_sockets_back(view)) {
        finding_open(finding, "sockets are used again by DisconnectEx, which is not followed");
    } else {
        finding_fail(finding, "%zu sockets of %zu connections that are over were never closed.",
                     left, clients);
        finding_line(finding, event_of(view, view->endpoints[first].first), "one of them");
    }
    return false;
}

/* ---- handles of all kinds ---- */

/* A moment at which a process had none of its connections open. */
struct quiet {
    size_t act;    /* that closed the last; NOWHERE: there was no such moment */
    size_t closed; /* so many connections were over */
    uint64_t handles;
};

/* Of a connection that a process accepted in this part: is this act its beginning, or its end? */
static int opens_or_closes(const struct finding *finding, size_t index, uint64_t process)
{
    const struct view *view = finding->view;
    const struct endpoint *endpoint = &view->endpoints[view->acts[index].socket];

    if (endpoint->process != process || endpoint->client == NOWHERE ||
        endpoint->accepted == NOWHERE || view->acts[endpoint->accepted].part != finding->part) {
        return 0;
    }
    return (endpoint->accepted == index) - (endpoint->closed == index);
}

/* The first such moment behind `from` connections, or the last of all. */
static struct quiet find_quiet(const struct finding *finding, uint64_t process, size_t from,
                               bool last)
{
    const struct view *view = finding->view;
    struct quiet quiet = {.act = NOWHERE};
    size_t open = 0;
    size_t closed = 0;

    for (size_t i = 0; i < view->act_count && (last || quiet.act == NOWHERE); i++) {
        const int change = opens_or_closes(finding, i, process);

        open = change < 0 ? open - 1 : open + (size_t)change;
        closed += change < 0;
        if (change < 0 && open == 0 && closed >= from) {
            const struct event event = view_event(view, view->acts[i].event);

            quiet = (struct quiet){i, closed, event_number(&event, FIELD_HANDLES)};
        }
    }
    return quiet;
}

static void compare(struct finding *finding, const struct quiet *first, const struct quiet *last)
{
    const struct view *view = finding->view;
    const size_t connections = last->closed - first->closed;
    const size_t event = event_of(view, last->act);

    if (last->handles == 0) {
        finding_advise(finding, event,
                       "sockets only: this system does not count a process's handles");
    } else if (connections < HANDLE_CLIENTS / HANDLE_SHARE) {
        finding_advise(finding, event,
                       "sockets only: there were no two moments without a connection, with enough "
                       "of them between, to compare handles at");
    } else if (last->handles > first->handles &&
               (last->handles - first->handles) * HANDLE_SHARE >= connections) {
        finding_fail(finding,
                     "Had %llu handles open when no connection was, and %zu connections later "
                     "%llu.",
                     (unsigned long long)first->handles, connections,
                     (unsigned long long)last->handles);
        finding_line(finding, event_of(view, first->act), "the last that was open");
        finding_line(finding, event, "the last that was open");
    } else {
        finding_met(finding);
    }
}

static void look_handles(struct finding *finding, uint64_t process)
{
    const struct quiet last = find_quiet(finding, process, 0, true);
    struct quiet first;

    if (last.act == NOWHERE) {
        return;
    }
    first = find_quiet(finding, process, last.closed / HANDLE_WARM_UP, false);
    compare(finding, &first, &last);
}

void look_leak(struct finding *finding)
{
    const struct view *view = finding->view;
    const size_t clients = clients_of(view, finding->part);

    if (clients < SOCKET_CLIENTS || finding->of->death != NOWHERE || !finding->of->ended ||
        !look_sockets(finding, clients)) {
        return;
    }
    for (size_t process = 1; clients >= HANDLE_CLIENTS && process <= view->processes; process++) {
        look_handles(finding, process);
    }
}
