/* SPDX-License-Identifier: MIT */

#include <wfp/sim.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/hop.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

enum { WINDOWS_AF_INET6 = 23, WINDOWS_SOCK_DGRAM = 2 };

static bool failed(const struct exchange *exchange)
{
    return event_number(&exchange->event, FIELD_ERROR) != 0;
}

void look_at_socket(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);

    if (socket != NULL) {
        const struct event *event = &exchange->event;

        socket->family =
            event_number(event, FIELD_FAMILY) == WINDOWS_AF_INET6 ? WFP_IPV6 : WFP_IPV4;
        socket->type = event_number(event, FIELD_TYPE) == WINDOWS_SOCK_DGRAM ? WFP_UDP : WFP_TCP;
    }
}

void look_at_bind(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);

    if (socket == NULL || failed(exchange)) {
        return;
    }
    (void)socket_world(socket);
    socket->bound = true;
    socket->local = event_address(&exchange->event, FIELD_LOCAL);
    if (exchange->lab->model.world != NULL) {
        (void)wfp_socket_bind(exchange->lab->model.world, socket->world, &socket->local);
    }
    proxy_bound(exchange->process->proxy, socket);
}

void look_at_listen(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);

    if (socket == NULL || failed(exchange)) {
        return;
    }
    (void)socket_world(socket);
    socket->listening = true;
    if (event_has(&exchange->event, FIELD_LOCAL)) {
        socket->local = event_address(&exchange->event, FIELD_LOCAL);
    }
    if (exchange->lab->model.world != NULL) {
        (void)wfp_socket_listen(exchange->lab->model.world, socket->world);
    }
    proxy_bound(exchange->process->proxy, socket);
}

/* ---- accept ---- */

/* The socket that FIELD_OTHER names, whatever it was before. */
static struct socket *accepted_socket(struct exchange *exchange)
{
    const uint64_t number = event_number(&exchange->event, FIELD_OTHER);
    const struct socket *listener =
        process_socket(exchange->process, event_number(&exchange->event, FIELD_SOCKET));
    struct socket *accepted = process_socket_add(exchange->process, number);

    if (accepted != NULL && listener != NULL) {
        accepted->family = listener->family;
        accepted->type = WFP_TCP;
    }
    return accepted;
}

/* Puts what was accepted in the place of what stood for the socket in the world. */
static void replace_world(struct socket *socket, uint32_t world)
{
    struct model *model = &socket->process->lab->model;
    const uint32_t before = socket_world(socket);

    if (before != WFP_INVALID_SOCKET) {
        (void)wfp_socket_close(model->world, before);
    }
    socket->world = world;
    socket->connected = true;
}

/* Whose connection it is: a client's own, or what one proxy passed to another. */
static void take(struct exchange *exchange, struct socket *accepted, bool update)
{
    const struct wfp_address peer = event_address(&exchange->event, FIELD_PEER);
    struct client *client = client_of_source(exchange->lab, &peer);
    struct hop *hop = client == NULL ? hop_of_source(exchange->lab, &peer) : NULL;

    if (client != NULL) {
        accepted->client = client->number;
        replace_world(accepted, client_take_door(client, update));
    } else if (hop != NULL) {
        accepted->client = hop->client->number;
        replace_world(accepted, hop_take_door(hop));
    }
    exchange_note_client(exchange, accepted->client);
    socket_count(accepted);
}

void look_at_accept(struct exchange *exchange)
{
    struct socket *accepted = failed(exchange) ? NULL : accepted_socket(exchange);

    if (accepted != NULL && exchange->lab->model.world != NULL) {
        take(exchange, accepted, true);
    }
}

/* AcceptEx: whether SO_UPDATE_ACCEPT_CONTEXT follows is not known yet (UNK-36). */
void look_at_accepted_ex(struct exchange *exchange)
{
    struct socket *accepted = accepted_socket(exchange);

    if (accepted != NULL && exchange->lab->model.world != NULL) {
        take(exchange, accepted, false);
    }
}

void look_at_update_accept(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);
    struct client *client;

    if (socket == NULL || failed(exchange) || exchange->lab->model.world == NULL) {
        return;
    }
    client = client_numbered(exchange->lab, socket->client);
    if (client != NULL) {
        exchange_note_client(exchange, client->number);
        replace_world(socket, client_take_door(client, true));
    }
}

/* ---- the rest ---- */

void look_at_duplicate(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);
    struct socket *copy =
        process_socket_add(exchange->process, event_number(&exchange->event, FIELD_OTHER));
    uint32_t world = WFP_INVALID_SOCKET;

    if (socket == NULL || copy == NULL || copy == socket || exchange->lab->model.world == NULL) {
        return;
    }
    if (wfp_socket_duplicate(exchange->lab->model.world, socket_world(socket), &world) != WFP_OK) {
        return;
    }
    *copy = (struct socket){.number = copy->number,
                            .process = copy->process,
                            .family = socket->family,
                            .type = socket->type,
                            .world = world,
                            .generation = socket->generation,
                            .client = socket->client,
                            .connected = socket->connected};
}

void look_at_shutdown(struct exchange *exchange)
{
    struct socket *socket = exchange_socket(exchange);

    if (socket != NULL) {
        exchange_note_client(exchange, socket->client);
    }
}

void look_at_close(struct exchange *exchange)
{
    const uint64_t number = event_number(&exchange->event, FIELD_SOCKET);
    const struct socket *socket = process_socket(exchange->process, number);

    if (socket != NULL) {
        exchange_note_client(exchange, socket->client);
    }
    process_socket_close(exchange->process, number);
}

void look_at_child(struct exchange *exchange)
{
    exchange->process->started_others |= event_number(&exchange->event, FIELD_FLAGS) != 0;
}

void look_at_exit(struct exchange *exchange)
{
    exchange->process->said_exit = true;
    exchange->process->exit_code = (uint32_t)event_number(&exchange->event, FIELD_EXIT_CODE);
}
