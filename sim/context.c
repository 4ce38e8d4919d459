/* SPDX-License-Identifier: MIT */

#include "sim/context.h"

#include <string.h>

#include "sim/decide.h"

static struct context_slot *slot_of(const struct wfp_world *world, uint32_t context)
{
    return world_slot(world, world->layout.contexts, sizeof(struct context_slot), context);
}

static uint8_t *bytes_of(const struct wfp_world *world, uint32_t context)
{
    return world_slot(world, world->layout.context_bytes, world->limits.context_bytes, context);
}

enum wfp_context_owner wfp_context_owner(const struct wfp_world *world, uint32_t context)
{
    if (context == 0 || context > world->limits.contexts) {
        return WFP_CONTEXT_FREE;
    }
    return (enum wfp_context_owner)slot_of(world, context)->owner;
}

uint32_t wfp_contexts_owned(const struct wfp_world *world, enum wfp_context_owner owner)
{
    uint32_t owned = 0;

    for (uint32_t context = 1; context <= world->limits.contexts; context++) {
        owned += slot_of(world, context)->owner == (uint32_t)owner;
    }
    return owned;
}

enum wfp_status wfp_context_allocate(struct wfp_world *world, const uint8_t *bytes, uint32_t size,
                                     uint32_t *context)
{
    uint32_t taken = 1;

    while (taken <= world->limits.contexts && slot_of(world, taken)->owner != WFP_CONTEXT_FREE) {
        taken++;
    }
    if (taken > world->limits.contexts || size > world->limits.context_bytes) {
        return WFP_NO_ROOM;
    }
    slot_of(world, taken)->owner = WFP_CONTEXT_CALLOUT;
    slot_of(world, taken)->size = size;
    if (size > 0) {
        memcpy(bytes_of(world, taken), bytes, size);
    }
    *context = taken;
    return WFP_OK;
}

struct record_view context_view(const struct wfp_world *world, uint32_t context)
{
    struct record_view view = {NULL, 0};

    if (wfp_context_owner(world, context) != WFP_CONTEXT_FREE) {
        view.bytes = bytes_of(world, context);
        view.size = slot_of(world, context)->size;
    }
    return view;
}

void context_hand_over(struct wfp_world *world, uint32_t context)
{
    if (wfp_context_owner(world, context) == WFP_CONTEXT_CALLOUT) {
        slot_of(world, context)->owner = WFP_CONTEXT_ENGINE;
    }
}

static void give_back(struct wfp_world *world, uint32_t context)
{
    memset(bytes_of(world, context), 0, slot_of(world, context)->size);
    memset(slot_of(world, context), 0, sizeof(struct context_slot));
}

void context_drop(struct wfp_world *world, uint32_t context)
{
    if (wfp_context_owner(world, context) == WFP_CONTEXT_ENGINE) {
        give_back(world, context);
    }
}

/* ---- the callout frees ---- */

static struct inquiry ask_free(const struct wfp_world *world, uint32_t context)
{
    struct inquiry inquiry = {.call = WFP_CALL_FREE_CONTEXT};

    if (wfp_context_owner(world, context) != WFP_CONTEXT_CALLOUT) {
        inquiry.facts = WFP_BIT(WFP_KERNEL_CONTEXT_GONE);
    }
    return inquiry;
}

static enum wfp_status free_as(struct wfp_world *world, uint32_t context,
                               const struct wfp_answer *answer, struct wfp_reply *reply)
{
    const struct inquiry inquiry = ask_free(world, context);
    const struct decision decision =
        answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);

    memset(reply, 0, sizeof *reply);
    if (context == 0 || context > world->limits.contexts) {
        return WFP_NO_HANDLE;
    }
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    if (decide_effect(&inquiry, &decision) == WFP_EFFECT_FREE &&
        wfp_context_owner(world, context) == WFP_CONTEXT_CALLOUT) {
        give_back(world, context);
    }
    return WFP_OK;
}

enum wfp_status wfp_context_free(struct wfp_world *world, uint32_t context, struct wfp_reply *reply)
{
    return free_as(world, context, NULL, reply);
}

void wfp_context_free_allowed(const struct wfp_world *world, uint32_t context,
                              struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_free(world, context);

    set->count = 0;
    decide_all(world, &inquiry, set);
}

enum wfp_status wfp_context_free_assume(struct wfp_world *world, uint32_t context,
                                        struct wfp_answer answer, struct wfp_reply *reply)
{
    return free_as(world, context, &answer, reply);
}
