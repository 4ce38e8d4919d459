/* SPDX-License-Identifier: MIT */

/* The steps about sockets and connections. */

#include "harness/backend/simulator.h"
#include "harness/pattern.h"

enum wfp_status perform_socket(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t id = 0;
    const enum wfp_status status =
        wfp_socket_open(simulator->world, step->family, step->type, step->overlapped_socket, &id);

    (void)reply;
    if (status == WFP_OK && step->kernel.owner.given) {
        (void)wfp_socket_owner(simulator->world, id, step->kernel.owner.number);
    }
    if (status != WFP_OK || simulator_keep_name(simulator, OBJECT_SOCKET, step->as, id) != WFP_OK) {
        return status != WFP_OK ? status : WFP_NO_ROOM;
    }
    simulator->names[simulator->name_count - 1].family = step->family;
    return WFP_OK;
}

enum wfp_status perform_bind(struct simulator *simulator, const struct backend_call *call,
                             struct backend_reply *reply)
{
    const struct given_address *local = &call->step->kernel.address;

    (void)reply;
    return wfp_socket_bind(simulator->world, simulator_socket(simulator, call->step->on),
                           local->given ? &local->address : NULL);
}

enum wfp_status perform_listen(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_listen(simulator->world, simulator_socket(simulator, call->step->on));
}

enum wfp_status perform_shutdown(struct simulator *simulator, const struct backend_call *call,
                                 struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_shutdown(simulator->world, simulator_socket(simulator, call->step->on));
}

enum wfp_status perform_close(struct simulator *simulator, const struct backend_call *call,
                              struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_close(simulator->world, simulator_socket(simulator, call->step->on));
}

enum wfp_status perform_duplicate(struct simulator *simulator, const struct backend_call *call,
                                  struct backend_reply *reply)
{
    uint32_t id = 0;
    const enum wfp_status status =
        wfp_socket_duplicate(simulator->world, simulator_socket(simulator, call->step->on), &id);

    (void)reply;
    return status != WFP_OK ? status
                            : simulator_keep_name(simulator, OBJECT_SOCKET, call->step->as, id);
}

static enum wfp_status open_listener(struct simulator *simulator, const struct step *step,
                                     uint32_t *id)
{
    enum wfp_status status =
        wfp_socket_open(simulator->world, step->family, WFP_TCP, step->overlapped_socket, id);

    if (status == WFP_OK) {
        status = wfp_socket_bind(simulator->world, *id, NULL);
    }
    return status != WFP_OK ? status : wfp_socket_listen(simulator->world, *id);
}

enum wfp_status simulator_redirect(struct simulator *simulator, const struct redirect *wanted,
                                   struct wfp_redirect *redirect)
{
    if (wanted->context > CONTEXT_MAX) {
        return WFP_NO_ROOM;
    }
    pattern_context(wanted->handle, simulator->context, wanted->context);
    redirect->target_pid = wanted->target_pid;
    redirect->context = simulator->context;
    redirect->context_size = wanted->context;
    redirect->layer = wanted->layer;
    redirect->remote = wanted->remote;
    redirect->lost = wanted->lost;
    return simulator_handle(simulator, wanted->handle, &redirect->handle);
}

static enum wfp_status connect_socket(struct simulator *simulator, const struct backend_call *call,
                                      uint32_t client, const struct wfp_connect *connect,
                                      struct wfp_reply *given)
{
    if (call->observed == NULL) {
        return wfp_socket_connect(simulator->world, client, connect, given);
    }
    wfp_socket_connect_allowed(simulator->world, connect, call->allowed);
    return wfp_socket_connect_assume(simulator->world, client, connect, *call->observed, given);
}

static enum wfp_status connect_to(struct simulator *simulator, const struct backend_call *call,
                                  uint32_t client, uint32_t listener, bool redirected,
                                  struct backend_reply *reply)
{
    struct wfp_redirect redirect;
    struct wfp_connect connect = {listener, redirected ? &redirect : NULL};
    struct wfp_reply given;
    enum wfp_status status = WFP_OK;

    if (redirected) {
        status = simulator_redirect(simulator, &call->step->redirect, &redirect);
    }
    if (status == WFP_OK) {
        status = connect_socket(simulator, call, client, &connect, &given);
    }
    if (status == WFP_OK) {
        simulator_answer(reply, &given);
    }
    return status;
}

enum wfp_status perform_connect(struct simulator *simulator, const struct backend_call *call,
                                struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t listener = step->to == NULL ? 0 : simulator_socket(simulator, step->to);
    enum wfp_status status = WFP_OK;

    if (step->redirected && listener == 0) {
        status = open_listener(simulator, step, &listener);
    }
    if (status != WFP_OK) {
        return status;
    }
    return connect_to(simulator, call, simulator_socket(simulator, step->on), listener,
                      step->redirected, reply);
}

static enum wfp_status accept_as(struct simulator *simulator, const struct step *step,
                                 uint32_t listener)
{
    uint32_t id = 0;
    const enum wfp_status status = wfp_socket_accept(simulator->world, listener, step->update, &id);

    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_SOCKET, step->as, id);
}

enum wfp_status perform_accept(struct simulator *simulator, const struct backend_call *call,
                               struct backend_reply *reply)
{
    (void)reply;
    return accept_as(simulator, call->step, simulator_socket(simulator, call->step->on));
}

/* An accepted connection with all that stands around it: listener, client, connect, accept. */
enum wfp_status perform_whole_accept(struct simulator *simulator, const struct backend_call *call,
                                     struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t client = step->from == NULL ? 0 : simulator_socket(simulator, step->from);
    uint32_t listener = 0;
    enum wfp_status status = open_listener(simulator, step, &listener);

    if (status == WFP_OK && client == 0) {
        status = wfp_socket_open(simulator->world, step->family, WFP_TCP, true, &client);
    }
    if (status == WFP_OK) {
        status = connect_to(simulator, call, client, listener, step->kind == STEP_REDIRECTED_ACCEPT,
                            reply);
    }
    if (status == WFP_OK && reply->answer.error != 0) {
        return WFP_BAD_STATE;
    }
    return status != WFP_OK ? status : accept_as(simulator, step, listener);
}
