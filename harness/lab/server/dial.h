/* SPDX-License-Identifier: MIT */

/*
 * An outgoing connection of a proxy to a destination that the lab plays. Each has a port of the lab
 * of its own, so that what arrives there is this dial.
 */

#ifndef HARNESS_LAB_SERVER_DIAL_H
#define HARNESS_LAB_SERVER_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

#include "harness/lab/server/stream.h"
#include "harness/lab/server/upstream.h"

struct client;
struct lab;
struct process;

struct dial {
    struct lab *lab;
    uint32_t number;  /* of the trace, from 1 */
    uint32_t process; /* who dials */
    uint32_t socket;
    struct client *client;      /* for whom; NULL: that is not known, or nobody */
    struct wfp_address peer;    /* as dialled */
    struct wfp_address real;    /* in its place, of the same family */
    struct upstream_talk *talk; /* with the server that the proxy dials through; or NULL */
    uv_tcp_t listener;
    bool listening;
    bool listener_closed;
    struct stream stream;
    bool arrived;
    bool refused; /* the target cannot be reached, and the server has said so */
    bool over;
};

/* A listener for this dial. NULL where the system has none. */
struct dial *dial_add(struct lab *lab, const struct process *process, uint32_t socket,
                      const struct wfp_address *peer, struct client *client);
/* The same where the peer is the server that the proxy dials through. */
struct dial *dial_add_upstream(struct lab *lab, const struct process *process, uint32_t socket,
                               const struct wfp_address *peer, enum upstream_kind kind);

/* Have all that arrived come to their end? */
bool dials_over(const struct lab *lab);
void dials_give_up(struct lab *lab);
/* Closes and frees them all. */
void dials_clear(struct lab *lab);

#endif
