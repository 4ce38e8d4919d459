/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/context.h"

/* connect, or INVALID_SOCKET with the socket closed. */
static SOCKET connected(SOCKET upstream, const struct sockaddr_storage *destination)
{
    if (dial_connect(upstream, destination)) {
        return upstream;
    }
    closesocket(upstream);
    return INVALID_SOCKET;
}

SOCKET attempt_first_with_record(struct connection *connection, int number)
{
    const struct sockaddr_storage *destination = &connection->destination;
    if (number == 0) {
        return dial_attempt(connection, number);
    }
    return connected(socket_open(destination->ss_family, SOCK_STREAM), destination);
}

SOCKET attempt_set_after_connect(struct connection *connection, int number)
{
    (void)number;
    const struct sockaddr_storage *destination = &connection->destination;
    SOCKET upstream = connected(socket_open(destination->ss_family, SOCK_STREAM), destination);
    if (upstream != INVALID_SOCKET) {
        connection->steps->set_record(connection, upstream);
    }
    return upstream;
}

SOCKET attempt_set_after_bind(struct connection *connection, int number)
{
    (void)number;
    const struct sockaddr_storage *destination = &connection->destination;
    struct sockaddr_storage any = {.ss_family = destination->ss_family};
    SOCKET upstream = socket_open(destination->ss_family, SOCK_STREAM);
    bind(upstream, (const void *)&any, address_size(&any));
    if (connection->steps->set_record(connection, upstream)) {
        return connected(upstream, destination);
    }
    closesocket(upstream);
    return INVALID_SOCKET;
}

/* All sockets are of IPv4, and all addresses, too. */
SOCKET attempt_ipv4(struct connection *connection, int number)
{
    connection->destination.ss_family = AF_INET;
    return dial_attempt(connection, number);
}

/* Neither relays nor tells: the client waits until it has had enough. */
bool dial_or_hang(struct connection *connection)
{
    char byte;
    if (dial(connection)) {
        return true;
    }
    while (recv(connection->client, &byte, 1, 0) > 0) {
        continue;
    }
    return false;
}

/* The way is there, and nothing goes over it. */
bool dial_and_forget(struct connection *connection)
{
    bool dialled = dial(connection);
    if (dialled) {
        Sleep(INFINITE);
    }
    return dialled;
}
