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

static void add_local(const struct step *step, struct winsock_order *order)
{
    if (step->kernel.address.given) {
        address_print(&step->kernel.address.address, order->local, sizeof order->local);
        order->peer = order->local;
    }
}

/* What the steps about datagrams have; of the others these members are 0 or NULL. */
static void add_message(const struct backend_call *call, struct winsock_order *order)
{
    const struct step *step = call->step;
    const struct message_step *message = &step->message;
    const bool option = step->kind == STEP_OPTION_SET || step->kind == STEP_OPTION_GET;

    order->peer = message->peer_text;
    order->advance = message->advance;
    if (step->kind != STEP_SEND && step->kind != STEP_RECEIVE && !option) {
        return;
    }
    order->entry = message->entry;
    order->null_name = message->name == WFP_NAME_NULL;
    order->flags = message->flags;
    order->message_flags = message->message_flags;
    order->in_size = call->in_size;
    order->out_size = call->out_size;
    order->count = step->ioctl.count;
    order->overlapped = step->ioctl.overlapped;
    order->control_pointer =
        step->kind == STEP_SEND ? message->control.pointer : message->room.pointer;
    order->control_size = call->control_size;
    if (option) {
        order->level = (uint32_t)message->option.level;
        order->option = (uint32_t)message->option.name;
        order->out_pointer = message->option.pointer;
        order->out_size = message->option.size;
        order->code = message->option.value;
    }
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
    add_message(call, order);
    if (step->kind == STEP_BIND) {
        add_local(step, order);
    }
}

static bool copy_bytes(const uint8_t *from, uint32_t size, struct winsock_bytes *to)
{
    if (from == NULL) {
        return true;
    }
    to->bytes = malloc((size_t)size + 1);
    if (to->bytes == NULL) {
        return false;
    }
    memcpy(to->bytes, from, size);
    to->size = size;
    return true;
}

/* A copy, because the bytes of an order are not const: one that was read owns them. */
bool winsock_order_input(const struct backend_call *call, struct winsock_order *order)
{
    if (!copy_bytes(call->in, call->in_size, &order->in)) {
        return false;
    }
    if (!copy_bytes(call->control, call->control_size, &order->control)) {
        winsock_order_forget(order);
        return false;
    }
    return true;
}

void winsock_order_forget(struct winsock_order *order)
{
    free(order->in.bytes);
    free(order->control.bytes);
}
