/* SPDX-License-Identifier: MIT */

/* The proxy for datagrams: one socket to the clients, one for each flow. */

#ifndef TESTS_PROXIES_REFERENCE_DATAGRAM_H
#define TESTS_PROXIES_REFERENCE_DATAGRAM_H

#include "tests/proxies/reference/steps.h"

/* A bound socket that gives control data, or INVALID_SOCKET. */
SOCKET datagram_open(const struct steps *steps, const struct sockaddr_storage *local);
/* Forwards for ever. */
void datagram_run(const struct steps *steps, SOCKET listener);

#endif
