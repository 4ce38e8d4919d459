/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/kernel.h>

#include "sim/decide.h"
#include "sim/world.h"

enum wfp_status wfp_handle_create(struct wfp_world *world, uint64_t provider, uint32_t *handle)
{
    const uint32_t taken = world_take_handle(world);

    if (provider == 0) {
        return WFP_BAD_STATE;
    }
    if (taken == 0) {
        return WFP_NO_ROOM;
    }
    world_name_handle(world, taken, provider);
    *handle = taken;
    return WFP_OK;
}

enum wfp_status wfp_handle_destroy(struct wfp_world *world, uint32_t handle)
{
    struct redirect_handle *destroyed = world_handle(world, handle);

    if (destroyed == NULL) {
        return WFP_NO_HANDLE;
    }
    destroyed->provider = 0;
    return WFP_OK;
}

static struct inquiry ask_create(uint32_t flags)
{
    struct inquiry inquiry = {.call = WFP_CALL_CREATE_HANDLE};

    if (flags != 0) {
        inquiry.facts = WFP_BIT(WFP_KERNEL_FLAGS);
    }
    return inquiry;
}

static enum wfp_status create_as(struct wfp_world *world, uint64_t provider, uint32_t flags,
                                 const struct wfp_answer *answer, uint32_t *handle,
                                 struct wfp_reply *reply)
{
    const struct inquiry inquiry = ask_create(flags);
    const struct decision decision =
        answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);

    memset(reply, 0, sizeof *reply);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    *handle = 0;
    return decide_effect(&inquiry, &decision) == WFP_EFFECT_CREATE
               ? wfp_handle_create(world, provider, handle)
               : WFP_OK;
}

enum wfp_status wfp_redirect_handle_create(struct wfp_world *world, uint64_t provider,
                                           uint32_t flags, uint32_t *handle,
                                           struct wfp_reply *reply)
{
    return create_as(world, provider, flags, NULL, handle, reply);
}

void wfp_redirect_handle_create_allowed(const struct wfp_world *world, uint32_t flags,
                                        struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_create(flags);

    set->count = 0;
    decide_all(world, &inquiry, set);
}

enum wfp_status wfp_redirect_handle_create_assume(struct wfp_world *world, uint64_t provider,
                                                  uint32_t flags, struct wfp_answer answer,
                                                  uint32_t *handle, struct wfp_reply *reply)
{
    return create_as(world, provider, flags, &answer, handle, reply);
}
