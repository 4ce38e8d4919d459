/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <stdio.h>
#include <string.h>

#include <ws2tcpip.h>

/* Milliseconds between two looks at where a connection arrives. */
enum { LOOK_EVERY = 20 };

/* ---- addresses ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

typedef int WSAAPI address_function(SOCKET socket, struct sockaddr *address, int *size);

/* "127.0.0.1:50000", "[::1]:50000". */
static bool address_text(SOCKET socket, address_function *ask, char *text)
{
    union address address;
    int size = (int)sizeof address;
    char host[INET6_ADDRSTRLEN] = "";

    memset(&address, 0, sizeof address);
    if (ask(socket, &address.any, &size) != 0) {
        return false;
    }
    if (address.any.sa_family == AF_INET6) {
        (void)InetNtopA(AF_INET6, &address.ipv6.sin6_addr, host, sizeof host);
        (void)snprintf(text, MACHINE_ADDRESS_MAX, "[%s]:%u", host, ntohs(address.ipv6.sin6_port));
        return true;
    }
    (void)InetNtopA(AF_INET, &address.ipv4.sin_addr, host, sizeof host);
    (void)snprintf(text, MACHINE_ADDRESS_MAX, "%s:%u", host, ntohs(address.ipv4.sin_port));
    return true;
}

bool redirected_addresses(struct machine *machine, const struct winsock_order *order,
                          struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);

    if (on == NULL) {
        return false;
    }
    if (!address_text(on->socket, getsockname, machine->addresses[0]) ||
        !address_text(on->socket, getpeername, machine->addresses[1])) {
        answer->absent = true;
        return machine_trouble(machine, answer, "needs a connection: %s has none", on->name);
    }
    answer->family = on->family;
    answer->from = machine->addresses[0];
    answer->to = machine->addresses[1];
    return true;
}

/* ---- what stands around the connection ---- */

static bool is_bound(SOCKET socket)
{
    union address address;
    int size = (int)sizeof address;

    memset(&address, 0, sizeof address);
    return getsockname(socket, &address.any, &size) == 0 && address.ipv4.sin_port != 0;
}

/* The client is a new socket, unless one that the script has is to connect, or is the caller. */
static bool find_client(struct machine *machine, const struct winsock_order *order,
                        struct machine_socket *client, struct winsock_answer *answer)
{
    const char *name = order->on != NULL ? order->on : order->from;
    const struct machine_socket *named;

    if (name == NULL) {
        return socket_open(machine, client, &client->socket, answer);
    }
    named = socket_find(machine, name, answer);
    if (named == NULL) {
        return false;
    }
    *client = *named;
    return true;
}

static bool find_listener(struct machine *machine, const struct winsock_order *order,
                          struct machine_socket *listener, struct winsock_answer *answer)
{
    const struct machine_socket *named;

    if (order->to == NULL) {
        return socket_listen(machine, listener, &listener->socket, answer);
    }
    named = socket_find(machine, order->to, answer);
    if (named == NULL) {
        return false;
    }
    *listener = *named;
    return true;
}

static bool tell_addresses(struct machine *machine, struct winsock_answer *answer)
{
    const struct machine_way *way = &machine->way;

    if (!address_text(way->client, getsockname, machine->addresses[0]) ||
        !address_text(way->destination, getsockname, machine->addresses[1]) ||
        !address_text(way->listener.socket, getsockname, machine->addresses[2])) {
        return machine_failed(machine, answer, "getsockname");
    }
    answer->from = machine->addresses[0];
    answer->to = machine->addresses[1];
    answer->listener = machine->addresses[2];
    answer->process = GetCurrentProcessId();
    return true;
}

bool redirected_prepare(struct machine *machine, const struct winsock_order *order,
                        struct winsock_answer *answer)
{
    struct machine_socket client = {
        .family = (enum wfp_family)order->family, .type = WFP_TCP, .overlapped = true};
    struct machine_socket destination = client;
    struct machine_way *way = &machine->way;

    way->prepared = false;
    way->listener = client;
    way->listener.overlapped = order->overlapped_socket != 0;
    if (!find_client(machine, order, &client, answer)) {
        return false;
    }
    destination.family = way->listener.family = client.family;
    if (!find_listener(machine, order, &way->listener, answer) ||
        !socket_listen(machine, &destination, &way->destination, answer) ||
        (order->bind != 0 && !is_bound(client.socket) &&
         !socket_bind(machine, client.socket, client.family, answer))) {
        return false;
    }
    way->client = client.socket;
    way->prepared = true;
    return order->bind == 0 || tell_addresses(machine, answer);
}

/* ---- the connection ---- */

/* A connection that nobody redirected is no answer of the API: it says nothing about records. */
static bool arrives(struct machine *machine, struct winsock_answer *answer)
{
    const ULONGLONG end = GetTickCount64() + MACHINE_PATIENCE;

    do {
        if (socket_waits(machine->way.listener.socket, LOOK_EVERY)) {
            return true;
        }
        if (socket_waits(machine->way.destination, 0)) {
            return machine_trouble(machine, answer,
                                   "not redirected: the connection reached its destination");
        }
    } while (GetTickCount64() < end);
    return machine_trouble(machine, answer,
                           "not redirected: the connection arrived nowhere within %d s",
                           MACHINE_PATIENCE / 1000);
}

bool redirected_connect(struct machine *machine, struct winsock_answer *answer)
{
    struct machine_way *way = &machine->way;

    if (!way->prepared) {
        return machine_trouble(machine, answer, "nothing was prepared to be redirected");
    }
    way->prepared = false;
    return socket_connect(machine, way->client, way->destination, answer) &&
           (answer->error != 0 || arrives(machine, answer));
}

/* After AcceptEx alone Windows does not tell the peer. */
static bool is_ours(const struct machine *machine)
{
    const SOCKET accepted = machine->sockets[machine->socket_count - 1].socket;
    char peer[MACHINE_ADDRESS_MAX];
    char client[MACHINE_ADDRESS_MAX];

    return !address_text(accepted, getpeername, peer) ||
           !address_text(machine->way.client, getsockname, client) || strcmp(peer, client) == 0;
}

bool redirected_accept(struct machine *machine, const struct winsock_order *order,
                       struct winsock_answer *answer)
{
    if (!redirected_connect(machine, answer)) {
        return false;
    }
    if (answer->error != 0) {
        return machine_trouble(machine, answer, "connect of a redirected client answered %u",
                               answer->error);
    }
    if (!socket_accept(machine, &machine->way.listener, order->update != 0, order->as, answer)) {
        return false;
    }
    return is_ours(machine) ||
           machine_trouble(machine, answer, "the connection that arrived is another one");
}
