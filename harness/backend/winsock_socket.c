/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <string.h>

#include <ws2tcpip.h>

#include <mswsock.h>

/* ---- names ---- */

struct machine_socket *socket_find(struct machine *machine, const char *name,
                                   struct winsock_answer *answer)
{
    for (size_t i = machine->socket_count; name != NULL && i-- > 0;) {
        if (strcmp(machine->sockets[i].name, name) == 0) {
            return &machine->sockets[i];
        }
    }
    (void)machine_trouble(machine, answer, "there is no socket %s", name == NULL ? "" : name);
    return NULL;
}

static bool keep(struct machine *machine, const struct machine_socket *kept,
                 struct winsock_answer *answer)
{
    if (machine->socket_count == MACHINE_SOCKETS_MAX) {
        closesocket(kept->socket);
        return machine_trouble(machine, answer, "more than %d sockets", MACHINE_SOCKETS_MAX);
    }
    machine->sockets[machine->socket_count++] = *kept;
    return true;
}

/* ---- values of closed sockets ---- */

enum { HELD_MAX = 8 };

struct held {
    HANDLE handles[HELD_MAX];
    size_t count;
};

static bool was_closed(const struct machine *machine, HANDLE handle)
{
    for (size_t i = 0; i < machine->socket_count; i++) {
        const struct machine_socket *socket = &machine->sockets[i];

        if (socket->closed && (HANDLE)socket->socket == handle) {
            return true;
        }
    }
    return false;
}

/* Takes the values of closed sockets out of circulation while another socket is opened. */
static void hold(const struct machine *machine, struct held *held)
{
    held->count = 0;
    while (held->count < HELD_MAX) {
        HANDLE handle = CreateEventW(NULL, TRUE, FALSE, NULL);

        if (handle == NULL) {
            return;
        }
        if (!was_closed(machine, handle)) {
            CloseHandle(handle);
            return;
        }
        held->handles[held->count++] = handle;
    }
}

static void let_go(struct held *held)
{
    const DWORD error = GetLastError();

    while (held->count > 0) {
        CloseHandle(held->handles[--held->count]);
    }
    SetLastError(error);
}

/* ---- addresses ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static int loopback(enum wfp_family family, union address *address)
{
    static const struct in6_addr loopback_ipv6 = IN6ADDR_LOOPBACK_INIT;

    memset(address, 0, sizeof *address);
    if (family == WFP_IPV6) {
        address->ipv6.sin6_family = AF_INET6;
        address->ipv6.sin6_addr = loopback_ipv6;
        return (int)sizeof address->ipv6;
    }
    address->ipv4.sin_family = AF_INET;
    address->ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return (int)sizeof address->ipv4;
}

/* ---- opening ---- */

/* Protocols by family. A raw socket's own is one that nothing else on the machine depends on. */
struct socket_type {
    int type;
    int protocols[2];
};

static const struct socket_type types[] = {
    [WFP_TCP] = {SOCK_STREAM, {IPPROTO_TCP, IPPROTO_TCP}},
    [WFP_UDP] = {SOCK_DGRAM, {IPPROTO_UDP, IPPROTO_UDP}},
    [WFP_RAW] = {SOCK_RAW, {IPPROTO_ICMP, IPPROTO_ICMPV6}},
};

static const int families[] = {[WFP_IPV4] = AF_INET, [WFP_IPV6] = AF_INET6};

static SOCKET open_new(const struct machine_socket *wanted)
{
    const struct socket_type *type = &types[wanted->type];

    return WSASocketW(families[wanted->family], type->type, type->protocols[wanted->family], NULL,
                      0, wanted->overlapped ? WSA_FLAG_OVERLAPPED : 0);
}

bool socket_raw_possible(void)
{
    const struct machine_socket wanted = {.family = WFP_IPV4, .type = WFP_RAW, .overlapped = true};
    SOCKET raw = open_new(&wanted);

    return raw != INVALID_SOCKET && closesocket(raw) == 0;
}

bool socket_open(struct machine *machine, const struct machine_socket *wanted, SOCKET *opened,
                 struct winsock_answer *answer)
{
    struct machine_socket made = *wanted;
    struct held held;

    hold(machine, &held);
    made.socket = open_new(wanted);
    let_go(&held);
    if (made.socket == INVALID_SOCKET) {
        return machine_failed(machine, answer, "WSASocketW");
    }
    *opened = made.socket;
    return keep(machine, &made, answer);
}

bool socket_bind(struct machine *machine, SOCKET socket, enum wfp_family family,
                 struct winsock_answer *answer)
{
    union address address;
    const int size = loopback(family, &address);

    return bind(socket, &address.any, size) == 0 || machine_failed(machine, answer, "bind");
}

bool socket_listen(struct machine *machine, const struct machine_socket *wanted, SOCKET *listener,
                   struct winsock_answer *answer)
{
    if (!socket_open(machine, wanted, listener, answer) ||
        !socket_bind(machine, *listener, wanted->family, answer)) {
        return false;
    }
    return listen(*listener, SOMAXCONN) == 0 || machine_failed(machine, answer, "listen");
}

bool socket_duplicate(struct machine *machine, const struct machine_socket *original,
                      const char *name, struct winsock_answer *answer)
{
    struct machine_socket copy = *original;
    WSAPROTOCOL_INFOW info;
    struct held held;

    if (WSADuplicateSocketW(original->socket, GetCurrentProcessId(), &info) != 0) {
        return machine_failed(machine, answer, "WSADuplicateSocketW");
    }
    hold(machine, &held);
    copy.socket = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                             original->overlapped ? WSA_FLAG_OVERLAPPED : 0);
    let_go(&held);
    if (copy.socket == INVALID_SOCKET) {
        return machine_failed(machine, answer, "WSASocketW of a duplicate");
    }
    machine_name(name, copy.name);
    return keep(machine, &copy, answer);
}

/* ---- connections ---- */

bool socket_connect(struct machine *machine, SOCKET client, SOCKET listener,
                    struct winsock_answer *answer)
{
    union address address;
    int size = (int)sizeof address;
    int outcome;

    if (getsockname(listener, &address.any, &size) != 0) {
        return machine_failed(machine, answer, "getsockname of the listener");
    }
    call_begins();
    WSASetLastError(0);
    outcome = connect(client, &address.any, size);
    answer->error = outcome == 0 ? 0 : (uint32_t)WSAGetLastError();
    call_ends();
    return true;
}

bool socket_waits(SOCKET listener, unsigned milliseconds)
{
    struct timeval patience = {(long)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000};
    fd_set set = {.fd_count = 1, .fd_array = {listener}};

    return select(0, &set, NULL, NULL, &patience) == 1;
}

static LPFN_ACCEPTEX find_accept_ex(SOCKET listener)
{
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX found = NULL;
    DWORD size = 0;

    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found,
                 &size, NULL, NULL) != 0) {
        return NULL;
    }
    return found;
}

enum { ACCEPT_ADDRESS = sizeof(SOCKADDR_STORAGE) + 16 }; /* 16: as AcceptEx demands */

/* With the lowest bit of hEvent set nothing arrives at a completion port of the listener. */
static bool accept_ex(LPFN_ACCEPTEX function, SOCKET listener, SOCKET accepted, HANDLE event)
{
    OVERLAPPED overlapped = {.hEvent = (HANDLE)((uintptr_t)event | 1)};
    uint8_t addresses[2 * ACCEPT_ADDRESS];
    DWORD size = 0;
    DWORD flags = 0;

    if (function(listener, accepted, addresses, 0, ACCEPT_ADDRESS, ACCEPT_ADDRESS, &size,
                 &overlapped)) {
        return true;
    }
    if (WSAGetLastError() != WSA_IO_PENDING) {
        return false;
    }
    if (WaitForSingleObject(event, MACHINE_PATIENCE) != WAIT_OBJECT_0) {
        CancelIoEx((HANDLE)listener, &overlapped);
        WaitForSingleObject(event, INFINITE);
    }
    return WSAGetOverlappedResult(listener, &overlapped, &size, FALSE, &flags) != 0;
}

static bool accept_without_update(struct machine *machine, const struct machine_socket *listener,
                                  const char *name, struct winsock_answer *answer)
{
    struct machine_socket wanted = *listener;
    LPFN_ACCEPTEX function = find_accept_ex(listener->socket);
    HANDLE event;
    bool accepted;

    machine_name(name, wanted.name);
    if (function == NULL) {
        return machine_failed(machine, answer, "WSAIoctl for AcceptEx");
    }
    if (!socket_open(machine, &wanted, &wanted.socket, answer)) {
        return false;
    }
    event = CreateEventW(NULL, TRUE, FALSE, NULL);
    accepted = event != NULL && accept_ex(function, listener->socket, wanted.socket, event);
    if (!accepted) {
        (void)machine_failed(machine, answer, "AcceptEx");
    }
    if (event != NULL) {
        CloseHandle(event);
    }
    return accepted;
}

static bool accept_plainly(struct machine *machine, const struct machine_socket *listener,
                           const char *name, struct winsock_answer *answer)
{
    struct machine_socket accepted = *listener;
    struct held held;

    machine_name(name, accepted.name);
    hold(machine, &held);
    accepted.socket = accept(listener->socket, NULL, NULL);
    let_go(&held);
    if (accepted.socket == INVALID_SOCKET) {
        return machine_failed(machine, answer, "accept");
    }
    return keep(machine, &accepted, answer);
}

bool socket_accept(struct machine *machine, const struct machine_socket *listener, bool update,
                   const char *name, struct winsock_answer *answer)
{
    if (!socket_waits(listener->socket, MACHINE_PATIENCE)) {
        return machine_trouble(machine, answer, "no connection waits to be accepted");
    }
    return update ? accept_plainly(machine, listener, name, answer)
                  : accept_without_update(machine, listener, name, answer);
}

void socket_close_all(struct machine *machine)
{
    for (size_t i = 0; i < machine->socket_count; i++) {
        struct machine_socket *socket = &machine->sockets[i];

        if (!socket->closed) {
            closesocket(socket->socket);
            socket->closed = true;
        }
    }
}
