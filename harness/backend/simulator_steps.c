/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/backend/simulator.h"
#include "harness/pattern.h"

/* ---- names ---- */

uint32_t simulator_id(const struct simulator *simulator, enum object kind, const char *name)
{
    for (size_t i = simulator->name_count; i-- > 0;) {
        const struct named *named = &simulator->names[i];

        if (named->kind == kind && strcmp(named->name, name) == 0) {
            return named->id;
        }
    }
    return 0;
}

enum wfp_status simulator_keep_name(struct simulator *simulator, enum object kind, const char *name,
                                    uint32_t id)
{
    const struct named named = {name, kind, id, WFP_IPV4};

    if (simulator->name_count == NAMES_MAX) {
        return WFP_NO_ROOM;
    }
    simulator->names[simulator->name_count++] = named;
    return WFP_OK;
}

static enum wfp_status create_handle(struct simulator *simulator, const char *name, uint32_t *id)
{
    const enum wfp_status status =
        wfp_handle_create(simulator->world, 1000 + simulator->name_count, id);

    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_HANDLE, name, *id);
}

/* The handle "self" comes into being when it is first used. */
enum wfp_status simulator_handle(struct simulator *simulator, const char *name, uint32_t *id)
{
    *id = simulator_id(simulator, OBJECT_HANDLE, name);
    return *id != 0 ? WFP_OK : create_handle(simulator, name, id);
}

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

uint8_t *simulator_buffer(struct simulator *simulator, uint32_t size)
{
    uint8_t *bytes;

    if (simulator->buffer_count == BUFFERS_MAX) {
        return NULL;
    }
    bytes = malloc(size == 0 ? 1 : size);
    if (bytes != NULL) {
        simulator->buffers[simulator->buffer_count++] = bytes;
    }
    return bytes;
}

/* ---- steps ---- */

typedef enum wfp_status perform_function(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply);

static void answer_with(struct backend_reply *reply, const struct wfp_reply *given)
{
    reply->answer = given->answer;
    reply->rule = given->rule;
}

static uint32_t socket_of(const struct simulator *simulator, const char *name)
{
    return simulator_id(simulator, OBJECT_SOCKET, name);
}

static enum wfp_status perform_socket(struct simulator *simulator, const struct backend_call *call,
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

static enum wfp_status perform_bind(struct simulator *simulator, const struct backend_call *call,
                                    struct backend_reply *reply)
{
    const struct given_address *local = &call->step->kernel.address;

    (void)reply;
    return wfp_socket_bind(simulator->world, socket_of(simulator, call->step->on),
                           local->given ? &local->address : NULL);
}

static enum wfp_status perform_listen(struct simulator *simulator, const struct backend_call *call,
                                      struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_listen(simulator->world, socket_of(simulator, call->step->on));
}

static enum wfp_status perform_shutdown(struct simulator *simulator,
                                        const struct backend_call *call,
                                        struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_shutdown(simulator->world, socket_of(simulator, call->step->on));
}

static enum wfp_status perform_close(struct simulator *simulator, const struct backend_call *call,
                                     struct backend_reply *reply)
{
    (void)reply;
    return wfp_socket_close(simulator->world, socket_of(simulator, call->step->on));
}

static enum wfp_status perform_duplicate(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply)
{
    uint32_t id = 0;
    const enum wfp_status status =
        wfp_socket_duplicate(simulator->world, socket_of(simulator, call->step->on), &id);

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

static enum wfp_status make_redirect(struct simulator *simulator, const struct redirect *wanted,
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
        status = make_redirect(simulator, &call->step->redirect, &redirect);
    }
    if (status == WFP_OK) {
        status = connect_socket(simulator, call, client, &connect, &given);
    }
    if (status == WFP_OK) {
        answer_with(reply, &given);
    }
    return status;
}

static enum wfp_status perform_connect(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t listener = step->to == NULL ? 0 : socket_of(simulator, step->to);
    enum wfp_status status = WFP_OK;

    if (step->redirected && listener == 0) {
        status = open_listener(simulator, step, &listener);
    }
    if (status != WFP_OK) {
        return status;
    }
    return connect_to(simulator, call, socket_of(simulator, step->on), listener, step->redirected,
                      reply);
}

static enum wfp_status accept_as(struct simulator *simulator, const struct step *step,
                                 uint32_t listener)
{
    uint32_t id = 0;
    const enum wfp_status status = wfp_socket_accept(simulator->world, listener, step->update, &id);

    return status != WFP_OK ? status : simulator_keep_name(simulator, OBJECT_SOCKET, step->as, id);
}

static enum wfp_status perform_accept(struct simulator *simulator, const struct backend_call *call,
                                      struct backend_reply *reply)
{
    (void)reply;
    return accept_as(simulator, call->step, socket_of(simulator, call->step->on));
}

/* An accepted connection with all that stands around it: listener, client, connect, accept. */
static enum wfp_status perform_whole_accept(struct simulator *simulator,
                                            const struct backend_call *call,
                                            struct backend_reply *reply)
{
    const struct step *step = call->step;
    uint32_t client = step->from == NULL ? 0 : socket_of(simulator, step->from);
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

static enum wfp_status perform_destroy_handle(struct simulator *simulator,
                                              const struct backend_call *call,
                                              struct backend_reply *reply)
{
    (void)reply;
    return wfp_handle_destroy(simulator->world,
                              simulator_id(simulator, OBJECT_HANDLE, call->step->on));
}

static enum wfp_status perform_process(struct simulator *simulator, const struct backend_call *call,
                                       struct backend_reply *reply)
{
    const struct step *step = call->step;

    (void)reply;
    if (step->started.given) {
        wfp_process_started(simulator->world, step->started.value);
    }
    if (step->elevated.given) {
        wfp_process_elevated(simulator->world, step->elevated.value);
    }
    return WFP_OK;
}

static enum wfp_status perform_thread_exit(struct simulator *simulator,
                                           const struct backend_call *call,
                                           struct backend_reply *reply)
{
    (void)reply;
    wfp_thread_exit(simulator->world, call->step->thread);
    return WFP_OK;
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
    ioctl->socket = socket_of(simulator, call->step->on);
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

static enum wfp_status perform_ioctl(struct simulator *simulator, const struct backend_call *call,
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
    answer_with(reply, &given);
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

static enum wfp_status perform_finish(struct simulator *simulator, const struct backend_call *call,
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

static enum wfp_status perform_result(struct simulator *simulator, const struct backend_call *call,
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
        answer_with(reply, &given);
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
        answer_with(reply, &given);
    }
    return status;
}

static enum wfp_status perform_event(struct simulator *simulator, const struct backend_call *call,
                                     struct backend_reply *reply)
{
    return perform_on_operation(simulator, call, wfp_operation_event, reply);
}

static enum wfp_status perform_cancel(struct simulator *simulator, const struct backend_call *call,
                                      struct backend_reply *reply)
{
    return perform_on_operation(simulator, call, wfp_operation_cancel, reply);
}

static enum wfp_status perform_alertable_wait(struct simulator *simulator,
                                              const struct backend_call *call,
                                              struct backend_reply *reply)
{
    struct wfp_reply given;

    if (call->observed != NULL) {
        return simulator_follow(simulator, call, reply);
    }
    wfp_alertable_wait(simulator->world, call->step->thread, &given);
    answer_with(reply, &given);
    return WFP_OK;
}

static enum wfp_status perform_last_error(struct simulator *simulator,
                                          const struct backend_call *call,
                                          struct backend_reply *reply)
{
    struct wfp_reply given;

    if (call->observed != NULL) {
        wfp_last_error_allowed(simulator->world, call->step->thread, call->allowed);
    }
    wfp_last_error(simulator->world, call->step->thread, &given);
    answer_with(reply, &given);
    return WFP_OK;
}

static perform_function *const performers[STEP_KIND_COUNT] = {
    [STEP_SOCKET] = perform_socket,
    [STEP_BIND] = perform_bind,
    [STEP_LISTEN] = perform_listen,
    [STEP_SHUTDOWN] = perform_shutdown,
    [STEP_CLOSE] = perform_close,
    [STEP_DUPLICATE] = perform_duplicate,
    [STEP_CONNECT] = perform_connect,
    [STEP_ACCEPT] = perform_accept,
    [STEP_PLAIN_ACCEPT] = perform_whole_accept,
    [STEP_REDIRECTED_ACCEPT] = perform_whole_accept,
    [STEP_HANDLE] = simulator_perform_kernel,
    [STEP_DESTROY_HANDLE] = perform_destroy_handle,
    [STEP_PROCESS] = perform_process,
    [STEP_THREAD_EXIT] = perform_thread_exit,
    [STEP_IOCTL] = perform_ioctl,
    [STEP_RESULT] = perform_result,
    [STEP_EVENT] = perform_event,
    [STEP_CANCEL] = perform_cancel,
    [STEP_FINISH] = perform_finish,
    [STEP_ALERTABLE_WAIT] = perform_alertable_wait,
    [STEP_LAST_ERROR] = perform_last_error,
    [STEP_STATE] = simulator_perform_kernel,

    [STEP_OPTION_SET] = perform_option_set,
    [STEP_OPTION_GET] = perform_option_get,
    [STEP_DATAGRAM_CONNECT] = perform_datagram_connect,
    [STEP_SEND] = perform_send,
    [STEP_RECEIVE] = perform_receive,
    [STEP_CLOCK] = perform_clock,
    [STEP_FLOW_STATE] = perform_flow_state,
};

uint32_t simulator_socket(const struct simulator *simulator, const char *name)
{
    return socket_of(simulator, name);
}

enum wfp_family simulator_family(const struct simulator *simulator, const char *name)
{
    for (size_t i = simulator->name_count; i-- > 0;) {
        if (strcmp(simulator->names[i].name, name) == 0) {
            return simulator->names[i].family;
        }
    }
    return WFP_IPV4;
}

enum wfp_status simulator_redirect(struct simulator *simulator, const struct redirect *wanted,
                                   struct wfp_redirect *redirect)
{
    return make_redirect(simulator, wanted, redirect);
}

enum wfp_status simulator_perform(struct simulator *simulator, const struct backend_call *call,
                                  struct backend_reply *reply)
{
    return kernel_step_is(call->step) ? simulator_perform_kernel(simulator, call, reply)
                                      : performers[call->step->kind](simulator, call, reply);
}
