/* SPDX-License-Identifier: MIT */

/* What a proxy did with the datagrams of one client, both ways. */

#ifndef HARNESS_LAB_RULES_DATAGRAMS_H
#define HARNESS_LAB_RULES_DATAGRAMS_H

#include "harness/lab/rules/view.h"

struct datagrams {
    size_t client;
    uint32_t level; /* of control objects: IPPROTO_IP or IPPROTO_IPV6, by the flow's family */

    /* from the client, as the proxy received them */
    size_t received;
    size_t first_received; /* act */
    size_t truncated;      /* the first whose control data were cut */
    size_t carrier;        /* the one with the record */
    struct event_bytes record;
    size_t decoyed; /* the first with an object of the record's type that is none, or malformed */
    struct event_bytes decoy;

    /* to the destination */
    size_t sent;
    size_t first_sent;
    size_t again;              /* a later one that carries a record, too */
    size_t elsewhere;          /* the first from another socket than the first one's */
    struct event_bytes handed; /* record with the first; size 0: none */
    struct event_bytes handed_elsewhere;
    bool decoy_handed;
    size_t astray; /* the first with this record to another address of the lab's */

    /* back */
    size_t answered;  /* from the destination, as the proxy received them */
    size_t delivered; /* to the client */
};

/* For a client of datagrams. Acts that are not there are NOWHERE. */
struct datagrams datagrams_of(const struct view *view, size_t client);

/* A client of datagrams of the same source, with another destination; NOWHERE. */
size_t datagrams_sibling(const struct view *view, size_t client);

#endif
