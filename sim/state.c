/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/datagram.h"
#include "sim/decide.h"
#include "sim/facts.h"
#include "sim/world.h"

static enum wfp_status ask(const struct wfp_world *world, uint32_t socket, uint32_t handle,
                           struct inquiry *inquiry)
{
    const struct inquiry plain = {.call = WFP_CALL_REDIRECT_STATE};
    const struct endpoint *endpoint = world_endpoint_of(world, socket);

    *inquiry = plain;
    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (world_handle_of(world, handle) == NULL) {
        return WFP_NO_HANDLE;
    }
    inquiry->facts = facts_of_list(world, world_record_classified(world, endpoint), handle);
    return WFP_OK;
}

enum wfp_status wfp_redirect_state(struct wfp_world *world, uint32_t socket, uint32_t handle,
                                   struct wfp_reply *reply)
{
    struct inquiry inquiry;
    const enum wfp_status status = ask(world, socket, handle, &inquiry);
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    decision = decide(world, &inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    return WFP_OK;
}

void wfp_redirect_state_allowed(const struct wfp_world *world, uint32_t socket, uint32_t handle,
                                struct wfp_answer_set *set)
{
    struct inquiry inquiry;

    set->count = 0;
    if (ask(world, socket, handle, &inquiry) == WFP_OK) {
        decide_all(world, &inquiry, set);
    }
}

/* ---- flows of datagrams ---- */

static enum wfp_status ask_flow(const struct wfp_world *world, uint32_t socket,
                                const struct wfp_address *peer, uint32_t handle,
                                struct inquiry *inquiry)
{
    const struct wfp_address plain = wfp_address_unmapped(peer);
    const enum wfp_status status = ask(world, socket, handle, inquiry);
    uint32_t flow;

    if (status != WFP_OK) {
        return status;
    }
    flow = datagram_flow(world, world_descriptor(world, socket)->endpoint, &plain);
    inquiry->facts = facts_of_list(
        world, world_record(world, flow == 0 ? 0 : world_flow_at(world, flow)->list), handle);
    return WFP_OK;
}

enum wfp_status wfp_flow_redirect_state(struct wfp_world *world, uint32_t socket,
                                        const struct wfp_address *peer, uint32_t handle,
                                        struct wfp_reply *reply)
{
    struct inquiry inquiry;
    const enum wfp_status status = ask_flow(world, socket, peer, handle, &inquiry);
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    decision = decide(world, &inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    return WFP_OK;
}

void wfp_flow_redirect_state_allowed(const struct wfp_world *world, uint32_t socket,
                                     const struct wfp_address *peer, uint32_t handle,
                                     struct wfp_answer_set *set)
{
    struct inquiry inquiry;

    set->count = 0;
    if (ask_flow(world, socket, peer, handle, &inquiry) == WFP_OK) {
        decide_all(world, &inquiry, set);
    }
}
