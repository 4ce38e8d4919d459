/* SPDX-License-Identifier: MIT */

/* Accepted connections. Contracts of the steps: steps.h. */

#ifndef TESTS_PROXIES_REFERENCE_CONNECTION_H
#define TESTS_PROXIES_REFERENCE_CONNECTION_H

#include "tests/proxies/reference/steps.h"

/* Binds, or closes the socket and gives false. */
bool listener_bind(SOCKET socket, const struct sockaddr_storage *local);
/* Serves a connection in a thread of its own; without one, closes it. */
void connection_start(const struct steps *steps, SOCKET listener, SOCKET client);

void connection_accept_all(const struct steps *steps, SOCKET listener);
void connection_serve(struct connection *connection);
bool connection_learn(struct connection *connection);
void connection_refuse(struct connection *connection);
void connection_finish(struct connection *connection);

#endif
