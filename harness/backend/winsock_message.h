/* SPDX-License-Identifier: MIT */

/*
 * What the backend and its worker say to each other: one JSON object for an order, one for its
 * answer. Members that are 0 or NULL are left out. Private between two runs of the same executable.
 */

#ifndef HARNESS_BACKEND_WINSOCK_MESSAGE_H
#define HARNESS_BACKEND_WINSOCK_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/address.h"
#include "harness/vector.h"

/* Verbs beside enum step_kind. */
enum winsock_verb {
    WINSOCK_HELLO = STEP_KIND_COUNT, /* what can be done here? */
    WINSOCK_BEGIN,                   /* a fresh machine; `in`: struct shim_begin, for the shim */
    WINSOCK_PREPARE,                 /* open what stands around a redirected connection */
    WINSOCK_REDIRECT,                /* the shim is to redirect what was prepared, or the first
                                        datagram of `on` to `to`; `in`: context */
    WINSOCK_END,                     /* close and free everything; trouble: better start anew */
    WINSOCK_VERB_COUNT
};

struct winsock_bytes {
    uint8_t *bytes;
    uint32_t size;
};

/* The members of struct step that a step of a real machine can have; enums and flags as numbers. */
struct winsock_order {
    uint32_t verb; /* enum step_kind or enum winsock_verb */
    uint32_t family;
    uint32_t type;
    uint32_t overlapped_socket;
    uint32_t update;
    uint32_t start; /* process: call WSAStartup */
    uint32_t stop;  /* process: call WSACleanup */
    uint32_t thread;
    uint32_t code;
    uint32_t in_pointer;
    uint32_t in_size; /* bytes passed; `in` holds as many, or none */
    uint32_t out_pointer;
    uint32_t out_size;
    uint32_t count;
    uint32_t overlapped;
    uint32_t routine;
    uint32_t port; /* the operation's result will be asked of a completion port */
    uint32_t channel;
    uint32_t wait;
    uint32_t redirected;
    uint32_t bind; /* prepare: the client has to have an address before it connects */
    uint32_t target_pid;
    uint32_t layer;
    uint32_t remote;
    uint32_t lost;
    uint32_t fault;
    uint32_t elevate;   /* process: it is elevated, for the shim */
    uint32_t unelevate; /* process: it is not */
    /* datagrams */
    uint32_t entry;     /* enum wfp_message_entry */
    uint32_t null_name; /* NULL with a length */
    uint32_t level;     /* of an option, whose value stands in `in` */
    uint32_t option;
    uint32_t flags;
    uint32_t message_flags;
    uint32_t advance; /* microseconds, for the shim's clock */
    uint32_t control_pointer;
    uint32_t control_size; /* bytes passed; `control` holds as many, or none; or room for them */
    const char *on;
    const char *as;
    const char *of;
    const char *to;
    const char *from;
    const char *handle;
    const char *peer; /* "203.0.113.9:53"; bind: its own */
    struct winsock_bytes in;
    struct winsock_bytes control;
    json_t *source;               /* owns the texts of an order that was read */
    char local[ADDRESS_TEXT_MAX]; /* behind `peer` of a bind */
};

struct winsock_answer {
    uint32_t error;
    uint32_t counted; /* the byte count was set, to `bytes` */
    uint32_t bytes;
    uint32_t out_size;    /* of the output buffer */
    uint32_t raw_sockets; /* hello: they can be opened */
    uint32_t absent;      /* trouble: an earlier call did not give what the step is about */

    uint32_t state;    /* `error` is a redirect state */
    uint32_t process;  /* number of the worker's process */
    uint32_t family;   /* of the connection whose addresses follow */
    uint32_t received; /* a datagram came; flags and control are as it left them */
    uint32_t flags;
    const char *trouble; /* NULL, or why the step could not be performed */
    const char *from;    /* addresses of a connection, "127.0.0.1:50000" */
    const char *to;
    const char *listener;
    struct winsock_bytes out;     /* the output buffer up to the last byte that changed */
    struct winsock_bytes control; /* control data that were received */
    json_t *source;               /* owns the text of an answer that was read */
};

/* The backend's side: a line with its end, to be freed, or NULL without memory ... */
char *winsock_order_line(const struct winsock_order *order);
/* ... and a line without its end. False, with the answer untouched, when it is none. */
bool winsock_answer_parse(const char *line, size_t size, struct winsock_answer *answer);

/* The worker's side. False at the end of the stream, when it takes no more, or without memory. */
bool winsock_order_read(FILE *stream, struct winsock_order *order);
bool winsock_answer_write(FILE *stream, const struct winsock_answer *answer);

/* Frees what a message that was read owns. */
void winsock_order_clear(struct winsock_order *order);
void winsock_answer_clear(struct winsock_answer *answer);

#endif
