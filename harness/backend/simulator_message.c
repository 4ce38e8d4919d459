/* SPDX-License-Identifier: MIT */

/* The steps about datagrams, in the model. */

#include <string.h>

#include "harness/backend/simulator.h"
#include "harness/control.h"
#include "harness/pattern.h"

/* ---- addresses ---- */

/* Where a datagram for a socket goes: to the loopback address, unless it has one of its own. */
static struct wfp_address address_of(const struct simulator *simulator, const char *name,
                                     enum wfp_family family)
{
    struct wfp_address address = {.family = (uint8_t)family};

    (void)wfp_socket_local(simulator->world, simulator_socket(simulator, name), &address);
    if (wfp_address_unspecified(&address)) {
        address.family = (uint8_t)family;
        address.bytes[family == WFP_IPV4 ? 0 : 15] = family == WFP_IPV4 ? 127 : 1;
        address.bytes[3] = family == WFP_IPV4;
    } else if (family == WFP_IPV6 && address.family == WFP_IPV4) {
        memmove(address.bytes + 12, address.bytes, 4);
        memset(address.bytes, 0, 10);
        memset(address.bytes + 10, 0xFF, 2);
        address.family = WFP_IPV6;
    }
    return address;
}

static bool find_address(const struct simulator *simulator, const struct step *step,
                         struct wfp_address *address)
{
    if (step->message.peer_text != NULL) {
        *address = step->message.peer;
        return true;
    }
    if (step->to == NULL) {
        return false;
    }
    *address = address_of(simulator, step->to, simulator_family(simulator, step->on));
    return true;
}

/* ---- options ---- */

static bool make_option(struct simulator *simulator, const struct step *step,
                        struct wfp_option *option)
{
    const struct option_value *wanted = &step->message.option;
    uint8_t *bytes = simulator_buffer(simulator, wanted->size);

    if (bytes == NULL) {
        return false;
    }
    pattern_fill(bytes, wanted->size);
    for (uint32_t i = 0; step->kind == STEP_OPTION_SET && i < wanted->size; i++) {
        bytes[i] = (uint8_t)(i < 4 ? wanted->value >> (8 * i) : 0);
    }
    option->socket = simulator_socket(simulator, step->on);
    option->level = (uint32_t)wanted->level;
    option->name = (uint32_t)wanted->name;
    option->value = (struct wfp_buffer){bytes, wanted->size, wanted->pointer};
    return true;
}

/* setsockopt() and getsockopt() are asked in the same three ways. */
struct option_calls {
    enum wfp_status (*make)(struct wfp_world *world, const struct wfp_option *call,
                            struct wfp_reply *reply);
    void (*allow)(const struct wfp_world *world, const struct wfp_option *call,
                  struct wfp_answer_set *set);
    enum wfp_status (*assume)(struct wfp_world *world, const struct wfp_option *call,
                              struct wfp_answer answer, struct wfp_reply *reply);
};

static enum wfp_status perform_option(struct simulator *simulator, const struct backend_call *call,
                                      const struct option_calls *calls, struct wfp_option *option,
                                      struct backend_reply *reply)
{
    struct wfp_world *world = simulator->world;
    struct wfp_reply given;
    enum wfp_status status;

    if (!make_option(simulator, call->step, option)) {
        return WFP_NO_ROOM;
    }
    if (call->allowed != NULL) {
        calls->allow(world, option, call->allowed);
    }
    status = call->observed == NULL ? calls->make(world, option, &given)
                                    : calls->assume(world, option, *call->observed, &given);
    simulator_answer(reply, &given);
    return status;
}

enum wfp_status perform_option_set(struct simulator *simulator, const struct backend_call *call,
                                   struct backend_reply *reply)
{
    static const struct option_calls set = {wfp_option_set, wfp_option_set_allowed,
                                            wfp_option_set_assume};
    struct wfp_option option;

    return perform_option(simulator, call, &set, &option, reply);
}

enum wfp_status perform_option_get(struct simulator *simulator, const struct backend_call *call,
                                   struct backend_reply *reply)
{
    static const struct option_calls get = {wfp_option_get, wfp_option_get_allowed,
                                            wfp_option_get_assume};
    struct wfp_option option;
    const enum wfp_status status = perform_option(simulator, call, &get, &option, reply);

    if (status == WFP_OK) {
        reply->out = option.value.bytes;
        reply->out_size = option.value.size;
    }
    return status;
}

/* ---- sending ---- */

static enum wfp_status make_send(struct simulator *simulator, const struct backend_call *call,
                                 struct wfp_redirect *redirect, struct wfp_send *send)
{
    const struct step *step = call->step;
    const struct message_step *message = &step->message;

    memset(send, 0, sizeof *send);
    send->socket = simulator_socket(simulator, step->on);
    send->entry = message->entry;
    send->name = find_address(simulator, step, &send->to) ? WFP_NAME_GIVEN : WFP_NAME_NONE;
    if (message->name == WFP_NAME_NULL) {
        send->name = WFP_NAME_NULL;
    }
    send->data =
        (struct wfp_buffer){(uint8_t *)(uintptr_t)call->in, call->in_size, message->data.pointer};
    send->control = (struct wfp_buffer){(uint8_t *)(uintptr_t)call->control, call->control_size,
                                        message->control.pointer};
    send->layout = control_layout_of(message->control.layout, WFP_LAYOUT_64);
    send->flags = message->flags;
    send->message_flags = message->message_flags;
    send->byte_count = step->ioctl.count;
    send->overlapped = step->ioctl.overlapped != WFP_POINTER_NULL;
    if (call->control == NULL) {
        send->control.pointer = WFP_POINTER_NULL;
    }
    if (step->kernel.request != NULL) {
        send->classification = simulator_id(simulator, OBJECT_REQUEST, step->kernel.request);
    }
    if (!step->redirected) {
        return WFP_OK;
    }
    send->redirect = redirect;
    send->service = message->service == NULL ? 0 : simulator_socket(simulator, message->service);
    return simulator_redirect(simulator, &step->redirect, redirect);
}

enum wfp_status perform_send(struct simulator *simulator, const struct backend_call *call,
                             struct backend_reply *reply)
{
    struct wfp_world *world = simulator->world;
    struct wfp_message_reply given = {.rule = NULL};
    struct wfp_redirect redirect;
    struct wfp_send send;
    enum wfp_status status = make_send(simulator, call, &redirect, &send);

    if (status != WFP_OK) {
        return status;
    }
    if (call->allowed != NULL) {
        wfp_message_send_allowed(world, &send, call->allowed);
    }
    status = call->observed == NULL
                 ? wfp_message_send(world, &send, &given)
                 : wfp_message_send_assume(world, &send, *call->observed, &given);
    reply->answer = given.answer;
    reply->rule = given.rule;
    return status;
}

enum wfp_status perform_datagram_connect(struct simulator *simulator,
                                         const struct backend_call *call,
                                         struct backend_reply *reply)
{
    struct wfp_world *world = simulator->world;
    struct wfp_message_reply given = {.rule = NULL};
    struct wfp_redirect redirect;
    struct wfp_send send;
    enum wfp_status status = make_send(simulator, call, &redirect, &send);

    if (status != WFP_OK) {
        return status;
    }
    if (call->allowed != NULL) {
        wfp_datagram_connect_allowed(world, &send, call->allowed);
    }
    status = call->observed == NULL
                 ? wfp_datagram_connect(world, &send, &given)
                 : wfp_datagram_connect_assume(world, &send, *call->observed, &given);
    reply->answer = given.answer;
    reply->rule = given.rule;
    return status;
}

/* ---- receiving ---- */

static bool make_receive(struct simulator *simulator, const struct backend_call *call,
                         struct wfp_receive *receive)
{
    const struct step *step = call->step;
    const struct message_step *message = &step->message;
    uint8_t *data = simulator_buffer(simulator, call->out_size);
    uint8_t *control = simulator_buffer(simulator, call->control_size);

    if (data == NULL || control == NULL) {
        return false;
    }
    pattern_fill(data, call->out_size);
    pattern_fill(control, call->control_size);
    memset(receive, 0, sizeof *receive);
    receive->socket = simulator_socket(simulator, step->on);
    receive->entry = message->entry;
    receive->name = message->name == WFP_NAME_NULL ? WFP_NAME_NULL : WFP_NAME_GIVEN;
    receive->data = (struct wfp_buffer){data, call->out_size, WFP_POINTER_HEAP};
    receive->control = (struct wfp_buffer){control, call->control_size, message->room.pointer};
    receive->layout = control_layout_of(message->room.layout, WFP_LAYOUT_64);
    receive->flags = message->flags;
    receive->byte_count = step->ioctl.count;
    receive->control_length = message->room.length;
    receive->overlapped = step->ioctl.overlapped != WFP_POINTER_NULL;
    return true;
}

static bool has_received(struct wfp_answer answer)
{
    static const uint32_t cut[] = {0, 10040, 0x80000005u};

    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        if (answer.outcome == WFP_RETURNED && answer.error == cut[i]) {
            return true;
        }
    }
    return false;
}

enum wfp_status perform_receive(struct simulator *simulator, const struct backend_call *call,
                                struct backend_reply *reply)
{
    struct wfp_world *world = simulator->world;
    struct wfp_message_reply given = {.rule = NULL};
    struct wfp_receive receive;
    enum wfp_status status;

    if (!make_receive(simulator, call, &receive)) {
        return WFP_NO_ROOM;
    }
    if (call->allowed != NULL) {
        wfp_message_receive_allowed(world, &receive, call->allowed);
    }
    status = call->observed == NULL
                 ? wfp_message_receive(world, &receive, &given)
                 : wfp_message_receive_assume(world, &receive, *call->observed, &given);
    reply->answer = given.answer;
    reply->rule = given.rule;
    reply->out = receive.data.bytes;
    reply->out_size = receive.data.size;
    reply->message = (struct backend_message){has_received(given.answer), receive.control.bytes,
                                              given.control, given.flags};
    return status;
}

/* ---- time and state ---- */

enum wfp_status perform_clock(struct simulator *simulator, const struct backend_call *call,
                              struct backend_reply *reply)
{
    (void)reply;
    wfp_clock_advance(simulator->world, call->step->message.advance);
    return WFP_OK;
}

enum wfp_status perform_flow_state(struct simulator *simulator, const struct backend_call *call,
                                   struct backend_reply *reply)
{
    const uint32_t socket = simulator_socket(simulator, call->step->on);
    struct wfp_address peer;
    struct wfp_reply given;
    uint32_t handle = 0;
    enum wfp_status status = simulator_handle(simulator, call->step->handle, &handle);

    if (status == WFP_OK && !find_address(simulator, call->step, &peer)) {
        status = WFP_BAD_STATE;
    }
    if (status != WFP_OK) {
        return status;
    }
    if (call->allowed != NULL) {
        wfp_flow_redirect_state_allowed(simulator->world, socket, &peer, handle, call->allowed);
    }
    status = wfp_flow_redirect_state(simulator->world, socket, &peer, handle, &given);
    simulator_answer(reply, &given);
    return status;
}
