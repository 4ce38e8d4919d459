/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stdbool.h>
#include <stdlib.h>

#include "harness/lab/dll/accept_ex.h"
#include "harness/lab/dll/address.h"
#include "harness/lab/dll/collect.h"
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

    if (is_nothing(accepted) || !socket_know_listener(listener, &facts)) {
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

/* ---- AcceptEx ---- */

/* Under way before it is made: another thread may see its end before this one comes back. */
static bool begin(SOCKET listener, const struct operation_accept *call, LPOVERLAPPED overlapped)
{
    struct socket_facts from;
    struct socket_facts into;
    struct operation *operation;
    struct event event;

    if (overlapped == NULL || !socket_know_listener(listener, &from) ||
        !socket_know(call->accepted, &into)) {
        return false;
    }
    operation = operation_new(OPERATION_ACCEPT, listener, overlapped);
    if (operation == NULL) {
        return false;
    }
    operation->accept = *call;
    event = socket_event(EVENT_ACCEPT_EX, &from);
    event_set_number(&event, FIELD_OTHER, into.number);
    event_set_number(&event, FIELD_OPERATION, operation->number);
    operation_begin(operation);
    accept_ex_begins(call->accepted);
    link_tell(&event);
    return true;
}

static void end(const struct operation_accept *call, LPOVERLAPPED overlapped, bool done)
{
    const int error = WSAGetLastError();

    if (done || error != WSA_IO_PENDING) {
        (void)collect(overlapped, done ? 0 : (DWORD)error, 0);
    }
    if (!done && error != WSA_IO_PENDING) {
        accept_ex_failed(call->accepted);
    }
    WSASetLastError(error);
}

BOOL PASCAL hook_AcceptEx(SOCKET listener, SOCKET accepted, PVOID buffer, DWORD received,
                          DWORD local, DWORD remote, LPDWORD count, LPOVERLAPPED overlapped)
{
    const struct operation_accept call = {accepted, buffer, received, local, remote};
    const bool begun = begin(listener, &call, overlapped);
    const BOOL done =
        AcceptEx(listener, accepted, buffer, received, local, remote, count, overlapped);

    if (begun) {
        end(&call, overlapped, done);
    }
    return done;
}
