/* SPDX-License-Identifier: MIT */

/* A connect from its beginning to its end. */

#include "sim/connect_request.h"

#include <string.h>

#include "sim/classify.h"
#include "sim/connect.h"
#include "sim/context.h"

static uint32_t endpoint_link(const struct wfp_world *world, uint32_t socket)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);

    return descriptor == NULL ? 0 : descriptor->endpoint;
}

static bool can_connect(const struct endpoint *endpoint, const struct wfp_address *to)
{
    return endpoint->type == WFP_TCP && endpoint->flow == 0 &&
           (endpoint->state == ENDPOINT_FRESH || endpoint->state == ENDPOINT_BOUND) &&
           (endpoint->family == WFP_IPV6 || to->family == WFP_IPV4);
}

enum wfp_status wfp_connect_begin(struct wfp_world *world, uint32_t socket,
                                  const struct wfp_address *to, uint32_t *classification)
{
    const uint32_t link = endpoint_link(world, socket);
    struct endpoint *endpoint = world_endpoint(world, link);
    uint32_t taken;

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (!can_connect(endpoint, to)) {
        return WFP_BAD_STATE;
    }
    taken = classify_take(world, link, to);
    if (taken == 0) {
        return WFP_NO_ROOM;
    }
    endpoint->flow = taken;
    *classification = taken;
    return WFP_OK;
}

/* ---- the end ---- */

void request_redirect(const struct wfp_world *world, const struct classification *c,
                      uint32_t service, struct wfp_redirect *redirect)
{
    const struct wfp_version effective = classify_effective(c);
    const struct record_view context = context_view(world, effective.context);

    *redirect = (struct wfp_redirect){.handle = effective.handle,
                                      .target_pid = effective.target_pid,
                                      .context = context.bytes,
                                      .context_size = context.size,
                                      .layer = WFP_LAYER_CONNECT_REDIRECT,
                                      .remote = service == 0,
                                      .lost = c->record_lost};
}

static bool is_made(const struct wfp_world *world, const struct classification *c)
{
    return c->of_datagrams ? c->flow != 0
                           : world_endpoint_at(world, c->endpoint)->state == ENDPOINT_CONNECTED;
}

/* A reauthorised one arrived long ago. */
uint32_t request_service(const struct wfp_world *world, const struct classification *c)
{
    return is_made(world, c) ? 0 : classify_service(world, c);
}

struct inquiry request_ask(const struct wfp_world *world, const struct classification *c,
                           uint32_t service)
{
    struct inquiry inquiry = {.call = WFP_CALL_CONNECT, .facts = facts_of_classification(c)};
    struct wfp_redirect redirect;

    if (classify_redirected(c) && service != 0) {
        request_redirect(world, c, service, &redirect);
        inquiry.facts |= connect_facts(&redirect);
        inquiry.facts |= redirect.handle == 0 ? WFP_BIT(WFP_KERNEL_NO_HANDLE) : 0;
    }
    return inquiry;
}

bool request_can_end(const struct wfp_world *world, const struct classification *c)
{
    return classify_idle(c) && classify_next(world, c).callout == 0;
}

/* Where the number of a classification that is kept stands; NULL: there is no flow. */
static uint32_t *keeper_of(struct wfp_world *world, const struct classification *c)
{
    if (!c->of_datagrams) {
        return &world_endpoint(world, c->endpoint)->flow;
    }
    return c->flow == 0 ? NULL : &world_flow(world, c->flow)->classified;
}

void request_close(struct wfp_world *world, uint32_t number, bool made)
{
    struct classification *c = classify_under_way(world, number);
    uint32_t *keeper = keeper_of(world, c);
    const bool keeps = made && c->version_count > 0;

    if (keeper != NULL) {
        *keeper = keeps ? number : 0;
    }
    if (!keeps) {
        classify_drop(world, number);
        return;
    }
    c->stage = CLASSIFY_KEPT;
    c->callout = 0;
    c->returned = false;
    c->facts &= ~CLASSIFY_FACT(HANDLE_HELD);
}

static enum wfp_status connect(struct wfp_world *world, const struct classification *c,
                               uint32_t service, bool with_record, struct wfp_connected *connected)
{
    struct endpoint *client = world_endpoint(world, c->endpoint);
    const bool redirected = with_record && classify_redirected(c);
    struct wfp_redirect redirect;
    enum wfp_status status;

    if (is_made(world, c)) {
        return WFP_OK;
    }
    request_redirect(world, c, service, &redirect);
    status = connect_make(world, client, service, redirected ? &redirect : NULL);
    if (status == WFP_OK) {
        world_put_address(&client->remote, &c->destination);
        connected->listener = service == 0 ? 0 : world_descriptor_of(world, service);
    }
    return status;
}

void request_tell(const struct classification *c, enum wfp_effect effect,
                  struct wfp_connected *connected)
{
    const struct wfp_version effective = classify_effective(c);

    connected->remote = effective.remote;
    connected->handle = effective.handle;
    connected->redirected = classify_redirected(c);
    connected->blocked = effect != WFP_EFFECT_CONNECT && effect != WFP_EFFECT_CONNECT_BARE;
}

static enum wfp_status end_as(struct wfp_world *world, uint32_t number,
                              const struct wfp_answer *answer, struct wfp_connected *connected,
                              struct wfp_reply *reply)
{
    const struct classification *c = classify_of(world, number);
    struct inquiry inquiry;
    struct decision decision;
    enum wfp_effect effect;
    enum wfp_status status = WFP_OK;
    uint32_t service;

    memset(reply, 0, sizeof *reply);
    memset(connected, 0, sizeof *connected);
    if (c == NULL || !request_can_end(world, c) || (c->of_datagrams && c->flow == 0)) {
        return c == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    service = request_service(world, c);
    inquiry = request_ask(world, c, service);
    decision = answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);
    effect = decide_effect(&inquiry, &decision);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    request_tell(c, effect, connected);
    if (!connected->blocked) {
        status = connect(world, c, service, effect == WFP_EFFECT_CONNECT, connected);
    }
    if (status == WFP_OK) {
        request_close(world, number, !connected->blocked);
    }
    return status;
}

enum wfp_status wfp_connect_lose_record(struct wfp_world *world, uint32_t classification)
{
    struct classification *c = classify_under_way(world, classification);

    if (c == NULL) {
        return WFP_NO_SOCKET;
    }
    c->record_lost = true;
    return WFP_OK;
}

enum wfp_status wfp_connect_end(struct wfp_world *world, uint32_t classification,
                                struct wfp_connected *connected, struct wfp_reply *reply)
{
    return end_as(world, classification, NULL, connected, reply);
}

enum wfp_status wfp_connect_end_assume(struct wfp_world *world, uint32_t classification,
                                       struct wfp_answer answer, struct wfp_connected *connected,
                                       struct wfp_reply *reply)
{
    return end_as(world, classification, &answer, connected, reply);
}

void wfp_connect_end_allowed(const struct wfp_world *world, uint32_t classification,
                             struct wfp_answer_set *set)
{
    const struct classification *c = classify_of(world, classification);
    struct inquiry inquiry;

    set->count = 0;
    if (c != NULL && request_can_end(world, c) && (!c->of_datagrams || c->flow != 0)) {
        inquiry = request_ask(world, c, request_service(world, c));
        decide_all(world, &inquiry, set);
    }
}

/* ---- all of it ---- */

/* Asks the callout whose turn it is; false: it cannot be asked here, or has pended. */
static bool run_callout(struct wfp_world *world, uint32_t number)
{
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN, .classification = number};
    const struct wfp_callout *callout = wfp_callout_of(world, wfp_classify_callout(world, number));
    struct wfp_reply reply;

    if (callout == NULL || callout->classify == NULL) {
        return false;
    }
    callout->classify(world, number, callout->context);
    return wfp_classify(world, &back, &reply) == WFP_OK &&
           classify_idle(classify_of(world, number));
}

bool request_run(struct wfp_world *world, uint32_t number)
{
    const struct wfp_classify_call next = {.call = WFP_CALL_NEXT, .classification = number};
    struct wfp_reply reply;

    for (;;) {
        if (wfp_classify(world, &next, &reply) != WFP_OK) {
            return false;
        }
        if (wfp_classify_callout(world, number) == 0) {
            return true;
        }
        if (!run_callout(world, number)) {
            return false;
        }
    }
}

enum wfp_status wfp_socket_connect_to(struct wfp_world *world, uint32_t socket,
                                      const struct wfp_address *to, struct wfp_connected *connected,
                                      struct wfp_reply *reply)
{
    uint32_t number = 0;
    enum wfp_status status = wfp_connect_begin(world, socket, to, &number);

    memset(reply, 0, sizeof *reply);
    memset(connected, 0, sizeof *connected);
    if (status != WFP_OK) {
        return status;
    }
    status = request_run(world, number) ? wfp_connect_end(world, number, connected, reply)
                                        : WFP_BAD_STATE;
    if (status != WFP_OK && classify_of(world, number) != NULL) {
        request_close(world, number, false);
    }
    return status;
}
