/* SPDX-License-Identifier: MIT */

#include "harness/backend/simulator.h"

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

enum wfp_status simulator_perform(struct simulator *simulator, const struct backend_call *call,
                                  struct backend_reply *reply)
{
    return kernel_step_is(call->step) ? simulator_perform_kernel(simulator, call, reply)
                                      : performers[call->step->kind](simulator, call, reply);
}
