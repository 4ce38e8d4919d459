/* SPDX-License-Identifier: MIT */

/* One loop over all sockets: FD_SETSIZE has to be as large as the table of flows. */
#define FD_SETSIZE 1024

#include "tests/proxies/reference/datagram.h"

#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/control_message.h"
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/reference/flow.h"

enum { DATAGRAM_ROOM = 65536 };

struct exchange {
    const struct steps *steps;
    SOCKET listener;
    LPFN_WSARECVMSG receive;
    struct flow flows[FLOW_COUNT];
    unsigned char control[CONTROL_ROOM];
    char bytes[DATAGRAM_ROOM];
};

/* The options before bind: the first datagram can come at once, and no other has a record (UDP-03).
 */
SOCKET datagram_open(const struct steps *steps, const struct sockaddr_storage *local)
{
    SOCKET opened = socket_open(local->ss_family, SOCK_DGRAM);
    if (opened == INVALID_SOCKET) {
        return INVALID_SOCKET;
    }
    if (steps->enable(opened, local->ss_family)) {
        return listener_bind(opened, local) ? opened : INVALID_SOCKET;
    }
    closesocket(opened);
    return INVALID_SOCKET;
}

/* recvfrom would take the datagram and drop its control data (UDP-02, MSG-01). */
static LPFN_WSARECVMSG find_receive(SOCKET socket)
{
    GUID guid = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG receive = NULL;
    DWORD count = 0;
    if (WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &receive,
                 sizeof receive, &count, NULL, NULL) != 0) {
        return NULL;
    }
    return receive;
}

/* WSAEMSGSIZE: the flags say which part was cut, and the rest is there (MSG-04, MSG-05). */
static bool receive(struct exchange *exchange, struct datagram *datagram)
{
    WSABUF data = {DATAGRAM_ROOM, exchange->bytes};
    WSAMSG message = {.name = (void *)&datagram->client,
                      .namelen = sizeof datagram->client,
                      .lpBuffers = &data,
                      .dwBufferCount = 1,
                      .Control = {exchange->steps->control_room, (char *)exchange->control}};
    DWORD size = 0;
    if (exchange->receive(exchange->listener, &message, &size, NULL, NULL) != 0 &&
        WSAGetLastError() != WSAEMSGSIZE) {
        return false;
    }
    datagram->bytes = exchange->bytes;
    datagram->size = size;
    datagram->flags = message.dwFlags;
    datagram->tag = control_message_read(exchange->steps, exchange->control, message.Control.len);
    return true;
}

static void forward_one(struct exchange *exchange)
{
    const struct steps *steps = exchange->steps;
    struct datagram datagram = {0};
    if (!receive(exchange, &datagram)) {
        return;
    }
    struct flow *flow =
        steps->cut(&datagram) ? NULL : steps->flow_of(steps, exchange->flows, &datagram);
    if (!flow) {
        fprintf(stderr, "dropped a datagram: no record, no context, or cut off\n");
        return;
    }
    flow->used = GetTickCount64();
    steps->forward(flow, &datagram);
}

/* The socket is not connected: anybody could send to it. */
static void reply_one(struct exchange *exchange, struct flow *flow)
{
    struct sockaddr_storage from = {0};
    int room = sizeof from;
    int size = recvfrom(flow->upstream, exchange->bytes, DATAGRAM_ROOM, 0, (void *)&from, &room);
    if (size < 0 || !address_same(&from, &flow->destination)) {
        return;
    }
    flow->used = GetTickCount64();
    sendto(exchange->listener, exchange->bytes, size, 0, (const void *)&flow->client,
           address_size(&flow->client));
}

static void watch(const struct exchange *exchange, fd_set *readable)
{
    FD_ZERO(readable);
    FD_SET(exchange->listener, readable);
    for (int i = 0; i < FLOW_COUNT; i++) {
        if (exchange->flows[i].upstream != INVALID_SOCKET) {
            FD_SET(exchange->flows[i].upstream, readable);
        }
    }
}

static void move(struct exchange *exchange, fd_set *readable)
{
    for (int i = 0; i < FLOW_COUNT; i++) {
        struct flow *flow = &exchange->flows[i];
        if (flow->upstream != INVALID_SOCKET && FD_ISSET(flow->upstream, readable)) {
            reply_one(exchange, flow);
        }
    }
    if (FD_ISSET(exchange->listener, readable)) {
        forward_one(exchange);
    }
}

static struct exchange *make(const struct steps *steps, SOCKET listener)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) {
        return NULL;
    }
    exchange->steps = steps;
    exchange->listener = listener;
    exchange->receive = find_receive(listener);
    for (int i = 0; i < FLOW_COUNT; i++) {
        exchange->flows[i].upstream = INVALID_SOCKET;
    }
    return exchange;
}

void datagram_run(const struct steps *steps, SOCKET listener)
{
    struct exchange *exchange = make(steps, listener);
    fd_set readable;
    while (exchange && exchange->receive) {
        watch(exchange, &readable);
        if (select(0, &readable, NULL, NULL, NULL) == SOCKET_ERROR) {
            break;
        }
        move(exchange, &readable);
    }
    free(exchange);
}
