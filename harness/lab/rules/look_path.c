/* SPDX-License-Identifier: MIT */

/* Where a proxy's dials lead. */

#include "harness/address.h"
#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"
#include "harness/lab/rules/setting.h"

enum { REDIALS_MAX = 16 };

/* ---- PRX-33: resets, and targets that cannot be reached ---- */

size_t client_dead_end(const struct view *view, size_t client)
{
    size_t found = NOWHERE;

    for (size_t i = view->clients[client].dials; i != NOWHERE; i = view->dials[i].next) {
        const struct dial *dial = &view->dials[i];
        struct event end;

        if (dial_failed(view, dial)) {
            found = dial->end != NOWHERE ? dial->end : view->acts[dial->act].event;
            continue;
        }
        if (dial->end == NOWHERE) {
            return NOWHERE;
        }
        end = view_event(view, dial->end);
        if (event_number(&end, FIELD_HOW) != EVENT_END_RESET) {
            return NOWHERE;
        }
        found = dial->end;
    }
    return found;
}

static void look_dead_end(struct finding *finding, size_t index)
{
    const struct client *client = &finding->view->clients[index];
    const size_t end = client_dead_end(finding->view, index);

    if (end == NOWHERE || finding->of->death != NOWHERE || !finding->of->started) {
        return;
    }
    if (client_waits_in_vain(client)) {
        finding_fail(finding, "The connection to the target ended, and the client was not told.");
        finding_line(finding, end, NULL);
        finding_line(finding, client->end != NOWHERE ? client->end : client->deadline, NULL);
    } else if (client->end != NOWHERE) {
        finding_met(finding);
    } else {
        finding_open(finding, "the trace does not show how client %llu ended",
                     (unsigned long long)client->number);
    }
}

void look_unreachable(struct finding *finding)
{
    each_client(finding, client_is_proper, look_dead_end);
}

/* ---- PRX-37: the path ends ---- */

static void look_told(struct finding *finding, size_t index)
{
    const struct event event = view_event(finding->view, index);
    const struct event_bytes cycle = event_bytes(&event, FIELD_TEXT);

    if (event.kind == EVENT_LOOP) {
        finding_fail(finding, "A connection comes back to where it was: %.*s.", (int)cycle.size,
                     cycle.size == 0 ? "" : (const char *)cycle.at);
        finding_line(finding, index, NULL);
    } else if (event.kind == EVENT_TOLD &&
               event_number(&event, FIELD_STATE) != WFP_NOT_REDIRECTED) {
        finding_met(finding);
    }
}

void look_path(struct finding *finding)
{
    for (size_t i = finding->of->first; i < finding->of->end; i++) {
        look_told(finding, i);
    }
}

/* ---- PRX-38: the destination ---- */

static bool has_good_context(const struct client *client)
{
    return client_is_proper(client) && (client->flags & EVENT_CLIENT_CONTEXT_BAD) == 0;
}

static void look_target(struct finding *finding, const struct dial *dial)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[dial->client];
    char expected[ADDRESS_TEXT_MAX];
    char actual[ADDRESS_TEXT_MAX];
    struct wfp_address peer;

    if (!dial_meant(view, dial, &peer)) {
        return;
    }
    if (address_same(&peer, &client->destination, true)) {
        finding_met(finding);
        return;
    }
    if (setting_of(view, dial).end == SETTING_NEVER &&
        query_of_client(view, dial->client, view->endpoints[dial->endpoint].process,
                        view->acts[dial->act].event)
                .end != QUERY_DONE) {
        return;
    }
    address_print(&client->destination, expected, sizeof expected);
    address_print(&peer, actual, sizeof actual);
    finding_fail(finding, "Dialled %s for a client that had asked for %s.", actual, expected);
    finding_line(finding, client->event, NULL);
    finding_line(finding, event_of(view, dial->act), NULL);
}

void look_destination(struct finding *finding)
{
    each_dial(finding, has_good_context, look_target);
    look_datagram_destination(finding);
}

/* ---- PRX-39: after a dial that failed ---- */

static void look_redials(struct finding *finding, size_t index)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[index];
    size_t dials = 0;
    size_t failed = 0;
    size_t last = NOWHERE;
    bool reached = false;

    for (size_t i = client->dials; i != NOWHERE; i = view->dials[i].next) {
        const struct dial *dial = &view->dials[i];

        dials++;
        reached = reached || dial->arrival != NOWHERE;
        if (dial_failed(view, dial) && setting_of(view, dial).end == SETTING_DONE) {
            failed++;
            last = i;
        }
    }
    if (failed == 0) {
        return;
    }
    if (dials > REDIALS_MAX) {
        finding_fail(finding, "Dialled %zu times for one client.", dials);
        finding_line(finding, event_of(view, view->dials[last].act), "the last that failed");
    } else if (reached || (client->end != NOWHERE && !client_waits_in_vain(client))) {
        finding_met(finding);
    }
}

void look_after_failure(struct finding *finding)
{
    each_client(finding, client_is_proper, look_redials);
}
