/* SPDX-License-Identifier: MIT */

/* What lives in the kernel: redirect handles, callouts, contexts, connects under way. */

#include <string.h>

#include <wfp/datagram.h>

#include "harness/backend/simulator.h"
#include "harness/control.h"
#include "harness/pattern.h"

static uint32_t request_of(const struct simulator *simulator, const struct step *step)
{
    return simulator_id(simulator, OBJECT_REQUEST, step->kernel.request);
}

static enum wfp_status perform_handle(struct simulator *simulator, const struct backend_call *call,
                                      struct backend_reply *reply)
{
    const uint32_t flags = call->step->kernel.flags;
    const uint64_t provider = 1000 + simulator->name_count;
    struct wfp_reply given;
    uint32_t id = 0;
    enum wfp_status status;

    if (call->observed != NULL) {
        wfp_redirect_handle_create_allowed(simulator->world, flags, call->allowed);
        status = wfp_redirect_handle_create_assume(simulator->world, provider, flags,
                                                   *call->observed, &id, &given);
    } else {
        status = wfp_redirect_handle_create(simulator->world, provider, flags, &id, &given);
    }
    if (status != WFP_OK) {
        return status;
    }
    simulator_answer(reply, &given);
    return id == 0 ? WFP_OK : simulator_keep_name(simulator, OBJECT_HANDLE, call->step->as, id);
}

static enum wfp_status perform_callout(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    const struct step *step = call->step;
    const unsigned layer = (step->kernel.auth_connect ? WFP_AUTH_CONNECT_V4 : 0u) +
                           (step->family == WFP_IPV6 ? 1u : 0u);
    const struct wfp_callout callout = {.layer = (enum wfp_callout_layer)layer,
                                        .filter = step->kernel.filter,
                                        .sublayer = step->kernel.sublayer,
                                        .weight = step->kernel.weight,
                                        .classify0 = step->kernel.classify0};
    uint32_t id = 0;
    const enum wfp_status status = wfp_callout_register(simulator->world, &callout, &id);

    (void)reply;
    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_CALLOUT, step->as, id);
}

static enum wfp_status perform_context(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t id = 0;
    enum wfp_status status;

    (void)reply;
    pattern_context(step->handle, simulator->context, step->kernel.size);
    status = wfp_context_allocate(simulator->world, simulator->context, step->kernel.size, &id);
    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_CONTEXT, step->as, id);
}

static enum wfp_status perform_free_context(struct simulator *simulator,
                                            const struct backend_call *call,
                                            struct backend_reply *reply)
{
    const uint32_t id = simulator_id(simulator, OBJECT_CONTEXT, call->step->kernel.context);
    struct wfp_reply given;
    enum wfp_status status;

    if (call->observed != NULL) {
        wfp_context_free_allowed(simulator->world, id, call->allowed);
        status = wfp_context_free_assume(simulator->world, id, *call->observed, &given);
    } else {
        status = wfp_context_free(simulator->world, id, &given);
    }
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
    }
    return status;
}

/* The first datagram to a peer is an implicit connect; its record is the list (UDP-10). */
static enum wfp_status begin_datagram(struct simulator *simulator, const struct backend_call *call,
                                      uint32_t *id)
{
    const struct step *step = call->step;
    uint8_t data[1] = {0};
    const struct wfp_send send = {
        .socket = simulator_id(simulator, OBJECT_SOCKET, step->on),
        .entry = call->control == NULL ? WFP_MESSAGE_PLAIN : WFP_MESSAGE_WSA,
        .name = WFP_NAME_GIVEN,
        .to = step->kernel.address.address,
        .data = {data, sizeof data, WFP_POINTER_HEAP},
        .control = {(uint8_t *)(uintptr_t)call->control, call->control_size,
                    call->control == NULL ? WFP_POINTER_NULL : WFP_POINTER_HEAP},
        .layout = control_layout_of(step->message.control.layout, WFP_LAYOUT_64),
        .byte_count = WFP_POINTER_HEAP,
    };
    const enum wfp_status status = wfp_message_send_begin(simulator->world, &send, id);

    return status == WFP_OK && *id == 0 ? WFP_BAD_STATE : status;
}

static enum wfp_status perform_connect_request(struct simulator *simulator,
                                               const struct backend_call *call,
                                               struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t id = 0;
    enum wfp_status status =
        wfp_connect_begin(simulator->world, simulator_id(simulator, OBJECT_SOCKET, step->on),
                          &step->kernel.address.address, &id);

    (void)reply;
    if (status == WFP_BAD_STATE) {
        status = begin_datagram(simulator, call, &id);
    }
    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_REQUEST, step->as, id);
}

static enum wfp_status perform_reauthorize(struct simulator *simulator,
                                           const struct backend_call *call,
                                           struct backend_reply *reply)
{
    const struct step *step = call->step;
    const uint32_t socket = simulator_id(simulator, OBJECT_SOCKET, step->on);
    struct wfp_reply given;
    uint32_t id = 0;
    enum wfp_status status;

    if (call->observed != NULL) {
        wfp_reauthorize_allowed(simulator->world, socket, call->allowed);
        status = wfp_reauthorize_assume(simulator->world, socket, step->kernel.reason,
                                        *call->observed, &id, &given);
    } else {
        status = wfp_reauthorize(simulator->world, socket, step->kernel.reason, &id, &given);
    }
    if (status != WFP_OK) {
        return status;
    }
    simulator_answer(reply, &given);
    return simulator_keep_name(simulator, OBJECT_REQUEST, step->as, id);
}

static enum wfp_status perform_connect_end(struct simulator *simulator,
                                           const struct backend_call *call,
                                           struct backend_reply *reply)
{
    const uint32_t request = request_of(simulator, call->step);
    struct wfp_connected connected;
    struct wfp_reply given;
    enum wfp_status status;

    if (call->observed != NULL) {
        wfp_connect_end_allowed(simulator->world, request, call->allowed);
        status =
            wfp_connect_end_assume(simulator->world, request, *call->observed, &connected, &given);
    } else {
        status = wfp_connect_end(simulator->world, request, &connected, &given);
    }
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
    }
    return status;
}

typedef enum wfp_status perform_function(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply);

static perform_function *const performers[STEP_KIND_COUNT] = {
    [STEP_HANDLE] = perform_handle,
    [STEP_CALLOUT] = perform_callout,
    [STEP_CONTEXT] = perform_context,
    [STEP_FREE_CONTEXT] = perform_free_context,
    [STEP_CONNECT_REQUEST] = perform_connect_request,
    [STEP_CONNECT_END] = perform_connect_end,
    [STEP_REAUTHORIZE] = perform_reauthorize,
};

enum wfp_status simulator_perform_kernel(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply)
{
    const enum step_kind kind = call->step->kind;

    return performers[kind] != NULL ? performers[kind](simulator, call, reply)
                                    : simulator_perform_classify(simulator, call, reply);
}
