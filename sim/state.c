/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/decide.h"
#include "sim/facts.h"
#include "sim/world.h"

/* A record counts from connect on only if it was there before it (SET-06). */
static uint32_t record_at_connect(const struct endpoint *endpoint)
{
    return endpoint->state == ENDPOINT_CONNECTED ? endpoint->classified : endpoint->record;
}

enum wfp_status wfp_redirect_state(struct wfp_world *world, uint32_t socket, uint32_t handle,
                                   struct wfp_reply *reply)
{
    const struct endpoint *endpoint = world_endpoint_of(world, socket);
    struct inquiry inquiry = {WFP_CALL_REDIRECT_STATE, 0, 0, {0}};
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (world_handle(world, handle) == NULL) {
        return WFP_NO_HANDLE;
    }
    inquiry.facts = facts_of_list(world, world_record(world, record_at_connect(endpoint)), handle);
    decision = decide(world, &inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    return WFP_OK;
}
