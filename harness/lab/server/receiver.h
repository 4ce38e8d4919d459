/* SPDX-License-Identifier: MIT */

/* Where the datagrams of one outgoing flow of a proxy arrive: a destination of its own for each
 * socket and peer. It sends back what it gets. */

#ifndef HARNESS_LAB_SERVER_RECEIVER_H
#define HARNESS_LAB_SERVER_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

struct client;
struct lab;
struct process;

struct receiver {
    struct lab *lab;
    uint32_t number; /* of the dial, from 1 */
    uint32_t process;
    uint32_t socket;
    struct client *client;   /* whose destination it is; NULL: nobody's */
    struct wfp_address peer; /* as the proxy means it */
    struct wfp_address real; /* in its place, of the same family */
    uv_udp_t udp;
    bool opened;
    bool closing;
    bool closed;
    bool arrived;
    uint64_t received; /* bytes */
    bool wrong;        /* something came that this client has not sent */
};

/* NULL: no memory, or no port. */
struct receiver *receiver_add(struct lab *lab, const struct process *process, uint32_t socket,
                              const struct wfp_address *peer);
/* NULL: there is none yet. */
struct receiver *receiver_of(const struct lab *lab, const struct process *process, uint32_t socket,
                             const struct wfp_address *peer);
/* The one behind a port of the lab. */
struct receiver *receiver_at(const struct lab *lab, const struct wfp_address *real);

/* Tells their ends. */
void receivers_finish(struct lab *lab);
void receivers_clear(struct lab *lab);

#endif
