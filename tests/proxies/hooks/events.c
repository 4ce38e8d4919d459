/* SPDX-License-Identifier: MIT */

/* The reference proxy that never blocks: it waits for clients with WSAEventSelect, and for the
 * end of connect with select. */

#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/proxy.h"

/* An accepted socket inherits the listener's event, and that it never blocks. */
static void start_blocking(const struct steps *steps, SOCKET listener, SOCKET client)
{
    u_long no = 0;
    WSAEventSelect(client, NULL, 0);
    ioctlsocket(client, (long)FIONBIO, &no);
    connection_start(steps, listener, client);
}

static void accept_waiting(const struct steps *steps, SOCKET listener)
{
    SOCKET client;
    while ((client = accept(listener, NULL, NULL)) != INVALID_SOCKET) {
        start_blocking(steps, listener, client);
    }
}

static void accept_all(const struct steps *steps, SOCKET listener)
{
    WSAEVENT event = WSACreateEvent();
    if (WSAEventSelect(listener, event, FD_ACCEPT) != 0) {
        return;
    }
    while (WSAWaitForMultipleEvents(1, &event, FALSE, WSA_INFINITE, FALSE) != WSA_WAIT_FAILED) {
        WSANETWORKEVENTS events;
        WSAEnumNetworkEvents(listener, event, &events);
        accept_waiting(steps, listener);
    }
}

/* A failure shows in the third set. */
static bool connected_in_time(SOCKET upstream)
{
    fd_set good, bad;
    struct timeval limit = {.tv_sec = 30};
    FD_ZERO(&good);
    FD_ZERO(&bad);
    FD_SET(upstream, &good);
    FD_SET(upstream, &bad);
    return select(0, NULL, &good, &bad, &limit) > 0 && FD_ISSET(upstream, &good);
}

static bool connect_waiting(SOCKET upstream, const struct sockaddr_storage *destination)
{
    u_long yes = 1;
    if (ioctlsocket(upstream, (long)FIONBIO, &yes) != 0) {
        return false;
    }
    if (connect(upstream, (const void *)destination, address_size(destination)) == 0) {
        return true;
    }
    return WSAGetLastError() == WSAEWOULDBLOCK && connected_in_time(upstream);
}

int main(int count, char **words)
{
    struct steps steps = reference_steps;
    steps.accept_all = accept_all;
    steps.connect = connect_waiting;
    return proxy_run(&steps, count, words);
}
