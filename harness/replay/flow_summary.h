/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_SUMMARY_H
#define HARNESS_REPLAY_FLOW_SUMMARY_H

#include "harness/replay/packet.h"

/* How it was decided which end is the client, the one that connects or sends first. */
enum flow_confidence {
    FLOW_BY_SYN,        /* it sent a SYN: certain */
    FLOW_BY_SYN_ACK,    /* the other answered a SYN that was not seen: certain */
    FLOW_BY_PORT,       /* the other has the port of a service: likely */
    FLOW_BY_FIRST_SEEN, /* it sent the first packet seen: a guess in the middle of traffic */
    FLOW_CONFIDENCE_COUNT
};

/* What a flow ended by. */
enum flow_end {
    FLOW_STILL_OPEN, /* the captures end before it */
    FLOW_CLOSED,     /* TCP: FIN both ways */
    FLOW_RESET,      /* TCP: RST */
    FLOW_IDLE,       /* no packet for its idle time */
    FLOW_REUSED,     /* TCP: a SYN with another number on the same ports */
    FLOW_NO_ROOM,    /* more flows alive than allowed; ended early */
    FLOW_END_COUNT
};

/* "syn", "port" ...; "closed", "idle" ...: one table each. */
const char *flow_confidence_name(enum flow_confidence confidence);
const char *flow_end_name(enum flow_end end);

struct flow_address {
    uint64_t words[2]; /* as in struct flow_key */
    uint16_t port;
};

/* All that is known of one flow. `end` and the sums are final when it is handed out as ended. */
struct flow_summary {
    struct flow_address client, server;
    uint64_t first_packet;          /* number from 1 over all captures of the run */
    uint64_t first_time, last_time; /* microseconds; on the captures' clock */
    uint64_t packets, bytes;        /* both ways, fragments included; bytes as on the wire */
    uint8_t family, protocol;       /* as in struct flow_key */
    uint8_t confidence;             /* enum flow_confidence */
    uint8_t end;                    /* enum flow_end */
    uint8_t class;                  /* chosen by the consumer when the flow began; 0 without */
    uint8_t records;                /* datagrams that would carry a record (UDP-03): 0 or 1 */
    bool classified;   /* its beginning was seen, so it is classified at connect-redirect */
    bool simultaneous; /* TCP: both ends opened */
};

/*
 * Who wants to know of flows. Nothing is called per packet.
 */
struct flow_consumer {
    void *context;
    /*
     * A flow begins: its class. Called once per flow, by its first packet; of the summary the
     * addresses, family, protocol, confidence, first packet and time and `classified` are known.
     * NULL: class 0.
     */
    uint8_t (*begin)(void *context, const struct flow_summary *flow);
    /* A flow is over, or the run is. Called once per flow. NULL: nobody wants to know. */
    void (*end)(void *context, const struct flow_summary *flow);
};

#endif
