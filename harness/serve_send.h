/* SPDX-License-Identifier: MIT */

/* How an answer goes out: one JSON object on a line, with the id of its request. */

#ifndef HARNESS_SERVE_SEND_H
#define HARNESS_SERVE_SEND_H

#include <jansson.h>

#include "harness/status.h"

struct server;

/*
 * STATUS_BROKEN when nothing can be written any more. `request` is NULL where the line was none.
 * The answer is taken over; NULL is one for which there was no memory.
 */
enum status serve_send(const struct server *server, json_t *request, json_t *answer);
enum status serve_send_error(const struct server *server, json_t *request, const char *sentence);
/* The complaints become the error, the first of them. */
enum status serve_send_complaint(struct server *server, json_t *request);

/* A new string, or null for NULL. */
json_t *serve_text(const char *text);

#endif
