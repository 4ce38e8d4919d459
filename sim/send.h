/* SPDX-License-Identifier: MIT */

/* A send, reduced to what rules look at and what their effects need. */

#ifndef SIM_SEND_H
#define SIM_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/datagram.h>

#include "sim/decide.h"
#include "sim/message.h"
#include "sim/record.h"

struct send_view {
    struct inquiry inquiry;
    uint32_t endpoint;
    bool has_peer;
    struct wfp_address peer;   /* never v4-mapped */
    uint32_t flow;             /* the one that is there; 0: none */
    struct record_view record; /* the last that the control data hold; size 0: none */
};

/*
 * `kind`: of the send, or of connect(). WFP_NO_SOCKET; WFP_BAD_STATE where the address is not one
 * of the socket's family, or a stream socket is to be connected like one of datagrams.
 */
enum wfp_status send_look(const struct wfp_world *world, const struct wfp_send *call,
                          enum wfp_call kind, struct message_reading reading,
                          struct send_view *view);

#endif
