/* SPDX-License-Identifier: MIT */

#include "harness/serve.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/serve_request.h"
#include "harness/serve_send.h"
#include "harness/serve_verb.h"
#include "harness/session.h"
#include "harness/text.h"

enum { LINE_START = 65536 };

/* ---- requests ---- */

struct verb {
    const char *name;
    bool on_vector;
    bool judges;
    enum status (*answer)(struct server *server, json_t *request, struct subject *subject);
};

static const struct verb verbs[] = {
    {"run", true, true, serve_run},
    {"play", true, false, serve_play},
    {"list", false, false, serve_list},
    {"profile", false, false, serve_profile},
};

static const struct verb *verb_of(json_t *request)
{
    const char *name = request_text(request, "do", "");

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static enum status answer(struct server *server, json_t *request)
{
    const struct verb *verb = verb_of(request);
    struct subject subject = {0};
    enum status status;

    if (verb == NULL) {
        return serve_send_error(
            server, request,
            "request: do: expected run, play, list or profile, found something else");
    }
    subject.member = request_text(request, "member", NULL);
    subject.only_played = !verb->judges;
    subject.details = json_is_true(json_object_get(request, "details"));
    if (!request_check(request, &server->session->complaints) ||
        !subject_take_profile(server, request, &subject) ||
        (verb->on_vector && !subject_take_vector(server, request, &subject))) {
        status = serve_send_complaint(server, request);
    } else {
        status = verb->answer(server, request, &subject);
    }
    subject_release(&subject);
    return status;
}

static enum status answer_line(struct server *server, size_t length)
{
    json_error_t error;
    json_t *request = json_loadb(server->line, length, JSON_REJECT_DUPLICATES, &error);
    enum status status;

    if (!json_is_object(request)) {
        struct text sentence = {0};

        text_add(&sentence, "request: expected one JSON object on a line, found %s",
                 request == NULL ? error.text : "another value");
        status = serve_send_error(server, NULL, text_bytes(&sentence));
        text_clear(&sentence);
    } else {
        status = answer(server, request);
    }
    json_decref(request);
    return status;
}

/* ---- lines ---- */

enum line { LINE_READ, LINE_TOO_LONG, LINE_END };

static bool grow(struct server *server)
{
    const size_t room = server->room == 0 ? LINE_START : server->room * 2;
    char *line = room > 2 * (size_t)SERVE_LINE_MAX ? NULL : realloc(server->line, room);

    if (line == NULL) {
        return false;
    }
    server->line = line;
    server->room = room;
    return true;
}

/* Reads to the end of the line, however long it is. */
static enum line read_line(struct server *server, FILE *in, size_t *length)
{
    bool too_long = false;
    int c = getc(in);

    *length = 0;
    if (c == EOF) {
        return LINE_END;
    }
    for (; c != EOF && c != '\n'; c = getc(in)) {
        too_long =
            too_long || *length == SERVE_LINE_MAX || (*length == server->room && !grow(server));
        if (!too_long) {
            server->line[(*length)++] = (char)c;
        }
    }
    return too_long ? LINE_TOO_LONG : LINE_READ;
}

static json_t *capabilities_json(const struct backend *backend)
{
    json_t *capabilities = json_array();

    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if ((backend->needs & NEED_BIT(need)) != 0) {
            (void)json_array_append_new(capabilities, json_string(need_name((enum need)need)));
        }
    }
    return capabilities;
}

static enum status greet(const struct server *server)
{
    const struct backend *backend = &server->session->backend;
    json_t *profiles = json_array();
    json_t *greeting;
    int failed;

    for (size_t i = 0; session_shipped_profiles[i] != NULL; i++) {
        (void)json_array_append_new(profiles, json_string(session_shipped_profiles[i]));
    }
    greeting =
        json_pack("{s:s, s:i, s:s, s:s, s:o, s:o, s:i}", "wfpcheck", WFPCHECK_VERSION, "protocol",
                  SERVE_PROTOCOL, "backend", backend->name, "target",
                  backend->target(backend->state), "capabilities", capabilities_json(backend),
                  "profiles", profiles, "vectors", (int)server_vector_count(server));
    failed = greeting == NULL || json_dumpf(greeting, server->out, JSON_COMPACT) != 0;
    json_decref(greeting);
    return failed || putc('\n', server->out) == EOF || fflush(server->out) != 0 ? STATUS_BROKEN
                                                                                : STATUS_OK;
}

static enum status answer_all(struct server *server, FILE *in)
{
    enum status status = greet(server);
    size_t length = 0;

    while (status == STATUS_OK) {
        const enum line line = read_line(server, in, &length);

        if (line == LINE_END) {
            return STATUS_OK;
        }
        status = line == LINE_TOO_LONG
                     ? serve_send_error(server, NULL,
                                        "request: expected a line of at most 4 MiB, found a "
                                        "longer one")
                     : answer_line(server, length);
        if (status == STATUS_OK && fflush(server->out) != 0) {
            status = STATUS_BROKEN;
        }
    }
    return status;
}

enum status serve(FILE *in, FILE *out, struct session *session)
{
    struct server server = {.out = out, .session = session};
    const size_t count = session->tree.count;
    enum status status = STATUS_BROKEN;

    server.cache = calloc(count + 1, SESSION_PROFILES_MAX * sizeof *server.cache);
    if (server.cache != NULL) {
        status = answer_all(&server, in);
    }
    for (size_t i = 0; server.cache != NULL && i < count * SESSION_PROFILES_MAX; i++) {
        plan_clear(&server.cache[i].plan);
    }
    free(server.cache);
    free(server.line);
    return status;
}
