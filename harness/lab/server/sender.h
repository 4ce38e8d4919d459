/* SPDX-License-Identifier: MIT */

/*
 * A client's socket for datagrams. Each of its flows is a client with a number of its own; all
 * share the source address. A flow's next datagram is sent when the one before has come back.
 */

#ifndef HARNESS_LAB_SERVER_SENDER_H
#define HARNESS_LAB_SERVER_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

#include "harness/lab/server/payload.h"

struct client;
struct lab;
struct scenario_group;

enum { SENDER_QUEUE = 64 };

struct sender {
    struct lab *lab;
    uv_udp_t udp;
    bool opened;
    bool closing;
    bool closed;
    struct wfp_address source;
    struct wfp_address door; /* where the proxy receives */
    uint32_t world;          /* its socket in the model */
    /* What is under way to the proxy, in its order: numbers of clients. */
    size_t sent;
    size_t taken;
    uint32_t queue[SENDER_QUEUE];
};

/* Sends the first datagram of each of its flows. False without memory, or without a port. */
bool sender_start(struct lab *lab, const struct scenario_group *group, uint32_t host);
void senders_clear(struct lab *lab);

/* The client whose datagram comes next from this source; with `peek` it is still to come. */
struct client *sender_next(const struct lab *lab, const struct wfp_address *source, bool peek);

/* The datagram of that number (from 1) of a client, both ways. */
struct payload sender_payload(const struct client *client, uint32_t number);
/* Which of the scenario's it is; false: none. */
bool sender_recognize(const struct lab *lab, const uint8_t *bytes, size_t size,
                      struct client **client, uint32_t *number);

#endif
