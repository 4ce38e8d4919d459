/* SPDX-License-Identifier: MIT */

#include "sim/datagram.h"

#include <string.h>

#include "sim/classify.h"

/* ---- flows ---- */

struct wfp_flow_times datagram_times(const struct wfp_world *world)
{
    struct wfp_flow_times times = wfp_flow_times_default();

    times.udp_idle = world_value(world, WFP_KEY_UDP_IDLE)->number * WFP_SECOND;
    return times;
}

uint32_t datagram_flow(const struct wfp_world *world, uint32_t endpoint,
                       const struct wfp_address *peer)
{
    for (uint32_t number = 1; number <= world->flow_end; number++) {
        const struct flow_slot *slot = world_flow_at(world, number);

        if (slot->endpoint == endpoint && wfp_address_equal(&slot->peer, peer)) {
            return number;
        }
    }
    return 0;
}

static uint32_t free_flow(const struct wfp_world *world)
{
    uint32_t number = 1;

    while (number <= world->flow_end && world_flow_at(world, number)->endpoint != 0) {
        number++;
    }
    return number <= world->limits.flows ? number : 0;
}

uint32_t datagram_take_flow(struct wfp_world *world, uint32_t endpoint,
                            const struct wfp_address *peer)
{
    const uint32_t found = datagram_flow(world, endpoint, peer);
    const uint32_t number = found != 0 ? found : free_flow(world);

    if (number == 0) {
        return 0;
    }
    if (number > world->flow_end) {
        world->flow_end = number;
    }
    world_flow(world, number)->endpoint = endpoint;
    world_put_address(&world_flow(world, number)->peer, peer);
    return number;
}

void datagram_end_flow(struct wfp_world *world, uint32_t number)
{
    struct flow_slot *slot = world_flow(world, number);

    world_drop_record(world, &slot->list);
    world_drop_record(world, &slot->carried);
    classify_drop(world, slot->classified);
    memset(slot, 0, sizeof *slot);
    while (world->flow_end > 0 && world_flow(world, world->flow_end)->endpoint == 0) {
        world->flow_end--;
    }
}

static uint32_t step(const struct wfp_world *world, const struct wfp_flow *before, bool connects,
                     enum wfp_flow_side side, struct wfp_flow *after)
{
    const struct wfp_flow_times times = datagram_times(world);
    const struct wfp_flow_event event = {
        .kind = connects ? WFP_FLOW_CONNECT : WFP_FLOW_PACKET,
        .flow = WFP_FLOW_UDP,
        .side = (uint8_t)side,
    };

    return wfp_flow_step(before, &event, world->clock, &times, after);
}

uint32_t datagram_look(const struct wfp_world *world, uint32_t number, bool connects)
{
    const struct wfp_flow none = {0};
    struct wfp_flow after;

    return step(world, number == 0 ? &none : &world_flow_at(world, number)->flow, connects,
                WFP_FLOW_OWNER, &after);
}

uint32_t datagram_step(struct wfp_world *world, uint32_t number, bool connects,
                       enum wfp_flow_side side)
{
    struct wfp_flow *flow = &world_flow(world, number)->flow;

    return step(world, flow, connects, side, flow);
}

/* ---- time ---- */

uint64_t wfp_clock(const struct wfp_world *world)
{
    return world->clock;
}

void wfp_clock_advance(struct wfp_world *world, uint64_t microseconds)
{
    const struct wfp_flow_times times = datagram_times(world);

    world->clock += microseconds;
    for (uint32_t number = 1; number <= world->flow_end; number++) {
        const struct flow_slot *slot = world_flow_at(world, number);

        if (slot->endpoint != 0 &&
            world->clock - slot->flow.last > wfp_flow_patience(&slot->flow, &times)) {
            datagram_end_flow(world, number);
        }
    }
}

/* ---- who receives ---- */

/* Its own address, where it has one; else the loopback address of the packet's family. */
static struct wfp_address address_of(const struct endpoint *sender, const struct wfp_address *to)
{
    struct wfp_address from = {.port = sender->local.port, .family = to->family};

    if (!wfp_address_unspecified(&sender->local)) {
        return wfp_address_unmapped(&sender->local);
    }
    if (to->family == WFP_IPV4) {
        from.bytes[0] = 127;
        from.bytes[3] = 1;
    } else {
        from.bytes[15] = 1;
    }
    return from;
}

/* A service answers in the name of the peer that the flow was redirected from. */
static struct wfp_address seen_from(const struct wfp_world *world, uint32_t receiver,
                                    const struct parcel *parcel)
{
    const struct flow_slot *latest = NULL;

    for (uint32_t number = 1; number <= world->flow_end; number++) {
        const struct flow_slot *slot = world_flow_at(world, number);

        if (slot->endpoint == receiver && slot->redirected && slot->service == parcel->sender &&
            (latest == NULL || slot->flow.last > latest->flow.last)) {
            latest = slot;
        }
    }
    return latest != NULL ? latest->peer
                          : address_of(world_endpoint_at(world, parcel->sender), &parcel->to);
}

/* A connected socket takes datagrams from its peer alone, and before one that is only bound. */
static uint32_t receiver_at(const struct wfp_world *world, const struct parcel *parcel)
{
    const struct endpoint *sender = world_endpoint_at(world, parcel->sender);
    uint32_t found = 0;

    for (uint32_t link = 1; link <= world->limits.sockets; link++) {
        const struct endpoint *endpoint = world_endpoint_at(world, link);
        struct wfp_address from;
        struct wfp_address peer;

        if (endpoint == NULL || endpoint->type != sender->type ||
            endpoint->state == ENDPOINT_FRESH || !world_receives(&endpoint->local, &parcel->to)) {
            continue;
        }
        if (endpoint->state != ENDPOINT_CONNECTED) {
            found = found != 0 && wfp_address_unspecified(&endpoint->local) ? found : link;
            continue;
        }
        from = seen_from(world, link, parcel);
        peer = wfp_address_unmapped(&endpoint->remote);
        if (wfp_address_equal(&from, &peer)) {
            return link;
        }
    }
    return found;
}

static uint32_t receiver_of(const struct wfp_world *world, const struct parcel *parcel)
{
    if (parcel->flow != 0 && world_flow_at(world, parcel->flow)->redirected) {
        return world_flow_at(world, parcel->flow)->service;
    }
    return receiver_at(world, parcel);
}

/* ---- the queue ---- */

static uint32_t free_datagram(const struct wfp_world *world)
{
    for (uint32_t number = 1; number <= world->limits.datagrams; number++) {
        if (world_datagram_at(world, number)->endpoint == 0) {
            return number;
        }
    }
    return 0;
}

static void append(struct wfp_world *world, uint32_t receiver, uint32_t number)
{
    uint32_t *tail = &world_endpoint(world, receiver)->queue;

    while (*tail != 0) {
        tail = &world_datagram(world, *tail)->next;
    }
    *tail = number;
}

static bool enqueue(struct wfp_world *world, uint32_t receiver, const struct wfp_address *from,
                    const struct parcel *parcel)
{
    const uint32_t number = free_datagram(world);
    struct datagram_slot *slot;

    if (number == 0) {
        return false;
    }
    slot = world_datagram(world, number);
    slot->endpoint = receiver;
    slot->size = parcel->size;
    slot->record = parcel->record;
    slot->from = *from;
    slot->options = world_endpoint(world, receiver)->options;
    if (parcel->size > 0) {
        memcpy(world_datagram_room(world, number), parcel->payload, parcel->size);
    }
    append(world, receiver, number);
    return true;
}

bool datagram_deliver(struct wfp_world *world, const struct parcel *parcel, uint32_t *receiver)
{
    const uint32_t found = receiver_of(world, parcel);
    uint32_t record = parcel->record;
    struct wfp_address from;
    uint32_t flow;

    *receiver = 0;
    if (world_endpoint_at(world, found) == NULL) {
        world_drop_record(world, &record);
        return true;
    }
    from = seen_from(world, found, parcel);
    flow = datagram_take_flow(world, found, &from);
    if (flow != 0) {
        (void)datagram_step(world, flow, false, WFP_FLOW_PEER);
    }
    if (flow == 0 || !enqueue(world, found, &from, parcel)) {
        world_drop_record(world, &record);
        return false;
    }
    *receiver = found;
    return true;
}

static void free_slot(struct wfp_world *world, uint32_t number)
{
    struct datagram_slot *slot = world_datagram(world, number);

    world_drop_record(world, &slot->record);
    memset(world_datagram_room(world, number), 0, slot->size);
    memset(slot, 0, sizeof *slot);
}

void datagram_consume(struct wfp_world *world, struct endpoint *endpoint)
{
    const uint32_t number = endpoint->queue;

    if (number != 0) {
        endpoint->queue = world_datagram(world, number)->next;
        free_slot(world, number);
    }
}

void datagram_forget(struct wfp_world *world, uint32_t endpoint)
{
    for (uint32_t number = 1; number <= world->flow_end; number++) {
        struct flow_slot *slot = world_flow(world, number);

        if (slot->endpoint == endpoint) {
            datagram_end_flow(world, number);
        } else if (slot->service == endpoint) {
            slot->service = 0;
        }
    }
    for (uint32_t number = 1; number <= world->limits.datagrams; number++) {
        if (world_datagram(world, number)->endpoint == endpoint) {
            free_slot(world, number);
        }
    }
}
