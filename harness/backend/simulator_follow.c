/* SPDX-License-Identifier: MIT */

/*
 * Following what was observed elsewhere where the world forks: a pending operation may have
 * finished by now, in each way that the rules allow. Every fork is tried on a copy of the world;
 * the first that allows the observed answer is the one that the world goes on in.
 */

#include <stdlib.h>
#include <string.h>

#include "harness/backend/simulator.h"

enum { FORKS_MAX = 1 + WFP_ANSWERS_MAX + OPERATIONS_MAX, INCOMPLETE = 996 };

struct fork {
    struct outstanding *operation; /* that has finished; NULL: none has */
    struct wfp_answer completion;
};

struct forks {
    size_t count;
    struct fork items[FORKS_MAX];
};

static void add_fork(struct forks *forks, struct outstanding *operation,
                     struct wfp_answer completion)
{
    const struct fork fork = {operation, completion};

    if (forks->count < FORKS_MAX) {
        forks->items[forks->count++] = fork;
    }
}

/* How the operation may have finished by now, `at_most` ways of it. */
static void add_completions(const struct simulator *simulator, struct outstanding *operation,
                            size_t at_most, struct forks *forks)
{
    struct wfp_answer_set completions;

    wfp_operation_finish_allowed(simulator->world, operation->id, &operation->call, &completions);
    for (size_t i = 0; i < completions.count && i < at_most; i++) {
        add_fork(forks, operation, completions.answers[i]);
    }
}

static void fork_operation(const struct simulator *simulator, const struct step *step,
                           struct outstanding *operation, struct forks *forks)
{
    const bool waits = step->kind == STEP_RESULT && step->wait;
    const struct wfp_answer none = {0};

    if (!waits && !operation->finished) {
        add_fork(forks, NULL, none);
    }
    add_completions(simulator, operation, WFP_ANSWERS_MAX, forks);
    if (forks->count == 0) {
        add_fork(forks, NULL, none);
    }
}

/* Which routine is due does not depend on how its operation went. */
static void fork_routines(struct simulator *simulator, uint32_t thread, struct forks *forks)
{
    const struct wfp_answer none = {0};

    add_fork(forks, NULL, none);
    for (size_t i = 0; i < simulator->operation_count; i++) {
        struct outstanding *operation = &simulator->operations[i];

        if (operation->call.routine != WFP_POINTER_NULL && operation->call.thread == thread) {
            add_completions(simulator, operation, 1, forks);
        }
    }
}

static void finish_as(struct simulator *simulator, struct outstanding *operation,
                      struct wfp_answer completion)
{
    struct wfp_reply ignored;

    (void)wfp_operation_finish_assume(simulator->world, operation->id, &operation->call, completion,
                                      &ignored);
}

static void enter(struct simulator *simulator, const struct fork *fork)
{
    if (fork->operation != NULL) {
        finish_as(simulator, fork->operation, fork->completion);
    }
}

/* NULL for a wait, which is about none in particular. */
static struct outstanding *asked_about(struct simulator *simulator, const struct step *step)
{
    return step->of == NULL ? NULL : simulator_operation(simulator, step->of);
}

static void ask(struct simulator *simulator, const struct step *step, struct wfp_answer_set *set)
{
    const struct wfp_world *world = simulator->world;
    const struct outstanding *operation = asked_about(simulator, step);
    const uint32_t id = operation == NULL ? 0 : operation->id;

    switch (step->kind) {
    case STEP_RESULT:
        wfp_operation_result_allowed(world, id, step->channel, set);
        break;
    case STEP_EVENT:
        wfp_operation_event_allowed(world, id, set);
        break;
    case STEP_CANCEL:
        wfp_operation_cancel_allowed(world, id, set);
        break;
    default:
        wfp_alertable_wait_allowed(world, step->thread, set);
        break;
    }
}

static bool contains(const struct wfp_answer_set *set, struct wfp_answer answer)
{
    for (size_t i = 0; i < set->count; i++) {
        if (wfp_answer_equal(set->answers[i], answer)) {
            return true;
        }
    }
    return false;
}

static void merge(const struct wfp_answer_set *more, struct wfp_answer_set *set)
{
    for (size_t i = 0; i < more->count && set->count < WFP_ANSWERS_MAX; i++) {
        if (!contains(set, more->answers[i])) {
            set->answers[set->count] = more->answers[i];
            set->rules[set->count++] = more->rules[i];
        }
    }
}

/* Tries every fork and leaves the world in the first that allows the observed answer, if any. */
static bool choose(struct simulator *simulator, const struct backend_call *call,
                   const struct forks *forks, const uint8_t *before)
{
    size_t chosen = forks->count;

    call->allowed->count = 0;
    for (size_t i = 0; i < forks->count; i++) {
        struct wfp_answer_set set;

        memcpy(simulator->memory, before, simulator->world_size);
        enter(simulator, &forks->items[i]);
        ask(simulator, call->step, &set);
        merge(&set, call->allowed);
        if (chosen == forks->count && contains(&set, *call->observed)) {
            chosen = i;
        }
    }
    memcpy(simulator->memory, before, simulator->world_size);
    if (chosen < forks->count) {
        enter(simulator, &forks->items[chosen]);
    }
    return chosen < forks->count;
}

/* What the observed answer itself does, allowed or not. */
static void go_on(struct simulator *simulator, const struct backend_call *call, bool allowed)
{
    const struct step *step = call->step;
    struct outstanding *operation = asked_about(simulator, step);
    struct wfp_reply ignored;

    if (operation != NULL && step->kind == STEP_CANCEL) {
        (void)wfp_operation_cancel_assume(simulator->world, operation->id, *call->observed,
                                          &ignored);
    }
    if (step->kind == STEP_ALERTABLE_WAIT) {
        wfp_alertable_wait_assume(simulator->world, step->thread, *call->observed, &ignored);
    }
    if (operation != NULL && step->kind == STEP_RESULT && !allowed &&
        call->observed->error != INCOMPLETE) {
        finish_as(simulator, operation, *call->observed);
    }
}

enum wfp_status simulator_follow(struct simulator *simulator, const struct backend_call *call,
                                 struct backend_reply *reply)
{
    const struct step *step = call->step;
    struct outstanding *operation = asked_about(simulator, step);
    uint8_t *before = malloc(simulator->world_size);
    struct forks forks = {.count = 0};

    if (before == NULL) {
        return WFP_NO_ROOM;
    }
    memcpy(before, simulator->memory, simulator->world_size);
    if (operation != NULL) {
        fork_operation(simulator, step, operation, &forks);
    } else {
        fork_routines(simulator, step->thread, &forks);
    }
    go_on(simulator, call, choose(simulator, call, &forks, before));
    free(before);
    reply->answer = *call->observed;
    if (operation != NULL && step->kind == STEP_RESULT) {
        reply->out = operation->call.out.bytes;
        reply->out_size = operation->call.out.size;
    }
    return WFP_OK;
}

enum wfp_status simulator_follow_finish(struct simulator *simulator, struct outstanding *operation)
{
    struct wfp_answer_set completions;

    wfp_operation_finish_allowed(simulator->world, operation->id, &operation->call, &completions);
    if (completions.count == 1) {
        finish_as(simulator, operation, completions.answers[0]);
    }
    operation->finished = true;
    return WFP_OK;
}
