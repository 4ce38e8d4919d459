/* SPDX-License-Identifier: MIT */

/* A connection that is there already is classified once more. */

#include <string.h>

#include "sim/classify.h"
#include "sim/datagram.h"

static struct inquiry ask_reauthorize(void)
{
    return (struct inquiry){.call = WFP_CALL_REAUTHORIZE};
}

/* What is classified again, and where the number of its classification stands. */
struct subject {
    uint32_t endpoint;
    uint32_t flow; /* of datagrams */
    const struct wfp_address *remote;
    uint32_t *kept;
};

static enum wfp_status take_up(struct wfp_world *world, const struct subject *subject)
{
    if (*subject->kept != 0) {
        classify_kept(world, *subject->kept)->stage = CLASSIFY_UNDER_WAY;
        return WFP_OK;
    }
    *subject->kept = classify_take(world, subject->endpoint, subject->remote);
    if (*subject->kept == 0) {
        return WFP_NO_ROOM;
    }
    classify_under_way(world, *subject->kept)->flow = subject->flow;
    return WFP_OK;
}

static enum wfp_status reauthorize_as(struct wfp_world *world, const struct subject *subject,
                                      uint32_t reason, const struct wfp_answer *answer,
                                      uint32_t *classification, struct wfp_reply *reply)
{
    const struct inquiry inquiry = ask_reauthorize();
    const struct decision decision =
        answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);
    const enum wfp_effect effect = decide_effect(&inquiry, &decision);
    enum wfp_status status;

    if (classify_of(world, *subject->kept) != NULL) {
        return WFP_BAD_STATE;
    }
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    if (effect != WFP_EFFECT_AT_REDIRECT && effect != WFP_EFFECT_AT_AUTH) {
        return WFP_OK;
    }
    status = take_up(world, subject);
    if (status == WFP_OK) {
        *classification = *subject->kept;
        classify_reauthorize(classify_under_way(world, *subject->kept), reason,
                             effect == WFP_EFFECT_AT_AUTH);
    }
    return status;
}

static enum wfp_status reauthorize_socket(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                          const struct wfp_answer *answer, uint32_t *classification,
                                          struct wfp_reply *reply)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);
    const uint32_t link = descriptor == NULL ? 0 : descriptor->endpoint;
    struct endpoint *endpoint = world_endpoint(world, link);
    struct subject subject = {.endpoint = link};

    memset(reply, 0, sizeof *reply);
    if (endpoint == NULL || endpoint->state != ENDPOINT_CONNECTED || endpoint->type != WFP_TCP) {
        return endpoint == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    subject.remote = &endpoint->remote;
    subject.kept = &endpoint->flow;
    return reauthorize_as(world, &subject, reason, answer, classification, reply);
}

/* 0: there is none. */
static uint32_t flow_to(const struct wfp_world *world, uint32_t socket,
                        const struct wfp_address *peer)
{
    const struct wfp_address plain = wfp_address_unmapped(peer);
    const struct descriptor *descriptor = world_descriptor(world, socket);

    return descriptor == NULL ? 0 : datagram_flow(world, descriptor->endpoint, &plain);
}

static enum wfp_status reauthorize_flow(struct wfp_world *world, uint32_t socket,
                                        const struct wfp_address *peer, uint32_t reason,
                                        const struct wfp_answer *answer, uint32_t *classification,
                                        struct wfp_reply *reply)
{
    struct subject subject = {.remote = peer, .flow = flow_to(world, socket, peer)};

    memset(reply, 0, sizeof *reply);
    if (subject.flow == 0) {
        return world_descriptor(world, socket) == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    subject.endpoint = world_descriptor(world, socket)->endpoint;
    subject.kept = &world_flow(world, subject.flow)->classified;
    return reauthorize_as(world, &subject, reason, answer, classification, reply);
}

enum wfp_status wfp_flow_reauthorize(struct wfp_world *world, uint32_t socket,
                                     const struct wfp_address *peer, uint32_t reason,
                                     uint32_t *classification, struct wfp_reply *reply)
{
    return reauthorize_flow(world, socket, peer, reason, NULL, classification, reply);
}

enum wfp_status wfp_flow_reauthorize_assume(struct wfp_world *world, uint32_t socket,
                                            const struct wfp_address *peer, uint32_t reason,
                                            struct wfp_answer answer, uint32_t *classification,
                                            struct wfp_reply *reply)
{
    return reauthorize_flow(world, socket, peer, reason, &answer, classification, reply);
}

void wfp_flow_reauthorize_allowed(const struct wfp_world *world, uint32_t socket,
                                  const struct wfp_address *peer, struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_reauthorize();

    set->count = 0;
    if (flow_to(world, socket, peer) != 0) {
        decide_all(world, &inquiry, set);
    }
}

enum wfp_status wfp_reauthorize(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                uint32_t *classification, struct wfp_reply *reply)
{
    return reauthorize_socket(world, socket, reason, NULL, classification, reply);
}

enum wfp_status wfp_reauthorize_assume(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                       struct wfp_answer answer, uint32_t *classification,
                                       struct wfp_reply *reply)
{
    return reauthorize_socket(world, socket, reason, &answer, classification, reply);
}

void wfp_reauthorize_allowed(const struct wfp_world *world, uint32_t socket,
                             struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_reauthorize();
    const struct endpoint *endpoint = world_endpoint_of(world, socket);

    set->count = 0;
    if (endpoint != NULL && endpoint->state == ENDPOINT_CONNECTED && endpoint->type == WFP_TCP) {
        decide_all(world, &inquiry, set);
    }
}
