/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/backend/winsock_parent.h"

static bool asks_port(const struct step *step, const char *operation)
{
    return step->kind == STEP_RESULT && step->channel == WFP_CHANNEL_PORT &&
           strcmp(step->of, operation) == 0;
}

/* A socket has to be on its completion port before the call: look ahead for who will ask there. */
static bool port_wanted(const struct vector *vector, const struct step *step)
{
    const struct control *control = vector->control;
    bool wanted = false;

    for (size_t i = 0; step->as != NULL && i < vector->step_count; i++) {
        wanted = wanted || asks_port(&vector->steps[i], step->as);
    }
    for (size_t i = 0; step->as != NULL && control != NULL && i < control->count; i++) {
        wanted = wanted || asks_port(&control->replacements[i], step->as);
    }
    return wanted;
}

static void add_ioctl(const struct winsock *winsock, const struct backend_call *call,
                      struct winsock_order *order)
{
    const struct ioctl_step *ioctl = &call->step->ioctl;

    order->code = ioctl->code;
    order->in_pointer = ioctl->in.pointer;
    order->in_size = call->in_size;
    order->out_pointer = ioctl->out.pointer;
    order->out_size = call->out_size;
    order->count = ioctl->count;
    order->overlapped = ioctl->overlapped;
    order->routine = ioctl->routine;
    order->fault = ioctl->fault;
    order->port = ioctl->overlapped != WFP_POINTER_NULL && port_wanted(winsock->vector, call->step);
}

void winsock_order_make(const struct winsock *winsock, const struct backend_call *call,
                        struct winsock_order *order)
{
    const struct step *step = call->step;
    const struct winsock_order made = {
        .verb = step->kind,
        .family = step->family,
        .type = step->type,
        .overlapped_socket = step->overlapped_socket,
        .update = step->update,
        .start = step->started.given && step->started.value,
        .stop = step->started.given && !step->started.value,
        .thread = step->thread,
        .channel = step->channel,
        .wait = step->wait,
        .on = step->on,
        .as = step->as,
        .of = step->of,
        .to = step->to,
        .from = step->from,
        .handle = step->handle,
        .redirected = step->redirected,
        .elevate = step->elevated.given && step->elevated.value,
        .unelevate = step->elevated.given && !step->elevated.value,
    };

    *order = made;
    if (step->kind == STEP_IOCTL) {
        add_ioctl(winsock, call, order);
    }
}

/* A copy, because the bytes of an order are not const: one that was read owns them. */
bool winsock_order_input(const struct backend_call *call, struct winsock_order *order)
{
    if (call->in == NULL) {
        return true;
    }
    order->in.bytes = malloc((size_t)call->in_size + 1);
    if (order->in.bytes == NULL) {
        return false;
    }
    memcpy(order->in.bytes, call->in, call->in_size);
    order->in.size = call->in_size;
    return true;
}
