/* SPDX-License-Identifier: MIT */

/* Outgoing connections. Contracts of the steps: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_DIAL_H
#define TESTS_PROXIES_REFERENCE_DIAL_H

#include "tests/proxies/reference/steps.h"

enum { DIAL_ATTEMPTS = 2 };

bool dial(struct connection *connection);
SOCKET dial_attempt(struct connection *connection, int number);
bool dial_connect(SOCKET upstream, const struct sockaddr_storage *destination);

/* A socket of `family`; one for IPv6 takes IPv4-mapped addresses too. */
SOCKET socket_open(int family, int type);

#endif
