/* SPDX-License-Identifier: MIT */

/*
 * A proxy that dials through another server: the lab plays that server, SOCKS 5 (RFC 1928, without
 * authentication) or HTTP CONNECT, and reads from the dialogue which destination is meant.
 */

#ifndef HARNESS_LAB_SERVER_UPSTREAM_H
#define HARNESS_LAB_SERVER_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

enum upstream_kind { UPSTREAM_NONE, UPSTREAM_SOCKS5, UPSTREAM_HTTP };

enum { UPSTREAM_ROOM = 1024, UPSTREAM_REPLY = 64 };

/* What the proxy was told of; zeroed memory is none. */
struct upstream {
    enum upstream_kind kind;
    struct wfp_address address;
};

/* "socks5=127.0.0.1:1080", "http=[::1]:3128". */
bool upstream_parse(const char *text, struct upstream *upstream);
/* "socks5", "http"; "" for none. */
const char *upstream_name(enum upstream_kind kind);

/* One dialogue; begins zeroed, but for its kind. */
struct upstream_talk {
    enum upstream_kind kind;
    bool greeted;
    size_t size; /* of what has come and is not understood yet */
    uint8_t bytes[UPSTREAM_ROOM];
    struct wfp_address target;
    uint8_t reply[UPSTREAM_REPLY]; /* to be sent after a step that was not MORE */
    size_t reply_size;
};

enum upstream_step {
    UPSTREAM_MORE,   /* not all of it is there */
    UPSTREAM_SAY,    /* send the reply, and go on */
    UPSTREAM_TARGET, /* the target is known: upstream_answer() says what to send */
    UPSTREAM_BAD     /* this is no such dialogue, or names a host that is no address */
};

/* Takes bytes as they come; `*used` of them belong to the dialogue. */
enum upstream_step upstream_take(struct upstream_talk *talk, const uint8_t *bytes, size_t size,
                                 size_t *used);
/* Fills the reply: the target is connected, or is not. */
void upstream_answer(struct upstream_talk *talk, bool connected);

#endif
