/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stdbool.h>

#include "harness/lab/dll/address.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"

/* A socket that blocks not, and nobody came: nothing happened. */
static bool is_nothing(SOCKET accepted)
{
    return accepted == INVALID_SOCKET && WSAGetLastError() == WSAEWOULDBLOCK;
}

static void tell_accepted(SOCKET listener, SOCKET accepted)
{
    struct socket_facts facts;
    struct event event;
    struct wfp_address peer;

    if (is_nothing(accepted) || !socket_know(listener, &facts)) {
        return;
    }
    event = socket_event(EVENT_ACCEPT, &facts);
    socket_add_error(&event, accepted == INVALID_SOCKET);
    if (accepted != INVALID_SOCKET) {
        event_set_number(&event, FIELD_OTHER, socket_accepted(accepted, &facts));
        if (address_peer(accepted, &peer)) {
            event_set_address(&event, FIELD_PEER, &peer);
        }
    }
    link_tell(&event);
}

SOCKET WSAAPI hook_accept(SOCKET listener, struct sockaddr *address, int *size)
{
    const SOCKET accepted = accept(listener, address, size);

    tell_accepted(listener, accepted);
    return accepted;
}

SOCKET WSAAPI hook_WSAAccept(SOCKET listener, struct sockaddr *address, int *size,
                             LPCONDITIONPROC condition, DWORD_PTR data)
{
    const SOCKET accepted = WSAAccept(listener, address, size, condition, data);

    tell_accepted(listener, accepted);
    return accepted;
}
