/* SPDX-License-Identifier: MIT */

/*
 * An external redirector: a helper program that makes real redirects, with a callout driver or by
 * other means. Lines of JSON on its standard input and output; vectors/REDIRECTOR.md is the
 * contract for who writes one.
 */

#ifndef HARNESS_BACKEND_REDIRECTOR_H
#define HARNESS_BACKEND_REDIRECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <wfp/sim.h>

enum {
    REDIRECTOR_PROTOCOL = 1,
    REDIRECTOR_LINE_MAX = 262144, /* bytes, both ways */
    REDIRECTOR_TROUBLE_MAX = 160,
    REDIRECTOR_TEXT_MAX = 64,
    REDIRECTOR_ADDRESS_MAX = 64,
    REDIRECTOR_CONTEXT_MAX = 65536 /* bytes */
};

/* What a helper may say that it can do beyond redirecting; bits. */
enum redirector_capability {
    REDIRECTOR_IPV6 = 1,          /* "ipv6" */
    REDIRECTOR_STATES = 2,        /* "states": tells the redirect state of a connection */
    REDIRECTOR_BIND_REDIRECT = 4, /* "bind-redirect": redirects at ALE_BIND_REDIRECT */
    REDIRECTOR_REMOTE = 8         /* "remote": redirects as if to a service on another machine */
};

struct redirector_offer {
    char name[REDIRECTOR_TEXT_MAX];
    char version[REDIRECTOR_TEXT_MAX];
    uint32_t capabilities;
};

/* A connection that is about to be made. Addresses as "127.0.0.1:50000" or "[::1]:50000". */
struct redirector_connection {
    enum wfp_family family;
    const char *from; /* the client's local address */
    const char *to;   /* where it connects to */
};

struct redirector_request {
    struct redirector_connection connection;
    const char *handle;   /* name of the redirect handle */
    const char *listener; /* where the connection is to arrive */
    uint32_t target_pid;  /* localRedirectTargetPID */
    const uint8_t *context;
    uint32_t context_size;
    enum wfp_layer layer;
    bool remote;
};

enum redirector_outcome {
    REDIRECTOR_DONE,
    REDIRECTOR_LACKS,   /* it never said that it can do that; it was not asked */
    REDIRECTOR_REFUSED, /* it said so, and why; it can be asked again */
    REDIRECTOR_LOST     /* it is gone or speaks nonsense; every later call says so again */
};

struct redirector;

/*
 * Starts the helper, a command line in which "..." keeps blanks together, and greets it. NULL, with
 * a sentence in `trouble`, when that fails. All calls put one there unless REDIRECTOR_DONE.
 */
struct redirector *redirector_open(const char *command, char *trouble);
const struct redirector_offer *redirector_offered(const struct redirector *redirector);

/* `*redirect` is the number to release it by. */
enum redirector_outcome redirector_redirect(struct redirector *redirector,
                                            const struct redirector_request *wanted,
                                            uint32_t *redirect, char *trouble);
enum redirector_outcome redirector_state(struct redirector *redirector,
                                         const struct redirector_connection *connection,
                                         const char *handle, enum wfp_redirect_state *state,
                                         char *trouble);
enum redirector_outcome redirector_release(struct redirector *redirector, uint32_t redirect,
                                           char *trouble);
/* A request of a kind that no helper knows, which it has to refuse. */
enum redirector_outcome redirector_unknown(struct redirector *redirector, char *trouble);
/*
 * Says goodbye, unless `abruptly` the input just ends, and ends the helper. False with a sentence
 * when it did not answer, did not end by itself in time, or ended with another code than 0.
 */
bool redirector_close(struct redirector *redirector, bool abruptly, char *trouble);

/*
 * Does the helper keep to the contract? Asks it everything once and tells on `out`, a line for each
 * question. True if all is well. No connection is made.
 */
bool redirector_check(const char *command, FILE *out);

#endif
