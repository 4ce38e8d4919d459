/* SPDX-License-Identifier: MIT */

#include "sim/overlapped.h"

#include <string.h>

#include "sim/decide.h"
#include "sim/effect.h"
#include "sim/facts.h"

#define FACT(name) WFP_BIT(WFP_FACT_##name)

enum {
    STATUS_NOT_FOUND = (int)0xC0000225,
    STATUS_BUFFER_TOO_SMALL = (int)0xC0000023,
    STATUS_NOT_SUPPORTED = (int)0xC00000BB
};

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

static void abort_one(struct wfp_world *world, struct operation *operation, bool flushing)
{
    struct inquiry inquiry = {WFP_CALL_ABORT, flushing ? FACT(FLUSHING) : 0, 0, {0}};
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
            abort_one(world, operation, flushing);
        }
    }
}

enum wfp_status wfp_operation_finish(struct wfp_world *world, uint32_t operation,
                                     const struct wfp_ioctl *call, struct wfp_reply *reply)
{
    struct operation *finished = world_operation(world, operation);
    struct ioctl_view view;
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (finished == NULL || !finished->pending) {
        return WFP_BAD_STATE;
    }
    facts_of_ioctl(world, call, facts_reading(world), true, &view);
    decision = decide(world, &view.inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    complete(finished, &decision);
    return effect_apply(world, call, &view, reply);
}

static uint64_t facts_of(const struct operation *operation, enum wfp_channel channel)
{
    const bool win32 = channel == WFP_CHANNEL_WIN32 || channel == WFP_CHANNEL_PORT;

    return (operation->pending ? FACT(OPERATION_PENDING) : 0) |
           (win32 ? FACT(OPERATION_WIN32) : 0) |
           (operation->routine ? FACT(OPERATION_ROUTINE) : 0) |
           (operation->status == (uint32_t)STATUS_BUFFER_TOO_SMALL ? FACT(OPERATION_TOO_SMALL)
                                                                    : 0) |
           (operation->status == (uint32_t)STATUS_NOT_FOUND ? FACT(OPERATION_NO_RECORD) : 0) |
           (operation->status == (uint32_t)STATUS_NOT_SUPPORTED ? FACT(OPERATION_UNSUPPORTED) : 0);
}

static enum wfp_status ask(struct wfp_world *world, uint32_t operation, enum wfp_call call,
                           enum wfp_channel channel, struct wfp_reply *reply)
{
    const struct operation *asked = world_operation(world, operation);
    struct inquiry inquiry = {call, 0, 0, {0, 0, WFP_COUNT_VALUE, WFP_RETURNED}};
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (asked == NULL) {
        return WFP_BAD_STATE;
    }
    inquiry.facts = facts_of(asked, channel);
    inquiry.stored.error = asked->error;
    inquiry.stored.bytes = asked->bytes;
    inquiry.needed = asked->bytes;
    decision = decide(world, &inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    reply->operation = operation;
    return WFP_OK;
}

enum wfp_status wfp_operation_result(struct wfp_world *world, uint32_t operation,
                                     enum wfp_channel channel, struct wfp_reply *reply)
{
    return ask(world, operation, WFP_CALL_RESULT, channel, reply);
}

enum wfp_status wfp_operation_event(struct wfp_world *world, uint32_t operation,
                                    struct wfp_reply *reply)
{
    return ask(world, operation, WFP_CALL_EVENT, WFP_CHANNEL_WSA, reply);
}

enum wfp_status wfp_operation_cancel(struct wfp_world *world, uint32_t operation,
                                     struct wfp_reply *reply)
{
    const enum wfp_status status = ask(world, operation, WFP_CALL_CANCEL, WFP_CHANNEL_WSA, reply);

    if (status == WFP_OK && reply->rule != NULL && reply->rule->effect == WFP_EFFECT_ABORT) {
        abort_one(world, world_operation(world, operation), false);
    }
    return status;
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

static struct operation *due_on(struct wfp_world *world, uint32_t thread)
{
    for (uint32_t link = 1; link <= world->limits.operations; link++) {
        struct operation *operation = world_operation(world, link);

        if (operation != NULL && operation->due && operation->thread == thread) {
            return operation;
        }
    }
    return NULL;
}

void wfp_alertable_wait(struct wfp_world *world, uint32_t thread, struct wfp_reply *reply)
{
    struct operation *due = due_on(world, thread);
    struct inquiry inquiry = {WFP_CALL_ALERTABLE_WAIT, due == NULL ? 0 : FACT(ROUTINE_DUE), 0, {0}};
    const struct decision decision = decide(world, &inquiry);

    memset(reply, 0, sizeof *reply);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    if (due != NULL && decision.rule != NULL && decision.rule->effect == WFP_EFFECT_RUN_ROUTINE) {
        due->due = false;
    }
}

void wfp_thread_exit(struct wfp_world *world, uint32_t thread)
{
    overlapped_abort(world, OVERLAPPED_OF_THREAD, thread, false);
}
