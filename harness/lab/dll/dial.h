/* SPDX-License-Identifier: MIT */

/*
 * A connection that the program wants to make, or a datagram that it wants to send: the lab is
 * asked where it goes.
 */

#ifndef HARNESS_LAB_DLL_DIAL_H
#define HARNESS_LAB_DLL_DIAL_H

#include <winsock2.h>

#include <stdbool.h>

#include "harness/lab/dll/address.h"
#include "harness/lab/dll/socket.h"

struct dial {
    bool followed;  /* what comes of it is told */
    bool refused;   /* it is not made: */
    int error;      /* with this error */
    bool elsewhere; /* it goes to `real`, and not where the program meant */
    union address real;
    int real_size;
    const struct sockaddr
        *to; /* of dial_ask(): the address to call with, `real` or the program's */
    int to_size;
    struct wfp_address peer; /* whom the program means */
    struct socket_facts facts;
};

/* Asks this; what comes back goes into the dial. `family`: of the address that it may give. */
void dial_ask_event(struct dial *dial, struct event *event, int family);

/*
 * Asks, as the function of this name. What is no address, or cannot be read, is not followed: the
 * original call has its own opinion of it.
 */
void dial_ask(struct dial *dial, const char *name, SOCKET socket, const struct sockaddr *address,
              int size);
/* The call was made, and WSAGetLastError() says how when it failed; still under way is no failure.
 */
void dial_made(const struct dial *dial, SOCKET socket, bool failed);
/* A connect that is under way has this error. */
bool dial_is_pending(int error);

#endif
