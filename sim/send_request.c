/* SPDX-License-Identifier: MIT */

/* The first datagram to a peer, and connect(), as callouts see them: an implicit connect. */

#include <string.h>

#include "sim/classify.h"
#include "sim/connect_request.h"
#include "sim/send.h"

/* ---- the end: what the callouts decided is the answer of the call ---- */

enum wfp_status send_check_request(const struct wfp_world *world, const struct wfp_send *call,
                                   const struct send_view *view)
{
    const struct classification *c = classify_of(world, call->classification);
    struct wfp_address peer;

    if (call->classification == 0) {
        return WFP_OK;
    }
    if (c == NULL || !c->of_datagrams || c->flow != 0 || c->endpoint != view->endpoint ||
        !request_can_end(world, c)) {
        return WFP_BAD_STATE;
    }
    peer = wfp_address_unmapped(&c->destination);
    return wfp_address_equal(&peer, &view->peer) ? WFP_OK : WFP_BAD_STATE;
}

static bool connects(enum wfp_effect effect)
{
    return effect == WFP_EFFECT_CONNECT || effect == WFP_EFFECT_CONNECT_BARE;
}

/* A refusal as the call's own entry tells it. */
static struct decision refused(const struct wfp_send *call, struct decision decision)
{
    if (call->entry == WFP_MESSAGE_WSK) {
        decision.answer = decision.rule->kernel;
    }
    return decision;
}

struct decision send_decide_request(const struct wfp_world *world, const struct wfp_send *call,
                                    struct send_view *view, const struct wfp_answer *answer,
                                    struct decision decision)
{
    static const struct wfp_answer success = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED};
    const bool reached = send_effect(view, &decision) == WFP_EFFECT_SEND_FIRST;
    const struct classification *c = classify_of(world, view->classification);
    struct inquiry inquiry;
    struct decision made;
    enum wfp_effect effect;

    if (c == NULL || (!reached && (answer == NULL || decision.rule != NULL))) {
        return decision;
    }
    inquiry = request_ask(world, c, request_service(world, c));
    made = answer == NULL ? decide(world, &inquiry)
                          : decide_as(world, &inquiry, reached ? success : *answer);
    effect = decide_effect(&inquiry, &made);
    view->bare = effect == WFP_EFFECT_CONNECT_BARE;
    if (made.rule == NULL || (reached && connects(effect))) {
        return decision;
    }
    return refused(call, made);
}

static void add_seen(const struct wfp_send *call, struct decision decision,
                     struct wfp_answer_set *set)
{
    decision.answer = message_seen(call->entry, call->byte_count, decision.answer);
    decide_add(set, decision);
}

void send_allow_request(const struct wfp_world *world, const struct wfp_send *call,
                        struct decision decision, struct wfp_answer_set *set)
{
    const struct classification *c = classify_of(world, call->classification);
    struct wfp_answer_set all = {.count = 0};
    struct inquiry inquiry;

    if (c == NULL || decision.rule->effect != WFP_EFFECT_SEND_FIRST) {
        add_seen(call, decision, set);
        return;
    }
    inquiry = request_ask(world, c, request_service(world, c));
    decide_all(world, &inquiry, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct decision made = {all.answers[i], all.rules[i]};

        add_seen(call, connects(made.rule->effect) ? decision : refused(call, made), set);
    }
}

/* ---- the beginning ---- */

static enum wfp_status take(struct wfp_world *world, const struct wfp_send *call,
                            const struct send_view *view, uint32_t *classification)
{
    const struct endpoint *endpoint = world_endpoint_at(world, view->endpoint);
    const uint32_t number = classify_take(
        world, view->endpoint, call->name == WFP_NAME_GIVEN ? &call->to : &endpoint->remote);
    enum wfp_status status;

    if (number == 0) {
        return WFP_NO_ROOM;
    }
    status = send_keep_list(world, view, &classify_under_way(world, number)->list);
    if (status != WFP_OK) {
        classify_drop(world, number);
        return status;
    }
    *classification = number;
    return WFP_OK;
}

static enum wfp_status begin(struct wfp_world *world, const struct wfp_send *call,
                             enum wfp_call kind, uint32_t *classification)
{
    struct send_view view;
    const enum wfp_status status =
        send_look(world, call, kind, message_reading_at(world, 0), &view);
    struct decision decision;

    *classification = 0;
    if (status != WFP_OK) {
        return status;
    }
    decision = decide(world, &view.inquiry);
    if (send_effect(&view, &decision) != WFP_EFFECT_SEND_FIRST ||
        (view.inquiry.facts & DATAGRAM(FLOW_NEW)) == 0) {
        return WFP_OK;
    }
    return take(world, call, &view, classification);
}

enum wfp_status wfp_message_send_begin(struct wfp_world *world, const struct wfp_send *call,
                                       uint32_t *classification)
{
    return begin(world, call, send_kind(call), classification);
}

enum wfp_status wfp_datagram_connect_begin(struct wfp_world *world, const struct wfp_send *call,
                                           uint32_t *classification)
{
    const struct wfp_send plain = send_connecting(call);

    return begin(world, &plain, WFP_CALL_DATAGRAM_CONNECT, classification);
}

/* ---- all of it ---- */

typedef enum wfp_status begin_function(struct wfp_world *world, const struct wfp_send *call,
                                       uint32_t *classification);
typedef enum wfp_status send_function(struct wfp_world *world, const struct wfp_send *call,
                                      struct wfp_message_reply *reply);

static enum wfp_status run(struct wfp_world *world, const struct wfp_send *call,
                           begin_function *start, send_function *finish,
                           struct wfp_message_reply *reply)
{
    struct wfp_send classified = *call;
    const enum wfp_status status = start(world, call, &classified.classification);
    const uint32_t number = classified.classification;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    if (number != 0 && !request_run(world, number)) {
        request_close(world, number, false);
        return WFP_BAD_STATE;
    }
    return finish(world, &classified, reply);
}

enum wfp_status wfp_message_send_classified(struct wfp_world *world, const struct wfp_send *call,
                                            struct wfp_message_reply *reply)
{
    return run(world, call, wfp_message_send_begin, wfp_message_send, reply);
}

enum wfp_status wfp_datagram_connect_classified(struct wfp_world *world,
                                                const struct wfp_send *call,
                                                struct wfp_message_reply *reply)
{
    return run(world, call, wfp_datagram_connect_begin, wfp_datagram_connect, reply);
}
