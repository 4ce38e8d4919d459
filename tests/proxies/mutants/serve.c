/* SPDX-License-Identifier: MIT */
#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/reference/relay.h"

/* Looks at what the client says before it asks for the record. */
void serve_after_client(struct connection *connection)
{
    char byte;
    recv(connection->client, &byte, 1, MSG_PEEK);
    connection_serve(connection);
}

/* Waits for something that never comes, and the client with it. */
void serve_never(struct connection *connection)
{
    (void)connection;
    Sleep(INFINITE);
}

/* Takes it for a client that was told to use this proxy, and waits for its request. */
void refuse_never(struct connection *connection)
{
    char byte;
    if (connection->record.size > 0) {
        return;
    }
    while (recv(connection->client, &byte, 1, 0) > 0) {
        continue;
    }
}

/* Takes it for a client of its own, for which there is a default destination. */
void refuse_by_dialling(struct connection *connection)
{
    struct sockaddr_in usual = {.sin_family = AF_INET, .sin_port = htons(80)};
    if (connection->record.size > 0) {
        return;
    }
    usual.sin_addr.s_addr = htonl(0xC612FFFE); /* 198.18.255.254 */
    connection->upstream = socket_open(AF_INET, SOCK_STREAM);
    if (connect(connection->upstream, (const void *)&usual, sizeof usual) == 0) {
        relay(connection);
    }
}

void finish_leaking(struct connection *connection)
{
    if (connection->upstream != INVALID_SOCKET) {
        shutdown(connection->upstream, SD_BOTH);
    }
    connection->upstream = INVALID_SOCKET;
    connection_finish(connection);
}

bool read_corrupting(struct direction *direction)
{
    bool whole = direction_read(direction);
    if (direction->end > 0) {
        direction->bytes[direction->end - 1] ^= 1;
    }
    return whole;
}

/* The first end is taken for the end of both ways. */
bool read_closing_both(struct direction *direction)
{
    bool whole = direction_read(direction);
    if (direction->done) {
        shutdown(direction->from, SD_BOTH);
        shutdown(direction->to, SD_BOTH);
    }
    return whole;
}
