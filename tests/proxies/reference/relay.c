/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/relay.h"

#include <stdlib.h>

/* The end of one direction is passed on, and the other goes on (half-close). */
bool direction_read(struct direction *direction)
{
    int got = recv(direction->from, direction->bytes, RELAY_ROOM, 0);
    if (got < 0) {
        return WSAGetLastError() == WSAEWOULDBLOCK;
    }
    direction->begin = 0;
    direction->end = got;
    direction->done = got == 0;
    return got > 0 || shutdown(direction->to, SD_SEND) == 0;
}

static bool direction_write(struct direction *direction)
{
    int sent = send(direction->to, direction->bytes + direction->begin,
                    direction->end - direction->begin, 0);
    if (sent < 0) {
        return WSAGetLastError() == WSAEWOULDBLOCK;
    }
    direction->begin += sent;
    return true;
}

static bool waits(const struct direction *direction)
{
    return direction->begin < direction->end;
}

struct sets {
    fd_set readable, writable;
};

static void watch(struct sets *sets, const struct direction *direction)
{
    if (waits(direction)) {
        FD_SET(direction->to, &sets->writable);
    } else if (!direction->done) {
        FD_SET(direction->from, &sets->readable);
    }
}

static bool move(const struct steps *steps, const struct sets *sets, struct direction *direction)
{
    if (waits(direction)) {
        return !FD_ISSET(direction->to, &sets->writable) || direction_write(direction);
    }
    return direction->done || !FD_ISSET(direction->from, &sets->readable) || steps->read(direction);
}

static bool relay_once(const struct steps *steps, struct direction *out, struct direction *back)
{
    struct sets sets;
    FD_ZERO(&sets.readable);
    FD_ZERO(&sets.writable);
    watch(&sets, out);
    watch(&sets, back);
    if (select(0, &sets.readable, &sets.writable, NULL, NULL) == SOCKET_ERROR) {
        return false;
    }
    return move(steps, &sets, out) && move(steps, &sets, back);
}

/* Both sides learn that the connection broke: closing now resets it. */
static void break_off(SOCKET socket)
{
    struct linger linger = {.l_onoff = 1};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger);
}

static bool start(struct direction *direction, SOCKET from, SOCKET to)
{
    u_long yes = 1;
    direction->from = from;
    direction->to = to;
    direction->begin = direction->end = 0;
    direction->done = false;
    return ioctlsocket(from, (long)FIONBIO, &yes) == 0;
}

void relay(const struct connection *connection)
{
    SOCKET client = connection->client, upstream = connection->upstream;
    struct direction *ways = malloc(2 * sizeof *ways);
    bool whole = ways && start(&ways[0], client, upstream) && start(&ways[1], upstream, client);
    while (whole && !(ways[0].done && ways[1].done)) {
        whole = relay_once(connection->steps, &ways[0], &ways[1]);
    }
    if (!whole) {
        break_off(client);
        break_off(upstream);
    }
    free(ways);
}
