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
    uint32_t classification;   /* by callouts; 0: none */
    bool bare;                 /* they redirect without a redirect handle: no record */
};

/* The control data's record, if it is one, gets a slot of its own; else `*list` stays. */
enum wfp_status send_keep_list(struct wfp_world *world, const struct send_view *view,
                               uint32_t *list);

/* What a decision does; one by no rule is taken at its word. */
enum wfp_effect send_effect(const struct send_view *view, const struct decision *decision);
enum wfp_call send_kind(const struct wfp_send *call);
/* What connect() takes of the arguments of a send. */
struct wfp_send send_connecting(const struct wfp_send *call);

/* ---- send_request.c ---- */

/* WFP_BAD_STATE: the call's classification is not one that it can end. */
enum wfp_status send_check_request(const struct wfp_world *world, const struct wfp_send *call,
                                   const struct send_view *view);
/*
 * A call that would create a flow answers as its callouts have decided: `decision` as it is, or
 * theirs. `answer` NULL: the simulator's.
 */
struct decision send_decide_request(const struct wfp_world *world, const struct wfp_send *call,
                                    struct send_view *view, const struct wfp_answer *answer,
                                    struct decision decision);
/* The same for all answers that are allowed. */
void send_allow_request(const struct wfp_world *world, const struct wfp_send *call,
                        struct decision decision, struct wfp_answer_set *set);

/*
 * `kind`: of the send, or of connect(). WFP_NO_SOCKET; WFP_BAD_STATE where the address is not one
 * of the socket's family, or a stream socket is to be connected like one of datagrams.
 */
enum wfp_status send_look(const struct wfp_world *world, const struct wfp_send *call,
                          enum wfp_call kind, struct message_reading reading,
                          struct send_view *view);

#endif
