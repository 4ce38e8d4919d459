/* SPDX-License-Identifier: MIT */

/* The bytes of the connection to the lab: not locked, one thread at a time. */

#ifndef HARNESS_LAB_DLL_LINK_CONNECTION_H
#define HARNESS_LAB_DLL_LINK_CONNECTION_H

#include <stdbool.h>

#include "harness/lab/wire/event.h"

enum { CONNECTION_TOKEN_MAX = 128, CONNECTION_TIME_MAX = 10000 /* milliseconds */ };

/* Where the lab is, and which of its instances this is: WFPCHECK_LAB=PORT:TOKEN. */
struct connection_place {
    unsigned short port;
    char token[CONNECTION_TOKEN_MAX];
};

/* False where the environment names no lab. */
bool connection_place(struct connection_place *place);

bool connection_open(unsigned short port);
void connection_close(void);
/* False when the lab did not take it in time. */
bool connection_send(const struct event *event);
bool connection_send_bytes(const void *bytes, size_t size);
/* The next event; its bytes stay until the next call. False: the lab is gone, or talks nonsense. */
bool connection_receive(struct event *event);

#endif
