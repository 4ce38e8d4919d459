/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/dial.h"

#include "tests/proxies/reference/context.h"

SOCKET socket_open(int family, int type)
{
    SOCKET opened = socket(family, type, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
    DWORD no = 0;
    if (opened != INVALID_SOCKET && family == AF_INET6) {
        setsockopt(opened, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&no, sizeof no);
    }
    return opened;
}

/* A record belongs to a socket, so a second attempt sets it again. */
bool dial(struct connection *connection)
{
    for (int number = 0; number < DIAL_ATTEMPTS; number++) {
        connection->upstream = connection->steps->attempt(connection, number);
        if (connection->upstream != INVALID_SOCKET) {
            return true;
        }
    }
    return false;
}

bool dial_connect(SOCKET upstream, const struct sockaddr_storage *destination)
{
    return connect(upstream, (const void *)destination, address_size(destination)) == 0;
}

/* In this order: socket, SET, connect, which binds (SET-05, SET-06). A socket without the record
 * is not connected: this proxy's own callout would send it here again (LOOP-05). */
SOCKET dial_attempt(struct connection *connection, int number)
{
    (void)number;
    const struct sockaddr_storage *destination = &connection->destination;
    SOCKET upstream = socket_open(destination->ss_family, SOCK_STREAM);
    if (upstream == INVALID_SOCKET) {
        return INVALID_SOCKET;
    }
    if (connection->steps->set_record(connection, upstream) &&
        connection->steps->connect(upstream, destination)) {
        return upstream;
    }
    closesocket(upstream);
    return INVALID_SOCKET;
}
