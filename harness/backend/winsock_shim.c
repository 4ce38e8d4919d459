/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/address.h"
#include "harness/backend/winsock_machine.h"

static const char *const statuses[] = {
    [WFP_OK] = "done",
    [WFP_NO_ROOM] = "the model has no room left for it",
    [WFP_NO_SOCKET] = "the shim knows no such socket",
    [WFP_NO_HANDLE] = "there is no such redirect handle",
    [WFP_BAD_STATE] = "not possible in this state",
};

static bool done(struct machine *machine, enum wfp_status status, struct winsock_answer *answer)
{
    return status == WFP_OK || machine_trouble(machine, answer, "%s", statuses[status]);
}

bool shimmed_begin(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer)
{
    if (order->in.size != sizeof machine->shim) {
        return true;
    }
    memcpy(&machine->shim, order->in.bytes, sizeof machine->shim);
    if (!shim_install()) {
        return machine_trouble(machine, answer, "the calls of this program cannot be replaced");
    }
    return shim_begin(&machine->shim) ||
           machine_trouble(machine, answer, "no memory for the model");
}

/* From where to where: what was prepared, or the sockets for datagrams that the order names. */
static bool find_ends(struct machine *machine, const struct winsock_order *order, SOCKET *client,
                      SOCKET *service, struct winsock_answer *answer)
{
    const struct machine_socket *on;
    const struct machine_socket *to;

    *client = machine->way.client;
    *service = machine->way.listener.socket;
    if (order->on == NULL) {
        return machine->way.prepared ||
               machine_trouble(machine, answer, "nothing was prepared to be redirected");
    }
    on = socket_find(machine, order->on, answer);
    to = on == NULL || order->to == NULL ? NULL : socket_find(machine, order->to, answer);
    if (on == NULL || (order->to != NULL && to == NULL)) {
        return false;
    }
    *client = on->socket;
    *service = to == NULL ? INVALID_SOCKET : to->socket;
    return true;
}

bool shimmed_redirect(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer)
{
    const struct shim_redirect redirect = {
        .handle = order->handle == NULL ? "" : order->handle,
        .target_pid = order->target_pid,
        .context = order->in.bytes,
        .context_size = order->in.size,
        .layer = (enum wfp_layer)order->layer,
        .remote = order->remote != 0,
        .lost = order->lost != 0,
    };
    SOCKET client;
    SOCKET service;

    return find_ends(machine, order, &client, &service, answer) &&
           done(machine, shim_redirect(client, service, &redirect), answer);
}

bool shimmed_handle(struct machine *machine, const struct winsock_order *order,
                    struct winsock_answer *answer)
{
    if (!shim_active()) {
        return machine_trouble(machine, answer, "no such step without a driver");
    }
    return done(machine,
                order->verb == STEP_HANDLE ? shim_handle_create(order->as)
                                           : shim_handle_destroy(order->on),
                answer);
}

bool shimmed_state(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct wfp_answer told = {0};
    struct wfp_address peer;
    const bool flow = order->peer != NULL && address_parse(order->peer, &peer);

    if (on == NULL ||
        !done(machine, shim_state(on->socket, flow ? &peer : NULL, order->handle, &told), answer)) {
        return false;
    }
    answer->state = true;
    answer->error = told.error;
    return true;
}

bool shimmed_clock(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer)
{
    if (!shim_active()) {
        return machine_trouble(machine, answer, "no clock that can be moved");
    }
    shim_clock_advance(order->advance);
    return true;
}
