/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/datagrams.h"

#include <string.h>

#include <wfp/datagram.h>

/* ---- whose a datagram is ---- */

static size_t connected_to(const struct view *view, size_t act)
{
    return view_find(view, view->endpoints[view->acts[act].socket].first, EVENT_CONNECT);
}

/* The other side, as the program sees it; all zeros where nothing tells. */
static struct wfp_address other_side(const struct view *view, size_t act)
{
    struct event event = view_event(view, view->acts[act].event);

    if (!event_has(&event, FIELD_PEER) && connected_to(view, act) != NOWHERE) {
        event = view_event(view, view->acts[connected_to(view, act)].event);
    }
    return event_address(&event, FIELD_PEER);
}

enum direction { DIRECTION_NONE, DIRECTION_CLIENT, DIRECTION_DESTINATION };

/* Which side of this client's the other side is. */
static enum direction direction_of(const struct view *view, size_t act, size_t index)
{
    const struct client *client = &view->clients[index];
    const struct event event = view_event(view, view->acts[act].event);
    const struct wfp_address peer = other_side(view, act);

    if (event_has(&event, FIELD_CLIENT) && event_number(&event, FIELD_CLIENT) != client->number) {
        return DIRECTION_NONE;
    }
    if (address_same(&peer, &client->destination, true)) {
        return DIRECTION_DESTINATION;
    }
    if (address_same(&peer, &client->local, true)) {
        return DIRECTION_CLIENT;
    }
    if (!event_has(&event, FIELD_CLIENT) || event.kind == EVENT_DATAGRAM_SEND) {
        return DIRECTION_NONE;
    }
    return connected_to(view, act) != NOWHERE ? DIRECTION_DESTINATION : DIRECTION_CLIENT;
}

/* ---- control data ---- */

/* The width of the process, by its hello. */
static enum wfp_layout layout_of(const struct view *view, size_t act)
{
    const uint64_t process = view->endpoints[view->acts[act].socket].process;

    for (size_t i = view->acts[act].event; i-- > 0;) {
        const struct event event = view_event(view, i);

        if (event.kind == EVENT_HELLO && event_number(&event, FIELD_PROCESS) == process) {
            return event_number(&event, FIELD_BITS) == 32 ? WFP_LAYOUT_32 : WFP_LAYOUT_64;
        }
    }
    return WFP_LAYOUT_64;
}

struct objects {
    struct event_bytes record;
    struct event_bytes decoy;
    bool strange; /* a decoy, or what no walk gets past */
};

static struct objects objects_of(const struct view *view, size_t act, uint32_t level)
{
    const struct event event = view_event(view, view->acts[act].event);
    const struct event_bytes control = event_bytes(&event, FIELD_CONTROL);
    struct wfp_control_walk walk = {control.at, control.size, 0, WFP_LAYOUT_64};
    struct wfp_control_object object;
    enum wfp_control_step step = WFP_CONTROL_END;
    struct objects objects = {{0}, {0}, false};

    if (control.size > 0) {
        walk.layout = layout_of(view, act);
        while ((step = wfp_control_next(&walk, &object)) == WFP_CONTROL_OBJECT) {
            const struct event_bytes data = {object.data, object.size};

            if (object.type == WFP_REDIRECT_RECORDS && object.level == level) {
                objects.record = data;
            } else if (object.type == WFP_REDIRECT_RECORDS) {
                objects.decoy = data;
            }
        }
    }
    objects.strange = objects.decoy.size > 0 || step == WFP_CONTROL_MALFORMED;
    return objects;
}

static bool is_same(const struct event_bytes *a, const struct event_bytes *b)
{
    return a->size > 0 && a->size == b->size && memcmp(a->at, b->at, a->size) == 0;
}

/* ---- one datagram more ---- */

static void note_received(const struct view *view, size_t act, struct datagrams *datagrams)
{
    const struct event event = view_event(view, view->acts[act].event);
    const struct objects objects = objects_of(view, act, datagrams->level);
    const bool cut = (event_number(&event, FIELD_FLAGS) & WFP_MSG_CTRUNC) != 0;

    if (datagrams->first_received == NOWHERE) {
        datagrams->first_received = act;
    }
    if (cut && datagrams->truncated == NOWHERE) {
        datagrams->truncated = act;
    }
    if (!cut && objects.record.size > 0 && datagrams->record.size == 0) {
        datagrams->record = objects.record;
        datagrams->carrier = act;
    }
    if (!cut && objects.strange && datagrams->decoyed == NOWHERE) {
        datagrams->decoyed = act;
        datagrams->decoy = objects.decoy;
    }
    datagrams->received += event_number(&event, FIELD_ERROR) == 0;
}

static void note_sent(const struct view *view, size_t act, struct datagrams *datagrams)
{
    struct objects objects = objects_of(view, act, datagrams->level);
    const size_t socket = view->acts[act].socket;

    /* What is sent may be at either level; which is asked of what is received. */
    if (objects.record.size == 0) {
        objects.record = objects.decoy;
    }
    datagrams->decoy_handed =
        datagrams->decoy_handed || is_same(&objects.record, &datagrams->decoy);
    if (act_failed(&view->acts[act])) {
        return;
    }
    datagrams->sent++;
    if (datagrams->first_sent == NOWHERE) {
        datagrams->first_sent = act;
        datagrams->handed = objects.record;
    } else if (view->acts[datagrams->first_sent].socket != socket) {
        if (datagrams->elsewhere == NOWHERE) {
            datagrams->elsewhere = act;
            datagrams->handed_elsewhere = objects.record;
        }
    } else if (objects.record.size > 0 && datagrams->again == NOWHERE) {
        datagrams->again = act;
    }
}

static void note_astray(const struct view *view, size_t act, struct datagrams *datagrams)
{
    const struct objects objects = objects_of(view, act, datagrams->level);
    const struct wfp_address peer = other_side(view, act);

    if (datagrams->astray == NOWHERE && is_same(&objects.record, &datagrams->record) &&
        address_of_lab(&peer)) {
        datagrams->astray = act;
    }
}

static void note(const struct view *view, size_t act, struct datagrams *datagrams)
{
    const bool receives = view->acts[act].kind == EVENT_DATAGRAM_RECEIVE;

    switch (direction_of(view, act, datagrams->client)) {
    case DIRECTION_CLIENT:
        if (receives) {
            note_received(view, act, datagrams);
        } else {
            datagrams->delivered++;
        }
        break;
    case DIRECTION_DESTINATION:
        if (receives) {
            datagrams->answered++;
        } else {
            note_sent(view, act, datagrams);
        }
        break;
    default:
        if (!receives) {
            note_astray(view, act, datagrams);
        }
        break;
    }
}

struct datagrams datagrams_of(const struct view *view, size_t client)
{
    const struct client *of = &view->clients[client];
    const bool plain = wfp_address_unmapped(&of->destination).family == WFP_IPV4;
    struct datagrams datagrams = {
        .client = client,
        .level = plain ? WFP_IPPROTO_IP : WFP_IPPROTO_IPV6,
        .first_received = NOWHERE,
        .truncated = NOWHERE,
        .carrier = NOWHERE,
        .decoyed = NOWHERE,
        .first_sent = NOWHERE,
        .again = NOWHERE,
        .elsewhere = NOWHERE,
        .astray = NOWHERE,
    };

    for (size_t i = 0; i < view->act_count; i++) {
        const struct act *act = &view->acts[i];

        if (act->part == of->part &&
            (act->kind == EVENT_DATAGRAM_RECEIVE || act->kind == EVENT_DATAGRAM_SEND)) {
            note(view, i, &datagrams);
        }
    }
    return datagrams;
}

size_t datagrams_sibling(const struct view *view, size_t client)
{
    const struct client *of = &view->clients[client];

    for (size_t i = 0; i < view->client_count; i++) {
        const struct client *other = &view->clients[i];

        if (i != client && other->part == of->part && client_is_datagrams(other) &&
            address_same(&other->local, &of->local, true) &&
            !address_same(&other->destination, &of->destination, true)) {
            return i;
        }
    }
    return NOWHERE;
}
