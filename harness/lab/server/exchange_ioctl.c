/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/datagram.h>
#include <wfp/sim.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"

enum { IO_PENDING = 997 };

/*
 * SIO_UDP_NETRESET: whether a socket of datagrams hears of those that died on their way. Here none
 * does. Wine 8 lacks the code, and Go opens no such socket without it.
 */
static const uint32_t udp_netreset = 0x9800000f;

/* ---- what is asked ---- */

static const struct {
    uint32_t code;
    enum scenario_call call;
} codes[] = {
    {WFP_SIO_QUERY_RECORDS, SCENARIO_QUERY_RECORDS},
    {WFP_SIO_QUERY_CONTEXT, SCENARIO_QUERY_CONTEXT},
    {WFP_SIO_SET_RECORDS, SCENARIO_SET_RECORDS},
};

/* SCENARIO_CALLS: another code, which the provider answers. */
static enum scenario_call call_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            return codes[i].call;
        }
    }
    return SCENARIO_CALLS;
}

static enum wfp_pointer pointer_of(const struct event *event, enum event_field field)
{
    const uint64_t value = event_number(event, field);

    return value <= WFP_POINTER_PARTLY_UNMAPPED ? (enum wfp_pointer)value : WFP_POINTER_HEAP;
}

/* The model writes no more than a record, whatever size the program says. */
static struct wfp_ioctl ioctl_of(const struct event *event, uint32_t socket, uint8_t *in,
                                 uint8_t *out)
{
    const struct event_bytes input = event_bytes(event, FIELD_IN);

    if (input.size > 0) {
        memcpy(in, input.at, input.size);
    }
    return (struct wfp_ioctl){
        .socket = socket,
        .code = (uint32_t)event_number(event, FIELD_CODE),
        .in = {in, (uint32_t)event_number(event, FIELD_IN_SIZE),
               pointer_of(event, FIELD_IN_POINTER)},
        .out = {out, (uint32_t)event_number(event, FIELD_OUT_SIZE),
                pointer_of(event, FIELD_OUT_POINTER)},
        .byte_count = pointer_of(event, FIELD_COUNT_POINTER),
        .overlapped = pointer_of(event, FIELD_OVERLAPPED_POINTER),
        .routine = pointer_of(event, FIELD_ROUTINE_POINTER),
    };
}

/* ---- what is answered ---- */

static void answer_count(struct exchange *exchange, const struct wfp_answer *answer)
{
    if (answer->count == WFP_COUNT_VALUE) {
        event_set_number(&exchange->answer, FIELD_COUNT, answer->bytes);
    }
}

/* The byte count of a scripted answer may speak of N: of what the model would have said. */
static void answer_scripted(struct exchange *exchange, const struct scenario_scripted *scripted,
                            uint32_t needed)
{
    struct wfp_answer answer = scripted->answer;

    if (answer.count == WFP_COUNT_NEEDED) {
        answer.count = WFP_COUNT_VALUE;
        answer.bytes = needed;
    }
    exchange_answer(exchange, EVENT_BY_SCENARIO, answer.error);
    answer_count(exchange, &answer);
}

/* An operation that the model leaves pending is finished here and now; how long the program waits
 * for it is the scenario's to say. */
static bool ask_model(struct model *model, const struct wfp_ioctl *call, struct wfp_reply *reply)
{
    if (wfp_socket_ioctl(model->world, call, reply) != WFP_OK) {
        return false;
    }
    if (reply->operation != 0) {
        const uint32_t operation = reply->operation;

        if (reply->answer.error == IO_PENDING &&
            wfp_operation_finish(model->world, operation, call, reply) != WFP_OK) {
            return false;
        }
        (void)wfp_operation_release(model->world, operation);
    }
    return true;
}

static void answer_by_model(struct exchange *exchange, const struct wfp_ioctl *call)
{
    const struct scenario_member *member = exchange->lab->member;
    const uint32_t pending = member == NULL ? 0 : member->scenario->pending;
    struct wfp_reply reply;

    if (!ask_model(&exchange->lab->model, call, &reply)) {
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, reply.answer.error);
    answer_count(exchange, &reply.answer);
    if (reply.written > 0) {
        event_set_bytes(&exchange->answer, FIELD_OUT, call->out.bytes, reply.written);
    }
    if (pending > 0 && call->overlapped != WFP_POINTER_NULL) {
        event_set_number(&exchange->answer, FIELD_DELAY, pending);
    }
}

/* What a query would return with all the room in the world; 0: nothing. Changes nothing. */
static uint32_t true_size(const struct model *model, uint32_t socket, uint32_t code, uint8_t *room)
{
    const struct wfp_ioctl call = {.socket = socket,
                                   .code = code,
                                   .out = {room, EVENT_BYTES_MAX, WFP_POINTER_HEAP},
                                   .in = {NULL, 0, WFP_POINTER_NULL},
                                   .byte_count = WFP_POINTER_HEAP,
                                   .overlapped = WFP_POINTER_NULL,
                                   .routine = WFP_POINTER_NULL};
    struct wfp_answer_set set;

    wfp_ioctl_allowed(model->world, &call, &set);
    return set.count > 0 && set.answers[0].error == 0 ? set.answers[0].bytes : 0;
}

static void answer_nothing(struct exchange *exchange)
{
    exchange_answer(exchange, EVENT_BY_SHIM, 0);
    event_set_number(&exchange->answer, FIELD_COUNT, 0);
}

void look_at_ioctl(struct exchange *exchange)
{
    struct lab *lab = exchange->lab;
    const uint32_t code = (uint32_t)event_number(&exchange->event, FIELD_CODE);
    const enum scenario_call call = call_of(code);
    struct socket *socket = exchange_socket(exchange);
    const struct scenario_scripted *scripted;
    uint32_t needed = 0;
    struct wfp_ioctl asked;

    if (socket == NULL) {
        return;
    }
    exchange_note_client(exchange, socket->client);
    if (lab->order->pass_through) {
        return;
    }
    if (code == udp_netreset) {
        answer_nothing(exchange);
        return;
    }
    if (call == SCENARIO_CALLS || socket_world(socket) == WFP_INVALID_SOCKET) {
        return;
    }
    socket->calls[call]++;
    if (call != SCENARIO_SET_RECORDS) {
        needed = true_size(&lab->model, socket->world, code, lab->room[1]);
        event_set_number(&exchange->event, FIELD_NUMBER, needed);
    }
    scripted = lab->member == NULL
                   ? NULL
                   : scenario_answer(lab->member->scenario, call, socket->calls[call]);
    if (scripted != NULL) {
        answer_scripted(exchange, scripted, needed);
        return;
    }
    asked = ioctl_of(&exchange->event, socket->world, lab->room[0], lab->room[1]);
    answer_by_model(exchange, &asked);
}

/* ---- options ---- */

static bool is_record_option(const struct event *event)
{
    const uint64_t level = event_number(event, FIELD_LEVEL);
    const uint64_t option = event_number(event, FIELD_OPTION);

    return (level == WFP_IPPROTO_IP || level == WFP_IPPROTO_IPV6) &&
           (option == WFP_REDIRECT_RECORDS || option == WFP_REDIRECT_CONTEXT);
}

/* Is it the model that answers? */
static bool is_for_model(const struct exchange *exchange, struct socket *socket)
{
    const struct lab *lab = exchange->lab;

    return socket != NULL && !lab->order->pass_through && is_record_option(&exchange->event) &&
           socket_world(socket) != WFP_INVALID_SOCKET;
}

static struct wfp_option option_of(const struct event *event, uint32_t socket, uint8_t *value,
                                   uint32_t size)
{
    return (struct wfp_option){.socket = socket,
                               .level = (uint32_t)event_number(event, FIELD_LEVEL),
                               .name = (uint32_t)event_number(event, FIELD_OPTION),
                               .value = {value, size, WFP_POINTER_HEAP}};
}

static void remember_option(struct socket *socket, const struct wfp_option *call)
{
    struct socket_option *option;
    size_t at = 0;

    while (at < socket->option_count &&
           (socket->options[at].level != call->level || socket->options[at].name != call->name)) {
        at++;
    }
    if (at == SOCKET_OPTIONS || call->value.size < sizeof option->value) {
        return;
    }
    option = &socket->options[at];
    *option = (struct socket_option){.level = call->level, .name = call->name};
    memcpy(&option->value, call->value.bytes, sizeof option->value);
    socket->option_count += at == socket->option_count;
}

void look_at_option_set(struct exchange *exchange)
{
    const struct event_bytes value = event_bytes(&exchange->event, FIELD_IN);
    struct socket *socket = exchange_socket(exchange);
    struct lab *lab = exchange->lab;
    struct wfp_option call;
    struct wfp_reply reply;

    if (!is_for_model(exchange, socket)) {
        return;
    }
    memset(lab->room[0], 0, sizeof call.value);
    if (value.size > 0) {
        memcpy(lab->room[0], value.at, value.size);
    }
    call = option_of(&exchange->event, socket->world, lab->room[0], value.size);
    if (wfp_option_set(lab->model.world, &call, &reply) != WFP_OK) {
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, reply.answer.error);
    if (reply.answer.error == 0) {
        remember_option(socket, &call);
    }
}

void look_at_option_get(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);
    struct lab *lab = exchange->lab;
    struct wfp_option call;
    struct wfp_reply reply;

    if (exchange_original(exchange, socket) || !is_for_model(exchange, socket)) {
        return;
    }
    call = option_of(&exchange->event, socket->world, lab->room[1],
                     (uint32_t)event_number(&exchange->event, FIELD_OUT_SIZE));
    if (wfp_option_get(lab->model.world, &call, &reply) != WFP_OK) {
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, reply.answer.error);
    answer_count(exchange, &reply.answer);
    event_set_bytes(&exchange->answer, FIELD_OUT, call.value.bytes, reply.written);
}
