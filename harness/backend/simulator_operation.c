/* SPDX-License-Identifier: MIT */

/* The steps about control codes, and about the operations that they start. */

#include <string.h>

#include "harness/backend/simulator.h"
#include "harness/pattern.h"

/* The number of the operation of this name, or `operation_count`. */
static size_t operation_at(const struct simulator *simulator, const char *name)
{
    for (size_t i = simulator->operation_count; i-- > 0;) {
        if (simulator->operations[i].name != NULL &&
            strcmp(simulator->operations[i].name, name) == 0) {
            return i;
        }
    }
    return simulator->operation_count;
}

struct outstanding *simulator_operation(struct simulator *simulator, const char *name)
{
    const size_t at = operation_at(simulator, name);

    return at == simulator->operation_count ? NULL : &simulator->operations[at];
}

bool simulator_lacks_operation(const struct simulator *simulator, const struct step *step)
{
    return step->of != NULL && operation_at(simulator, step->of) == simulator->operation_count;
}

static bool make_ioctl(struct simulator *simulator, const struct backend_call *call,
                       struct wfp_ioctl *ioctl)
{
    const struct ioctl_step *step = &call->step->ioctl;
    uint8_t *out = simulator_buffer(simulator, call->out_size);
    uint8_t *in = simulator_buffer(simulator, call->in_size);

    if (out == NULL || in == NULL) {
        return false;
    }
    pattern_fill(out, call->out_size);
    if (call->in != NULL) {
        memcpy(in, call->in, call->in_size);
    }
    memset(ioctl, 0, sizeof *ioctl);
    ioctl->socket = simulator_socket(simulator, call->step->on);
    ioctl->code = step->code;
    ioctl->in = (struct wfp_buffer){in, call->in_size, step->in.pointer};
    ioctl->out = (struct wfp_buffer){out, call->out_size, step->out.pointer};
    ioctl->byte_count = step->count;
    ioctl->overlapped = step->overlapped;
    ioctl->routine = step->routine;
    ioctl->entry = step->entry;
    ioctl->fault = step->fault;
    ioctl->thread = call->step->thread;
    return true;
}

static bool keep_operation(struct simulator *simulator, const char *name, uint32_t id,
                           const struct wfp_ioctl *call)
{
    const struct outstanding outstanding = {name, id, *call, false};

    if (simulator->operation_count == OPERATIONS_MAX) {
        return false;
    }
    simulator->operations[simulator->operation_count++] = outstanding;
    return true;
}

enum wfp_status perform_ioctl(struct simulator *simulator, const struct backend_call *call,
                              struct backend_reply *reply)
{
    struct wfp_ioctl ioctl;
    struct wfp_reply given;
    enum wfp_status status;

    if (!make_ioctl(simulator, call, &ioctl)) {
        return WFP_NO_ROOM;
    }
    if (call->allowed != NULL) {
        wfp_ioctl_allowed(simulator->world, &ioctl, call->allowed);
    }
    status = call->observed == NULL
                 ? wfp_socket_ioctl(simulator->world, &ioctl, &given)
                 : wfp_ioctl_assume(simulator->world, &ioctl, *call->observed, &given);
    if (status != WFP_OK) {
        return status;
    }
    simulator_answer(reply, &given);
    reply->out = ioctl.out.bytes;
    reply->out_size = call->out_size;
    if (given.operation != 0 &&
        !keep_operation(simulator, call->step->as, given.operation, &ioctl)) {
        return WFP_NO_ROOM;
    }
    return WFP_OK;
}

static enum wfp_status finish(struct simulator *simulator, struct outstanding *operation)
{
    struct wfp_reply ignored;
    const enum wfp_status status =
        wfp_operation_finish(simulator->world, operation->id, &operation->call, &ignored);

    return status == WFP_BAD_STATE ? WFP_OK : status;
}

enum wfp_status perform_finish(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    struct outstanding *operation = simulator_operation(simulator, call->step->of);

    (void)reply;
    if (operation == NULL) {
        return WFP_BAD_STATE;
    }
    return call->observed == NULL ? finish(simulator, operation)
                                  : simulator_follow_finish(simulator, operation);
}

enum wfp_status perform_result(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    struct outstanding *operation = simulator_operation(simulator, call->step->of);
    struct wfp_reply given;
    enum wfp_status status = WFP_OK;

    if (operation == NULL) {
        return WFP_BAD_STATE;
    }
    if (call->observed != NULL) {
        return simulator_follow(simulator, call, reply);
    }
    if (call->step->wait) {
        status = finish(simulator, operation);
    }
    if (status == WFP_OK) {
        status = wfp_operation_result(simulator->world, operation->id, call->step->channel, &given);
    }
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
        reply->out = operation->call.out.bytes;
        reply->out_size = operation->call.out.size;
    }
    return status;
}

typedef enum wfp_status operation_question(struct wfp_world *world, uint32_t operation,
                                           struct wfp_reply *reply);

static enum wfp_status perform_on_operation(struct simulator *simulator,
                                            const struct backend_call *call,
                                            operation_question *ask, struct backend_reply *reply)
{
    const struct outstanding *operation = simulator_operation(simulator, call->step->of);
    struct wfp_reply given;
    enum wfp_status status = WFP_BAD_STATE;

    if (call->observed != NULL) {
        return simulator_follow(simulator, call, reply);
    }
    if (operation != NULL) {
        status = ask(simulator->world, operation->id, &given);
    }
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
    }
    return status;
}

enum wfp_status perform_event(struct simulator *simulator, const struct backend_call *call,
                              struct backend_reply *reply)
{
    return perform_on_operation(simulator, call, wfp_operation_event, reply);
}

enum wfp_status perform_cancel(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    return perform_on_operation(simulator, call, wfp_operation_cancel, reply);
}

enum wfp_status perform_alertable_wait(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    struct wfp_reply given;

    if (call->observed != NULL) {
        return simulator_follow(simulator, call, reply);
    }
    wfp_alertable_wait(simulator->world, call->step->thread, &given);
    simulator_answer(reply, &given);
    return WFP_OK;
}

enum wfp_status perform_last_error(struct simulator *simulator, const struct backend_call *call,
                                   struct backend_reply *reply)
{
    struct wfp_reply given;

    if (call->observed != NULL) {
        wfp_last_error_allowed(simulator->world, call->step->thread, call->allowed);
    }
    wfp_last_error(simulator->world, call->step->thread, &given);
    simulator_answer(reply, &given);
    return WFP_OK;
}
