/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/look.h"

static bool is_meant(const struct client *client, size_t part,
                     bool (*is)(const struct client *client))
{
    return client->part == part && !client_is_datagrams(client) && (is == NULL || is(client));
}

void each_client(struct finding *finding, bool (*is)(const struct client *client),
                 void (*look)(struct finding *finding, size_t client))
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->client_count; i++) {
        if (is_meant(&view->clients[i], finding->part, is)) {
            look(finding, i);
        }
    }
}

void each_accepted(struct finding *finding, bool (*is)(const struct client *client),
                   void (*look)(struct finding *finding, size_t endpoint))
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->endpoint_count; i++) {
        const size_t client = view->endpoints[i].client;

        if (client != NOWHERE && is_meant(&view->clients[client], finding->part, is)) {
            look(finding, i);
        }
    }
}

void each_dial(struct finding *finding, bool (*is)(const struct client *client),
               void (*look)(struct finding *finding, const struct dial *dial))
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->dial_count; i++) {
        const size_t client = view->dials[i].client;

        if (client != NOWHERE && is_meant(&view->clients[client], finding->part, is)) {
            look(finding, &view->dials[i]);
        }
    }
}

void each_query_or_set(struct finding *finding,
                       void (*look)(struct finding *finding, const struct act *act))
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->act_count; i++) {
        const struct act *act = &view->acts[i];

        if (act->part == finding->part && act->kind == EVENT_IOCTL &&
            act->code >= WFP_SIO_QUERY_RECORDS && act->code <= WFP_SIO_SET_RECORDS) {
            look(finding, act);
        }
    }
}

const struct dial *dial_for(const struct view *view, size_t client, uint64_t process)
{
    for (size_t i = view->clients[client].dials; i != NOWHERE; i = view->dials[i].next) {
        const struct dial *dial = &view->dials[i];

        if (process == 0 || view->endpoints[dial->endpoint].process == process) {
            return dial;
        }
    }
    return NULL;
}

bool dial_meant(const struct view *view, const struct dial *dial, struct wfp_address *peer)
{
    *peer = dial->peer;
    if (address_of_lab(peer)) {
        return true;
    }
    if (dial->arrival != NOWHERE) {
        const struct event arrival = view_event(view, dial->arrival);

        *peer = event_address(&arrival, FIELD_PEER);
    }
    return address_of_lab(peer);
}

/* How many clients were accepted; and whether they wanted to go to different destinations. */
static size_t wanting(const struct finding *finding, bool *elsewhere)
{
    const struct view *view = finding->view;
    const struct client *first = NULL;
    size_t count = 0;

    *elsewhere = false;
    for (size_t i = 0; i < view->client_count; i++) {
        const struct client *client = &view->clients[i];

        if (client->part != finding->part || client->accepted == NOWHERE) {
            continue;
        }
        first = first == NULL ? client : first;
        *elsewhere |= !address_same(&first->destination, &client->destination, true);
        count++;
    }
    return count;
}

bool dials_one_for_all(const struct finding *finding)
{
    const struct view *view = finding->view;
    struct wfp_address first;
    size_t dials = 0;
    bool elsewhere;
    const size_t clients = wanting(finding, &elsewhere);

    for (size_t i = 0; i < view->dial_count; i++) {
        struct wfp_address peer;

        if (view->dials[i].part != finding->part) {
            continue;
        }
        if (!dial_meant(view, &view->dials[i], &peer) ||
            (dials++ > 0 && !address_same(&first, &peer, true))) {
            return false;
        }
        first = peer;
    }
    return elsewhere && dials >= clients;
}

bool client_dialled_in_time(const struct view *view, size_t client)
{
    const struct dial *dial = dial_for(view, client, 0);

    return dial != NULL && view->acts[dial->act].event < view->clients[client].end;
}

bool client_waits_in_vain(const struct client *client)
{
    return client->deadline != NOWHERE ||
           (client->end != NOWHERE && client->how == EVENT_END_TIMEOUT);
}

size_t event_of(const struct view *view, size_t act)
{
    return act == NOWHERE ? NOWHERE : view->acts[act].event;
}
