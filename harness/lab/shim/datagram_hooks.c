/* SPDX-License-Identifier: MIT */

/*
 * The addresses of datagram sockets are the world's: a program may bind to any of them, and is told
 * them again. The socket behind stands somewhere on loopback.
 */

#include <winsock2.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/shim/address.h"
#include "harness/lab/shim/world.h"

static struct shim_socket *find(SOCKET socket)
{
    struct shim_socket *found = shim_socket_find(socket);

    return found != NULL && found->type != WFP_TCP ? found : NULL;
}

/* ---- bind ---- */

static uint32_t error_of(enum wfp_status status)
{
    if (status == WFP_BAD_STATE) {
        return WSAEADDRINUSE;
    }
    return status == WFP_OK ? 0 : WSAENOBUFS;
}

static void bind_datagrams(const struct shim_socket *socket, const struct sockaddr *address,
                           int size, struct wfp_answer *answer)
{
    struct wfp_address local;
    struct wfp_address now;

    if (wfp_socket_local(shim.world, socket->id, &now) == WFP_OK && now.port != 0) {
        answer->error = WSAEINVAL;
    } else if (!shim_address_read(address, size, &local) ||
               local.family != (uint8_t)socket->family) {
        answer->error = WSAEFAULT;
    } else if (shim_carrier_bind(socket) != 0) {
        answer->error = (uint32_t)WSAGetLastError();
    } else {
        answer->error = error_of(wfp_socket_bind(shim.world, socket->id, &local));
    }
}

bool shim_datagram_bind(SOCKET socket, const struct sockaddr *address, int size, int *outcome)
{
    const struct shim_socket *found;
    struct wfp_answer answer = {0};

    AcquireSRWLockExclusive(&shim.lock);
    found = find(socket);
    if (found != NULL) {
        bind_datagrams(found, address, size, &answer);
        *outcome = shim_give(&answer);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return found != NULL;
}

/* ---- getsockname ---- */

/* False: it has none in the world, or is no datagram socket there. */
static bool local_of(SOCKET socket, struct wfp_address *local)
{
    const struct shim_socket *found;
    bool known;

    AcquireSRWLockExclusive(&shim.lock);
    found = find(socket);
    known = found != NULL && wfp_socket_local(shim.world, found->id, local) == WFP_OK &&
            local->port != 0;
    ReleaseSRWLockExclusive(&shim.lock);
    return known;
}

int WSAAPI shim_getsockname(SOCKET socket, struct sockaddr *address, int *size)
{
    struct wfp_answer answer = {0};
    struct wfp_address local;

    if (!guard_enter()) {
        return shim_originals.getsockname(socket, address, size);
    }
    if (!local_of(socket, &local)) {
        guard_leave();
        return shim_originals.getsockname(socket, address, size);
    }
    guard_leave();
    answer.error = shim_address_write(&local, address, size) ? 0 : WSAEFAULT;
    return shim_give(&answer);
}

/* ---- shutdown ---- */

/* The socket behind goes on carrying: what it may do, the model decides. */
bool shim_datagram_shutdown(SOCKET socket, int *outcome)
{
    const struct shim_socket *found;
    struct wfp_answer answer = {0};

    AcquireSRWLockExclusive(&shim.lock);
    found = find(socket);
    if (found != NULL) {
        answer.error = wfp_socket_shutdown(shim.world, found->id) == WFP_OK ? 0 : WSAENOTCONN;
        *outcome = shim_give(&answer);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return found != NULL;
}
