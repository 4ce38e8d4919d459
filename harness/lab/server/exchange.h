/* SPDX-License-Identifier: MIT */

/*
 * One event of an interposer, and what the lab does about it. A table says by its kind who looks at
 * it; what was asked is answered, and question and answer go to the trace as one event.
 */

#ifndef HARNESS_LAB_SERVER_EXCHANGE_H
#define HARNESS_LAB_SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/server/model.h"
#include "harness/lab/wire/event.h"

struct lab;
struct peer;
struct process;
struct socket;

struct exchange {
    struct lab *lab;
    struct peer *peer;
    struct process *process;
    struct event event;  /* as it will stand in the trace */
    struct event answer; /* kind EVENT_PASS or EVENT_ANSWER */
    enum event_by by;    /* whose answer it is */
    bool told;           /* it is in the trace, and answered */
};

/* False: no interposer says such a thing. */
bool exchange(struct peer *peer, const struct event *event);

/* ---- for those who look at events ---- */

/* The socket that the event is about: made if need be, NULL where that cannot be. */
struct socket *exchange_socket(struct exchange *exchange);
/* From now on: the answer has this error (0: none). */
void exchange_answer(struct exchange *exchange, enum event_by by, uint32_t error);
/* Sends the answer and writes the trace now: what is told after it comes after it. */
void exchange_tell(struct exchange *exchange);
/* Which client the event is about. */
void exchange_note_client(struct exchange *exchange, uint32_t client);

/* What the callouts are told of a connection or a flow that goes out. */
struct exchange_verdict {
    uint8_t told[MODEL_SERVICES_MAX]; /* enum wfp_redirect_state, or MODEL_NOBODY */
    bool again;                       /* the proxy would get it back */
    uint8_t by;                       /* the service that redirects it, or MODEL_NOBODY */
    uint32_t door;                    /* where it waits then */
    const char *cycle;                /* of the loop; NULL: from the process to itself */
};

extern const struct exchange_verdict exchange_no_verdict;
/* Tells it, and the loop that follows. */
void exchange_tell_verdict(const struct exchange *exchange, const struct exchange_verdict *verdict);

typedef void exchange_look(struct exchange *exchange);

/* exchange_socket.c */
exchange_look look_at_socket;
exchange_look look_at_bind;
exchange_look look_at_listen;
exchange_look look_at_accept;
exchange_look look_at_accepted_ex;
exchange_look look_at_update_accept;
exchange_look look_at_duplicate;
exchange_look look_at_shutdown;
exchange_look look_at_close;
exchange_look look_at_child;
exchange_look look_at_exit;
/* exchange_ioctl.c */
exchange_look look_at_ioctl;
exchange_look look_at_option_set;
exchange_look look_at_option_get;
/* exchange_original.c: where the client wanted to go, for whoever asks the socket for it; false:
 * the question is another one, or the socket has no such client. */
bool exchange_original(struct exchange *exchange, const struct socket *socket);
/* exchange_connect.c */
exchange_look look_at_connect;
/* exchange_datagram.c */
exchange_look look_at_datagram_send;
exchange_look look_at_datagram_receive;
void look_at_datagram_connect(struct exchange *exchange, struct socket *socket,
                              const struct wfp_address *peer);

/* driver.c: devices, services, filters */
exchange_look look_at_driver;

#endif
