/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

enum { ALERTABLE_WAIT = 200 }; /* milliseconds */

typedef bool step_function(struct machine *machine, struct machine_thread *thread,
                           const struct winsock_order *order, struct winsock_answer *answer);

static struct machine_socket described(const struct winsock_order *order)
{
    struct machine_socket socket = {
        .family = (enum wfp_family)order->family,
        .type = (enum wfp_type)order->type,
        .overlapped = order->overlapped_socket != 0,
    };

    machine_name(order->as, socket.name);
    return socket;
}

static bool step_socket(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket wanted = described(order);
    SOCKET opened;

    (void)thread;
    return socket_open(machine, &wanted, &opened, answer);
}

static bool step_bind(struct machine *machine, struct machine_thread *thread,
                      const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    if (order->peer != NULL) {
        return datagram_bind(machine, order, answer);
    }
    return on != NULL && socket_bind(machine, on->socket, on->family, answer);
}

static bool step_listen(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    if (on == NULL) {
        return false;
    }
    return listen(on->socket, SOMAXCONN) == 0 || machine_failed(machine, answer, "listen");
}

static bool step_shutdown(struct machine *machine, struct machine_thread *thread,
                          const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    if (on == NULL) {
        return false;
    }
    return shutdown(on->socket, SD_BOTH) == 0 || machine_failed(machine, answer, "shutdown");
}

static bool step_close(struct machine *machine, struct machine_thread *thread,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    if (on == NULL) {
        return false;
    }
    if (closesocket(on->socket) != 0) {
        return machine_failed(machine, answer, "closesocket");
    }
    on->closed = true;
    return true;
}

static bool step_duplicate(struct machine *machine, struct machine_thread *thread,
                           const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    return on != NULL && socket_duplicate(machine, on, order->as, answer);
}

/* A destination of our own where the script names none: it accepts, and nobody redirects it. */
static bool find_destination(struct machine *machine, const struct winsock_order *order,
                             enum wfp_family family, SOCKET *destination,
                             struct winsock_answer *answer)
{
    const struct machine_socket wanted = {.family = family, .type = WFP_TCP, .overlapped = true};
    const struct machine_socket *to;

    if (order->to == NULL) {
        return socket_listen(machine, &wanted, destination, answer);
    }
    to = socket_find(machine, order->to, answer);
    if (to == NULL) {
        return false;
    }
    *destination = to->socket;
    return true;
}

static bool step_connect(struct machine *machine, struct machine_thread *thread,
                         const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    SOCKET destination = INVALID_SOCKET;

    (void)thread;
    if (order->redirected != 0) {
        return redirected_connect(machine, answer);
    }
    return on != NULL && find_destination(machine, order, on->family, &destination, answer) &&
           socket_connect(machine, on->socket, destination, answer);
}

static bool step_accept(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    (void)thread;
    return on != NULL && socket_accept(machine, on, order->update != 0, order->as, answer);
}

/* An accepted connection with all that stands around it: listener, client, connect, accept. */
static bool step_plain_accept(struct machine *machine, struct machine_thread *thread,
                              const struct winsock_order *order, struct winsock_answer *answer)
{
    struct machine_socket listener = described(order);
    struct machine_socket client = described(order);

    (void)thread;
    listener.name[0] = '\0';
    client.name[0] = '\0';
    client.overlapped = true;
    if (!socket_listen(machine, &listener, &listener.socket, answer) ||
        !socket_open(machine, &client, &client.socket, answer) ||
        !socket_connect(machine, client.socket, listener.socket, answer)) {
        return false;
    }
    if (answer->error != 0) {
        return machine_trouble(machine, answer, "connect to our own listener answered %u",
                               answer->error);
    }
    return socket_accept(machine, &listener, order->update != 0, order->as, answer);
}

static bool step_redirected_accept(struct machine *machine, struct machine_thread *thread,
                                   const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return redirected_accept(machine, order, answer);
}

/* What it is, only who redirects can tell: here is where the connection runs. */
static bool step_state(struct machine *machine, struct machine_thread *thread,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return shim_active() ? shimmed_state(machine, order, answer)
                         : redirected_addresses(machine, order, answer);
}

static bool step_handle(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return shimmed_handle(machine, order, answer);
}

static bool step_process(struct machine *machine, struct machine_thread *thread,
                         const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    if (order->elevate != 0 || order->unelevate != 0) {
        shim_elevated(order->elevate != 0);
    }
    return (order->stop == 0 || machine_stop(machine, answer)) &&
           (order->start == 0 || machine_start(machine, answer));
}

static bool step_ioctl(struct machine *machine, struct machine_thread *thread,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    return operation_ioctl(machine, thread, order, answer);
}

static bool step_result(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    return operation_result(machine, thread, order, answer);
}

static bool step_event(struct machine *machine, struct machine_thread *thread,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return operation_event(machine, order, answer);
}

static bool step_cancel(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return operation_cancel(machine, order, answer);
}

static bool step_finish(struct machine *machine, struct machine_thread *thread,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return operation_finish(machine, order, answer);
}

static bool step_alertable_wait(struct machine *machine, struct machine_thread *thread,
                                const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)machine;
    (void)thread;
    (void)order;
    call_begins();
    answer->error = SleepEx(ALERTABLE_WAIT, TRUE);
    call_ends();
    return true;
}

/* As the last call under test left it on this thread: our own calls have changed it since. */
static bool step_last_error(struct machine *machine, struct machine_thread *thread,
                            const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)machine;
    (void)order;
    answer->error = thread->last_error;
    return true;
}

static bool step_datagram_connect(struct machine *machine, struct machine_thread *thread,
                                  const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return datagram_connect(machine, order, answer);
}

static bool step_clock(struct machine *machine, struct machine_thread *thread,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    (void)thread;
    return shimmed_clock(machine, order, answer);
}

static step_function *const performers[STEP_KIND_COUNT] = {
    [STEP_SOCKET] = step_socket,
    [STEP_BIND] = step_bind,
    [STEP_LISTEN] = step_listen,
    [STEP_SHUTDOWN] = step_shutdown,
    [STEP_CLOSE] = step_close,
    [STEP_DUPLICATE] = step_duplicate,
    [STEP_CONNECT] = step_connect,
    [STEP_ACCEPT] = step_accept,
    [STEP_PLAIN_ACCEPT] = step_plain_accept,
    [STEP_REDIRECTED_ACCEPT] = step_redirected_accept,
    [STEP_STATE] = step_state,
    [STEP_HANDLE] = step_handle,
    [STEP_DESTROY_HANDLE] = step_handle,
    [STEP_PROCESS] = step_process,
    [STEP_IOCTL] = step_ioctl,
    [STEP_RESULT] = step_result,
    [STEP_EVENT] = step_event,
    [STEP_CANCEL] = step_cancel,
    [STEP_FINISH] = step_finish,
    [STEP_ALERTABLE_WAIT] = step_alertable_wait,
    [STEP_LAST_ERROR] = step_last_error,
    [STEP_OPTION_SET] = datagram_option,
    [STEP_OPTION_GET] = datagram_option,
    [STEP_DATAGRAM_CONNECT] = step_datagram_connect,
    [STEP_SEND] = datagram_send,
    [STEP_RECEIVE] = datagram_receive,
    [STEP_CLOCK] = step_clock,
    [STEP_FLOW_STATE] = step_state,
};

bool machine_perform(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer)
{
    step_function *performer = performers[order->verb];

    if (performer == NULL) {
        return machine_trouble(machine, answer, "no such step without a driver");
    }
    if (!performer(machine, thread, order, answer)) {
        return false;
    }
    return shim_trouble() == NULL || machine_trouble(machine, answer, "%s", shim_trouble());
}
