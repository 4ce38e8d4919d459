/* SPDX-License-Identifier: MIT */

/* Flows of datagrams: who sends to whom, through which socket. Contracts of the steps: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_FLOW_H
#define TESTS_PROXIES_REFERENCE_FLOW_H

#include "tests/proxies/reference/steps.h"

/*
 * The system forgets a flow after 60 seconds of silence (UDP-07), and sends the record again with
 * the datagram after that (UDP-08): keeping one longer loses nothing.
 */
enum { FLOW_COUNT = 512, FLOW_KEPT = 120000 };

bool flow_same(const struct flow *flow, const struct sockaddr_storage *client,
               const struct sockaddr_storage *destination);
void flow_forward(struct flow *flow, const struct datagram *datagram);

struct flow *flow_of(const struct steps *steps, struct flow *flows,
                     const struct datagram *datagram);
/* The flow that a client last used, to `destination` where it is known; NULL: there is none. */
struct flow *flow_find(const struct steps *steps, struct flow *flows,
                       const struct sockaddr_storage *client,
                       const struct sockaddr_storage *destination);
/* A new flow of the datagram's client; NULL: no room for one. */
struct flow *flow_begin(struct flow *flows, const struct datagram *datagram,
                        const struct sockaddr_storage *destination);
void flow_send_with_record(const struct flow *flow, const struct datagram *datagram);
void flow_send_plain(const struct flow *flow, const struct datagram *datagram);

#endif
