/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include <wfp/sim.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/dial.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/hop.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

enum { WINDOWS_WSAENOBUFS = 10055, WINDOWS_WSAECONNREFUSED = 10061 };

const struct exchange_verdict exchange_no_verdict = {.told = {MODEL_NOBODY, MODEL_NOBODY},
                                                     .by = MODEL_NOBODY};

/* ---- the callouts ---- */

/* Without connecting in the model: for what will not be connected. */
static void ask_states(struct model *model, uint32_t world, struct exchange_verdict *verdict)
{
    for (size_t i = 0; i < model->service_count; i++) {
        struct wfp_reply reply;

        if (wfp_redirect_state(model->world, world, model->services[i].handle, &reply) == WFP_OK) {
            verdict->told[i] = (uint8_t)reply.answer.error;
        }
    }
}

/* With one proxy it reaches its destination all the same, so that one mistake shows as one. */
static void take_verdict(struct lab *lab, const struct model_connected *connected,
                         struct exchange_verdict *verdict)
{
    memcpy(verdict->told, connected->told, sizeof verdict->told);
    if (lab->order->program_count > 1) {
        verdict->by = connected->by;
        verdict->door = connected->door;
        return;
    }
    verdict->again = connected->by != MODEL_NOBODY;
    if (connected->door != WFP_INVALID_SOCKET) {
        (void)wfp_socket_close(lab->model.world, connected->door);
    }
}

static void connect_in_world(struct lab *lab, struct socket *socket, const struct wfp_address *peer,
                             const struct client *client, struct exchange_verdict *verdict)
{
    struct model_connect call = {
        .socket = socket->world, .type = WFP_TCP, .to = *peer, .target_pid = 1};
    struct model_connected connected;

    if (socket->connected) {
        ask_states(&lab->model, socket->world, verdict);
        return;
    }
    for (size_t i = 0; client != NULL && i < lab->proxy_count; i++) {
        call.context_sizes[i] =
            (uint32_t)client_context(client, lab->proxies[i], &call.contexts[i]);
    }
    if (model_connect(&lab->model, &call, &connected)) {
        socket->connected = true;
        take_verdict(lab, &connected, verdict);
    }
}

static void tell_states(const struct exchange *exchange, const struct exchange_verdict *verdict)
{
    struct lab *lab = exchange->lab;

    for (size_t i = 0; i < lab->proxy_count; i++) {
        const struct proxy *proxy = lab->proxies[i];
        struct event event = {.kind = EVENT_TOLD};

        if (verdict->told[i] == MODEL_NOBODY || proxy == NULL) {
            continue;
        }
        event_set_number(&event, FIELD_SOCKET, event_number(&exchange->event, FIELD_SOCKET));
        if (proxy->main != NULL) {
            event_set_number(&event, FIELD_PROCESS, proxy->main->number);
        }
        event_set_number(&event, FIELD_STATE, verdict->told[i]);
        if (event_has(&exchange->event, FIELD_CLIENT)) {
            event_set_number(&event, FIELD_CLIENT, event_number(&exchange->event, FIELD_CLIENT));
        }
        lab_tell(lab, &event);
    }
}

static void tell_loop(const struct exchange *exchange, const char *cycle)
{
    const uint32_t number = exchange->process->number;
    struct event event = {.kind = EVENT_LOOP};
    char text[64];

    (void)snprintf(text, sizeof text, "process %lu > process %lu", (unsigned long)number,
                   (unsigned long)number);
    event_set_number(&event, FIELD_PROCESS, number);
    event_set_number(&event, FIELD_SOCKET, event_number(&exchange->event, FIELD_SOCKET));
    if (event_has(&exchange->event, FIELD_CLIENT)) {
        event_set_number(&event, FIELD_CLIENT, event_number(&exchange->event, FIELD_CLIENT));
    }
    event_set_text(&event, FIELD_TEXT, cycle != NULL ? cycle : text);
    lab_tell(exchange->lab, &event);
}

void exchange_tell_verdict(const struct exchange *exchange, const struct exchange_verdict *verdict)
{
    tell_states(exchange, verdict);
    if (verdict->again) {
        tell_loop(exchange, verdict->cycle);
    }
}

/* ---- the destination ---- */

static const struct upstream *upstream_of(const struct exchange *exchange)
{
    return &exchange->process->proxy->program->upstream;
}

static bool is_upstream(const struct upstream *upstream, const struct wfp_address *peer)
{
    return upstream->kind != UPSTREAM_NONE && upstream->address.port == peer->port &&
           endpoint_same_host(&upstream->address, peer);
}

static void answer_dial(struct exchange *exchange, struct socket *socket,
                        const struct wfp_address *peer, struct client *client)
{
    const struct upstream *upstream = upstream_of(exchange);
    const struct dial *dial =
        is_upstream(upstream, peer)
            ? dial_add_upstream(exchange->lab, exchange->process, socket->number, peer,
                                upstream->kind)
            : dial_add(exchange->lab, exchange->process, socket->number, peer, client);

    if (dial == NULL) {
        exchange_answer(exchange, EVENT_BY_SHIM, WINDOWS_WSAENOBUFS);
        return;
    }
    socket_count(socket);
    exchange_answer(exchange, EVENT_BY_SHIM, 0);
    event_set_address(&exchange->answer, FIELD_REAL, &dial->real);
    event_set_number(&exchange->event, FIELD_DIAL, dial->number);
}

/* ---- two proxies ---- */

/* "proxy 1 > proxy 2 > proxy 1": from the last time that it came here. */
static void describe_cycle(const struct client *client, char *text, size_t size)
{
    const uint32_t last = client->hops - 1;
    uint32_t at = last;
    size_t used = 0;

    while (at > 0 && client->visited[--at] != client->visited[last]) {
    }
    for (; at <= last && used < size; at++) {
        used += (size_t)snprintf(text + used, size - used, "%sproxy %u", used > 0 ? " > " : "",
                                 client->visited[at] + 1u);
    }
}

/* The redirect is carried out; a connection that goes round and round is refused in the end. */
static void answer_redirect(struct exchange *exchange, const struct wfp_address *peer,
                            struct client *client, struct exchange_verdict *verdict)
{
    struct lab *lab = exchange->lab;
    static char cycle[256];
    struct wfp_address real;

    client->visited[client->hops++] = verdict->by;
    if (client->hops > MODEL_HOPS_MAX) {
        describe_cycle(client, cycle, sizeof cycle);
        verdict->again = true;
        verdict->cycle = cycle;
        (void)wfp_socket_close(lab->model.world, verdict->door);
        client->hops--;
        exchange_answer(exchange, EVENT_BY_SHIM, WINDOWS_WSAECONNREFUSED);
        return;
    }
    if (hop_add(lab, client, lab->proxies[verdict->by], verdict->door, peer, &real) == NULL) {
        exchange_answer(exchange, EVENT_BY_SHIM, WINDOWS_WSAENOBUFS);
        return;
    }
    exchange_answer(exchange, EVENT_BY_SHIM, 0);
    event_set_address(&exchange->answer, FIELD_REAL, &real);
}

/* ---- a connection ---- */

static void look_at_dial(struct exchange *exchange, struct socket *socket,
                         const struct wfp_address *peer)
{
    struct lab *lab = exchange->lab;
    struct client *client = client_of_destination(lab, peer);
    const uint32_t error = client == NULL ? 0 : client_refusal(client);
    struct exchange_verdict verdict = exchange_no_verdict;

    exchange_note_client(exchange, client == NULL ? 0 : client->number);
    if (error != 0) {
        ask_states(&lab->model, socket->world, &verdict);
        exchange_answer(exchange, EVENT_BY_SCENARIO, error);
    } else {
        connect_in_world(lab, socket, peer, client, &verdict);
        if (client != NULL && verdict.by != MODEL_NOBODY) {
            answer_redirect(exchange, peer, client, &verdict);
        } else {
            answer_dial(exchange, socket, peer, client);
        }
    }
    exchange_tell(exchange);
    exchange_tell_verdict(exchange, &verdict);
}

void look_at_connect(struct exchange *exchange)
{
    const struct wfp_address peer = event_address(&exchange->event, FIELD_PEER);
    struct socket *socket = exchange_socket(exchange);

    if (socket == NULL || exchange->lab->order->pass_through || exchange->lab->member == NULL ||
        exchange->process->proxy == NULL ||
        (!endpoint_is_served(&peer) && !is_upstream(upstream_of(exchange), &peer)) ||
        socket_world(socket) == WFP_INVALID_SOCKET) {
        return;
    }
    if (socket->type == WFP_TCP) {
        look_at_dial(exchange, socket, &peer);
    } else {
        look_at_datagram_connect(exchange, socket, &peer);
    }
}
