/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/reference/record.h"

static bool learn_destination(struct connection *connection)
{
    const struct steps *steps = connection->steps;
    struct blob context = {0};
    bool known = steps->query(connection, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, &context) &&
                 steps->read_context(context.bytes, context.size, &connection->destination);
    blob_free(&context);
    return known;
}

static bool learn_record(struct connection *connection)
{
    return connection->steps->query(connection, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
                                    &connection->record);
}

/* Tries out, to save time, whether the destination is there at all. */
bool learn_dialling_first(struct connection *connection)
{
    if (!learn_destination(connection)) {
        return false;
    }
    SOCKET early = socket_open(connection->destination.ss_family, SOCK_STREAM);
    bool there = connect(early, (const void *)&connection->destination,
                         address_size(&connection->destination)) == 0;
    closesocket(early);
    return there && learn_record(connection);
}

/* Goes on without a record; set_unless_empty belongs to it. */
bool learn_without_record(struct connection *connection)
{
    learn_record(connection);
    return learn_destination(connection);
}

/* Takes the answer to a size query for "there is none", and goes on without a record. */
bool learn_by_probe(struct connection *connection)
{
    DWORD count = 0;
    if (connection->steps->control(connection->client, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
                                   NULL, NULL, &count) == 0) {
        learn_record(connection);
    }
    return learn_destination(connection);
}

/* Takes a client that was not redirected for a fault of its installation. */
bool learn_or_exit(struct connection *connection)
{
    DWORD count = 0;
    if (connection_learn(connection)) {
        return true;
    }
    if (connection->steps->control(connection->client, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
                                   NULL, &connection->record, &count) == WSAEINVAL) {
        exit(3);
    }
    return false;
}

bool context_trusted(const unsigned char *bytes, DWORD size, struct sockaddr_storage *destination)
{
    (void)size;
    const struct context *context = (const void *)bytes;
    *destination = context->destination;
    return true;
}

/* Puts the port, which is in network order already, in network order. */
bool context_wrong_port(const unsigned char *bytes, DWORD size,
                        struct sockaddr_storage *destination)
{
    if (!context_read(bytes, size, destination)) {
        return false;
    }
    struct sockaddr_in *address = (void *)destination; /* the port of IPv6 has the same place */
    address->sin_port = htons(address->sin_port);
    return true;
}
