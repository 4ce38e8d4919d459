/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/view.h"

enum { STREAM = 1, DATAGRAM = 2, WSA_PENDING = 997, WOULD_BLOCK = 10035 };

/* ---- which connects are dials ---- */

bool dial_failed(const struct view *view, const struct dial *dial)
{
    const struct act *act = &view->acts[dial->act];

    if (dial->arrival != NOWHERE) {
        return false;
    }
    if (dial->end != NOWHERE) {
        const struct event end = view_event(view, dial->end);

        return event_number(&end, FIELD_HOW) == EVENT_END_REFUSED;
    }
    return act_failed(act) && act->error != WSA_PENDING && act->error != WOULD_BLOCK;
}

/* connect() is called again on a socket that does not block, to see how it went. */
static bool asks_again(const struct view *view, size_t endpoint, const struct wfp_address *peer)
{
    const size_t last = view->endpoints[endpoint].dial;

    return last != NOWHERE && wfp_address_equal(&view->dials[last].peer, peer) &&
           !dial_failed(view, &view->dials[last]);
}

static bool add_dial(struct view *view, size_t index)
{
    const struct act *act = &view->acts[index];
    const struct event event = view_event(view, act->event);
    const struct wfp_address peer = event_address(&event, FIELD_PEER);
    struct dial *dials;

    if (view_type(view, &view->endpoints[act->socket]) == DATAGRAM ||
        !event_has(&event, FIELD_PEER) || asks_again(view, act->socket, &peer)) {
        return true;
    }
    dials = view_room(view->dials, view->dial_count, sizeof *dials);
    if (dials == NULL) {
        return false;
    }
    view->dials = dials;
    view->endpoints[act->socket].dial = view->dial_count;
    dials[view->dial_count++] = (struct dial){
        .act = index,
        .endpoint = act->socket,
        .part = act->part,
        .client = event_has(&event, FIELD_CLIENT)
                      ? view_client_numbered(view, act->part, event_number(&event, FIELD_CLIENT))
                      : NOWHERE,
        .number = event_number(&event, FIELD_DIAL),
        .peer = peer,
        .arrival = NOWHERE,
        .end = NOWHERE,
        .next = NOWHERE,
    };
    return true;
}

/* ---- what the lab saw of them ---- */

/* Arrivals come in about the order of the dials, so the search begins at the last that was found.
 */
static struct dial *dial_numbered(struct view *view, uint64_t number, size_t *hint)
{
    for (size_t i = 0; number != 0 && i < view->dial_count; i++) {
        const size_t at = (*hint + i) % view->dial_count;

        if (view->dials[at].number == number) {
            *hint = at;
            return &view->dials[at];
        }
    }
    return NULL;
}

static void note_dial(struct view *view, size_t index, const struct event *event, size_t *hint)
{
    struct dial *dial = dial_numbered(view, event_number(event, FIELD_DIAL), hint);

    if (dial == NULL) {
        return;
    }
    /* The last word counts: what came over it tells more than where it led. */
    if (event_has(event, FIELD_CLIENT)) {
        dial->client = view_client_numbered(view, dial->part, event_number(event, FIELD_CLIENT));
    }
    if (event->kind == EVENT_ARRIVAL) {
        dial->arrival = index;
    } else if (event->kind == EVENT_ARRIVAL_END) {
        dial->end = index;
    }
}

/* ---- whose they are ---- */

static bool sets_record_of(const struct view *view, const struct dial *dial, size_t client)
{
    size_t act = view->endpoints[dial->endpoint].first;

    while ((act = view_find_ioctl(view, act, WFP_SIO_SET_RECORDS)) != NOWHERE) {
        const struct event_bytes set = view_input(view, &view->acts[act]);

        if (view_query_giving(view, client, &set) != NOWHERE) {
            return true;
        }
        act = view->acts[act].next;
    }
    return false;
}

enum likeness { LIKE_DESTINATION, LIKE_HOST, LIKE_RECORD, LIKE_ONLY_ONE, LIKE_COUNT };

static bool is_like(const struct view *view, const struct dial *dial, size_t index,
                    enum likeness likeness)
{
    const struct client *client = &view->clients[index];

    switch (likeness) {
    case LIKE_DESTINATION:
        return address_same(&client->destination, &dial->peer, true);
    case LIKE_HOST:
        return address_same(&client->destination, &dial->peer, false);
    case LIKE_RECORD:
        return sets_record_of(view, dial, index);
    default:
        return address_of_lab(&dial->peer);
    }
}

/* The only client that a dial could be for by this likeness; NOWHERE. */
static size_t only_client(const struct view *view, const struct dial *dial, enum likeness likeness)
{
    size_t found = NOWHERE;

    for (size_t i = view->client_count; i-- > 0;) {
        const struct client *client = &view->clients[i];

        if (client->part < dial->part) {
            break;
        }
        if (client->part != dial->part || client_is_datagrams(client) ||
            client->accepted == NOWHERE || !is_like(view, dial, i, likeness)) {
            continue;
        }
        if (found != NOWHERE) {
            return NOWHERE;
        }
        found = i;
    }
    return found;
}

static void attribute(const struct view *view, struct dial *dial)
{
    for (unsigned i = 0; i < LIKE_COUNT && dial->client == NOWHERE; i++) {
        dial->client = only_client(view, dial, (enum likeness)i);
    }
}

/* From the last on, so that they stand in their order. */
static void link_dials(struct view *view)
{
    for (size_t i = view->dial_count; i-- > 0;) {
        struct dial *dial = &view->dials[i];

        if (dial->client != NOWHERE) {
            dial->next = view->clients[dial->client].dials;
            view->clients[dial->client].dials = i;
        }
    }
}

bool view_add_dials(struct view *view)
{
    size_t hint = 0;

    for (size_t i = 0; i < view->act_count; i++) {
        if (view->acts[i].kind == EVENT_CONNECT && !add_dial(view, i)) {
            return false;
        }
    }
    for (size_t i = 0; i < trace_count(view->trace); i++) {
        const struct event event = view_event(view, i);

        if (event.kind >= EVENT_ARRIVAL && event.kind <= EVENT_ARRIVAL_END) {
            note_dial(view, i, &event, &hint);
        }
    }
    for (size_t i = 0; i < view->dial_count; i++) {
        attribute(view, &view->dials[i]);
    }
    link_dials(view);
    return true;
}
