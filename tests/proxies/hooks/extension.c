/* SPDX-License-Identifier: MIT */
#include "tests/proxies/hooks/extension.h"

#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/dial.h"

enum { ADDRESS_ROOM = sizeof(SOCKADDR_STORAGE) + 16 }; /* for each of AcceptEx's two */

static bool find(SOCKET socket, GUID guid, void *pointer, DWORD size)
{
    DWORD count = 0;
    return WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, pointer, size,
                    &count, NULL, NULL) == 0;
}

static void start(const struct extension_pool *pool)
{
    if (pool) {
        pool->start(pool->pool);
    }
}

static bool ended(struct operation *operation, bool done, const struct extension_pool *pool)
{
    if (!done && WSAGetLastError() != WSA_IO_PENDING && pool) {
        pool->stop(pool->pool);
    }
    return operation_end(operation, done) == 0;
}

static int family_of(SOCKET socket)
{
    struct sockaddr_storage local = {0};
    int size = sizeof local;
    getsockname(socket, (void *)&local, &size);
    return local.ss_family;
}

/* Without room for data: AcceptEx would wait until the client has sent some. */
SOCKET extension_accept(SOCKET listener, const struct extension_pool *pool)
{
    LPFN_ACCEPTEX accept_ex = NULL;
    struct operation operation;
    char addresses[2 * ADDRESS_ROOM];
    DWORD count = 0;
    if (!find(listener, (GUID)WSAID_ACCEPTEX, &accept_ex, sizeof accept_ex) ||
        !operation_begin(&operation)) {
        return INVALID_SOCKET;
    }
    SOCKET accepted = socket_open(family_of(listener), SOCK_STREAM);
    start(pool);
    bool done = accept_ex(listener, accepted, addresses, 0, ADDRESS_ROOM, ADDRESS_ROOM, &count,
                          &operation.overlapped);
    if (ended(&operation, done, pool)) {
        return accepted;
    }
    closesocket(accepted);
    return INVALID_SOCKET;
}

/* ConnectEx wants a socket that is bound. */
static bool bind_any(SOCKET socket, const struct sockaddr_storage *like)
{
    struct sockaddr_storage any = {.ss_family = like->ss_family};
    return bind(socket, (const void *)&any, address_size(&any)) == 0;
}

bool extension_connect(SOCKET socket, const struct sockaddr_storage *destination,
                       const struct extension_pool *pool)
{
    LPFN_CONNECTEX connect_ex = NULL;
    struct operation operation;
    if (!find(socket, (GUID)WSAID_CONNECTEX, &connect_ex, sizeof connect_ex) ||
        !bind_any(socket, destination) || !operation_begin(&operation)) {
        return false;
    }
    start(pool);
    bool done = connect_ex(socket, (const void *)destination, address_size(destination), NULL, 0,
                           NULL, &operation.overlapped);
    return ended(&operation, done, pool);
}

bool extension_update_accepted(SOCKET accepted, SOCKET listener)
{
    return setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                      sizeof listener) == 0;
}

bool extension_update_connected(SOCKET connected)
{
    return setsockopt(connected, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0;
}
