/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/address.h"
#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"
#include "harness/lab/rules/setting.h"

enum {
    QUERIES_MAX = 8, /* of one kind for one connection */
    TRIES_ENOUGH = 3 /* when the size changes each time */
};

static struct query records_of(const struct finding *finding, size_t endpoint)
{
    return query_of(finding->view, endpoint, WFP_SIO_QUERY_RECORDS, NOWHERE);
}

/* What became of the client of an endpoint whose record was not had. */
static const struct dial *dial_of(const struct finding *finding, size_t endpoint)
{
    const struct endpoint *accepted = &finding->view->endpoints[endpoint];

    return dial_for(finding->view, accepted->client, accepted->process);
}

static const char *fate(const struct finding *finding, size_t endpoint)
{
    const struct view *view = finding->view;
    const struct client *client = &view->clients[view->endpoints[endpoint].client];

    if (dial_of(finding, endpoint) != NULL) {
        return "dialled without the record";
    }
    return client_waits_in_vain(client) ? "left the client waiting" : "let the client down";
}

static void show_fate(struct finding *finding, size_t endpoint)
{
    const struct dial *dial = dial_of(finding, endpoint);

    if (dial != NULL) {
        finding_line(finding, event_of(finding->view, dial->act), "no SET before this");
    }
}

/* ---- PRX-01: control codes ---- */

static void look_code_of_query(struct finding *finding, size_t endpoint)
{
    const struct query records = records_of(finding, endpoint);
    const struct query context = query_of(finding->view, endpoint, WFP_SIO_QUERY_CONTEXT, NOWHERE);

    if (records.end == QUERY_WRONG_CODE && context.asked == 0) {
        finding_fail(finding,
                     "Asked the accepted socket with 0x%08lX, which is no code of these ioctls.",
                     (unsigned long)finding->view->acts[records.act].code);
        finding_line(finding, event_of(finding->view, records.act),
                     "RECORDS is 0x980000DC, CONTEXT 0x980000DD");
    } else if (records.asked > 0) {
        finding_met(finding);
    }
}

static void look_code_of_set(struct finding *finding, const struct dial *dial)
{
    const enum setting_end end = setting_of(finding->view, dial).end;

    if (end != SETTING_NEVER && end != SETTING_WRONG_CODE) {
        finding_met(finding);
    }
}

static void look_misdirected(struct finding *finding)
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->act_count; i++) {
        const struct act *act = &view->acts[i];

        if (act->part == finding->part && setting_is_misdirected(view, act)) {
            finding_fail(finding, "Handed the record over with 0x%08lX, which does not set it.",
                         (unsigned long)act->code);
            finding_line(finding, act->event, "SET is 0x980000DE");
        }
    }
}

void look_codes(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_code_of_query);
    each_dial(finding, client_is_proper, look_code_of_set);
    look_misdirected(finding);
}

/* ---- PRX-02: which socket is asked ---- */

static void look_asked(struct finding *finding, size_t endpoint)
{
    if (records_of(finding, endpoint).asked > 0) {
        finding_met(finding);
    }
}

/* Before anybody has come it is a look at what the system can do. */
static bool is_for_client(const struct view *view, const struct act *act)
{
    for (size_t i = 0; i < view->endpoint_count; i++) {
        const struct endpoint *endpoint = &view->endpoints[i];

        if (endpoint->listener == act->socket && endpoint->client != NOWHERE &&
            view->acts[endpoint->accepted].part == act->part &&
            view->acts[endpoint->accepted].event < act->event) {
            return true;
        }
    }
    return false;
}

static void look_listener(struct finding *finding, const struct act *act)
{
    if (act->code != WFP_SIO_SET_RECORDS && finding->view->endpoints[act->socket].listens &&
        is_for_client(finding->view, act)) {
        finding_fail(finding, "Asked the listening socket about a connection that it accepted.");
        finding_line(finding, act->event, "this is the listener");
    }
}

void look_socket_asked(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_asked);
    each_query_or_set(finding, look_listener);
}

/* ---- PRX-03: the record before the dial ---- */

/* After an absurd size an end is right; after a size query and no more it is PRX-09's. */
static bool other_rule_tells(const struct query *query)
{
    return query->end == QUERY_ABSURD ? query->largest == 0
                                      : query->end != QUERY_NEVER && query->end != QUERY_FAILED;
}

static void fail_record_first(struct finding *finding, const struct dial *dial,
                              const struct query *query)
{
    const struct view *view = finding->view;
    const struct query later =
        query_of_client(view, dial->client, view->endpoints[dial->endpoint].process, NOWHERE);

    if (later.end == QUERY_DONE) {
        finding_fail(finding, "Dialled first, and asked for the record afterwards.");
    } else if (query->end == QUERY_NEVER) {
        finding_fail(finding, "Dialled without having asked for the record.");
    } else {
        finding_fail(finding, "The query failed, and it dialled without the record.");
    }
    finding_line(finding, event_of(view, query->act), NULL);
    finding_line(finding, event_of(view, dial->act), "the record is not there");
    if (later.end == QUERY_DONE) {
        finding_line(finding, event_of(view, later.act), "too late");
    }
}

static void look_dial(struct finding *finding, const struct dial *dial)
{
    const struct view *view = finding->view;
    const struct query query = query_of_client(
        view, dial->client, view->endpoints[dial->endpoint].process, view->acts[dial->act].event);
    const enum setting_end setting = setting_of(view, dial).end;

    /* A record can reach a proxy by another way than the query (SET-14). */
    if (query.end == QUERY_DONE || setting == SETTING_DONE || setting == SETTING_AFTER_BIND) {
        finding_met(finding);
    } else if (!other_rule_tells(&query) && setting != SETTING_WRONG_CODE) {
        fail_record_first(finding, dial, &query);
    }
}

static void look_never_accepted(struct finding *finding, size_t index)
{
    const struct client *client = &finding->view->clients[index];

    if (client->accepted == NOWHERE && finding->of->death == NOWHERE) {
        finding_open(finding, "client %llu was never accepted", (unsigned long long)client->number);
    }
}

void look_record_first(struct finding *finding)
{
    each_dial(finding, client_is_proper, look_dial);
    each_client(finding, client_is_proper, look_never_accepted);
}

/* ---- PRX-04: growth ---- */

/* The first query at or behind an act that was too small, with a buffer of from ... to bytes. */
static size_t too_small(const struct view *view, size_t act, uint64_t from, uint64_t to)
{
    while ((act = view_find_ioctl(view, act, WFP_SIO_QUERY_RECORDS)) != NOWHERE &&
           (view->acts[act].out_size < from || view->acts[act].out_size > to ||
            !query_too_small(view, &view->acts[act]))) {
        act = view->acts[act].next;
    }
    return act;
}

static void fail_growth(struct finding *finding, size_t endpoint, const struct query *query)
{
    const struct act *act = &finding->view->acts[query->act];
    const char *name = wfp_error_name((uint32_t)act->error);

    finding_fail(finding, "Asked with %llu, was told %s and %llu bytes, gave up and %s.",
                 (unsigned long long)act->out_size, name == NULL ? "an error" : name,
                 (unsigned long long)act->count, fate(finding, endpoint));
    finding_line(finding, act->event, NULL);
    show_fate(finding, endpoint);
}

static void look_grown(struct finding *finding, size_t endpoint)
{
    const struct view *view = finding->view;
    const struct query query = records_of(finding, endpoint);

    if (query.end == QUERY_NOT_GROWN) {
        fail_growth(finding, endpoint, &query);
    } else if (too_small(view, view->endpoints[endpoint].first, 1, QUERY_LARGE_SIZE - 1) !=
               NOWHERE) {
        finding_met(finding);
    }
}

void look_growth(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_grown);
}

/* ---- PRX-05: bounded ---- */

static void look_count(struct finding *finding, size_t endpoint, uint32_t code, const char *name)
{
    const struct query query = query_of(finding->view, endpoint, code, NOWHERE);

    if (query.asked > QUERIES_MAX) {
        finding_fail(finding, "Asked %zu times for one connection's %s.", query.asked, name);
        finding_line(finding, event_of(finding->view, query.act), "the last of them");
    } else if (query.asked > 0) {
        finding_met(finding);
    }
}

static void look_counts(struct finding *finding, size_t endpoint)
{
    look_count(finding, endpoint, WFP_SIO_QUERY_RECORDS, "record");
    look_count(finding, endpoint, WFP_SIO_QUERY_CONTEXT, "context");
}

void look_bounded(struct finding *finding)
{
    each_accepted(finding, NULL, look_counts);
}

/* ---- PRX-06: sizes ---- */

static void look_size(struct finding *finding, size_t endpoint)
{
    const struct query query = records_of(finding, endpoint);

    if (query.end == QUERY_NOT_LARGER) {
        fail_growth(finding, endpoint, &query);
    } else if (query.end == QUERY_DONE) {
        finding_met(finding);
    }
}

void look_record_sizes(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_size);
}

/* ---- PRX-07: a size that changes ---- */

/* A query that had the room that was asked for, and was too small again. */
static size_t changed(const struct view *view, size_t first)
{
    uint64_t wanted = 0;
    size_t act = first;

    while ((act = too_small(view, act, 0, UINT64_MAX)) != NOWHERE) {
        const struct act *found = &view->acts[act];

        if (wanted > 0 && found->out_size >= wanted) {
            return act;
        }
        wanted = found->count <= QUERY_ABSURD_SIZE ? found->count : 0;
        act = found->next;
    }
    return NOWHERE;
}

static void look_changed(struct finding *finding, size_t endpoint)
{
    const struct view *view = finding->view;
    const struct query query = records_of(finding, endpoint);
    const size_t act = changed(view, view->endpoints[endpoint].first);

    if (act == NOWHERE) {
        return;
    }
    if (query.end == QUERY_CHANGED &&
        (query.asked < TRIES_ENOUGH || dial_of(finding, endpoint) != NULL)) {
        finding_fail(finding,
                     "Took the first size for final: asked with it, found it had grown, %s.",
                     fate(finding, endpoint));
        finding_line(finding, event_of(view, act), "room as told before, and more is needed");
        show_fate(finding, endpoint);
        return;
    }
    finding_met(finding);
}

void look_changing_size(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_changed);
}

/* ---- PRX-08: an absurd size ---- */

static void look_absurd_of(struct finding *finding, size_t endpoint, uint32_t code)
{
    const struct view *view = finding->view;
    size_t act = view->endpoints[endpoint].first;
    size_t absurd = NOWHERE;

    while ((act = view_find_ioctl(view, act, code)) != NOWHERE) {
        const struct act *found = &view->acts[act];

        if (absurd != NOWHERE && found->out_size > QUERY_ABSURD_SIZE) {
            finding_fail(finding, "Was told that %llu bytes are needed, and allocated them.",
                         (unsigned long long)view->acts[absurd].count);
            finding_line(finding, view->acts[absurd].event, NULL);
            finding_line(finding, found->event, NULL);
            return;
        }
        absurd = act_failed(found) && found->count > QUERY_ABSURD_SIZE ? act : absurd;
        act = found->next;
    }
    if (absurd == NOWHERE) {
        return;
    }
    if (finding->of->died) {
        finding_fail(finding, "Was told that %llu bytes are needed, and ended.",
                     (unsigned long long)view->acts[absurd].count);
        finding_line(finding, view->acts[absurd].event, NULL);
        finding_line(finding, finding->of->death, NULL);
        return;
    }
    finding_met(finding);
}

static void look_absurd(struct finding *finding, size_t endpoint)
{
    look_absurd_of(finding, endpoint, WFP_SIO_QUERY_RECORDS);
    look_absurd_of(finding, endpoint, WFP_SIO_QUERY_CONTEXT);
}

void look_absurd_size(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_absurd);
}

/* ---- PRX-09: size queries ---- */

static void look_probe_of(struct finding *finding, size_t endpoint, uint32_t code)
{
    const struct view *view = finding->view;
    const struct query query = query_of(view, endpoint, code, NOWHERE);
    size_t act;

    if (query.end == QUERY_PROBED ||
        (query.end == QUERY_ABSURD && query.largest == 0 && dial_of(finding, endpoint) != NULL)) {
        finding_fail(finding, "Took the answer to a size query for \"there is none\", and %s.",
                     fate(finding, endpoint));
        finding_line(finding, event_of(view, query.act), "this is a size, not a refusal");
        show_fate(finding, endpoint);
        return;
    }
    act = view_find_ioctl(view, view->endpoints[endpoint].first, code);
    if (act != NOWHERE && view->acts[act].out_size == 0 &&
        query_too_small(view, &view->acts[act])) {
        finding_met(finding);
    }
}

static void look_probe(struct finding *finding, size_t endpoint)
{
    look_probe_of(finding, endpoint, WFP_SIO_QUERY_RECORDS);
    look_probe_of(finding, endpoint, WFP_SIO_QUERY_CONTEXT);
}

void look_size_query(struct finding *finding)
{
    each_accepted(finding, client_is_proper, look_probe);
}
