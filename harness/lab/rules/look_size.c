/* SPDX-License-Identifier: MIT */

/* What a proxy makes of "too small". */

#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"

enum { TRIES_ENOUGH = 3 /* when the size changes each time */ };

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
    const struct query query = query_records(finding->view, endpoint);

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

/* ---- PRX-06: sizes ---- */

static void look_size(struct finding *finding, size_t endpoint)
{
    const struct query query = query_records(finding->view, endpoint);

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
    const struct query query = query_records(finding->view, endpoint);
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
    if (part_died(finding->of)) {
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
