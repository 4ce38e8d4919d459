/* SPDX-License-Identifier: MIT */

/* What a request can ask for. Each verb sends its answer; the status is that of serve_send(). */

#ifndef HARNESS_SERVE_VERB_H
#define HARNESS_SERVE_VERB_H

#include <jansson.h>

#include "harness/status.h"

struct server;
struct subject;

enum status serve_run(struct server *server, json_t *request, struct subject *subject);
enum status serve_play(struct server *server, json_t *request, struct subject *subject);
/* serve_path.c: the same for a path vector. */
enum status serve_play_path(struct server *server, json_t *request, struct subject *subject);
enum status serve_list(struct server *server, json_t *request, struct subject *subject);
enum status serve_profile(struct server *server, json_t *request, struct subject *subject);

#endif
