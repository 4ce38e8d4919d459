/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/classify.h"
#include "sim/connect.h"
#include "sim/connect_request.h"
#include "sim/datagram.h"
#include "sim/send.h"

/* ---- effects ---- */

enum wfp_status send_keep_list(struct wfp_world *world, const struct send_view *view,
                               uint32_t *list)
{
    const uint32_t link = world_free_record_slot(world);

    if (view->record.size == 0 || (view->inquiry.facts & DATAGRAM(RECORD_INVALID)) != 0) {
        return WFP_OK;
    }
    if (link == 0 || view->record.size > world->limits.record_bytes) {
        return WFP_NO_ROOM;
    }
    memcpy(world_record_room(world, link), view->record.bytes, view->record.size);
    world_keep_record(world, link, view->record.size);
    *list = link;
    return WFP_OK;
}

static enum wfp_status carry_record(struct wfp_world *world, struct flow_slot *slot,
                                    const struct wfp_redirect *redirect)
{
    const struct endpoint *sender = world_endpoint_at(world, slot->endpoint);

    return connect_leaves_record(world, redirect)
               ? connect_make_record(world, world_record(world, slot->list), sender->process,
                                     redirect, &slot->carried)
               : WFP_OK;
}

static enum wfp_status redirect_as_told(struct wfp_world *world, const struct wfp_send *call,
                                        struct flow_slot *slot)
{
    const struct descriptor *service = world_descriptor(world, call->service);

    if (call->redirect == NULL) {
        return WFP_OK;
    }
    if (call->service != 0 && service == NULL) {
        return WFP_NO_SOCKET;
    }
    slot->redirected = true;
    slot->service = service == NULL ? 0 : service->endpoint;
    return carry_record(world, slot, call->redirect);
}

static enum wfp_status redirect_as_decided(struct wfp_world *world, const struct send_view *view,
                                           struct flow_slot *slot)
{
    const struct classification *c = classify_of(world, view->classification);
    struct wfp_redirect redirect;

    slot->redirected = classify_redirected(c);
    slot->service = slot->redirected ? request_service(world, c) : 0;
    if (slot->service == 0 || view->bare) {
        return WFP_OK;
    }
    request_redirect(world, c, slot->service, &redirect);
    return carry_record(world, slot, &redirect);
}

/* The list that the callouts have seen is the flow's from now on. */
static enum wfp_status take_decision(struct wfp_world *world, const struct send_view *view,
                                     uint32_t flow)
{
    struct classification *c = classify_under_way(world, view->classification);
    struct flow_slot *slot = world_flow(world, flow);
    enum wfp_status status;

    slot->list = c->list;
    c->list = 0;
    status = redirect_as_decided(world, view, slot);
    c->flow = status == WFP_OK ? flow : 0;
    return status;
}

static enum wfp_status decide_flow(struct wfp_world *world, const struct wfp_send *call,
                                   const struct send_view *view, uint32_t flow)
{
    struct flow_slot *slot = world_flow(world, flow);
    enum wfp_status status;

    if (view->classification != 0) {
        return take_decision(world, view, flow);
    }
    status = send_keep_list(world, view, &slot->list);
    return status == WFP_OK ? redirect_as_told(world, call, slot) : status;
}

/* Classification: what the callouts decide, and the list that they see, stand from now on. */
static enum wfp_status open_flow(struct wfp_world *world, const struct wfp_send *call,
                                 const struct send_view *view, uint32_t *flow)
{
    enum wfp_status status;

    if (view->flow != 0) { /* idle for too long, it is over */
        datagram_end_flow(world, view->flow);
    }
    *flow = datagram_take_flow(world, view->endpoint, &view->peer);
    if (*flow == 0) {
        return WFP_NO_ROOM;
    }
    (void)datagram_step(world, *flow, view->inquiry.call == WFP_CALL_DATAGRAM_CONNECT,
                        WFP_FLOW_OWNER);
    status = decide_flow(world, call, view, *flow);
    if (status != WFP_OK) {
        datagram_end_flow(world, *flow);
    }
    return status;
}

static void deliver(struct wfp_world *world, const struct wfp_send *call,
                    const struct send_view *view, uint32_t flow, bool carries,
                    struct wfp_message_reply *reply)
{
    struct parcel parcel = {view->endpoint, view->peer, flow, call->data.bytes, call->data.size, 0};

    if (carries && flow != 0) {
        parcel.record = world_flow(world, flow)->carried;
        world_flow(world, flow)->carried = 0;
    }
    reply->dropped = !datagram_deliver(world, &parcel);
}

static void connect_to(struct wfp_world *world, const struct send_view *view,
                       const struct wfp_address *to)
{
    struct endpoint *endpoint = world_endpoint(world, view->endpoint);

    endpoint->state = ENDPOINT_CONNECTED;
    endpoint->remote = *to;
}

static enum wfp_status begin_flow(struct wfp_world *world, const struct wfp_send *call,
                                  const struct send_view *view, struct wfp_message_reply *reply)
{
    uint32_t flow;
    const enum wfp_status status = open_flow(world, call, view, &flow);

    if (status != WFP_OK) {
        return status;
    }
    if (view->inquiry.call == WFP_CALL_DATAGRAM_CONNECT) {
        connect_to(world, view, &call->to);
    } else {
        deliver(world, call, view, flow, true, reply);
    }
    return WFP_OK;
}

static enum wfp_status go_on(struct wfp_world *world, const struct wfp_send *call,
                             const struct send_view *view, bool carries,
                             struct wfp_message_reply *reply)
{
    if (view->inquiry.call == WFP_CALL_DATAGRAM_CONNECT) {
        connect_to(world, view, &call->to);
        return WFP_OK;
    }
    if (view->flow != 0) {
        (void)datagram_step(world, view->flow, false, WFP_FLOW_OWNER);
    }
    deliver(world, call, view, view->flow, carries, reply);
    return WFP_OK;
}

enum wfp_effect send_effect(const struct send_view *view, const struct decision *decision)
{
    if (decision->rule != NULL) {
        return decision->rule->effect;
    }
    if (decision->answer.outcome != WFP_RETURNED || decision->answer.error != 0 ||
        !view->has_peer) {
        return WFP_EFFECT_NONE;
    }
    if ((view->inquiry.facts & DATAGRAM(FLOW_NEW)) != 0) {
        return WFP_EFFECT_SEND_FIRST;
    }
    return (view->inquiry.facts & DATAGRAM(FLOW_UNBEGUN)) != 0 ? WFP_EFFECT_SEND_CARRYING
                                                               : WFP_EFFECT_SEND_LATER;
}

static enum wfp_status apply(struct wfp_world *world, const struct wfp_send *call,
                             const struct send_view *view, const struct decision *decision,
                             struct wfp_message_reply *reply)
{
    const enum wfp_effect effect = send_effect(view, decision);
    enum wfp_status status = WFP_OK;

    if (effect != WFP_EFFECT_SEND_FIRST && effect != WFP_EFFECT_SEND_CARRYING &&
        effect != WFP_EFFECT_SEND_LATER) {
        return WFP_OK;
    }
    if (call->data.size > world->limits.datagram_bytes) {
        return WFP_NO_ROOM;
    }
    if (world_endpoint(world, view->endpoint)->state == ENDPOINT_FRESH) {
        status = wfp_socket_bind(world, call->socket, NULL);
    }
    if (status != WFP_OK) {
        return status;
    }
    return effect == WFP_EFFECT_SEND_FIRST
               ? begin_flow(world, call, view, reply)
               : go_on(world, call, view, effect == WFP_EFFECT_SEND_CARRYING, reply);
}

/* ---- the calls ---- */

enum wfp_call send_kind(const struct wfp_send *call)
{
    return call->entry == WFP_MESSAGE_PLAIN ? WFP_CALL_SEND_PLAIN : WFP_CALL_SEND_MESSAGE;
}

/* The decision for an answer as it is seen, under the first reading that allows it. */
static struct decision decide_seen(const struct wfp_world *world, const struct wfp_send *call,
                                   struct wfp_answer answer, struct send_view *view)
{
    const enum wfp_call kind = view->inquiry.call;
    struct decision decision = {answer, NULL};

    for (uint32_t i = 0; i < message_reading_count(world); i++) {
        struct wfp_answer_set set = {.count = 0};

        (void)send_look(world, call, kind, message_reading_at(world, i), view);
        decide_all(world, &view->inquiry, &set);
        for (size_t j = 0; j < set.count; j++) {
            if (wfp_answer_equal(message_seen(call->entry, call->byte_count, set.answers[j]),
                                 answer)) {
                return (struct decision){set.answers[j], set.rules[j]};
            }
        }
    }
    (void)send_look(world, call, kind, message_reading_at(world, 0), view);
    return decision;
}

/* Whatever the call has answered, it was what the classification was for. */
static void end_request(struct wfp_world *world, const struct send_view *view,
                        struct wfp_message_reply *reply)
{
    const struct classification *c = classify_of(world, view->classification);
    uint32_t service;

    if (c == NULL) {
        return;
    }
    request_tell(c, c->flow != 0 ? WFP_EFFECT_CONNECT : WFP_EFFECT_REFUSE, &reply->connected);
    service = c->flow != 0 ? world_flow_at(world, c->flow)->service : 0;
    reply->connected.listener = service != 0 ? world_descriptor_of(world, service) : 0;
    request_close(world, view->classification, c->flow != 0);
}

/* `answer` NULL: the simulator's. */
static enum wfp_status carry_out(struct wfp_world *world, const struct wfp_send *call,
                                 enum wfp_call kind, const struct wfp_answer *answer,
                                 struct wfp_message_reply *reply)
{
    struct send_view view;
    enum wfp_status status = send_look(world, call, kind, message_reading_at(world, 0), &view);
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (status == WFP_OK) {
        status = send_check_request(world, call, &view);
    }
    if (status != WFP_OK) {
        return status;
    }
    decision =
        answer == NULL ? decide(world, &view.inquiry) : decide_seen(world, call, *answer, &view);
    decision = send_decide_request(world, call, &view, answer, decision);
    status = apply(world, call, &view, &decision, reply);
    end_request(world, &view, reply);
    reply->answer = message_seen(call->entry, call->byte_count, decision.answer);
    reply->rule = decision.rule;
    return status;
}

static void allowed(const struct wfp_world *world, const struct wfp_send *call, enum wfp_call kind,
                    struct wfp_answer_set *set)
{
    struct wfp_answer_set all = {.count = 0};
    struct send_view view;

    for (uint32_t i = 0; i < message_reading_count(world); i++) {
        if (send_look(world, call, kind, message_reading_at(world, i), &view) == WFP_OK) {
            decide_all(world, &view.inquiry, &all);
        }
    }
    set->count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct decision decision = {all.answers[i], all.rules[i]};

        send_allow_request(world, call, decision, set);
    }
}

enum wfp_status wfp_message_send(struct wfp_world *world, const struct wfp_send *call,
                                 struct wfp_message_reply *reply)
{
    return carry_out(world, call, send_kind(call), NULL, reply);
}

void wfp_message_send_allowed(const struct wfp_world *world, const struct wfp_send *call,
                              struct wfp_answer_set *set)
{
    allowed(world, call, send_kind(call), set);
}

enum wfp_status wfp_message_send_assume(struct wfp_world *world, const struct wfp_send *call,
                                        struct wfp_answer answer, struct wfp_message_reply *reply)
{
    return carry_out(world, call, send_kind(call), &answer, reply);
}

struct wfp_send send_connecting(const struct wfp_send *call)
{
    const struct wfp_send plain = {
        .socket = call->socket,
        .entry = WFP_MESSAGE_PLAIN,
        .name = WFP_NAME_GIVEN,
        .to = call->to,
        .redirect = call->redirect,
        .service = call->service,
        .classification = call->classification,
    };

    return plain;
}

enum wfp_status wfp_datagram_connect(struct wfp_world *world, const struct wfp_send *call,
                                     struct wfp_message_reply *reply)
{
    const struct wfp_send plain = send_connecting(call);

    return carry_out(world, &plain, WFP_CALL_DATAGRAM_CONNECT, NULL, reply);
}

void wfp_datagram_connect_allowed(const struct wfp_world *world, const struct wfp_send *call,
                                  struct wfp_answer_set *set)
{
    const struct wfp_send plain = send_connecting(call);

    allowed(world, &plain, WFP_CALL_DATAGRAM_CONNECT, set);
}

enum wfp_status wfp_datagram_connect_assume(struct wfp_world *world, const struct wfp_send *call,
                                            struct wfp_answer answer,
                                            struct wfp_message_reply *reply)
{
    const struct wfp_send plain = send_connecting(call);

    return carry_out(world, &plain, WFP_CALL_DATAGRAM_CONNECT, &answer, reply);
}
