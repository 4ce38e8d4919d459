/* SPDX-License-Identifier: MIT */

/* The Winsock backend's own side: what it knows of its worker, and of who redirects. */

#ifndef HARNESS_BACKEND_WINSOCK_PARENT_H
#define HARNESS_BACKEND_WINSOCK_PARENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/backend.h"
#include "harness/backend/winsock_message.h"

struct partner;
struct redirector;

enum { WINSOCK_TARGET_MAX = 96 };

struct winsock {
    char target[WINSOCK_TARGET_MAX];
    char redirector[2 * WINSOCK_TARGET_MAX];
    unsigned patience;                    /* milliseconds for an answer of the worker */
    struct partner *worker;               /* NULL: none lives */
    bool shim;                            /* the worker redirects, and the model answers there */
    struct redirector *helper;            /* or a program does; NULL: neither */
    uint32_t redirects[VECTOR_STEPS_MAX]; /* that the helper has to release */
    size_t redirect_count;
    const struct vector *vector; /* of the run under way */
    const struct profile *profile;
    uint8_t *out; /* behind backend_reply.out */
    size_t out_room;
    uint8_t *control; /* behind backend_reply.message.control */
};

/* ---- winsock_link.c: the worker process ---- */

/* Milliseconds. Longer than the worker's own limit for a step, which says more. */
enum { WINSOCK_PATIENCE = 20000 };

enum winsock_outcome {
    WINSOCK_ANSWERED,
    WINSOCK_REFUSED, /* it could not do it */
    WINSOCK_ABSENT,  /* an earlier call did not give what the step is about */
    WINSOCK_DIED,    /* of an access violation */
    WINSOCK_ENDED    /* in any other way, or it is hung and was killed */
};

/* False, with a sentence in `trouble` of BACKEND_TROUBLE_MAX bytes, when it cannot be started. */
bool winsock_worker_start(struct winsock *winsock, char *trouble);
void winsock_worker_stop(struct winsock *winsock);
/* WINSOCK_ANSWERED: clear `answer` when done. Else `trouble` says why not. */
enum winsock_outcome winsock_ask(struct winsock *winsock, const struct winsock_order *order,
                                 struct winsock_answer *answer, char *trouble);
/* The same where only the answer to a plain verb is of interest; `*raw` is its raw_sockets. */
bool winsock_ask_for(struct winsock *winsock, enum winsock_verb verb, uint32_t *raw, char *trouble);

/* ---- winsock_order.c: a step as an order ---- */

void winsock_order_make(const struct winsock *winsock, const struct backend_call *call,
                        struct winsock_order *order);
/* A copy, because the bytes of an order are not const: one that was read owns them. */
bool winsock_order_input(const struct backend_call *call, struct winsock_order *order);
/* Frees those copies. */
void winsock_order_forget(struct winsock_order *order);

/* ---- winsock_redirect.c: who redirects ---- */

/* A fresh machine in the worker, and a fresh model where the shim is to answer from one. */
enum status winsock_redirect_begin(struct winsock *winsock, char *trouble);
/* Has the connection or the datagrams of the step redirected. Statuses as for a backend's step. */
enum status winsock_redirect(struct winsock *winsock, const struct step *step, char *trouble);
/* The helper tells the redirect state of a connection. */
enum status winsock_redirect_state(struct winsock *winsock, const struct step *step,
                                   struct backend_reply *reply);
/* Takes back what was redirected in this run. */
enum status winsock_redirect_release(struct winsock *winsock, char *trouble);

#endif
