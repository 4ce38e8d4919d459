/* SPDX-License-Identifier: MIT */

/* Connections: the model decides about a redirected one, and the provider makes it. */

#include <winsock2.h>

#include <string.h>

#include <wfp/datagram.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/address.h"
#include "harness/lab/shim/world.h"

/* Where a connect() really goes. */
struct way {
    bool answered; /* nowhere: the model has answered, with: */
    uint32_t error;
    bool redirected; /* to this address: */
    union shim_address address;
    int size;
};

static bool same_address(const union shim_address *a, const union shim_address *b)
{
    if (a->any.sa_family != b->any.sa_family) {
        return false;
    }
    if (a->any.sa_family == AF_INET6) {
        return a->ipv6.sin6_port == b->ipv6.sin6_port &&
               memcmp(&a->ipv6.sin6_addr, &b->ipv6.sin6_addr, sizeof a->ipv6.sin6_addr) == 0;
    }
    return a->ipv4.sin_port == b->ipv4.sin_port &&
           a->ipv4.sin_addr.s_addr == b->ipv4.sin_addr.s_addr;
}

static bool address_of(SOCKET socket, union shim_address *address, int *size)
{
    memset(address, 0, sizeof *address);
    *size = (int)sizeof *address;
    return getsockname(socket, &address->any, size) == 0;
}

/* A listener of this process, or 0: somewhere outside the world. */
static uint32_t listener_at(const struct sockaddr *address, int size)
{
    union shim_address wanted;
    union shim_address own;
    int own_size;

    memset(&wanted, 0, sizeof wanted);
    if (size <= 0 || (size_t)size > sizeof wanted ||
        !pointer_read(&wanted, address, (size_t)size)) {
        return 0;
    }
    for (size_t i = shim.socket_count; i-- > 0;) {
        if (shim.sockets[i].listening && address_of(shim.sockets[i].socket, &own, &own_size) &&
            same_address(&wanted, &own)) {
            return shim.sockets[i].id;
        }
    }
    return 0;
}

static void decide(struct shim_socket *client, const struct sockaddr *address, int size,
                   struct way *way)
{
    const struct shim_socket *listener;
    struct wfp_connect what = {0, NULL};
    struct wfp_reply reply;

    if (client->armed) {
        client->armed = false;
        listener = shim_socket_find(client->redirect_to);
        way->redirected =
            listener != NULL && address_of(listener->socket, &way->address, &way->size);
        what.listener = listener == NULL ? 0 : listener->id;
        what.redirect = &shim.redirect;
    } else if (client->type == WFP_TCP) {
        what.listener = listener_at(address, size);
    }
    /* What the model takes for impossible, the provider may answer in its own way. */
    if (wfp_socket_connect(shim.world, client->id, &what, &reply) == WFP_OK) {
        way->answered = reply.answer.error != 0;
        way->error = reply.answer.error;
    }
}

/*
 * In a world with flows the model alone keeps a datagram socket's peer: nothing is to leave this
 * machine.
 */
static void decide_datagrams(struct shim_socket *client, const struct sockaddr *address, int size,
                             struct way *way)
{
    struct wfp_send call = {.socket = client->id,
                            .redirect = client->armed ? &shim.redirect : NULL,
                            .service = shim_service(client)};
    struct wfp_message_reply reply = {.answer = {.error = WSAEFAULT}};

    client->armed = false;
    way->answered = true;
    if (shim_address_read(address, size, &call.to)) {
        (void)shim_note(wfp_datagram_connect(shim.world, &call, &reply),
                        "the model cannot connect this socket for datagrams");
    }
    way->error = reply.answer.error;
}

static void find_way(SOCKET socket, const struct sockaddr *address, int size, struct way *way)
{
    struct shim_socket *client;

    memset(way, 0, sizeof *way);
    AcquireSRWLockExclusive(&shim.lock);
    client = shim_socket_find(socket);
    if (client != NULL && client->type != WFP_TCP && shim.begin->limits.flows > 0) {
        decide_datagrams(client, address, size, way);
    } else if (client != NULL) {
        decide(client, address, size, way);
    }
    ReleaseSRWLockExclusive(&shim.lock);
}

int WSAAPI shim_connect(SOCKET socket, const struct sockaddr *address, int size)
{
    struct way way;
    int outcome;

    if (!guard_enter()) {
        return shim_originals.connect(socket, address, size);
    }
    find_way(socket, address, size, &way);
    if (way.answered) {
        const struct wfp_answer answer = {.error = way.error};

        outcome = shim_give(&answer);
    } else if (way.redirected) {
        outcome = shim_originals.connect(socket, &way.address.any, way.size);
    } else {
        outcome = shim_originals.connect(socket, address, size);
    }
    guard_leave();
    return outcome;
}

/* ---- accepting ---- */

/* A connection that the model knows nothing of has come from outside; nothing is said about it. */
static void add_accepted(SOCKET listener, SOCKET accepted)
{
    const struct shim_socket *from;
    uint32_t id = 0;

    AcquireSRWLockExclusive(&shim.lock);
    from = shim_socket_find(listener);
    if (from != NULL && wfp_socket_accept(shim.world, from->id, true, &id) == WFP_OK) {
        (void)shim_socket_add(accepted, id, from->family, WFP_TCP);
    }
    ReleaseSRWLockExclusive(&shim.lock);
}

SOCKET WSAAPI shim_accept(SOCKET listener, struct sockaddr *address, int *size)
{
    SOCKET accepted;

    if (!guard_enter()) {
        return shim_originals.accept(listener, address, size);
    }
    accepted = shim_originals.accept(listener, address, size);
    if (accepted != INVALID_SOCKET) {
        const int error = WSAGetLastError();

        add_accepted(listener, accepted);
        WSASetLastError(error);
    }
    guard_leave();
    return accepted;
}

BOOL PASCAL shim_AcceptEx(SOCKET listener, SOCKET accepted, PVOID buffer, DWORD received,
                          DWORD local, DWORD remote, LPDWORD count, LPOVERLAPPED overlapped)
{
    struct shim_socket *found;
    BOOL done;
    int error;

    done = shim_originals.AcceptEx(listener, accepted, buffer, received, local, remote, count,
                                   overlapped);
    error = WSAGetLastError();
    if (done || error == WSA_IO_PENDING) {
        AcquireSRWLockExclusive(&shim.lock);
        found = shim_socket_find(accepted);
        if (found != NULL) {
            found->accepting_from = listener;
        }
        ReleaseSRWLockExclusive(&shim.lock);
    }
    WSASetLastError(error);
    return done;
}
