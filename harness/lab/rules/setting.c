/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/setting.h"

#include "harness/lab/rules/query.h"

enum { WORTH_SETTING = 16 /* bytes; less is no record */ };

/* ---- when, and how it went ---- */

static bool is_bound_before(const struct view *view, size_t first, size_t act)
{
    size_t bind = view_find(view, first, EVENT_BIND);

    while (bind != NOWHERE && !act_succeeded(&view->acts[bind])) {
        bind = view_find(view, view->acts[bind].next, EVENT_BIND);
    }
    return bind < act;
}

bool setting_is_misdirected(const struct view *view, const struct act *act)
{
    const struct endpoint *endpoint = &view->endpoints[act->socket];
    const bool queries = act->code == WFP_SIO_QUERY_RECORDS || act->code == WFP_SIO_QUERY_CONTEXT;

    return act->kind == EVENT_IOCTL && act->in_size >= WORTH_SETTING &&
           endpoint->accepted == NOWHERE && !endpoint->listens &&
           (queries || code_is_wrong(act->code));
}

static size_t misdirected(const struct view *view, size_t act)
{
    while (act != NOWHERE && !setting_is_misdirected(view, &view->acts[act])) {
        act = view->acts[act].next;
    }
    return act;
}

static enum setting_end end_before(const struct view *view, size_t first, size_t set,
                                   const struct act *connect)
{
    const struct act *act = &view->acts[set];

    if (act->finished == NOWHERE || act->finished > connect->event) {
        return SETTING_PENDING;
    }
    if (act_failed(act) && act_without_count(view, act)) {
        return SETTING_NO_COUNT;
    }
    if (is_bound_before(view, first, set)) {
        return SETTING_AFTER_BIND;
    }
    return act_failed(act) ? SETTING_FAILED : SETTING_DONE;
}

struct setting setting_of(const struct view *view, const struct dial *dial)
{
    const size_t first = view->endpoints[dial->endpoint].first;
    const struct act *connect = &view->acts[dial->act];
    struct setting setting = {SETTING_NEVER, NOWHERE};
    size_t act = first;

    while ((act = view_find_ioctl(view, act, WFP_SIO_SET_RECORDS)) != NOWHERE) {
        if (act > dial->act && setting.end == SETTING_NEVER) {
            setting = (struct setting){SETTING_AFTER_CONNECT, act};
        } else if (act < dial->act && setting.end != SETTING_DONE) {
            setting = (struct setting){end_before(view, first, act, connect), act};
        }
        act = view->acts[act].next;
    }
    if (setting.end == SETTING_NEVER && misdirected(view, first) != NOWHERE) {
        setting = (struct setting){SETTING_WRONG_CODE, misdirected(view, first)};
    }
    return setting;
}

/* ---- whose bytes ---- */

static size_t first_difference(const struct event_bytes *a, const struct event_bytes *b)
{
    const size_t size = a->size < b->size ? a->size : b->size;
    size_t at = 0;

    while (at < size && a->at[at] == b->at[at]) {
        at++;
    }
    return at;
}

static enum setting_bytes compare(const struct event_bytes *record, const struct event_bytes *set,
                                  size_t at)
{
    if (at == record->size) {
        return SETTING_BYTES_LONGER;
    }
    return at == set->size ? SETTING_BYTES_SHORTER : SETTING_BYTES_ALTERED;
}

struct setting_match setting_match(const struct view *view, size_t act, size_t client)
{
    const struct event_bytes set = view_input(view, &view->acts[act]);
    const uint64_t process = view->endpoints[view->acts[act].socket].process;
    const struct query own = query_of_client(view, client, process, view->acts[act].event);
    struct setting_match match = {SETTING_BYTES_UNKNOWN, NOWHERE, NOWHERE, 0};
    struct event_bytes record;

    match.record = view_query_giving(view, client, &set);
    if (set.size == 0 || match.record != NOWHERE) {
        match.bytes = set.size == 0 ? SETTING_BYTES_UNKNOWN : SETTING_BYTES_OWN;
        return match;
    }
    for (size_t i = 0; i < view->client_count; i++) {
        match.record = view_query_giving(view, i, &set);
        if (match.record != NOWHERE) {
            match.bytes = SETTING_BYTES_OTHERS;
            match.client = i;
            return match;
        }
    }
    if (own.end != QUERY_DONE) {
        return match;
    }
    match.record = own.act;
    record = view_output(view, &view->acts[own.act]);
    match.at = first_difference(&record, &set);
    match.bytes = compare(&record, &set, match.at);
    return match;
}
