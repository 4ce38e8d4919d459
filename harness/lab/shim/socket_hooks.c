/* SPDX-License-Identifier: MIT */

/*
 * Calls that go to the provider, and whose success the model follows. The original is called first:
 * what the provider refuses has not happened.
 */

#include <string.h>

#include <ws2tcpip.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

typedef enum wfp_status follow_function(struct wfp_world *world, uint32_t socket);

/* Leaves WSAGetLastError as the original call left it. */
static void follow(SOCKET socket, follow_function *function)
{
    const int error = WSAGetLastError();
    const struct shim_socket *found;

    AcquireSRWLockExclusive(&shim.lock);
    found = shim_socket_find(socket);
    if (found != NULL) {
        /* Where the model knows better, it stays as it is. */
        (void)function(shim.world, found->id);
        shim_operation_sweep();
    }
    ReleaseSRWLockExclusive(&shim.lock);
    WSASetLastError(error);
}

/* ---- opening ---- */

static enum wfp_type type_of(int type)
{
    if (type == SOCK_DGRAM) {
        return WFP_UDP;
    }
    return type == SOCK_STREAM ? WFP_TCP : WFP_RAW;
}

static void add_new(SOCKET socket, int family, int type, bool overlapped)
{
    uint32_t id = 0;

    if (shim.world != NULL &&
        shim_note(wfp_socket_open(shim.world, family == AF_INET6 ? WFP_IPV6 : WFP_IPV4,
                                  type_of(type), overlapped, &id),
                  "the model has no room for another socket")) {
        (void)shim_socket_add(socket, id, family == AF_INET6 ? WFP_IPV6 : WFP_IPV4, type_of(type));
    }
}

static void add_duplicate(SOCKET socket, DWORD token)
{
    const struct shim_socket *source = shim_socket_find(shim.duplicated);
    uint32_t id = 0;

    if (source != NULL && token == shim.duplicate_token &&
        shim_note(wfp_socket_duplicate(shim.world, source->id, &id),
                  "the model has no room for another descriptor")) {
        (void)shim_socket_add(socket, id, source->family, source->type);
    }
}

/* What a raw socket of the world sends is to reach nobody but another one: UDP carries it. */
static SOCKET open_real(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group,
                        DWORD flags)
{
    const bool carried = type == SOCK_RAW && shim_active();

    return shim_originals.WSASocketW(family, carried ? SOCK_DGRAM : type,
                                     carried ? IPPROTO_UDP : protocol, info, group, flags);
}

SOCKET WSAAPI shim_WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                              GROUP group, DWORD flags)
{
    DWORD token = 0;
    SOCKET made;

    if (!guard_enter()) {
        return shim_originals.WSASocketW(family, type, protocol, info, group, flags);
    }
    if (info != NULL) {
        (void)pointer_read(&token, &info->dwProviderReserved, sizeof token);
    }
    made = open_real(family, type, protocol, info, group, flags);
    if (made != INVALID_SOCKET) {
        const int error = WSAGetLastError();

        AcquireSRWLockExclusive(&shim.lock);
        if (info != NULL) {
            add_duplicate(made, token);
        } else {
            add_new(made, family, type, (flags & WSA_FLAG_OVERLAPPED) != 0);
        }
        ReleaseSRWLockExclusive(&shim.lock);
        WSASetLastError(error);
    }
    guard_leave();
    return made;
}

int WSAAPI shim_WSADuplicateSocketW(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOW info)
{
    int outcome;

    if (!guard_enter()) {
        return shim_originals.WSADuplicateSocketW(socket, process, info);
    }
    outcome = shim_originals.WSADuplicateSocketW(socket, process, info);
    if (outcome == 0) {
        AcquireSRWLockExclusive(&shim.lock);
        shim.duplicated = socket;
        shim.duplicate_token = info->dwProviderReserved;
        ReleaseSRWLockExclusive(&shim.lock);
    }
    guard_leave();
    return outcome;
}

/* ---- the process ---- */

/* Whether a clean-up was the last one cannot be asked everywhere, so they are counted. */
static void note_started(LONG change)
{
    AcquireSRWLockExclusive(&shim.lock);
    shim.startups += change;
    if (shim.world != NULL) {
        wfp_process_started(shim.world, shim.startups > 0);
        shim_operation_sweep();
    }
    ReleaseSRWLockExclusive(&shim.lock);
}

int WSAAPI shim_WSAStartup(WORD version, LPWSADATA data)
{
    const int outcome = shim_originals.WSAStartup(version, data);

    if (outcome == 0) {
        note_started(1);
    }
    return outcome;
}

int WSAAPI shim_WSACleanup(void)
{
    const int outcome = shim_originals.WSACleanup();

    if (outcome == 0) {
        note_started(-1);
    }
    return outcome;
}

/* ---- a socket's life ---- */

/* Where it is bound matters to datagrams only. */
static enum wfp_status binds(struct wfp_world *world, uint32_t id)
{
    return wfp_socket_bind(world, id, NULL);
}

int WSAAPI shim_bind(SOCKET socket, const struct sockaddr *address, int size)
{
    int outcome;

    if (!guard_enter()) {
        return shim_originals.bind(socket, address, size);
    }
    if (!shim_datagram_bind(socket, address, size, &outcome)) {
        outcome = shim_originals.bind(socket, address, size);
        if (outcome == 0) {
            follow(socket, binds);
        }
    }
    guard_leave();
    return outcome;
}

static enum wfp_status listens(struct wfp_world *world, uint32_t id)
{
    const enum wfp_status status = wfp_socket_listen(world, id);

    for (size_t i = 0; status == WFP_OK && i < shim.socket_count; i++) {
        shim.sockets[i].listening = shim.sockets[i].listening || shim.sockets[i].id == id;
    }
    return status;
}

int WSAAPI shim_listen(SOCKET socket, int backlog)
{
    int outcome;

    if (!guard_enter()) {
        return shim_originals.listen(socket, backlog);
    }
    outcome = shim_originals.listen(socket, backlog);
    if (outcome == 0) {
        follow(socket, listens);
    }
    guard_leave();
    return outcome;
}

int WSAAPI shim_shutdown(SOCKET socket, int how)
{
    int outcome;

    if (!guard_enter()) {
        return shim_originals.shutdown(socket, how);
    }
    if (!shim_datagram_shutdown(socket, &outcome)) {
        outcome = shim_originals.shutdown(socket, how);
        if (outcome == 0) {
            follow(socket, wfp_socket_shutdown);
        }
    }
    guard_leave();
    return outcome;
}

int WSAAPI shim_closesocket(SOCKET socket)
{
    int outcome;

    if (!guard_enter()) {
        return shim_originals.closesocket(socket);
    }
    outcome = shim_originals.closesocket(socket);
    if (outcome == 0) {
        follow(socket, wfp_socket_close);
    }
    guard_leave();
    return outcome;
}
