/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"
#include "harness/lab/rules/setting.h"

static uint64_t process_of(const struct view *view, const struct dial *dial)
{
    return view->endpoints[dial->endpoint].process;
}

/* The query that gave the record before the dial; NOWHERE: none did, and other rules tell why. */
static size_t record_before(const struct view *view, const struct dial *dial)
{
    const struct query query =
        query_of_client(view, dial->client, process_of(view, dial), view->acts[dial->act].event);

    return query.end == QUERY_DONE ? query.act : NOWHERE;
}

static bool is_wrong_bytes(enum setting_bytes bytes)
{
    return bytes != SETTING_BYTES_OWN && bytes != SETTING_BYTES_UNKNOWN;
}

/* ---- PRX-14: on every socket ---- */

static bool is_first(const struct view *view, const struct dial *dial)
{
    return dial_for(view, dial->client, process_of(view, dial)) == dial;
}

/* The process sets records after it has dialled: where the dial failed, it never comes to it. */
static bool sets_late(const struct view *view, uint64_t process)
{
    for (size_t i = 0; i < view->dial_count; i++) {
        if (process_of(view, &view->dials[i]) == process &&
            setting_of(view, &view->dials[i]).end == SETTING_AFTER_CONNECT) {
            return true;
        }
    }
    return false;
}

static void look_set_on(struct finding *finding, const struct dial *dial)
{
    const struct view *view = finding->view;
    const size_t record = record_before(view, dial);
    const enum setting_end end = setting_of(view, dial).end;

    if (record == NOWHERE || end == SETTING_WRONG_CODE ||
        (end == SETTING_NEVER && dial_failed(view, dial) &&
         sets_late(view, process_of(view, dial)))) {
        return;
    }
    if (end != SETTING_NEVER) {
        finding_met(finding);
        return;
    }
    finding_fail(finding, is_first(view, dial)
                              ? "Had the record, and dialled on a socket that it was not set on."
                              : "Set the record on the first socket, and not on the next.");
    finding_line(finding, event_of(view, record), "the record");
    finding_line(finding, event_of(view, dial->act), "no SET before this");
}

void look_set_on_every_dial(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_set_on);
}

/* ---- PRX-15: in time ---- */

static void look_when_set(struct finding *finding, const struct dial *dial)
{
    const struct view *view = finding->view;
    const struct setting setting = setting_of(view, dial);

    if (setting.end == SETTING_DONE) {
        finding_met(finding);
    } else if (setting.end == SETTING_AFTER_BIND) {
        finding_fail(finding, "Set the record on a socket that was bound already.");
        finding_line(
            finding,
            event_of(view, view_find(view, view->endpoints[dial->endpoint].first, EVENT_BIND)),
            NULL);
        finding_line(finding, event_of(view, setting.act), "comes after bind");
    } else if (setting.end == SETTING_AFTER_CONNECT && record_before(view, dial) != NOWHERE) {
        finding_fail(finding, "Set the record on a socket that had dialled already.");
        finding_line(finding, event_of(view, dial->act), NULL);
        finding_line(finding, event_of(view, setting.act), "comes after connect");
    }
}

void look_set_in_time(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_when_set);
}

/* ---- PRX-16 and PRX-17: which bytes ---- */

static struct setting_match match_of(const struct view *view, const struct dial *dial,
                                     struct setting *setting)
{
    const struct setting_match none = {SETTING_BYTES_UNKNOWN, NOWHERE, NOWHERE, 0};

    *setting = setting_of(view, dial);
    return setting->act == NOWHERE || setting->end == SETTING_WRONG_CODE
               ? none
               : setting_match(view, setting->act, dial->client);
}

static void fail_bytes(struct finding *finding, size_t set, const struct setting_match *match)
{
    const struct view *view = finding->view;
    const unsigned long long size = view_input(view, &view->acts[set]).size;
    const unsigned long long record = view_output(view, &view->acts[match->record]).size;

    switch (match->bytes) {
    case SETTING_BYTES_LONGER:
        finding_fail(finding,
                     "Set %llu bytes where the record has %llu: the buffer, not the record.", size,
                     record);
        break;
    case SETTING_BYTES_SHORTER:
        finding_fail(finding, "Set %llu bytes of a record of %llu.", size, record);
        break;
    default:
        finding_fail(finding, "Set other bytes than the query gave, from byte %zu on.", match->at);
        break;
    }
    finding_line(finding, event_of(view, match->record), "the record");
    finding_line(finding, event_of(view, set), "is not what was returned");
}

static void look_match(struct finding *finding, size_t set, const struct setting_match *match)
{
    if (match->bytes == SETTING_BYTES_OWN) {
        finding_met(finding);
    } else if (is_wrong_bytes(match->bytes) && match->bytes != SETTING_BYTES_OTHERS) {
        fail_bytes(finding, set, match);
    }
}

static void look_bytes(struct finding *finding, const struct dial *dial)
{
    struct setting setting;
    const struct setting_match match = match_of(finding->view, dial, &setting);

    look_match(finding, setting.act, &match);
}

/* Did the socket dial for a client that we know? */
static bool is_attributed(const struct view *view, const struct endpoint *endpoint)
{
    return endpoint->dial != NOWHERE && view->dials[endpoint->dial].client != NOWHERE;
}

/* On any other socket: of the clients' records the one that is most like it. */
static void look_undialled(struct finding *finding, const struct act *act)
{
    const struct view *view = finding->view;
    const size_t set = (size_t)(act - view->acts);
    struct setting_match closest = {SETTING_BYTES_UNKNOWN, NOWHERE, NOWHERE, 0};

    if (act->code != WFP_SIO_SET_RECORDS || is_attributed(view, &view->endpoints[act->socket])) {
        return;
    }
    for (size_t i = 0; i < view->client_count; i++) {
        const struct client *client = &view->clients[i];
        struct setting_match match;

        if (client->part != finding->part || !client_is_proper(client)) {
            continue;
        }
        match = setting_match(view, set, i);
        if (match.bytes == SETTING_BYTES_OWN) {
            finding_met(finding);
            return;
        }
        if (match.bytes == SETTING_BYTES_OTHERS) {
            return;
        }
        if (match.bytes != SETTING_BYTES_UNKNOWN &&
            (closest.record == NOWHERE || match.at > closest.at)) {
            closest = match;
        }
    }
    look_match(finding, set, &closest);
}

void look_set_bytes(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_bytes);
    each_query_or_set(finding, look_undialled);
}

static void look_own(struct finding *finding, const struct dial *dial)
{
    const struct view *view = finding->view;
    struct setting setting;
    const struct setting_match match = match_of(view, dial, &setting);

    if (match.bytes == SETTING_BYTES_OWN) {
        finding_met(finding);
    } else if (match.bytes == SETTING_BYTES_OTHERS) {
        finding_fail(finding, "Set the record of client %llu for client %llu.",
                     (unsigned long long)view->clients[match.client].number,
                     (unsigned long long)view->clients[dial->client].number);
        finding_line(finding, event_of(view, match.record), "this record");
        finding_line(finding, event_of(view, setting.act), "for another connection");
        finding_line(finding, event_of(view, dial->act), NULL);
    }
}

void look_set_own(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_own);
}

/* ---- PRX-18: a SET that failed ---- */

static void look_despite(struct finding *finding, const struct dial *dial)
{
    struct setting setting;
    const struct setting_match match = match_of(finding->view, dial, &setting);

    if (setting.end == SETTING_FAILED && !is_wrong_bytes(match.bytes)) {
        finding_fail(finding, "The record could not be set, and it dialled all the same.");
        finding_line(finding, event_of(finding->view, setting.act), NULL);
        finding_line(finding, event_of(finding->view, dial->act), "goes without the record");
    }
}

/* On a socket that never dialled. */
static void look_given_up(struct finding *finding, const struct act *act)
{
    if (act->code == WFP_SIO_SET_RECORDS && act_failed(act) &&
        finding->view->endpoints[act->socket].dial == NOWHERE) {
        finding_met(finding);
    }
}

void look_set_failed(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_despite);
    if (finding->failed == 0) {
        each_query_or_set(finding, look_given_up);
    }
}

/* ---- PRX-20: what a SET that succeeded says ---- */

/* Whose record it is, among the clients of the part that nothing was dialled for. */
static size_t undialled_owner(const struct finding *finding, const struct act *act)
{
    const struct view *view = finding->view;
    const struct event_bytes set = view_input(view, act);

    for (size_t i = 0; set.size > 0 && i < view->client_count; i++) {
        const struct client *client = &view->clients[i];

        if (client->part == finding->part && client_is_proper(client) &&
            (client->end == NOWHERE || client->end > act->event) &&
            view_query_giving(view, i, &set) != NOWHERE && dial_for(view, i, 0) == NULL) {
            return i;
        }
    }
    return NOWHERE;
}

static bool a_bind_failed(const struct view *view, const struct endpoint *endpoint)
{
    const size_t bind = view_find(view, endpoint->first, EVENT_BIND);

    return bind != NOWHERE && act_failed(&view->acts[bind]);
}

static void look_result(struct finding *finding, const struct act *act)
{
    const struct view *view = finding->view;
    const struct endpoint *endpoint = &view->endpoints[act->socket];
    size_t owner;

    if (act->code != WFP_SIO_SET_RECORDS || !act_succeeded(act)) {
        return;
    }
    if (endpoint->dial != NOWHERE) {
        finding_met(finding);
        return;
    }
    owner = undialled_owner(finding, act);
    if (owner == NOWHERE || endpoint->closed == NOWHERE || a_bind_failed(view, endpoint) ||
        finding->of->death != NOWHERE) {
        return;
    }
    finding_fail(finding, "The record was set, and it gave the connection up.");
    finding_line(finding, act->event,
                 act->counted ? "success, whatever the count" : "success, without a count");
    finding_line(finding, event_of(view, endpoint->closed), "nothing was dialled");
}

void look_set_result(struct finding *finding)
{
    each_query_or_set(finding, look_result);
}
