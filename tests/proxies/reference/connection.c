/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/connection.h"

#include <process.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/record.h"
#include "tests/proxies/reference/relay.h"

void connection_serve(struct connection *connection)
{
    const struct steps *steps = connection->steps;
    /* Before a byte of the client is read: in many protocols the server speaks first. */
    if (steps->learn(connection) && steps->dial(connection)) {
        relay(connection);
    } else {
        steps->refuse(connection);
    }
    steps->finish(connection);
}

/* The record first: without it the connection is never dialled (LOOP-05). */
bool connection_learn(struct connection *connection)
{
    const struct steps *steps = connection->steps;
    if (!steps->query(connection, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, &connection->record)) {
        return false;
    }
    struct blob context = {0};
    bool known = steps->query(connection, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, &context) &&
                 steps->read_context(context.bytes, context.size, &connection->destination);
    blob_free(&context);
    return known;
}

/* Nobody redirected it, or its record was lost on the way (QRY-19): which of both cannot be told,
 * and waiting does not bring a record back. Closing the socket is all that is owed. */
void connection_refuse(struct connection *connection)
{
    (void)connection;
    fprintf(stderr, "refused a connection: no record, no context, or no way\n");
}

void connection_finish(struct connection *connection)
{
    closesocket(connection->client);
    if (connection->upstream != INVALID_SOCKET) {
        closesocket(connection->upstream);
    }
    blob_free(&connection->record);
}

bool listener_bind(SOCKET socket, const struct sockaddr_storage *local)
{
    if (bind(socket, (const void *)local, address_size(local)) == 0) {
        return true;
    }
    closesocket(socket);
    return false;
}

static unsigned __stdcall serve_in_thread(void *argument)
{
    struct connection *connection = argument;
    connection->steps->serve(connection);
    free(connection);
    return 0;
}

void connection_start(const struct steps *steps, SOCKET listener, SOCKET client)
{
    struct connection *connection = calloc(1, sizeof *connection);
    uintptr_t thread = 0;
    if (connection) {
        *connection = (struct connection){
            .steps = steps, .listener = listener, .client = client, .upstream = INVALID_SOCKET};
        thread = _beginthreadex(NULL, 0, serve_in_thread, connection, 0, NULL);
    }
    if (thread != 0) {
        CloseHandle((HANDLE)thread);
        return;
    }
    closesocket(client);
    free(connection);
}

/* A client that is gone before it was accepted is no reason to stop. */
void connection_accept_all(const struct steps *steps, SOCKET listener)
{
    for (;;) {
        SOCKET client = accept(listener, NULL, NULL);
        if (client != INVALID_SOCKET) {
            connection_start(steps, listener, client);
        } else if (WSAGetLastError() != WSAECONNRESET) {
            return;
        }
    }
}
