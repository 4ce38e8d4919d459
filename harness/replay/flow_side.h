/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_SIDE_H
#define HARNESS_REPLAY_FLOW_SIDE_H

#include "harness/replay/flow_summary.h"

/*
 * Which end of the flow that begins with this packet is the client: `*client` is 0 or 1. TCP: the
 * SYN tells, or the SYN+ACK; in the middle of a connection the end whose port is of a higher class
 * (below 1024, below 32768, the rest). Datagrams: the end that does not have a port below 1024
 * where only the other has; else the sender, and the sender always where it sends to a group.
 */
enum flow_confidence flow_side_decide(const struct packet *packet, uint8_t *client);

#endif
