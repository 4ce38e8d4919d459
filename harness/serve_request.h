/* SPDX-License-Identifier: MIT */

/* What a request works with. */

#ifndef HARNESS_SERVE_REQUEST_H
#define HARNESS_SERVE_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/backend.h"
#include "harness/plan.h"
#include "harness/status.h"

struct profile;
struct session;
struct vector;

/* The plan of one vector under one profile, made when it is first asked for. */
struct cached {
    const struct profile *profile;
    struct plan plan;
};

struct server {
    FILE *out;
    struct session *session;
    char *line;
    size_t room;
    struct cached *cache; /* SESSION_PROFILES_MAX for each vector, in the order of ids */
};

/* What a request works with, set apart from the session where it brings its own. */
struct subject {
    const struct vector *vector;
    size_t place; /* of the session's vector in the order of ids */
    struct vector *own_vector;
    struct profile *profile;
    struct profile *own_profile;
    const char *member;
    bool details;
    bool only_played;
};

size_t server_vector_count(const struct server *server);

/* Has it the protocol's members only, each of its type? False after a complaint. */
bool request_check(json_t *request, struct complaints *complaints);

/* The request's member of that name if it is a text. */
const char *request_text(json_t *request, const char *name, const char *otherwise);

/*
 * The vector by its id or from the request itself; the profile by its name, with what the request
 * sets. False after a complaint to the session. Release the subject in either case.
 */
bool subject_take_vector(struct server *server, json_t *request, struct subject *subject);
bool subject_take_profile(struct server *server, json_t *request, struct subject *subject);
void subject_release(struct subject *subject);

/*
 * The session's backends, or two of the request's own: a profile of its own must not meet worlds
 * that the session's backends have kept.
 */
bool subject_open_backends(const struct subject *subject, const struct session *session,
                           struct backend *backend, struct backend *reference);
void subject_close_backends(const struct subject *subject, struct backend *backend,
                            struct backend *reference);

#endif
