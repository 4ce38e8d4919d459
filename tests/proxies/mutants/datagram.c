/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/proxies/mutants/mutants.h"
#include "tests/proxies/reference/codes.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/control_message.h"
#include "tests/proxies/reference/flow.h"

bool enable_never(SOCKET socket, int family)
{
    (void)socket;
    (void)family;
    return true;
}

bool enable_ipv4(SOCKET socket, int family)
{
    (void)family;
    return control_message_enable(socket, AF_INET);
}

bool cut_never(const struct datagram *datagram)
{
    (void)datagram;
    return false;
}

bool level_any(int level)
{
    (void)level;
    return true;
}

bool flow_same_source(const struct flow *flow, const struct sockaddr_storage *client,
                      const struct sockaddr_storage *destination)
{
    (void)destination;
    return address_same(&flow->client, client);
}

/* A context is enough for a flow. */
struct flow *flow_of_any(const struct steps *steps, struct flow *flows,
                         const struct datagram *datagram)
{
    struct sockaddr_storage destination;
    const struct tag *tag = &datagram->tag;
    if (tag->record || !tag->context) {
        return flow_of(steps, flows, datagram);
    }
    if (!steps->read_context(tag->context, tag->context_size, &destination)) {
        return NULL;
    }
    struct flow *flow = flow_find(steps, flows, &datagram->client, &destination);
    return flow ? flow : flow_begin(flows, datagram, &destination);
}

/* The record of a flow, which the reference has no need to keep. */
struct kept {
    SOCKET upstream;
    DWORD size;
    unsigned char record[CONTROL_ROOM];
};

static struct kept *kept_of(const struct flow *flow)
{
    static struct kept all[64];
    return &all[flow->upstream / 4 % 64];
}

static void keep(const struct flow *flow, const struct datagram *datagram)
{
    struct kept *kept = kept_of(flow);
    kept->upstream = flow->upstream;
    kept->size = datagram->tag.record_size;
    memcpy(kept->record, datagram->tag.record, kept->size);
}

static void send_with_kept(const struct flow *flow, const struct datagram *datagram)
{
    struct datagram tagged = *datagram;
    tagged.tag.record = kept_of(flow)->record;
    tagged.tag.record_size = kept_of(flow)->size;
    flow_send_with_record(flow, &tagged);
}

void forward_always_with_record(struct flow *flow, const struct datagram *datagram)
{
    if (datagram->tag.record) {
        keep(flow, datagram);
    }
    send_with_kept(flow, datagram);
    flow->sent++;
}

void forward_without_record(struct flow *flow, const struct datagram *datagram)
{
    flow_send_plain(flow, datagram);
    flow->sent++;
}

/* The first datagram makes the flow, and is gone; the second takes the record. */
void forward_after_first(struct flow *flow, const struct datagram *datagram)
{
    if (flow->sent == 0 && datagram->tag.record) {
        keep(flow, datagram);
    } else if (flow->sent == 1) {
        send_with_kept(flow, datagram);
    } else {
        flow_send_plain(flow, datagram);
    }
    flow->sent++;
}
