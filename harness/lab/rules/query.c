/* SPDX-License-Identifier: MIT */

#include "harness/lab/rules/query.h"

enum { FAULT = 10014, INVALID = 10022 };

/* ---- control codes ---- */

/* What Microsoft's headers have of IOC_VENDOR, by its number, besides the three. */
static const struct {
    uint16_t first, last;
} known_numbers[] = {{1, 24}, {39, 39}, {100, 102}, {200, 205}, {235, 235}, {300, 300}};

bool code_is_wrong(uint32_t code)
{
    const uint32_t number = code & 0xFFFF;

    if (!event_is_vendors(code) || (code >= WFP_SIO_QUERY_RECORDS && code <= WFP_SIO_SET_RECORDS)) {
        return false;
    }
    for (size_t i = 0; i < sizeof known_numbers / sizeof known_numbers[0]; i++) {
        if (number >= known_numbers[i].first && number <= known_numbers[i].last) {
            return false;
        }
    }
    return true;
}

static size_t wrong_code(const struct view *view, size_t act, size_t before)
{
    while (act != NOWHERE && view->acts[act].event < before &&
           (view->acts[act].kind != EVENT_IOCTL || !code_is_wrong(view->acts[act].code))) {
        act = view->acts[act].next;
    }
    return act != NOWHERE && view->acts[act].event < before ? act : NOWHERE;
}

/* ---- one query ---- */

bool act_without_count(const struct view *view, const struct act *act)
{
    const struct event event = view_event(view, act->event);

    return event_has(&event, FIELD_COUNT_POINTER) &&
           event_number(&event, FIELD_COUNT_POINTER) == WFP_POINTER_NULL &&
           (!event_has(&event, FIELD_OVERLAPPED_POINTER) ||
            event_number(&event, FIELD_OVERLAPPED_POINTER) == WFP_POINTER_NULL);
}

/* Without a size it could mean "no record" as well; the model knows which. */
static bool too_small_without_size(const struct view *view, const struct act *act)
{
    const struct event event = view_event(view, act->event);
    const struct endpoint *endpoint = &view->endpoints[act->socket];

    if (act->error != INVALID || act->count != 0 || act->by != EVENT_BY_SHIM) {
        return false;
    }
    if (event_has(&event, FIELD_NUMBER)) {
        return event_number(&event, FIELD_NUMBER) > act->out_size;
    }
    return act->code == WFP_SIO_QUERY_RECORDS && endpoint->client != NOWHERE &&
           client_is_proper(&view->clients[endpoint->client]);
}

bool query_too_small(const struct view *view, const struct act *act)
{
    return act_failed(act) &&
           ((act->counted && act->count > act->out_size) || too_small_without_size(view, act));
}

static bool was_updated(const struct view *view, const struct endpoint *endpoint, size_t act)
{
    return !endpoint->by_accept_ex || view_find(view, endpoint->first, EVENT_UPDATE_ACCEPT) < act;
}

/* ---- all of them ---- */

/* The last of the queries that were too small: why did it stay so? */
static enum query_end end_of_too_small(const struct view *view, const struct query *query,
                                       const struct act *before)
{
    const struct act *last = &view->acts[query->act];

    if (last->count > QUERY_ABSURD_SIZE) {
        return QUERY_ABSURD;
    }
    if (query->largest == 0) {
        return QUERY_PROBED;
    }
    if (before != NULL && before->count > 0 && before->count <= QUERY_ABSURD_SIZE &&
        last->out_size >= before->count) {
        return QUERY_CHANGED;
    }
    return query->largest >= QUERY_LARGE_SIZE ? QUERY_NOT_LARGER : QUERY_NOT_GROWN;
}

static enum query_end end_of_last(const struct view *view, const struct query *query,
                                  const struct act *last_but_one, size_t before)
{
    const struct act *last = &view->acts[query->act];

    if (last->finished >= before) {
        return QUERY_PENDING;
    }
    if (last->error == FAULT && act_without_count(view, last)) {
        return QUERY_NO_COUNT;
    }
    if (!was_updated(view, &view->endpoints[last->socket], query->act)) {
        return QUERY_NOT_UPDATED;
    }
    return query_too_small(view, last) ? end_of_too_small(view, query, last_but_one) : QUERY_FAILED;
}

static struct query never_asked(const struct view *view, const struct endpoint *endpoint,
                                size_t before)
{
    struct query query = {.end = QUERY_WRONG_CODE,
                          .act = wrong_code(view, endpoint->first, before)};
    size_t act;

    if (query.act != NOWHERE) {
        return query;
    }
    query.end = QUERY_NEVER;
    if (endpoint->listener == NOWHERE) {
        return query;
    }
    act = view->endpoints[endpoint->listener].first;
    while ((act = view_find_ioctl(view, act, WFP_SIO_QUERY_RECORDS)) != NOWHERE &&
           view->acts[act].event < view->acts[endpoint->accepted].event) {
        act = view->acts[act].next;
    }
    if (act != NOWHERE && view->acts[act].event < before) {
        query.end = QUERY_ON_LISTENER;
        query.act = act;
    }
    return query;
}

struct query query_of(const struct view *view, size_t endpoint, uint32_t code, size_t before)
{
    struct query query = {.end = QUERY_NEVER, .act = NOWHERE};
    const struct act *last_but_one = NULL;
    size_t act = view->endpoints[endpoint].first;

    while ((act = view_find_ioctl(view, act, code)) != NOWHERE && view->acts[act].event < before) {
        const struct act *found = &view->acts[act];

        query.asked++;
        query.largest = found->out_size > query.largest ? found->out_size : query.largest;
        if (query.end != QUERY_DONE) {
            last_but_one = query.act == NOWHERE ? NULL : &view->acts[query.act];
            query.act = act;
            query.end =
                act_succeeded(found) && found->finished < before ? QUERY_DONE : QUERY_FAILED;
        }
        act = found->next;
    }
    if (query.asked == 0) {
        return never_asked(view, &view->endpoints[endpoint], before);
    }
    if (query.end != QUERY_DONE) {
        query.end = end_of_last(view, &query, last_but_one, before);
    }
    return query;
}

struct query query_records(const struct view *view, size_t endpoint)
{
    return query_of(view, endpoint, WFP_SIO_QUERY_RECORDS, NOWHERE);
}

struct query query_of_client(const struct view *view, size_t client, uint64_t process,
                             size_t before)
{
    const size_t endpoint = view_accepted(view, client, process);
    const struct query none = {.end = QUERY_NEVER, .act = NOWHERE};

    return endpoint == NOWHERE ? none : query_of(view, endpoint, WFP_SIO_QUERY_RECORDS, before);
}
