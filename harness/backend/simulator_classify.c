/* SPDX-License-Identifier: MIT */

/* The calls about a connect while it is classified, and the redirect state. */

#include <string.h>

#include "harness/backend/simulator.h"
#include "harness/pattern.h"

static const struct wfp_answer done = {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED};

static bool is_done(struct wfp_answer answer)
{
    return wfp_answer_equal(answer, done);
}

static uint32_t request_of(const struct simulator *simulator, const struct step *step)
{
    return simulator_id(simulator, OBJECT_REQUEST, step->kernel.request);
}

/* ---- one call about a classification ---- */

static bool contains(const struct wfp_answer_set *set, struct wfp_answer answer)
{
    for (size_t i = 0; i < set->count; i++) {
        if (wfp_answer_equal(set->answers[i], answer)) {
            return true;
        }
    }
    return false;
}

/* A step of several calls goes on after each OK, so that only the last one's OK is its answer. */
static void allow(struct wfp_answer_set *all, const struct wfp_answer_set *more)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (!is_done(all->answers[i])) {
            all->answers[kept] = all->answers[i];
            all->rules[kept++] = all->rules[i];
        }
    }
    all->count = kept;
    for (size_t i = 0; i < more->count && all->count < WFP_ANSWERS_MAX; i++) {
        if (!contains(all, more->answers[i])) {
            all->answers[all->count] = more->answers[i];
            all->rules[all->count++] = more->rules[i];
        }
    }
}

static enum wfp_status follow(struct simulator *simulator, const struct backend_call *call,
                              const struct wfp_classify_call *made, bool last,
                              struct wfp_reply *given)
{
    struct wfp_answer_set set;
    struct wfp_answer answer = done;

    wfp_classify_allowed(simulator->world, made, &set);
    if (last || contains(&set, *call->observed)) {
        answer = *call->observed;
    }
    allow(call->allowed, &set);
    return wfp_classify_assume(simulator->world, made, answer, given);
}

/* `*go_on`: the step's next call is to be made too. */
static enum wfp_status make(struct simulator *simulator, const struct backend_call *call,
                            const struct wfp_classify_call *made, bool last,
                            struct backend_reply *reply, bool *go_on)
{
    struct wfp_reply given;
    const enum wfp_status status = call->observed == NULL
                                       ? wfp_classify(simulator->world, made, &given)
                                       : follow(simulator, call, made, last, &given);

    *go_on = status == WFP_OK && is_done(given.answer);
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
        reply->out_size = made->out.size > 0 && given.answer.outcome == WFP_STATE ? given.written
                                                                                  : reply->out_size;
    }
    return status;
}

static enum wfp_status make_one(struct simulator *simulator, const struct backend_call *call,
                                const struct wfp_classify_call *made, struct backend_reply *reply)
{
    bool ignored;

    return make(simulator, call, made, true, reply, &ignored);
}

static enum wfp_status make_plain(struct simulator *simulator, const struct backend_call *call,
                                  enum wfp_call about, struct backend_reply *reply)
{
    const struct kernel_step *kernel = &call->step->kernel;
    const struct wfp_classify_call made = {
        .call = about,
        .classification = request_of(simulator, call->step),
        .flags = kernel->flags,
        .decides = kernel->action != 0,
        .action = kernel->action,
        .rights = kernel->keeps_right ? 0 : WFP_RIGHT_ACTION_WRITE,
    };

    return make_one(simulator, call, &made, reply);
}

static enum wfp_status make_several(struct simulator *simulator, const struct backend_call *call,
                                    const struct wfp_classify_call *made, size_t count,
                                    struct backend_reply *reply)
{
    enum wfp_status status = WFP_OK;
    bool go_on = true;

    for (size_t i = 0; i < count && go_on; i++) {
        status = make(simulator, call, &made[i], i + 1 == count, reply, &go_on);
    }
    return status;
}

/* ---- the steps ---- */

static enum wfp_status state_of_socket(struct simulator *simulator, const struct backend_call *call,
                                       uint32_t handle, struct backend_reply *reply)
{
    const uint32_t socket = simulator_id(simulator, OBJECT_SOCKET, call->step->on);
    struct wfp_reply given;
    enum wfp_status status;

    if (call->observed != NULL) {
        wfp_redirect_state_allowed(simulator->world, socket, handle, call->allowed);
    }
    status = wfp_redirect_state(simulator->world, socket, handle, &given);
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
    }
    return status;
}

/* An output buffer of the step's size, filled with the pattern. */
static bool give_buffer(struct simulator *simulator, const struct backend_call *call,
                        struct wfp_buffer *out, struct backend_reply *reply)
{
    out->bytes = simulator_buffer(simulator, call->out_size);
    out->size = call->out_size;
    out->pointer = call->step->ioctl.out.pointer;
    if (out->bytes == NULL) {
        return false;
    }
    pattern_fill(out->bytes, out->size);
    reply->out = out->bytes;
    reply->out_size = out->size;
    return true;
}

static enum wfp_status perform_state(struct simulator *simulator, const struct backend_call *call,
                                     struct backend_reply *reply)
{
    struct wfp_classify_call made = {.call = WFP_CALL_REDIRECT_STATE};
    const enum wfp_status status = simulator_handle(simulator, call->step->handle, &made.handle);

    if (status != WFP_OK) {
        return status;
    }
    if (call->step->kernel.request == NULL) {
        return state_of_socket(simulator, call, made.handle, reply);
    }
    made.classification = request_of(simulator, call->step);
    if (call->out_size > 0 && !give_buffer(simulator, call, &made.out, reply)) {
        return WFP_NO_ROOM;
    }
    return make_one(simulator, call, &made, reply);
}

static enum wfp_status perform_sio_records(struct simulator *simulator,
                                           const struct backend_call *call,
                                           struct backend_reply *reply)
{
    struct wfp_classify_call made = {.call = WFP_CALL_SIO_RECORDS,
                                     .classification = request_of(simulator, call->step)};

    if (!give_buffer(simulator, call, &made.out, reply)) {
        return WFP_NO_ROOM;
    }
    return make_one(simulator, call, &made, reply);
}

static enum wfp_status perform_classify(struct simulator *simulator,
                                        const struct backend_call *call,
                                        struct backend_reply *reply)
{
    const char *callout = call->step->kernel.callout;
    const struct wfp_classify_call made = {
        .call = WFP_CALL_NEXT,
        .classification = request_of(simulator, call->step),
        .compared = callout != NULL,
        .number = callout == NULL ? 0 : simulator_id(simulator, OBJECT_CALLOUT, callout),
    };

    return make_one(simulator, call, &made, reply);
}

static enum wfp_status perform_look(struct simulator *simulator, const struct backend_call *call,
                                    struct backend_reply *reply)
{
    const struct kernel_step *kernel = &call->step->kernel;
    struct wfp_classify_call made = {
        .call = WFP_CALL_LOOK,
        .classification = request_of(simulator, call->step),
        .field = kernel->field,
        .back = kernel->back,
        .compared = kernel->number.given || kernel->address.given || call->step->handle != NULL,
        .number = kernel->number.number,
        .address = kernel->address.address,
    };
    enum wfp_status status = WFP_OK;

    if (call->step->handle != NULL) {
        status = simulator_handle(simulator, call->step->handle, &made.number);
    }
    return status != WFP_OK ? status : make_one(simulator, call, &made, reply);
}

static enum wfp_status perform_acquire(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    const uint32_t request = request_of(simulator, call->step);
    const enum acquired acquired = call->step->kernel.acquired;
    struct wfp_classify_call made[2];
    size_t count = 0;

    if (acquired != ACQUIRED_DATA) {
        made[count++] =
            (struct wfp_classify_call){.call = WFP_CALL_ACQUIRE_HANDLE, .classification = request};
    }
    if (acquired != ACQUIRED_HANDLE) {
        made[count++] =
            (struct wfp_classify_call){.call = WFP_CALL_ACQUIRE_DATA, .classification = request};
    }
    return make_several(simulator, call, made, count, reply);
}

enum { EDITS_MAX = 6 };

struct edits {
    uint32_t request;
    size_t count;
    struct wfp_classify_call calls[EDITS_MAX];
};

static void add_edit(struct edits *edits, bool given, enum wfp_member member, uint32_t number,
                     struct wfp_address address)
{
    if (given) {
        edits->calls[edits->count++] = (struct wfp_classify_call){.call = WFP_CALL_EDIT,
                                                                  .classification = edits->request,
                                                                  .member = member,
                                                                  .number = number,
                                                                  .address = address};
    }
}

static enum wfp_status perform_edit(struct simulator *simulator, const struct backend_call *call,
                                    struct backend_reply *reply)
{
    const struct step *step = call->step;
    const struct kernel_step *kernel = &step->kernel;
    const struct wfp_address none = {.port = 0};
    struct edits edits = {.request = request_of(simulator, step)};
    uint32_t context = 0;
    uint32_t handle = 0;

    if (step->handle != NULL && simulator_handle(simulator, step->handle, &handle) != WFP_OK) {
        return WFP_NO_ROOM;
    }
    if (kernel->context != NULL) {
        context = simulator_id(simulator, OBJECT_CONTEXT, kernel->context);
    }
    add_edit(&edits, kernel->address.given, WFP_MEMBER_REMOTE_ADDRESS, 0, kernel->address.address);
    add_edit(&edits, kernel->target_pid.given, WFP_MEMBER_TARGET_PID, kernel->target_pid.number,
             none);
    add_edit(&edits, step->handle != NULL, WFP_MEMBER_REDIRECT_HANDLE, handle, none);
    add_edit(&edits, kernel->context != NULL, WFP_MEMBER_CONTEXT, context, none);
    add_edit(&edits, kernel->token.given, WFP_MEMBER_PORT_RESERVATION_TOKEN, kernel->token.number,
             none);
    add_edit(&edits, kernel->local_address.given, WFP_MEMBER_LOCAL_ADDRESS, 0,
             kernel->local_address.address);
    return make_several(simulator, call, edits.calls, edits.count, reply);
}

typedef enum wfp_status perform_function(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply);

/* The steps that are one call without any more to look up. */
static const enum wfp_call plain[STEP_KIND_COUNT] = {
    [STEP_APPLY] = WFP_CALL_APPLY,   [STEP_RELEASE] = WFP_CALL_RELEASE_HANDLE,
    [STEP_PEND] = WFP_CALL_PEND,     [STEP_COMPLETE] = WFP_CALL_COMPLETE,
    [STEP_ACTION] = WFP_CALL_ACTION, [STEP_RETURN] = WFP_CALL_RETURN,
};

static perform_function *const performers[STEP_KIND_COUNT] = {
    [STEP_STATE] = perform_state, [STEP_CLASSIFY] = perform_classify,
    [STEP_LOOK] = perform_look,   [STEP_ACQUIRE] = perform_acquire,
    [STEP_EDIT] = perform_edit,   [STEP_SIO_RECORDS] = perform_sio_records,
};

enum wfp_status simulator_perform_classify(struct simulator *simulator,
                                           const struct backend_call *call,
                                           struct backend_reply *reply)
{
    const enum step_kind kind = call->step->kind;

    return performers[kind] != NULL ? performers[kind](simulator, call, reply)
                                    : make_plain(simulator, call, plain[kind], reply);
}
