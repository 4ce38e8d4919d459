/* SPDX-License-Identifier: MIT */

#include "harness/serve.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/document.h"
#include "harness/runner.h"
#include "harness/session.h"
#include "harness/text.h"

enum { LINE_START = 65536 };

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
};

/* ---- answers ---- */

static enum status send(const struct server *server, json_t *request, json_t *answer)
{
    json_t *id = json_object_get(request, "id");
    int failed;

    if (answer == NULL) {
        return STATUS_BROKEN;
    }
    if (json_object_set(answer, "id", id == NULL ? json_null() : id) != 0) {
        json_decref(answer);
        return STATUS_BROKEN;
    }
    failed = json_dumpf(answer, server->out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(answer);
    return failed != 0 || putc('\n', server->out) == EOF ? STATUS_BROKEN : STATUS_OK;
}

static enum status send_error(const struct server *server, json_t *request, const char *sentence)
{
    struct text safe = {0};
    enum status status;

    text_add_safe(&safe, sentence, false);
    status = send(server, request, json_pack("{s:s}", "error", text_bytes(&safe)));
    text_clear(&safe);
    return status;
}

/* The complaints become the error, the first of them. */
static enum status send_complaint(struct server *server, json_t *request)
{
    struct complaints *complaints = &server->session->complaints;
    const enum status status =
        send_error(server, request,
                   complaints->kept > 0 ? complaints->texts[0] : "the request cannot be used");

    complaints_clear(complaints);
    return status;
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *case_json(const struct result *result)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "case",
                     result->name, "vector", result->vector, "member", text_or_null(result->member),
                     "band", text_or_null(result->band), "profile", result->profile, "verdict",
                     verdict_name(result->verdict), "uncontrolled", result->uncontrolled, "message",
                     text_or_null(result->message), "detail", text_or_null(result->detail),
                     "actual", text_or_null(result->actual), "rule", text_or_null(result->rule),
                     "answered_by", text_or_null(result->answered_by));
}

/* ---- the subject of a request ---- */

static size_t vector_count(const struct server *server)
{
    return server->session->tree.count;
}

/* Its place in the order of ids; false when there is no such vector. */
static bool find_vector(const struct server *server, const char *id, size_t *place)
{
    struct vector *const *by_id = server->session->tree.by_id;
    size_t low = 0;
    size_t high = vector_count(server);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(by_id[middle]->id, id);

        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

static const char *string_member(json_t *request, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(request, name));

    return text == NULL ? otherwise : text;
}

static bool take_vector(struct server *server, json_t *request, struct subject *subject)
{
    struct complaints *complaints = &server->session->complaints;
    json_t *inline_vector = json_object_get(request, "document");
    const char *id = string_member(request, "vector", NULL);
    struct document *document;

    if (id != NULL && find_vector(server, id, &subject->place)) {
        subject->vector = server->session->tree.by_id[subject->place];
        return true;
    }
    if (inline_vector == NULL) {
        complain(complaints, "request", 0, "vector", "the id of a vector", "%s",
                 id == NULL ? "nothing" : id);
        return false;
    }
    if (document_from_tree("request", inline_vector, complaints, &document) != STATUS_OK ||
        vector_read(document, server->session->keys, complaints, &subject->own_vector) !=
            STATUS_OK) {
        return false;
    }
    subject->vector = subject->own_vector;
    return true;
}

static bool apply_settings(struct server *server, json_t *settings, struct profile *profile)
{
    struct complaints *complaints = &server->session->complaints;
    json_t *setting;
    size_t i;

    json_array_foreach (settings, i, setting) {
        if (!json_is_string(setting)) {
            complain(complaints, "request", 0, "set", "strings KEY=VALUE", "something else");
            return false;
        }
        if (profile_set(profile, json_string_value(setting), server->session->keys, complaints) !=
            STATUS_OK) {
            return false;
        }
    }
    return true;
}

static bool take_profile(struct server *server, json_t *request, struct subject *subject)
{
    struct session *session = server->session;
    json_t *settings = json_object_get(request, "set");
    const char *name = string_member(request, "profile", "observed");

    if (settings == NULL) {
        subject->profile = session_profile(session, name);
        return subject->profile != NULL;
    }
    if (!json_is_array(settings)) {
        complain(&session->complaints, "request", 0, "set", "an array", "something else");
        return false;
    }
    if (profile_load(session->root, name, session->keys, &session->complaints,
                     &subject->own_profile) != STATUS_OK) {
        return false;
    }
    subject->profile = subject->own_profile;
    return apply_settings(server, settings, subject->profile);
}

static void release(struct subject *subject)
{
    if (subject->own_vector != NULL) {
        vector_free(subject->own_vector);
    }
    if (subject->own_profile != NULL) {
        profile_free(subject->own_profile);
    }
}

/* A profile of the request's own must not meet worlds that the session's backends have kept. */
static bool open_backends(const struct subject *subject, const struct session *session,
                          struct backend *backend, struct backend *reference)
{
    *backend = session->backend;
    *reference = session->reference;
    if (subject->own_profile == NULL) {
        return true;
    }
    if (backend_simulator_open(wfp_rules(), backend) != STATUS_OK) {
        return false;
    }
    if (backend_simulator_open(wfp_rules(), reference) != STATUS_OK) {
        backend->close(backend->state);
        return false;
    }
    return true;
}

static void close_backends(const struct subject *subject, struct backend *backend,
                           struct backend *reference)
{
    if (subject->own_profile != NULL) {
        backend->close(backend->state);
        reference->close(reference->state);
    }
}

/* ---- run ---- */

static enum status run_cases(const struct server *server, const struct plan *plan,
                             const struct subject *subject, const struct backend *backend,
                             const struct backend *reference, json_t *cases)
{
    const struct runner runner = {
        .backend = backend,
        .reference = reference,
        .keys = server->session->keys,
        .options = server->session->options,
        .details = subject->details,
    };

    for (size_t i = 0; i < plan->count; i++) {
        const struct sweep_member *member = plan->cases[i].member;
        struct judged judged;
        int failed;

        if (subject->member != NULL &&
            (member == NULL || strcmp(member->text, subject->member) != 0)) {
            continue;
        }
        runner_run(&runner, &plan->cases[i], &judged);
        failed = json_array_append_new(cases, case_json(&judged.result));
        judged_clear(&judged);
        if (failed != 0) {
            return STATUS_BROKEN;
        }
    }
    return STATUS_OK;
}

static struct cached *cache_slot(struct server *server, const struct subject *subject)
{
    struct cached *slots = &server->cache[subject->place * SESSION_PROFILES_MAX];

    for (size_t i = 0; i < SESSION_PROFILES_MAX; i++) {
        if (slots[i].profile == subject->profile || slots[i].profile == NULL) {
            return &slots[i];
        }
    }
    return NULL;
}

static enum status run_cached(struct server *server, const struct subject *subject, json_t *cases)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    const struct session *session = server->session;
    struct cached *slot = cache_slot(server, subject);

    if (slot == NULL) {
        return STATUS_BROKEN;
    }
    if (slot->profile == NULL) {
        if (plan_add(&slot->plan, subject->vector, subject->profile, &all, &session->backend,
                     &session->reference) != STATUS_OK) {
            return STATUS_BROKEN;
        }
        slot->profile = subject->profile;
    }
    return run_cases(server, &slot->plan, subject, &session->backend, &session->reference, cases);
}

static enum status run_apart(struct server *server, const struct subject *subject, json_t *cases)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    struct plan plan = {0};
    struct backend backend;
    struct backend reference;
    enum status status;

    if (!open_backends(subject, server->session, &backend, &reference)) {
        return STATUS_BROKEN;
    }
    status = plan_add(&plan, subject->vector, subject->profile, &all, &backend, &reference);
    if (status == STATUS_OK) {
        status = run_cases(server, &plan, subject, &backend, &reference, cases);
    }
    plan_clear(&plan);
    close_backends(subject, &backend, &reference);
    return status;
}

static enum status answer_run(struct server *server, json_t *request, struct subject *subject)
{
    const bool apart = subject->own_vector != NULL || subject->own_profile != NULL;
    json_t *cases = json_array();
    const enum status status = apart ? run_apart(server, subject, cases)
                                     : run_cached(server, subject, cases);

    if (status != STATUS_OK) {
        json_decref(cases);
        return status;
    }
    if (json_array_size(cases) == 0) {
        json_decref(cases);
        return send_error(server, request, "request: member: expected one of the sweep's members "
                                           "that applies here, found none");
    }
    return send(server, request, json_pack("{s:o}", "cases", cases));
}

/* ---- play ---- */

static json_t *hex(const uint8_t *bytes, uint32_t size)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * SERVE_PLAYED_BYTES + 1];
    const size_t shown = size < SERVE_PLAYED_BYTES ? size : SERVE_PLAYED_BYTES;

    for (size_t i = 0; i < shown; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * shown] = '\0';
    return json_string(text);
}

static json_t *answer_json(struct wfp_answer answer)
{
    char text[ANSWER_TEXT_MAX];

    answer_print(answer, text, sizeof text);
    return json_string(text);
}

struct playing {
    json_t *steps;
    const struct learned *learned;
};

static enum status note_step(void *context, size_t index, const struct played *played,
                             const struct blobs *blobs)
{
    struct playing *playing = context;
    const struct backend_reply *reply = &played->reply;
    json_t *allowed = json_array();
    json_t *step;

    (void)blobs;
    for (size_t i = 0; i < played->allowed.count; i++) {
        (void)json_array_append_new(allowed, answer_json(played->allowed.answers[i]));
    }
    step = json_pack("{s:i, s:o, s:o, s:o, s:o, s:i, s:o}", "step", (int)index + 1, "answer",
                     answer_json(reply->answer), "rule",
                     text_or_null(reply->rule == NULL ? NULL : reply->rule->id), "allowed", allowed,
                     "n",
                     playing->learned->known[index] ? json_integer(playing->learned->n[index])
                                                    : json_null(),
                     "changed", (int)played->changed, "out",
                     reply->out == NULL ? json_null() : hex(reply->out, played->changed));
    return json_array_append_new(playing->steps, step) == 0 ? STATUS_OK : STATUS_BROKEN;
}

static const struct sweep_member *find_member(const struct subject *subject)
{
    const struct step *swept = subject->vector->swept;

    for (size_t b = 0; swept != NULL && subject->member != NULL && b < swept->sweep->count; b++) {
        for (size_t m = 0; m < swept->sweep->bands[b].count; m++) {
            if (strcmp(swept->sweep->bands[b].members[m].text, subject->member) == 0) {
                return &swept->sweep->bands[b].members[m];
            }
        }
    }
    return NULL;
}

static enum status answer_play(struct server *server, json_t *request, struct subject *subject)
{
    struct learned learned;
    struct script script = {subject->vector, subject->profile, find_member(subject), false, NULL,
                            true};
    struct playing playing = {json_array(), &learned};
    char trouble[PLAY_TROUBLE_MAX] = "";
    struct backend backend;
    struct backend reference;

    if (!open_backends(subject, server->session, &backend, &reference)) {
        json_decref(playing.steps);
        return STATUS_BROKEN;
    }
    play_learn(&backend, &script, &learned);
    script.learned = &learned;
    (void)play_script(&backend, &script, note_step, &playing, trouble);
    close_backends(subject, &backend, &reference);
    return send(server, request,
                json_pack("{s:o, s:o}", "steps", playing.steps, "trouble",
                          text_or_null(trouble[0] == '\0' ? NULL : trouble)));
}

/* ---- list and profile ---- */

static json_t *clauses_json(const struct vector *vector)
{
    json_t *clauses = json_array();

    for (size_t i = 0; i < vector->clause_count; i++) {
        (void)json_array_append_new(clauses, json_string(vector->clauses[i]));
    }
    return clauses;
}

static json_t *planned_json(const struct plan_case *planned)
{
    const struct vector *vector = planned->vector;
    char name[CASE_NAME_MAX];

    plan_case_name(planned, name, sizeof name);
    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:s}", "case", name, "vector", vector->id,
                     "member", text_or_null(planned->member == NULL ? NULL : planned->member->text),
                     "profile", planned->profile->name, "topic", vector->topic, "clauses",
                     clauses_json(vector), "path", vector->path);
}

static enum status answer_list(struct server *server, json_t *request, struct subject *subject)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    const struct session *session = server->session;
    struct plan plan = {0};
    json_t *cases = json_array();
    enum status status = STATUS_OK;

    for (size_t i = 0; i < vector_count(server) && status == STATUS_OK; i++) {
        status = plan_add(&plan, session->tree.vectors[i], subject->profile, &all,
                          &session->backend, &session->reference);
    }
    for (size_t i = 0; i < plan.count && status == STATUS_OK; i++) {
        (void)json_array_append_new(cases, planned_json(&plan.cases[i]));
    }
    plan_clear(&plan);
    if (status != STATUS_OK) {
        json_decref(cases);
        return status;
    }
    return send(server, request, json_pack("{s:o}", "cases", cases));
}

static json_t *values_json(enum wfp_key key, const struct wfp_choice *choice)
{
    json_t *values = json_array();
    char text[VALUE_TEXT_MAX];

    for (uint32_t i = 0; i < choice->count; i++) {
        value_print(wfp_key_type(key), &choice->values[i], text, sizeof text);
        (void)json_array_append_new(values, json_string(text));
    }
    return values;
}

static enum status answer_profile(struct server *server, json_t *request, struct subject *subject)
{
    json_t *keys = json_object();

    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        (void)json_object_set_new(
            keys, wfp_key_name((enum wfp_key)key),
            values_json((enum wfp_key)key, &subject->profile->values.keys[key]));
    }
    return send(server, request,
                json_pack("{s:s, s:o}", "profile", subject->profile->name, "keys", keys));
}

/* ---- requests ---- */

struct verb {
    const char *name;
    bool on_vector;
    enum status (*answer)(struct server *server, json_t *request, struct subject *subject);
};

static const struct verb verbs[] = {
    {"run", true, answer_run},
    {"play", true, answer_play},
    {"list", false, answer_list},
    {"profile", false, answer_profile},
};

static const struct verb *verb_of(json_t *request)
{
    const char *name = string_member(request, "do", "");

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
        return send_error(server, request,
                          "request: do: expected run, play, list or profile, found something else");
    }
    subject.member = string_member(request, "member", NULL);
    subject.details = json_is_true(json_object_get(request, "details"));
    if (!take_profile(server, request, &subject) ||
        (verb->on_vector && !take_vector(server, request, &subject))) {
        status = send_complaint(server, request);
    } else {
        status = verb->answer(server, request, &subject);
    }
    release(&subject);
    return status;
}

static enum status answer_line(struct server *server, size_t length)
{
    json_error_t error;
    json_t *request =
        json_loadb(server->line, length, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
    enum status status;

    if (!json_is_object(request)) {
        struct text sentence = {0};

        text_add(&sentence, "request: expected one JSON object on a line, found %s",
                 request == NULL ? error.text : "another value");
        status = send_error(server, NULL, text_bytes(&sentence));
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
        too_long = too_long || *length == SERVE_LINE_MAX ||
                   (*length == server->room && !grow(server));
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
    greeting = json_pack("{s:s, s:i, s:s, s:s, s:o, s:o, s:i}", "wfpcheck", WFPCHECK_VERSION,
                         "protocol", SERVE_PROTOCOL, "backend", backend->name, "target",
                         backend->target(backend->state), "capabilities",
                         capabilities_json(backend), "profiles", profiles, "vectors",
                         (int)vector_count(server));
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
                     ? send_error(server, NULL, "request: expected a line of at most 4 MiB, found a "
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
