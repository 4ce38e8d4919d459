/* SPDX-License-Identifier: MIT */

/*
 * A redirect that is carried out: the dial of one proxy arrives at another (or at itself). The lab
 * stands in between and passes on what either end says, so that it knows which connection of the
 * other proxy this is, by its source address.
 */

#ifndef HARNESS_LAB_SERVER_HOP_H
#define HARNESS_LAB_SERVER_HOP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

struct client;
struct lab;
struct proxy;

enum hop_end { HOP_FROM, HOP_TO, HOP_ENDS };

struct hop {
    struct lab *lab;
    struct client *client; /* whose connection it is */
    struct proxy *to;
    struct wfp_address source; /* of its connection to that proxy */
    uint32_t door;             /* where it waits in the model; 0: it was accepted */
    uv_tcp_t listener;         /* where the dial arrives */
    uv_tcp_t ends[HOP_ENDS];
    uv_connect_t connect;
    bool opened[1 + HOP_ENDS]; /* listener, ends */
    unsigned handles;          /* that are not closed yet */
    bool ended[HOP_ENDS];      /* its FIN has come */
};

/* `*real` is what is dialled in place of the peer. NULL where the system has no port. */
struct hop *hop_add(struct lab *lab, struct client *client, struct proxy *to, uint32_t door,
                    const struct wfp_address *peer, struct wfp_address *real);
/* The one whose connection has this source; NULL: none. */
struct hop *hop_of_source(const struct lab *lab, const struct wfp_address *source);
/* The proxy accepts it: the accepted socket of the model, or 0. */
uint32_t hop_take_door(struct hop *hop);
void hops_clear(struct lab *lab);

#endif
