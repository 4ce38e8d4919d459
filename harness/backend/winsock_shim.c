/* SPDX-License-Identifier: MIT */

#include <string.h>

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

bool shimmed_redirect(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer)
{
    const struct machine_way *way = &machine->way;
    const struct shim_redirect redirect = {
        .handle = order->handle == NULL ? "" : order->handle,
        .target_pid = order->target_pid,
        .context = order->in.bytes,
        .context_size = order->in.size,
        .layer = (enum wfp_layer)order->layer,
        .remote = order->remote != 0,
        .lost = order->lost != 0,
    };

    if (!way->prepared) {
        return machine_trouble(machine, answer, "nothing was prepared to be redirected");
    }
    return done(machine, shim_redirect(way->client, way->listener.socket, &redirect), answer);
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

    if (on == NULL || !done(machine, shim_state(on->socket, order->handle, &told), answer)) {
        return false;
    }
    answer->state = true;
    answer->error = told.error;
    return true;
}
