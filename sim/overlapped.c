/* SPDX-License-Identifier: MIT */

#include "sim/overlapped.h"

#include <string.h>

#include "sim/decide.h"
#include "sim/effect.h"
#include "sim/facts.h"

#define FACT(name) WFP_BIT(WFP_FACT_##name)

bool overlapped_has_room(const struct wfp_world *world)
{
    for (uint32_t link = 1; link <= world->limits.operations; link++) {
        if (world_operation_of(world, link) == NULL) {
            return true;
        }
    }
    return false;
}

static enum wfp_status take(struct wfp_world *world, const struct wfp_ioctl *call,
                            uint32_t *operation)
{
    const struct descriptor *descriptor = world_descriptor(world, call->socket);
    const uint32_t link = world_take_operation(world);
    struct operation *taken = world_operation(world, link);

    if (taken == NULL) {
        return WFP_NO_ROOM;
    }
    taken->pending = true;
    taken->routine = call->routine != WFP_POINTER_NULL;
    taken->thread = call->thread;
    taken->endpoint = descriptor == NULL ? 0 : descriptor->endpoint;
    *operation = link;
    return WFP_OK;
}

enum wfp_status overlapped_start(struct wfp_world *world, const struct wfp_ioctl *call,
                                 uint32_t *operation)
{
    return take(world, call, operation);
}

static void complete(struct operation *operation, const struct decision *decision)
{
    const struct wfp_answer answer = decision->answer;

    operation->pending = false;
    operation->due = operation->routine;
    operation->error = answer.error;
    operation->bytes = answer.count == WFP_COUNT_VALUE ? answer.bytes : 0;
    operation->status = decision->rule == NULL ? 0 : decision->rule->kernel.error;
}

enum wfp_status overlapped_completed(struct wfp_world *world, const struct wfp_ioctl *call,
                                     struct wfp_reply *reply)
{
    const struct decision decision = {reply->answer, reply->rule};
    enum wfp_status status;

    status = take(world, call, &reply->operation);
    if (status == WFP_OK) {
        complete(world_operation(world, reply->operation), &decision);
    }
    return status;
}

void overlapped_abort_one(struct wfp_world *world, struct operation *operation, bool flushing)
{
    struct inquiry inquiry = {.call = WFP_CALL_ABORT, .facts = flushing ? FACT(FLUSHING) : 0};
    const struct decision decision = decide(world, &inquiry);

    if (decision.rule != NULL) {
        complete(operation, &decision);
    }
}

void overlapped_abort(struct wfp_world *world, enum overlapped_owner owner, uint32_t which,
                      bool flushing)
{
    for (uint32_t link = 1; link <= world->limits.operations; link++) {
        struct operation *operation = world_operation(world, link);
        uint32_t owned_by;

        if (operation == NULL || !operation->pending) {
            continue;
        }
        owned_by = owner == OVERLAPPED_OF_THREAD ? operation->thread : operation->endpoint;
        if (owned_by == which) {
            overlapped_abort_one(world, operation, flushing);
        }
    }
}

static enum wfp_status finish(struct wfp_world *world, uint32_t operation,
                              const struct wfp_ioctl *call, const struct ioctl_view *view,
                              const struct decision *decision, struct wfp_reply *reply)
{
    enum wfp_status status;

    reply->answer = decision->answer;
    reply->rule = decision->rule;
    status = effect_apply(world, decide_effect(&view->inquiry, decision), call, view, reply);
    if (status == WFP_OK) {
        complete(world_operation(world, operation), decision);
    }
    return status;
}

bool overlapped_pending(const struct wfp_world *world, uint32_t operation)
{
    const struct operation *asked = world_operation_of(world, operation);

    return asked != NULL && asked->pending;
}

enum wfp_status wfp_operation_finish(struct wfp_world *world, uint32_t operation,
                                     const struct wfp_ioctl *call, struct wfp_reply *reply)
{
    struct ioctl_view view;
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (!overlapped_pending(world, operation)) {
        return WFP_BAD_STATE;
    }
    facts_of_ioctl(world, call, facts_reading(world), world_operation_of(world, operation), &view);
    decision = decide(world, &view.inquiry);
    return finish(world, operation, call, &view, &decision, reply);
}

void wfp_operation_finish_allowed(const struct wfp_world *world, uint32_t operation,
                                  const struct wfp_ioctl *call, struct wfp_answer_set *set)
{
    set->count = 0;
    for (uint32_t i = 0; overlapped_pending(world, operation) && i < facts_reading_count(world);
         i++) {
        struct ioctl_view view;

        facts_of_ioctl(world, call, facts_reading_at(world, i),
                       world_operation_of(world, operation), &view);
        decide_all(world, &view.inquiry, set);
    }
}

enum wfp_status wfp_operation_finish_assume(struct wfp_world *world, uint32_t operation,
                                            const struct wfp_ioctl *call, struct wfp_answer answer,
                                            struct wfp_reply *reply)
{
    struct decision decision = {answer, NULL};
    struct ioctl_view view;

    memset(reply, 0, sizeof *reply);
    if (!overlapped_pending(world, operation)) {
        return WFP_BAD_STATE;
    }
    for (uint32_t i = 0; decision.rule == NULL && i < facts_reading_count(world); i++) {
        facts_of_ioctl(world, call, facts_reading_at(world, i),
                       world_operation_of(world, operation), &view);
        decision = decide_as(world, &view.inquiry, answer);
    }
    if (decision.rule == NULL) {
        facts_of_ioctl(world, call, facts_reading(world), world_operation_of(world, operation),
                       &view);
    }
    return finish(world, operation, call, &view, &decision, reply);
}

enum wfp_status wfp_operation_release(struct wfp_world *world, uint32_t operation)
{
    struct operation *released = world_operation(world, operation);

    if (released == NULL || released->pending) {
        return WFP_BAD_STATE;
    }
    memset(released, 0, sizeof *released);
    return WFP_OK;
}

void wfp_thread_exit(struct wfp_world *world, uint32_t thread)
{
    overlapped_abort(world, OVERLAPPED_OF_THREAD, thread, false);
    for (uint32_t link = 1; link <= world->limits.operations; link++) {
        struct operation *operation = world_operation(world, link);

        if (operation != NULL && operation->thread == thread) {
            operation->due = false;
        }
    }
}
