/* SPDX-License-Identifier: MIT */

/* What a proxy's queries on an accepted socket came to. */

#ifndef HARNESS_LAB_RULES_QUERY_H
#define HARNESS_LAB_RULES_QUERY_H

#include "harness/lab/rules/view.h"

enum {
    QUERY_ABSURD_SIZE = 1 << 20, /* no record needs as much */
    QUERY_LARGE_SIZE = 4096      /* a buffer that holds the records of a few redirects */
};

enum query_end {
    QUERY_NEVER,       /* no query of this kind on the socket */
    QUERY_WRONG_CODE,  /* ... but a vendor's code that is none of the three */
    QUERY_ON_LISTENER, /* ... but on the socket that accepted it */
    QUERY_DONE,
    QUERY_PENDING,     /* overlapped, and its end was not seen */
    QUERY_NO_COUNT,    /* failed for want of lpcbBytesReturned */
    QUERY_NOT_UPDATED, /* failed on a socket of AcceptEx that has no accept context */
    /* The last was too small, and there it ended: */
    QUERY_PROBED,     /* with a size query */
    QUERY_NOT_GROWN,  /* with a buffer below QUERY_LARGE_SIZE */
    QUERY_NOT_LARGER, /* with a larger one */
    QUERY_CHANGED,    /* although it was of the size that had been asked for */
    QUERY_ABSURD,     /* and what was asked for was beyond QUERY_ABSURD_SIZE */
    QUERY_FAILED      /* otherwise */
};

struct query {
    enum query_end end;
    size_t act;       /* the one that shows it; NOWHERE where there is none */
    size_t asked;     /* how often */
    uint64_t largest; /* buffer, bytes */
};

/* By the calls of that code on an endpoint that came before an event. */
struct query query_of(const struct view *view, size_t endpoint, uint32_t code, size_t before);

/* By all queries of records on an endpoint. */
struct query query_records(const struct view *view, size_t endpoint);

/* Was it told that its buffer is too small, in one of the ways that there are (CON-02)? */
bool query_too_small(const struct view *view, const struct act *act);

/* The record that a query gave before an event to the process's socket of a client. */
struct query query_of_client(const struct view *view, size_t client, uint64_t process,
                             size_t before);

/* A vendor's code that means nothing, to take records or contexts from it. */
bool code_is_wrong(uint32_t code);

/* Is there no lpcbBytesReturned, in a call that is not overlapped? */
bool act_without_count(const struct view *view, const struct act *act);

#endif
