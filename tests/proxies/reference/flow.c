/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/flow.h"

#include <stdlib.h>

#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/control_message.h"
#include "tests/proxies/reference/dial.h"

/* One client can send to several destinations from one socket (UDP-06). A datagram without a
 * context belongs to what its client last used. */
bool flow_same(const struct flow *flow, const struct sockaddr_storage *client,
               const struct sockaddr_storage *destination)
{
    return address_same(&flow->client, client) &&
           (!destination || address_same(&flow->destination, destination));
}

struct flow *flow_find(const struct steps *steps, struct flow *flows,
                       const struct sockaddr_storage *client,
                       const struct sockaddr_storage *destination)
{
    struct flow *found = NULL;
    for (int i = 0; i < FLOW_COUNT; i++) {
        if (flows[i].upstream != INVALID_SOCKET &&
            steps->same_flow(&flows[i], client, destination) &&
            (!found || flows[i].used > found->used)) {
            found = &flows[i];
        }
    }
    return found;
}

static void end(struct flow *flow)
{
    if (flow->upstream != INVALID_SOCKET) {
        closesocket(flow->upstream);
    }
    flow->upstream = INVALID_SOCKET;
}

/* A place that is free, or whose flow has been silent for too long. */
static struct flow *place(struct flow *flows, ULONGLONG now)
{
    for (int i = 0; i < FLOW_COUNT; i++) {
        if (flows[i].upstream == INVALID_SOCKET || now - flows[i].used > FLOW_KEPT) {
            end(&flows[i]);
            return &flows[i];
        }
    }
    return NULL;
}

struct flow *flow_begin(struct flow *flows, const struct datagram *datagram,
                        const struct sockaddr_storage *destination)
{
    struct flow *flow = place(flows, GetTickCount64());
    if (!flow) {
        return NULL;
    }
    *flow = (struct flow){.client = datagram->client, .destination = *destination};
    flow->upstream = socket_open(destination->ss_family, SOCK_DGRAM);
    return flow->upstream == INVALID_SOCKET ? NULL : flow;
}

/* A flow begins with a record and a context, or not at all: without the record its datagrams
 * would be redirected here again. */
struct flow *flow_of(const struct steps *steps, struct flow *flows, const struct datagram *datagram)
{
    struct sockaddr_storage destination;
    const struct tag *tag = &datagram->tag;
    if (!tag->context && !tag->record) {
        return flow_find(steps, flows, &datagram->client, NULL);
    }
    if (!tag->record || !tag->context ||
        !steps->read_context(tag->context, tag->context_size, &destination)) {
        return NULL;
    }
    struct flow *flow = flow_find(steps, flows, &datagram->client, &destination);
    return flow ? flow : flow_begin(flows, datagram, &destination);
}

void flow_send_with_record(const struct flow *flow, const struct datagram *datagram)
{
    unsigned char *control = malloc(CONTROL_ROOM);
    struct sockaddr_storage destination = flow->destination;
    WSABUF data = {datagram->size, datagram->bytes};
    WSAMSG message = {.name = (void *)&destination,
                      .namelen = address_size(&destination),
                      .lpBuffers = &data,
                      .dwBufferCount = 1,
                      .Control = {0, (char *)control}};
    if (control) {
        message.Control.len =
            control_message_write(control, CONTROL_ROOM, destination.ss_family,
                                  datagram->tag.record, datagram->tag.record_size);
    }
    DWORD sent = 0;
    if (message.Control.len > 0) {
        WSASendMsg(flow->upstream, &message, 0, &sent, NULL, NULL);
    }
    free(control);
}

void flow_send_plain(const struct flow *flow, const struct datagram *datagram)
{
    sendto(flow->upstream, datagram->bytes, (int)datagram->size, 0,
           (const void *)&flow->destination, address_size(&flow->destination));
}

/* The record goes with the datagram that brought it: that is the one which creates the flow, on
 * both sides (UDP-03, UDP-04). */
void flow_forward(struct flow *flow, const struct datagram *datagram)
{
    if (datagram->tag.record) {
        flow_send_with_record(flow, datagram);
    } else {
        flow_send_plain(flow, datagram);
    }
    flow->sent++;
}
