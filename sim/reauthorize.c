/* SPDX-License-Identifier: MIT */

/* A connection that is there already is classified once more. */

#include <string.h>

#include "sim/classify.h"

static struct inquiry ask_reauthorize(void)
{
    return (struct inquiry){WFP_CALL_REAUTHORIZE, 0, 0, {0}};
}

static enum wfp_status reauthorize_as(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                      const struct wfp_answer *answer, uint32_t *classification,
                                      struct wfp_reply *reply)
{
    const struct inquiry inquiry = ask_reauthorize();
    const struct descriptor *descriptor = world_descriptor(world, socket);
    const uint32_t link = descriptor == NULL ? 0 : descriptor->endpoint;
    struct endpoint *endpoint = world_endpoint(world, link);
    const struct decision decision =
        answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);
    const enum wfp_effect effect = decide_effect(&inquiry, &decision);

    memset(reply, 0, sizeof *reply);
    if (endpoint == NULL || endpoint->state != ENDPOINT_CONNECTED ||
        classify_of(world, endpoint->flow) != NULL) {
        return endpoint == NULL ? WFP_NO_SOCKET : WFP_BAD_STATE;
    }
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    if (effect != WFP_EFFECT_AT_REDIRECT && effect != WFP_EFFECT_AT_AUTH) {
        return WFP_OK;
    }
    if (endpoint->flow == 0) {
        endpoint->flow = classify_take(world, link, &endpoint->remote);
    } else {
        classify_kept(world, endpoint->flow)->stage = CLASSIFY_UNDER_WAY;
    }
    if (endpoint->flow == 0) {
        return WFP_NO_ROOM;
    }
    *classification = endpoint->flow;
    classify_reauthorize(classify_under_way(world, endpoint->flow), reason,
                         effect == WFP_EFFECT_AT_AUTH);
    return WFP_OK;
}

enum wfp_status wfp_reauthorize(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                uint32_t *classification, struct wfp_reply *reply)
{
    return reauthorize_as(world, socket, reason, NULL, classification, reply);
}

enum wfp_status wfp_reauthorize_assume(struct wfp_world *world, uint32_t socket, uint32_t reason,
                                       struct wfp_answer answer, uint32_t *classification,
                                       struct wfp_reply *reply)
{
    return reauthorize_as(world, socket, reason, &answer, classification, reply);
}

void wfp_reauthorize_allowed(const struct wfp_world *world, uint32_t socket,
                             struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_reauthorize();
    const struct endpoint *endpoint = world_endpoint_of(world, socket);

    set->count = 0;
    if (endpoint != NULL && endpoint->state == ENDPOINT_CONNECTED) {
        decide_all(world, &inquiry, set);
    }
}
