/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/classify.h"

static bool is_engines(enum wfp_call call)
{
    return call == WFP_CALL_NEXT;
}

static bool is_about_classification(enum wfp_call call)
{
    return call == WFP_CALL_REDIRECT_STATE || (call >= WFP_CALL_NEXT && call <= WFP_CALL_ACTION);
}

/* After it has returned, a callout goes on with what it pended, and then lets go of its handle. */
static bool is_callouts_turn(const struct classification *c, enum wfp_call call)
{
    return c->callout != 0 &&
           (!c->returned || classify_is_pended(c) || call == WFP_CALL_RELEASE_HANDLE);
}

/* Is what an edit names there? */
static bool is_edit_possible(const struct wfp_world *world, const struct wfp_classify_call *call)
{
    switch (call->member) {
    case WFP_MEMBER_REDIRECT_HANDLE:
        return call->number == 0 || world_handle_of(world, call->number) != NULL;
    case WFP_MEMBER_CONTEXT:
        return call->number <= world->limits.contexts;
    case WFP_MEMBER_REMOTE_ADDRESS:
    case WFP_MEMBER_TARGET_PID:
    case WFP_MEMBER_PORT_RESERVATION_TOKEN:
    case WFP_MEMBER_LOCAL_ADDRESS:
    default:
        return true;
    }
}

static inline enum wfp_status check_names(const struct wfp_world *world,
                                          const struct wfp_classify_call *call)
{
    if ((call->call == WFP_CALL_REDIRECT_STATE && world_handle_of(world, call->handle) == NULL) ||
        (call->call == WFP_CALL_EDIT && !is_edit_possible(world, call))) {
        return WFP_NO_HANDLE;
    }
    return WFP_OK;
}

static inline enum wfp_status check(const struct wfp_world *world, const struct classification *c,
                                    const struct wfp_classify_call *call)
{
    if (c == NULL) {
        return WFP_NO_SOCKET;
    }
    if (!is_about_classification(call->call)) {
        return WFP_BAD_STATE;
    }
    if (is_engines(call->call) ? !classify_idle(c) : !is_callouts_turn(c, call->call)) {
        return WFP_BAD_STATE;
    }
    return check_names(world, call);
}

/* The decision that shows as this answer; by no rule if none allows it. */
static struct decision decision_seen_as(const struct wfp_world *world,
                                        const struct classification *classification,
                                        const struct wfp_classify_call *call,
                                        const struct inquiry *inquiry, struct wfp_answer answer)
{
    struct wfp_answer_set set = {.count = 0};

    decide_all(world, inquiry, &set);
    for (size_t i = 0; i < set.count; i++) {
        const struct decision decision = {set.answers[i], set.rules[i]};
        struct wfp_answer seen = set.answers[i];

        metadata_compare(world, classification, call, set.rules[i], &seen);
        if (wfp_answer_equal(seen, answer)) {
            return decision;
        }
    }
    return (struct decision){answer, NULL};
}

/* What is asked; anything but WFP_OK: nothing can be. */
static inline enum wfp_status look_at(const struct wfp_world *world, const struct classification *c,
                                      const struct wfp_classify_call *call,
                                      struct classify_view *view, struct wfp_reply *reply)
{
    const enum wfp_status status = check(world, c, call);

    *reply = (struct wfp_reply){.rule = NULL};
    if (status == WFP_OK) {
        facts_of_call(world, c, call, view);
    }
    return status;
}

static inline enum wfp_status carry_out(struct wfp_world *world, struct classification *c,
                                        const struct wfp_classify_call *call,
                                        const struct classify_view *view, struct decision decision,
                                        struct wfp_reply *reply)
{
    reply->rule = decision.rule;
    reply->answer = decision.answer;
    if (call->compared && decision.rule != NULL) {
        metadata_compare(world, c, call, decision.rule, &reply->answer);
    }
    return classify_effect(world, c, call, view, decide_effect(&view->inquiry, &decision), reply);
}

enum wfp_status wfp_classify(struct wfp_world *world, const struct wfp_classify_call *call,
                             struct wfp_reply *reply)
{
    struct classification *c = classify_under_way(world, call->classification);
    struct classify_view view;
    const enum wfp_status status = look_at(world, c, call, &view, reply);

    return status == WFP_OK ? carry_out(world, c, call, &view, decide(world, &view.inquiry), reply)
                            : status;
}

enum wfp_status wfp_classify_assume(struct wfp_world *world, const struct wfp_classify_call *call,
                                    struct wfp_answer answer, struct wfp_reply *reply)
{
    struct classification *c = classify_under_way(world, call->classification);
    struct classify_view view;
    const enum wfp_status status = look_at(world, c, call, &view, reply);

    return status == WFP_OK
               ? carry_out(world, c, call, &view,
                           decision_seen_as(world, c, call, &view.inquiry, answer), reply)
               : status;
}

void wfp_classify_allowed(const struct wfp_world *world, const struct wfp_classify_call *call,
                          struct wfp_answer_set *set)
{
    const struct classification *c = classify_of(world, call->classification);
    struct wfp_answer_set all = {.count = 0};
    struct classify_view view;

    set->count = 0;
    if (check(world, c, call) != WFP_OK) {
        return;
    }
    facts_of_call(world, c, call, &view);
    decide_all(world, &view.inquiry, &all);
    for (size_t i = 0; i < all.count; i++) {
        struct decision decision = {all.answers[i], all.rules[i]};

        metadata_compare(world, c, call, decision.rule, &decision.answer);
        decide_add(set, decision);
    }
}

uint32_t wfp_classify_callout(const struct wfp_world *world, uint32_t classification)
{
    const struct classification *c = classify_of(world, classification);

    return c == NULL || (c->returned && !classify_is_pended(c)) ? 0 : c->callout;
}

bool wfp_classify_told(const struct wfp_world *world, uint32_t classification, uint32_t handle,
                       enum wfp_redirect_state *state)
{
    const struct classification *c = classify_of(world, classification);

    for (uint32_t i = 0; c != NULL && i < c->told_count; i++) {
        if (c->told[i].handle == handle) {
            *state = (enum wfp_redirect_state)c->told[i].state;
            return true;
        }
    }
    return false;
}
