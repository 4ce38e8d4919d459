/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_PACKET_H
#define HARNESS_REPLAY_PACKET_H

#include <stdbool.h>
#include <stdint.h>

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/*
 * Both ends of a flow, the same for either direction: end 0 is the one with the smaller address,
 * then port. Addresses are numbers: an IPv6 address is two, the upper half first; an IPv4 address
 * is the second, and the first is 0.
 */
struct flow_key {
    uint64_t address[2][2];
    uint16_t port[2];
    uint8_t family;   /* 4 or 6 */
    uint8_t protocol; /* PROTOCOL_TCP or PROTOCOL_UDP */
    uint16_t zero;    /* so that every byte of a key has a value */
};

enum fragment_role {
    FRAGMENT_WHOLE, /* not fragmented */
    FRAGMENT_FIRST, /* holds the ports */
    FRAGMENT_LATER  /* ports come from its first fragment; see harness/replay/fragment.h */
};

struct flow_entry;

/* What the decoder makes of the bytes of a packet, and (below) what its capture knows of it. */
struct packet {
    struct flow_key key;
    uint32_t sequence;    /* TCP */
    uint32_t fragment_id; /* of a fragment */
    uint8_t tcp_flags;
    uint8_t from;     /* the end that sends, 0 or 1 */
    uint8_t fragment; /* enum fragment_role */
    uint8_t family;   /* 4 or 6 as soon as there is an IP header, else 0 */

    uint32_t wire_bytes;
    uint64_t time;            /* microseconds */
    uint64_t number;          /* from 1, over all captures of a run */
    uint64_t hash;            /* of the key; this and the next are the flow table's */
    struct flow_entry *guess; /* what may be its flow, or NULL */
};

/*
 * Writes both ends into the key in their order and says which one sends: 0 or 1. Family, protocol
 * and `zero` are left alone.
 */
static inline uint8_t flow_key_order(struct flow_key *key, const uint64_t source[2],
                                     const uint64_t destination[2], uint16_t source_port,
                                     uint16_t destination_port)
{
    /* Without branches: which is the smaller cannot be foreseen. */
    const uint8_t from =
        (uint8_t)((source[0] > destination[0]) |
                  ((source[0] == destination[0]) &
                   ((source[1] > destination[1]) |
                    ((source[1] == destination[1]) & (source_port > destination_port)))));
    const uint64_t swap = 0 - (uint64_t)from;
    const uint64_t upper = (source[0] ^ destination[0]) & swap;
    const uint64_t lower = (source[1] ^ destination[1]) & swap;
    const uint16_t port = (uint16_t)((source_port ^ destination_port) & swap);

    key->address[0][0] = source[0] ^ upper;
    key->address[0][1] = source[1] ^ lower;
    key->address[1][0] = destination[0] ^ upper;
    key->address[1][1] = destination[1] ^ lower;
    key->port[0] = source_port ^ port;
    key->port[1] = destination_port ^ port;
    return from;
}

#endif
