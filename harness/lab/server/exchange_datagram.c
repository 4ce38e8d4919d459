/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/datagram.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"
#include "harness/lab/server/receiver.h"
#include "harness/lab/server/sender.h"

enum { WINDOWS_WSAENOBUFS = 10055 };

static enum wfp_layout layout_of(const struct process *process)
{
    return process->bits == 32 ? WFP_LAYOUT_32 : WFP_LAYOUT_64;
}

/* ---- to the proxy ---- */

/* In the model a client's datagram is sent when the proxy is about to receive it: so it is this one
 * that waits there, and no other. */
static bool send_in_world(struct exchange *exchange, struct socket *socket, struct client *client)
{
    struct lab *lab = exchange->lab;
    const uint8_t *context;
    const size_t context_size = client_context(client, exchange->process->proxy, &context);
    const struct wfp_redirect redirect = {.handle = lab->model.services[0].handle,
                                          .target_pid = 1,
                                          .context_size = (uint32_t)context_size,
                                          .context = context,
                                          .lost = client->group->is == SCENARIO_LOST};
    const struct wfp_send call = {.socket = client->sender->world,
                                  .entry = WFP_MESSAGE_PLAIN,
                                  .name = WFP_NAME_GIVEN,
                                  .to = client->destination,
                                  .data = {lab->room[0], client->group->bytes, WFP_POINTER_HEAP},
                                  .control = {NULL, 0, WFP_POINTER_NULL},
                                  .byte_count = WFP_POINTER_HEAP,
                                  .redirect = &redirect,
                                  .service = socket_world(socket)};
    struct wfp_message_reply reply;

    return wfp_message_send(lab->model.world, &call, &reply) == WFP_OK && reply.answer.error == 0;
}

static void answer_received(struct exchange *exchange, const struct wfp_message_reply *reply,
                            const uint8_t *control)
{
    exchange_answer(exchange, EVENT_BY_SHIM, reply->answer.error);
    event_set_bytes(&exchange->answer, FIELD_CONTROL, control, reply->control);
    event_set_number(&exchange->answer, FIELD_FLAGS, reply->flags);
}

static uint32_t control_room(const struct event *event)
{
    const uint64_t size = event_number(event, FIELD_CONTROL_SIZE);

    return size < EVENT_BYTES_MAX ? (uint32_t)size : EVENT_BYTES_MAX;
}

/* Of a type like the record's, and of another level: not for a proxy. */
static uint32_t write_strange(const struct exchange *exchange, uint8_t *out, uint32_t room)
{
    enum { WINDOWS_SOL_SOCKET = 0xFFFF };
    static const uint8_t data[16] = "no record at all";
    const struct wfp_control_object object = {.level = WINDOWS_SOL_SOCKET,
                                              .type = WFP_REDIRECT_RECORDS,
                                              .data = data,
                                              .size = sizeof data};

    return wfp_control_write(layout_of(exchange->process), &object, out, room);
}

/* `before`: bytes of control data that stand there already. */
static bool receive_in_world(struct exchange *exchange, struct socket *socket, uint32_t room_size,
                             uint32_t before, struct wfp_message_reply *reply)
{
    const struct event *event = &exchange->event;
    uint8_t *const *room = exchange->lab->room;
    const struct wfp_receive call = {
        .socket = socket_world(socket),
        .entry = event_has(event, FIELD_CONTROL_SIZE) ? WFP_MESSAGE_WSA : WFP_MESSAGE_PLAIN,
        .name = WFP_NAME_GIVEN,
        .data = {room[0], (uint32_t)event_number(event, FIELD_OUT_SIZE), WFP_POINTER_HEAP},
        .control = {room[1] + before, room_size - before, WFP_POINTER_HEAP},
        .layout = layout_of(exchange->process),
        .flags = (uint32_t)event_number(event, FIELD_FLAGS) & WFP_MSG_PEEK,
        .byte_count = WFP_POINTER_HEAP,
        .control_length = WFP_POINTER_HEAP};

    return wfp_message_receive(exchange->lab->model.world, &call, reply) == WFP_OK;
}

static void receive_from_client(struct exchange *exchange, struct socket *socket,
                                struct client *client)
{
    const bool peek = (event_number(&exchange->event, FIELD_FLAGS) & WFP_MSG_PEEK) != 0;
    const uint32_t room = control_room(&exchange->event);
    uint32_t before = 0;
    struct wfp_message_reply reply;

    exchange_note_client(exchange, client->number);
    if (client->group->is == SCENARIO_DIRECT) {
        return;
    }
    if (exchange->lab->member->scenario->strange && client->sent == 1) {
        before = write_strange(exchange, exchange->lab->room[1], room);
    }
    if ((socket->peeked || send_in_world(exchange, socket, client)) &&
        receive_in_world(exchange, socket, room, before, &reply)) {
        reply.control += before;
        answer_received(exchange, &reply, exchange->lab->room[1]);
    }
    socket->peeked = peek;
}

static void receive_from_destination(struct exchange *exchange, const struct receiver *receiver)
{
    event_set_number(&exchange->event, FIELD_DIAL, receiver->number);
    exchange_note_client(exchange, receiver->client == NULL ? 0 : receiver->client->number);
    exchange_answer(exchange, EVENT_BY_SHIM, (uint32_t)event_number(&exchange->event, FIELD_ERROR));
    event_set_address(&exchange->answer, FIELD_PEER, &receiver->peer);
}

void look_at_datagram_receive(struct exchange *exchange)
{
    const struct wfp_address real = event_address(&exchange->event, FIELD_REAL);
    const bool peek = (event_number(&exchange->event, FIELD_FLAGS) & WFP_MSG_PEEK) != 0;
    struct lab *lab = exchange->lab;
    struct socket *socket = exchange_socket(exchange);
    const struct receiver *receiver;
    struct client *client;

    if (socket == NULL || lab->order->pass_through || socket_world(socket) == WFP_INVALID_SOCKET) {
        return;
    }
    receiver = receiver_at(lab, &real);
    if (receiver != NULL) {
        receive_from_destination(exchange, receiver);
        return;
    }
    client = sender_next(lab, &real, peek);
    if (client != NULL) {
        receive_from_client(exchange, socket, client);
    }
}

/* ---- from the proxy ---- */

static bool says(struct event_bytes name, const char *text)
{
    return name.size == strlen(text) && memcmp(name.at, text, name.size) == 0;
}

/* A send binds a socket that is not bound. Whether WSASendMsg does is a question to the documents
 * (MSG-14), and no proxy's mistake. */
static void bind_in_world(struct model *model, struct socket *socket)
{
    if (!socket->bound) {
        socket->bound = true;
        socket->local = (struct wfp_address){.family = (uint8_t)socket->family};
        (void)wfp_socket_bind(model->world, socket_world(socket), NULL);
    }
}

static bool send_on_in_world(struct exchange *exchange, struct socket *socket,
                             const struct wfp_address *peer, struct wfp_message_reply *reply)
{
    const struct event *event = &exchange->event;
    const struct event_bytes control = event_bytes(event, FIELD_CONTROL);
    const bool message = says(event_bytes(event, FIELD_NAME), "WSASendMsg") || control.size > 0;
    uint8_t *const *room = exchange->lab->room;
    const uint64_t size = event_number(event, FIELD_SIZE);
    const struct wfp_send call = {
        .socket = socket_world(socket),
        .entry = message ? WFP_MESSAGE_WSA : WFP_MESSAGE_PLAIN,
        .name = socket->connected ? WFP_NAME_NONE : WFP_NAME_GIVEN,
        .to = *peer,
        .data = {room[0], size < MODEL_DATAGRAM_MAX ? (uint32_t)size : MODEL_DATAGRAM_MAX,
                 WFP_POINTER_HEAP},
        .control = {room[1], control.size, control.size > 0 ? WFP_POINTER_HEAP : WFP_POINTER_NULL},
        .layout = layout_of(exchange->process),
        .byte_count = WFP_POINTER_HEAP};

    bind_in_world(&exchange->lab->model, socket);
    if (control.size > 0) {
        memcpy(room[1], control.at, control.size);
    }
    return wfp_message_send(exchange->lab->model.world, &call, reply) == WFP_OK;
}

/* The states that the callouts are told of a flow. */
static void ask_states(struct lab *lab, struct socket *socket, const struct wfp_address *peer,
                       struct exchange_verdict *verdict)
{
    for (size_t i = 0; i < lab->model.service_count; i++) {
        struct wfp_reply reply;

        if (wfp_flow_redirect_state(lab->model.world, socket_world(socket), peer,
                                    lab->model.services[i].handle, &reply) == WFP_OK) {
            verdict->told[i] = (uint8_t)reply.answer.error;
            verdict->again |= reply.answer.error == WFP_NOT_REDIRECTED ||
                              reply.answer.error == WFP_REDIRECTED_BY_OTHER;
        }
    }
}

/* The first of a flow is classified. */
static void begin_flow(struct exchange *exchange, struct socket *socket,
                       const struct wfp_address *peer, struct receiver **receiver)
{
    struct exchange_verdict verdict = exchange_no_verdict;

    *receiver = receiver_add(exchange->lab, exchange->process, socket->number, peer);
    if (*receiver == NULL) {
        exchange_answer(exchange, EVENT_BY_SHIM, WINDOWS_WSAENOBUFS);
        return;
    }
    ask_states(exchange->lab, socket, peer, &verdict);
    event_set_number(&exchange->event, FIELD_DIAL, (*receiver)->number);
    exchange_note_client(exchange, (*receiver)->client == NULL ? 0 : (*receiver)->client->number);
    event_set_address(&exchange->answer, FIELD_REAL, &(*receiver)->real);
    exchange_tell(exchange);
    exchange_tell_verdict(exchange, &verdict);
}

void look_at_datagram_send(struct exchange *exchange)
{
    const struct wfp_address peer = event_address(&exchange->event, FIELD_PEER);
    struct lab *lab = exchange->lab;
    struct socket *socket = exchange_socket(exchange);
    struct wfp_message_reply reply;
    struct receiver *receiver;

    if (socket == NULL || lab->order->pass_through || lab->member == NULL ||
        !endpoint_is_served(&peer) || socket_world(socket) == WFP_INVALID_SOCKET ||
        !send_on_in_world(exchange, socket, &peer, &reply)) {
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, reply.answer.error);
    if (reply.answer.error != 0) {
        return;
    }
    receiver = receiver_of(lab, exchange->process, socket->number, &peer);
    if (receiver == NULL) {
        begin_flow(exchange, socket, &peer, &receiver);
        return;
    }
    event_set_number(&exchange->event, FIELD_DIAL, receiver->number);
    exchange_note_client(exchange, receiver->client == NULL ? 0 : receiver->client->number);
    event_set_address(&exchange->answer, FIELD_REAL, &receiver->real);
}

/* connect() of a datagram socket: its flow is classified now (UDP-14). */
void look_at_datagram_connect(struct exchange *exchange, struct socket *socket,
                              const struct wfp_address *peer)
{
    const struct wfp_send call = {
        .socket = socket_world(socket), .name = WFP_NAME_GIVEN, .to = *peer};
    struct wfp_message_reply reply;
    struct receiver *receiver;

    if (wfp_datagram_connect(exchange->lab->model.world, &call, &reply) != WFP_OK) {
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, reply.answer.error);
    if (reply.answer.error == 0) {
        socket->connected = true;
        begin_flow(exchange, socket, peer, &receiver);
    }
}
