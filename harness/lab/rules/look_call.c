/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/rules/look.h"
#include "harness/lab/rules/query.h"
#include "harness/lab/rules/setting.h"

enum {
    FAULT = 10014,
    BACKLOG_MOST = 0x7FFFFFFF, /* SOMAXCONN: what the system holds for enough, 200 as measured */
    BACKLOG_LEAST = 200,
    BACKLOG_DEEP = 1024
};

/* ---- PRX-19: the byte count ---- */

static void look_count_pointer(struct finding *finding, const struct act *act)
{
    const struct event event = view_event(finding->view, act->event);

    if (!event_has(&event, FIELD_COUNT_POINTER)) {
        return;
    }
    if (act_without_count(finding->view, act)) {
        finding_fail(finding, "Gave no lpcbBytesReturned in a call that is not overlapped.");
        finding_line(finding, act->event, "lpcbBytesReturned is NULL");
        return;
    }
    finding_met(finding);
}

void look_byte_count(struct finding *finding)
{
    each_query_or_set(finding, look_count_pointer);
}

/* ---- PRX-21: overlapped calls ---- */

/* A dial that needed the answer of a query or SET that was still under way; NULL. */
static const struct dial *impatient_dial(const struct view *view, size_t index)
{
    const struct act *act = &view->acts[index];
    const struct endpoint *endpoint = &view->endpoints[act->socket];
    const struct dial *dial =
        endpoint->client == NOWHERE ? NULL : dial_for(view, endpoint->client, endpoint->process);

    if (act->code == WFP_SIO_SET_RECORDS) {
        dial = endpoint->dial == NOWHERE ? NULL : &view->dials[endpoint->dial];
    } else if (act->code != WFP_SIO_QUERY_RECORDS ||
               (dial != NULL &&
                query_of(view, act->socket, act->code, view->acts[dial->act].event).end ==
                    QUERY_DONE)) {
        return NULL;
    }
    return dial != NULL && dial->act > index &&
                   (act->finished == NOWHERE || view->acts[dial->act].event < act->finished)
               ? dial
               : NULL;
}

/* Its end came, and the memory that it was to be written to had gone. */
static bool buffers_had_gone(const struct view *view, const struct act *act)
{
    struct event event;

    if (act->finished == NOWHERE) {
        return false;
    }
    event = view_event(view, act->finished);
    return event.kind == EVENT_IOCTL_END && event_number(&event, FIELD_ERROR) == FAULT;
}

/* The client of an accepted socket was let down while its query pended: the next thing was its end.
 */
static bool gave_up(const struct finding *finding, const struct act *act)
{
    const struct view *view = finding->view;
    const struct endpoint *endpoint = &view->endpoints[act->socket];
    const struct client *client =
        endpoint->client == NOWHERE ? NULL : &view->clients[endpoint->client];

    return client != NULL && client_is_proper(client) &&
           (client->flags & EVENT_CLIENT_CONTEXT_BAD) == 0 && act->by == EVENT_BY_SHIM &&
           finding->of->death == NOWHERE && act->next != NOWHERE &&
           view->acts[act->next].kind == EVENT_CLOSE &&
           (act->finished == NOWHERE || act->error == 0) &&
           dial_for(view, endpoint->client, 0) == NULL;
}

static void look_pended(struct finding *finding, const struct act *act)
{
    const struct view *view = finding->view;
    const struct dial *dial;

    if (!act->pended) {
        return;
    }
    dial = impatient_dial(view, (size_t)(act - view->acts));
    if (buffers_had_gone(view, act)) {
        finding_fail(finding, "Let go of buffers that an overlapped call was still to write to.");
        finding_line(finding, act->event, NULL);
        finding_line(finding, act->finished, "the buffers had gone");
    } else if (dial != NULL) {
        finding_fail(finding,
                     "Dialled while an overlapped call was under way whose answer it needs.");
        finding_line(finding, act->event, "pending");
        finding_line(finding, event_of(view, dial->act), "did not wait");
    } else if (gave_up(finding, act)) {
        finding_fail(finding, "Gave a connection up whose query pended, and would have succeeded.");
        finding_line(finding, act->event, "pending");
        finding_line(finding, event_of(view, act->next), "did not wait");
    } else if (act->finished == NOWHERE) {
        finding_open(finding, "the end of an overlapped call is not in the trace");
    } else {
        finding_met(finding);
    }
}

void look_overlapped(struct finding *finding)
{
    each_query_or_set(finding, look_pended);
}

/* ---- PRX-23: the accept queue ---- */

static bool serves_clients(const struct view *view, size_t listener)
{
    for (size_t i = 0; i < view->endpoint_count; i++) {
        if (view->endpoints[i].listener == listener && view->endpoints[i].client != NOWHERE) {
            return true;
        }
    }
    return false;
}

/* SOMAXCONN_HINT(n) is -n. */
static int64_t depth_of(const struct event *event)
{
    const int64_t backlog = (int32_t)(uint32_t)event_number(event, FIELD_BACKLOG);

    return backlog < 0 ? -backlog : backlog;
}

static void look_backlog(struct finding *finding, const struct act *act)
{
    const struct event event = view_event(finding->view, act->event);
    const int64_t depth = depth_of(&event);

    if (depth < BACKLOG_LEAST) {
        finding_fail(finding, "Listens with room for %lld connections.", (long long)depth);
        finding_line(finding, act->event, "at least 200, better SOMAXCONN_HINT(1024)");
    } else if (depth < BACKLOG_DEEP || depth == BACKLOG_MOST) {
        finding_advise(finding, act->event,
                       "SOMAXCONN was measured to mean 200; SOMAXCONN_HINT(1024) lost no record");
    } else {
        finding_met(finding);
    }
}

void look_accept_queue(struct finding *finding)
{
    const struct view *view = finding->view;

    for (size_t i = 0; i < view->act_count; i++) {
        const struct act *act = &view->acts[i];

        if (act->part == finding->part && act->kind == EVENT_LISTEN && act_succeeded(act) &&
            serves_clients(view, act->socket)) {
            look_backlog(finding, act);
        }
    }
}

/* ---- PRX-35 and PRX-36: contexts of AcceptEx and ConnectEx ---- */

/* The first call behind `act` that fails, or tells the wrong thing, without the context. */
static size_t first_need(const struct view *view, size_t act, bool queries)
{
    for (; act != NOWHERE; act = view->acts[act].next) {
        const struct act *found = &view->acts[act];

        if (found->kind == EVENT_SHUTDOWN || found->kind == EVENT_PEER_NAME ||
            (queries && found->kind == EVENT_IOCTL && found->code >= WFP_SIO_QUERY_RECORDS &&
             found->code <= WFP_SIO_QUERY_CONTEXT)) {
            return act;
        }
    }
    return NOWHERE;
}

static void look_update(struct finding *finding, size_t from, enum event_kind kind,
                        const char *option)
{
    const struct view *view = finding->view;
    const size_t update = view_find(view, from, kind);
    const size_t need = first_need(view, from, kind == EVENT_UPDATE_ACCEPT);

    if (need != NOWHERE && update > need) {
        finding_fail(finding, "Used a socket before %s was set on it.", option);
        finding_line(finding, event_of(view, from), NULL);
        finding_line(finding, event_of(view, need), update == NOWHERE ? "never set" : "set later");
    } else if (update != NOWHERE) {
        finding_met(finding);
    }
}

static void look_accepted(struct finding *finding, size_t index)
{
    const struct endpoint *endpoint = &finding->view->endpoints[index];

    if (endpoint->by_accept_ex) {
        look_update(finding, endpoint->accepted, EVENT_UPDATE_ACCEPT, "SO_UPDATE_ACCEPT_CONTEXT");
    }
}

void look_accept_context(struct finding *finding)
{
    each_accepted(finding, NULL, look_accepted);
}

static void look_connected(struct finding *finding, const struct dial *dial)
{
    static const char connect_ex[] = "ConnectEx";
    const struct event event = view_event(finding->view, finding->view->acts[dial->act].event);
    const struct event_bytes name = event_bytes(&event, FIELD_NAME);

    if (name.size == sizeof connect_ex - 1 && memcmp(name.at, connect_ex, name.size) == 0) {
        look_update(finding, dial->act, EVENT_UPDATE_CONNECT, "SO_UPDATE_CONNECT_CONTEXT");
    }
}

void look_connect_context(struct finding *finding)
{
    each_dial(finding, NULL, look_connected);
}
