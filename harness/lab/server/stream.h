/* SPDX-License-Identifier: MIT */

/*
 * One end of a TCP connection of the lab: a client's, or that of a destination. It sends and
 * expects payloads; its owner says how far it may go, and is told of every step.
 */

#ifndef HARNESS_LAB_SERVER_STREAM_H
#define HARNESS_LAB_SERVER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "harness/lab/server/payload.h"

struct stream;

typedef void stream_changed(struct stream *stream);
/* The first bytes have come, and are about to be held against `in`. */
typedef void stream_first(struct stream *stream, const uint8_t *bytes, size_t size);

/* What has come before any payload: gives how much of it is none. */
typedef size_t stream_prelude(struct stream *stream, const uint8_t *bytes, size_t size);

/* To be read by the owner; written by the functions below, but for the first seven. */
struct stream {
    void *owner;
    stream_changed *changed; /* called after any of what follows has changed */
    stream_first *first;     /* or NULL */
    stream_prelude *prelude; /* or NULL; the owner takes it away when it is over */
    stream_changed *shut;    /* it has sent its FIN, and may still receive; or NULL */
    struct payload out;      /* what it sends */
    struct payload in;       /* what is to come */
    uint64_t allowed;        /* of `out`; all of it at most */
    uint64_t sent;           /* handed to the system */
    uint64_t received;       /* bytes, whatever they were */
    bool wrong;              /* something came that was not to come */
    bool ended_out;          /* FIN is sent */
    bool ended_in;           /* FIN has come */
    bool reset;              /* the connection broke */
    bool opened;             /* `tcp` is a handle that will have to be closed */
    bool closing;
    bool closed; /* for good: the memory may go */

    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    bool writing;
    bool end_wanted;
    uint8_t *chunk;
};

/* False: no memory, or the system refuses. */
bool stream_open(struct stream *stream, uv_loop_t *loop, stream_changed *changed, void *owner);
/* It is connected: reads, and sends what is allowed. */
void stream_start(struct stream *stream);
/* It may send so much of `out` in all; with `end` the FIN after it. */
void stream_allow(struct stream *stream, uint64_t allowed, bool end);
/* Sends this before any payload. */
void stream_say(struct stream *stream, const uint8_t *bytes, size_t size);
/* Closes it, in order or by a reset. What it has not read is lost. */
void stream_close(struct stream *stream, bool reset);
/* Frees what it holds; it must be closed, or never have been opened. */
void stream_release(struct stream *stream);

#endif
