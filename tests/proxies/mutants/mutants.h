/* SPDX-License-Identifier: MIT */

/*
 * Wrong steps: each is the reference's with the one bug that its name in main.c tells. Contracts
 * and arguments are those of the step that it stands for.
 */

#ifndef TESTS_PROXIES_MUTANTS_MUTANTS_H
#define TESTS_PROXIES_MUTANTS_MUTANTS_H

#include "tests/proxies/reference/steps.h"

/* ---- query.c ---- */

int control_wrong_code(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                       DWORD *count);
int control_abandoned(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                      DWORD *count);
bool query_listener(struct connection *connection, DWORD code, struct blob *blob);
bool query_without_end(struct connection *connection, DWORD code, struct blob *blob);
bool query_4096(struct connection *connection, DWORD code, struct blob *blob);
bool query_twice(struct connection *connection, DWORD code, struct blob *blob);
DWORD grow_on_122(int error, DWORD needed, DWORD capacity);
DWORD grow_on_10014(int error, DWORD needed, DWORD capacity);
DWORD grow_on_10022(int error, DWORD needed, DWORD capacity);
DWORD grow_never(int error, DWORD needed, DWORD capacity);
DWORD grow_without_limit(int error, DWORD needed, DWORD capacity);

/* ---- learn.c ---- */

bool learn_dialling_first(struct connection *connection);
bool learn_without_record(struct connection *connection);
bool learn_by_probe(struct connection *connection);
bool learn_or_exit(struct connection *connection);
bool context_trusted(const unsigned char *bytes, DWORD size, struct sockaddr_storage *destination);
bool context_wrong_port(const unsigned char *bytes, DWORD size,
                        struct sockaddr_storage *destination);

/* ---- set.c ---- */

int control_same_code(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                      DWORD *count);
int control_null_count(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                       DWORD *count);
bool set_never(struct connection *connection, SOCKET upstream);
bool set_unless_empty(struct connection *connection, SOCKET upstream);
bool set_whole_buffer(struct connection *connection, SOCKET upstream);
bool set_truncated(struct connection *connection, SOCKET upstream);
bool set_altered(struct connection *connection, SOCKET upstream);
bool set_reused(struct connection *connection, SOCKET upstream);
bool set_ignoring_failure(struct connection *connection, SOCKET upstream);
bool set_wanting_zero(struct connection *connection, SOCKET upstream);
bool set_wanting_full(struct connection *connection, SOCKET upstream);

/* ---- dial.c ---- */

SOCKET attempt_first_with_record(struct connection *connection, int number);
SOCKET attempt_set_after_connect(struct connection *connection, int number);
SOCKET attempt_set_after_bind(struct connection *connection, int number);
SOCKET attempt_ipv4(struct connection *connection, int number);
bool dial_or_hang(struct connection *connection);
bool dial_and_forget(struct connection *connection);

/* ---- serve.c ---- */

void serve_after_client(struct connection *connection);
void serve_never(struct connection *connection);
void refuse_never(struct connection *connection);
void refuse_by_dialling(struct connection *connection);
void finish_leaking(struct connection *connection);
bool read_corrupting(struct direction *direction);
bool read_closing_both(struct direction *direction);

/* ---- datagram.c ---- */

bool enable_never(SOCKET socket, int family);
bool enable_ipv4(SOCKET socket, int family);
bool cut_never(const struct datagram *datagram);
bool level_any(int level);
bool flow_same_source(const struct flow *flow, const struct sockaddr_storage *client,
                      const struct sockaddr_storage *destination);
struct flow *flow_of_any(const struct steps *steps, struct flow *flows,
                         const struct datagram *datagram);
void forward_always_with_record(struct flow *flow, const struct datagram *datagram);
void forward_without_record(struct flow *flow, const struct datagram *datagram);
void forward_after_first(struct flow *flow, const struct datagram *datagram);

#endif
