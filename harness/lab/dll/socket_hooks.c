/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stdbool.h>

#include "harness/lab/dll/address.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"

enum { DUPLICATES_MAX = 32 };

/* ---- opening and closing ---- */

SOCKET WSAAPI hook_socket(int family, int type, int protocol)
{
    const SOCKET opened = socket(family, type, protocol);

    if (opened != INVALID_SOCKET) {
        socket_opened(opened, family, type, protocol, WSA_FLAG_OVERLAPPED);
    }
    return opened;
}

/* What WSADuplicateSocket gave last, for whom it was asked within this process. */
static SRWLOCK duplicates_lock = SRWLOCK_INIT;
static struct {
    DWORD token;
    SOCKET source;
} duplicates[DUPLICATES_MAX];
static size_t duplicates_next;

static void remember_duplicate(SOCKET source, DWORD process, DWORD token)
{
    if (process == GetCurrentProcessId()) {
        AcquireSRWLockExclusive(&duplicates_lock);
        duplicates[duplicates_next % DUPLICATES_MAX].token = token;
        duplicates[duplicates_next++ % DUPLICATES_MAX].source = source;
        ReleaseSRWLockExclusive(&duplicates_lock);
    }
}

static bool find_duplicate(DWORD token, SOCKET *source)
{
    bool found = false;

    AcquireSRWLockShared(&duplicates_lock);
    for (size_t i = 0; !found && i < DUPLICATES_MAX; i++) {
        found = duplicates[i].source != 0 && duplicates[i].token == token;
        *source = duplicates[i].source;
    }
    ReleaseSRWLockShared(&duplicates_lock);
    return found;
}

/* A description of a protocol stands in for what is left open, or names a duplicate. */
static void opened_by(SOCKET opened, int family, int type, int protocol, const DWORD *token,
                      DWORD flags)
{
    struct socket_facts facts;
    SOCKET source;

    if (opened == INVALID_SOCKET) {
        return;
    }
    if (token == NULL) {
        socket_opened(opened, family, type, protocol, flags);
    } else if (find_duplicate(*token, &source) && socket_know(source, &facts)) {
        socket_duplicated(opened, &facts);
    } else {
        (void)socket_know(opened, &facts);
    }
}

SOCKET WSAAPI hook_WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info,
                              GROUP group, DWORD flags)
{
    const DWORD token = info == NULL ? 0 : info->dwProviderReserved;
    const SOCKET opened = WSASocketA(family, type, protocol, info, group, flags);

    opened_by(opened, family, type, protocol, info == NULL ? NULL : &token, flags);
    return opened;
}

SOCKET WSAAPI hook_WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                              GROUP group, DWORD flags)
{
    const DWORD token = info == NULL ? 0 : info->dwProviderReserved;
    const SOCKET opened = WSASocketW(family, type, protocol, info, group, flags);

    opened_by(opened, family, type, protocol, info == NULL ? NULL : &token, flags);
    return opened;
}

int WSAAPI hook_WSADuplicateSocketA(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOA info)
{
    const int outcome = WSADuplicateSocketA(socket, process, info);

    if (outcome == 0) {
        remember_duplicate(socket, process, info->dwProviderReserved);
    }
    return outcome;
}

int WSAAPI hook_WSADuplicateSocketW(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOW info)
{
    const int outcome = WSADuplicateSocketW(socket, process, info);

    if (outcome == 0) {
        remember_duplicate(socket, process, info->dwProviderReserved);
    }
    return outcome;
}

/* Told before: its handle may be given to another socket as soon as it is closed. */
int WSAAPI hook_closesocket(SOCKET socket)
{
    socket_closing(socket);
    return closesocket(socket);
}

/* ---- binding, listening, ending ---- */

int WSAAPI hook_bind(SOCKET socket, const struct sockaddr *address, int size)
{
    struct socket_facts facts;
    const bool known = socket_know(socket, &facts);
    const int outcome = bind(socket, address, size);

    if (known) {
        struct event event = socket_event(EVENT_BIND, &facts);
        struct wfp_address wanted;

        socket_add_error(&event, outcome != 0);
        if (address_read(address, size, &wanted)) {
            event_set_address(&event, FIELD_LOCAL, &wanted);
        }
        socket_add_local(&event, socket);
        link_tell(&event);
    }
    return outcome;
}

static void now_listens(SOCKET socket)
{
    struct socket_facts *facts = socket_table_lock(socket);

    if (facts != NULL) {
        facts->listens = true;
        socket_table_unlock();
    }
}

int WSAAPI hook_listen(SOCKET socket, int backlog)
{
    struct socket_facts facts;
    const bool known = socket_know(socket, &facts);
    const int outcome = listen(socket, backlog);

    if (known) {
        struct event event = socket_event(EVENT_LISTEN, &facts);

        event_set_number(&event, FIELD_BACKLOG, (uint32_t)backlog);
        socket_add_error(&event, outcome != 0);
        socket_add_local(&event, socket);
        if (outcome == 0) {
            now_listens(socket);
        }
        link_tell(&event);
    }
    return outcome;
}

static int tell_shutdown(SOCKET socket, int how, int outcome)
{
    struct socket_facts facts;

    if (socket_know(socket, &facts)) {
        struct event event = socket_event(EVENT_SHUTDOWN, &facts);

        event_set_number(&event, FIELD_HOW, (uint32_t)how);
        socket_add_error(&event, outcome != 0);
        link_tell(&event);
    }
    return outcome;
}

int WSAAPI hook_shutdown(SOCKET socket, int how)
{
    return tell_shutdown(socket, how, shutdown(socket, how));
}

int WSAAPI hook_WSASendDisconnect(SOCKET socket, LPWSABUF data)
{
    return tell_shutdown(socket, SD_SEND, WSASendDisconnect(socket, data));
}

int WSAAPI hook_WSARecvDisconnect(SOCKET socket, LPWSABUF data)
{
    return tell_shutdown(socket, SD_RECEIVE, WSARecvDisconnect(socket, data));
}

/* ---- the other side's name ---- */

static bool first_time(SOCKET socket)
{
    struct socket_facts *facts = socket_table_lock(socket);
    bool first = false;

    if (facts != NULL) {
        first = !facts->peer_told;
        facts->peer_told = true;
        socket_table_unlock();
    }
    return first;
}

static void tell_peer_name(SOCKET socket, const struct socket_facts *facts, bool failed)
{
    struct event event = socket_event(EVENT_PEER_NAME, facts);
    struct wfp_address peer = facts->peer;

    socket_add_error(&event, failed);
    if (!failed && (facts->has_peer || address_peer(socket, &peer))) {
        event_set_address(&event, FIELD_PEER, &peer);
    }
    link_tell(&event);
}

/* Of a socket that dialled: whom it meant, not whom it reached. */
int WSAAPI hook_getpeername(SOCKET socket, struct sockaddr *address, int *size)
{
    const int outcome = getpeername(socket, address, size);
    struct socket_facts facts;

    if (!socket_know(socket, &facts)) {
        return outcome;
    }
    if (outcome == 0 && facts.has_peer) {
        (void)address_give(&facts.peer, facts.family, address, size);
    }
    if (first_time(socket)) {
        tell_peer_name(socket, &facts, outcome != 0);
    }
    return outcome;
}
