/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/decide.h"
#include "sim/effect.h"
#include "sim/facts.h"
#include "sim/overlapped.h"

static bool completes_at_once(const struct ioctl_view *view, const struct wfp_reply *reply)
{
    return (view->inquiry.facts & WFP_BIT(WFP_FACT_ASYNCHRONOUS)) != 0 &&
           reply->answer.outcome == WFP_RETURNED && reply->answer.error == 0;
}

/* Without a valid place for it, no byte count is seen. */
static struct wfp_answer as_seen(const struct wfp_ioctl *call, struct wfp_answer answer)
{
    const bool valid = call->byte_count <= WFP_POINTER_MISALIGNED;

    if (answer.outcome == WFP_RETURNED && !valid && call->entry != WFP_ENTRY_WSK) {
        answer.count = WFP_COUNT_UNCHANGED;
        answer.bytes = 0;
    }
    return answer;
}

/* API-03, API-04: WSAIoctl leaves its reason with the thread, the other entries hand it over. */
static void report(struct wfp_world *world, const struct wfp_ioctl *call,
                   const struct wfp_reply *reply)
{
    if (call->entry == WFP_ENTRY_WSAIOCTL && reply->answer.error != 0) {
        world->last_error[call->thread] = reply->answer.error;
    }
}

/* `decision` is what is answered, and `view` how the profile was read for it. */
static enum wfp_status carry_out(struct wfp_world *world, const struct wfp_ioctl *call,
                                 const struct ioctl_view *view, const struct decision *decision,
                                 struct wfp_reply *reply)
{
    const enum wfp_effect effect = decide_effect(&view->inquiry, decision);
    enum wfp_status status;

    reply->answer = decision->answer;
    reply->rule = decision->rule;
    if ((effect == WFP_EFFECT_PEND || completes_at_once(view, reply)) &&
        !overlapped_has_room(world)) {
        return WFP_NO_ROOM;
    }
    status = effect_apply(world, effect, call, view, reply);
    if (status == WFP_OK && completes_at_once(view, reply)) {
        status = overlapped_completed(world, call, reply);
    }
    if (status == WFP_OK) {
        report(world, call, reply);
    }
    reply->answer = as_seen(call, reply->answer);
    return status;
}

enum wfp_status wfp_socket_ioctl(struct wfp_world *world, const struct wfp_ioctl *call,
                                 struct wfp_reply *reply)
{
    struct ioctl_view view;
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (call->thread >= WFP_THREADS) {
        return WFP_BAD_STATE;
    }
    facts_of_ioctl(world, call, facts_reading(world), NULL, &view);
    decision = decide(world, &view.inquiry);
    return carry_out(world, call, &view, &decision, reply);
}

/* Finds a rule whose answer looks like this one; true if there is one under this reading. */
static bool find_seen(const struct wfp_world *world, const struct wfp_ioctl *call,
                      const struct ioctl_view *view, struct wfp_answer answer,
                      struct decision *decision)
{
    struct wfp_answer_set set = {.count = 0};

    decide_all(world, &view->inquiry, &set);
    for (size_t i = 0; i < set.count; i++) {
        if (wfp_answer_equal(as_seen(call, set.answers[i]), answer)) {
            decision->answer = set.answers[i];
            decision->rule = set.rules[i];
            return true;
        }
    }
    return false;
}

enum wfp_status wfp_ioctl_assume(struct wfp_world *world, const struct wfp_ioctl *call,
                                 struct wfp_answer answer, struct wfp_reply *reply)
{
    struct ioctl_view view;
    struct decision decision = {answer, NULL};
    bool found = false;

    memset(reply, 0, sizeof *reply);
    if (call->thread >= WFP_THREADS) {
        return WFP_BAD_STATE;
    }
    for (uint32_t i = 0; !found && i < facts_reading_count(world); i++) {
        facts_of_ioctl(world, call, facts_reading_at(world, i), NULL, &view);
        found = find_seen(world, call, &view, answer, &decision);
    }
    if (!found) {
        facts_of_ioctl(world, call, facts_reading(world), NULL, &view);
    }
    return carry_out(world, call, &view, &decision, reply);
}

/* Answers that differ only in a byte count that nobody sees are one. */
static void see_all(const struct wfp_ioctl *call, struct wfp_answer_set *set)
{
    const struct wfp_answer_set all = *set;

    set->count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct decision seen = {as_seen(call, all.answers[i]), all.rules[i]};

        decide_add(set, seen);
    }
}

void wfp_ioctl_allowed(const struct wfp_world *world, const struct wfp_ioctl *call,
                       struct wfp_answer_set *set)
{
    struct ioctl_view view;

    set->count = 0;
    for (uint32_t i = 0; i < facts_reading_count(world); i++) {
        facts_of_ioctl(world, call, facts_reading_at(world, i), NULL, &view);
        decide_all(world, &view.inquiry, set);
    }
    see_all(call, set);
}

static struct inquiry ask_last_error(const struct wfp_world *world, uint32_t thread)
{
    struct inquiry inquiry = {.call = WFP_CALL_LAST_ERROR,
                              .stored = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}};

    inquiry.stored.error = thread < WFP_THREADS ? world->last_error[thread] : 0;
    return inquiry;
}

void wfp_last_error(struct wfp_world *world, uint32_t thread, struct wfp_reply *reply)
{
    const struct inquiry inquiry = ask_last_error(world, thread);
    const struct decision decision = decide(world, &inquiry);

    memset(reply, 0, sizeof *reply);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
}

void wfp_last_error_allowed(const struct wfp_world *world, uint32_t thread,
                            struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_last_error(world, thread);

    set->count = 0;
    decide_all(world, &inquiry, set);
}
