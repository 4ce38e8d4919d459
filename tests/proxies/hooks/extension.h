/* SPDX-License-Identifier: MIT */

/* The calls that Winsock hands out pointers for, each to its end. */

#ifndef TESTS_PROXIES_HOOKS_EXTENSION_H
#define TESTS_PROXIES_HOOKS_EXTENSION_H

#include <winsock2.h>

#include <mswsock.h>
#include <stdbool.h>

#include "tests/proxies/hooks/operation.h"

/*
 * Accepts one connection with AcceptEx; INVALID_SOCKET on failure. `start` is called before the
 * call and `stop` after one that failed at once; both can be NULL.
 */
struct extension_pool {
    void (*start)(void *pool);
    void (*stop)(void *pool);
    void *pool;
};

SOCKET extension_accept(SOCKET listener, const struct extension_pool *pool);
/* Binds and connects with ConnectEx. */
bool extension_connect(SOCKET socket, const struct sockaddr_storage *destination,
                       const struct extension_pool *pool);

/* What accept and connect do by themselves, AcceptEx and ConnectEx leave to the caller: without
 * it shutdown and getpeername fail on the new socket. */
bool extension_update_accepted(SOCKET accepted, SOCKET listener);
bool extension_update_connected(SOCKET connected);

#endif
