/* SPDX-License-Identifier: MIT */

/* What is asked about overlapped operations once they are started. */

#include <string.h>

#include <wfp/sim.h>

#include "sim/decide.h"
#include "sim/overlapped.h"

#define FACT(name) WFP_BIT(WFP_FACT_##name)

enum {
    STATUS_NOT_FOUND = (int)0xC0000225,
    STATUS_BUFFER_TOO_SMALL = (int)0xC0000023,
    STATUS_NOT_SUPPORTED = (int)0xC00000BB
};

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

static bool inquire(const struct wfp_world *world, uint32_t operation, enum wfp_call call,
                    enum wfp_channel channel, struct inquiry *inquiry)
{
    const struct inquiry plain = {.call = call, .stored = {0, 0, WFP_COUNT_VALUE, WFP_RETURNED}};
    const struct operation *asked = world_operation_of(world, operation);

    *inquiry = plain;
    if (asked == NULL) {
        return false;
    }
    inquiry->facts = facts_of(asked, channel);
    inquiry->stored.error = asked->error;
    inquiry->stored.bytes = asked->bytes;
    inquiry->needed = asked->bytes;
    return true;
}

static enum wfp_status ask(const struct wfp_world *world, uint32_t operation, enum wfp_call call,
                           enum wfp_channel channel, struct wfp_reply *reply)
{
    struct inquiry inquiry;
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (!inquire(world, operation, call, channel, &inquiry)) {
        return WFP_BAD_STATE;
    }
    decision = decide(world, &inquiry);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    reply->operation = operation;
    return WFP_OK;
}

static void ask_all(const struct wfp_world *world, uint32_t operation, enum wfp_call call,
                    enum wfp_channel channel, struct wfp_answer_set *set)
{
    struct inquiry inquiry;

    set->count = 0;
    if (inquire(world, operation, call, channel, &inquiry)) {
        decide_all(world, &inquiry, set);
    }
}

enum wfp_status wfp_operation_result(struct wfp_world *world, uint32_t operation,
                                     enum wfp_channel channel, struct wfp_reply *reply)
{
    return ask(world, operation, WFP_CALL_RESULT, channel, reply);
}

void wfp_operation_result_allowed(const struct wfp_world *world, uint32_t operation,
                                  enum wfp_channel channel, struct wfp_answer_set *set)
{
    ask_all(world, operation, WFP_CALL_RESULT, channel, set);
}

enum wfp_status wfp_operation_event(struct wfp_world *world, uint32_t operation,
                                    struct wfp_reply *reply)
{
    return ask(world, operation, WFP_CALL_EVENT, WFP_CHANNEL_WSA, reply);
}

void wfp_operation_event_allowed(const struct wfp_world *world, uint32_t operation,
                                 struct wfp_answer_set *set)
{
    ask_all(world, operation, WFP_CALL_EVENT, WFP_CHANNEL_WSA, set);
}

enum wfp_status wfp_operation_cancel(struct wfp_world *world, uint32_t operation,
                                     struct wfp_reply *reply)
{
    const enum wfp_status status = ask(world, operation, WFP_CALL_CANCEL, WFP_CHANNEL_WSA, reply);

    if (status == WFP_OK && reply->rule != NULL && reply->rule->effect == WFP_EFFECT_ABORT) {
        overlapped_abort_one(world, world_operation(world, operation), false);
    }
    return status;
}

void wfp_operation_cancel_allowed(const struct wfp_world *world, uint32_t operation,
                                  struct wfp_answer_set *set)
{
    ask_all(world, operation, WFP_CALL_CANCEL, WFP_CHANNEL_WSA, set);
}

enum wfp_status wfp_operation_cancel_assume(struct wfp_world *world, uint32_t operation,
                                            struct wfp_answer answer, struct wfp_reply *reply)
{
    struct inquiry inquiry;
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (!inquire(world, operation, WFP_CALL_CANCEL, WFP_CHANNEL_WSA, &inquiry)) {
        return WFP_BAD_STATE;
    }
    decision = decide_as(world, &inquiry, answer);
    reply->answer = answer;
    reply->rule = decision.rule;
    reply->operation = operation;
    if (decide_effect(&inquiry, &decision) == WFP_EFFECT_ABORT &&
        overlapped_pending(world, operation)) {
        overlapped_abort_one(world, world_operation(world, operation), false);
    }
    return WFP_OK;
}

/* The operation whose routine runs next on this thread; 0 for none. */
static uint32_t due_on(const struct wfp_world *world, uint32_t thread)
{
    for (uint32_t link = 1; link <= world->limits.operations; link++) {
        const struct operation *operation = world_operation_of(world, link);

        if (operation != NULL && operation->due && operation->thread == thread) {
            return link;
        }
    }
    return 0;
}

static struct inquiry ask_wait(uint32_t due)
{
    return (struct inquiry){.call = WFP_CALL_ALERTABLE_WAIT,
                            .facts = due == 0 ? 0 : FACT(ROUTINE_DUE)};
}

static void wait(struct wfp_world *world, uint32_t due, const struct inquiry *inquiry,
                 const struct decision *decision, struct wfp_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    reply->answer = decision->answer;
    reply->rule = decision->rule;
    if (due != 0 && decide_effect(inquiry, decision) == WFP_EFFECT_RUN_ROUTINE) {
        world_operation(world, due)->due = false;
    }
}

void wfp_alertable_wait(struct wfp_world *world, uint32_t thread, struct wfp_reply *reply)
{
    const uint32_t due = due_on(world, thread);
    const struct inquiry inquiry = ask_wait(due);
    const struct decision decision = decide(world, &inquiry);

    wait(world, due, &inquiry, &decision, reply);
}

void wfp_alertable_wait_allowed(const struct wfp_world *world, uint32_t thread,
                                struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_wait(due_on(world, thread));

    set->count = 0;
    decide_all(world, &inquiry, set);
}

void wfp_alertable_wait_assume(struct wfp_world *world, uint32_t thread, struct wfp_answer answer,
                               struct wfp_reply *reply)
{
    const uint32_t due = due_on(world, thread);
    const struct inquiry inquiry = ask_wait(due);
    const struct decision decision = decide_as(world, &inquiry, answer);

    wait(world, due, &inquiry, &decision, reply);
}
