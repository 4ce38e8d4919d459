/* SPDX-License-Identifier: MIT */

/* All clients of the scenario under way. */

#ifndef HARNESS_LAB_SERVER_CLIENTS_H
#define HARNESS_LAB_SERVER_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lab/server/client.h"

enum { CLIENTS_AT_ONCE = 64, CLIENTS_ROUNDS = 4 };

/*
 * Makes all clients of the scenario, and starts those of the first round: CLIENTS_AT_ONCE of them
 * now, the others as those come to their end. There is one round, or CLIENTS_ROUNDS where leaks are
 * looked for. False without memory.
 */
bool clients_start(struct lab *lab);
bool clients_last_round(const struct lab *lab);
/* When one is over, and was not the last. */
void clients_next_round(struct lab *lab);
/* Whenever one has ended: the next. */
void clients_start_more(struct lab *lab);
/* One more, whose destination has this number; NULL without memory. */
struct client *clients_add(struct lab *lab, const struct scenario_group *group, uint32_t host);
/* Have all come to their end? */
bool clients_over(const struct lab *lab);
/* Ends those that have not: the time is over. */
void clients_give_up(struct lab *lab);
/* Have all of this round ended but flows of datagrams that a proxy may well drop? */
bool clients_only_doubtful(const struct lab *lab);
/* Ends those, as no loss. */
void clients_finish_doubtful(struct lab *lab);
/* Closes and frees them all. */
void clients_clear(struct lab *lab);

/* NULL: there is none. */
struct client *client_numbered(const struct lab *lab, uint32_t number);
struct client *client_of_source(const struct lab *lab, const struct wfp_address *source);
/* The only one with this destination. */
struct client *client_of_destination(const struct lab *lab, const struct wfp_address *destination);
/* The one of `together` that sends this first. */
struct client *client_of_payload(const struct lab *lab, const uint8_t *bytes, size_t size);

#endif
