/* SPDX-License-Identifier: MIT */

/* Flows of datagrams, and the datagrams that wait at a socket. */

#ifndef SIM_DATAGRAM_H
#define SIM_DATAGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/datagram.h>

#include "sim/world.h"

/* How long flows live, as the profile says. */
struct wfp_flow_times datagram_times(const struct wfp_world *world);

/* The flow from this endpoint to that peer, which is not v4-mapped; 0: there is none. */
uint32_t datagram_flow(const struct wfp_world *world, uint32_t endpoint,
                       const struct wfp_address *peer);
/* The same, or a free slot that becomes it; 0: no room. */
uint32_t datagram_take_flow(struct wfp_world *world, uint32_t endpoint,
                            const struct wfp_address *peer);
void datagram_end_flow(struct wfp_world *world, uint32_t number);

/* A packet or connect() in the flow: what the step tells (wfp_flow_step). `number` 0: in none. */
uint32_t datagram_look(const struct wfp_world *world, uint32_t number, bool connects);
uint32_t datagram_step(struct wfp_world *world, uint32_t number, bool connects,
                       enum wfp_flow_side side);

/* What a sender hands to whoever receives it. */
struct parcel {
    uint32_t sender;        /* endpoint */
    struct wfp_address to;  /* never v4-mapped */
    uint32_t flow;          /* the sender's, or 0 */
    const uint8_t *payload; /* `size` bytes */
    uint32_t size;
    uint32_t record; /* goes with the datagram, or is dropped with it */
};

/*
 * False if it was lost for want of room. What nobody in this world receives has left it.
 * `receiver`: the endpoint at which it waits now, else 0.
 */
bool datagram_deliver(struct wfp_world *world, const struct parcel *parcel, uint32_t *receiver);

/* The oldest datagram at an endpoint leaves the queue. */
void datagram_consume(struct wfp_world *world, struct endpoint *endpoint);

/* The endpoint is closed: its flows end (UDP-08), and what waits at it is gone. */
void datagram_forget(struct wfp_world *world, uint32_t endpoint);

#endif
