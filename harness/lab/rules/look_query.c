/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"
#include "harness/lab/rules/setting.h"

enum { QUERIES_MAX = 8 /* of one kind for one connection */ };

/* ---- PRX-01: control codes ---- */

static void look_code_of_query(struct finding *finding, size_t endpoint)
{
    const struct query records = query_records(finding->view, endpoint);
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
    if (query_records(finding->view, endpoint).asked > 0) {
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
