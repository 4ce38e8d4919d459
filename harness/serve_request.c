/* SPDX-License-Identifier: MIT */

#include "harness/serve_request.h"

#include <string.h>

#include "harness/document.h"
#include "harness/session.h"

size_t server_vector_count(const struct server *server)
{
    return server->session->tree.count;
}

struct request_member {
    const char *name;
    const char *expected; /* NULL: anything */
    json_type type;
};

static const struct request_member request_members[] = {
    {"id", NULL, JSON_NULL},
    {"do", "a text", JSON_STRING},
    {"vector", "a text", JSON_STRING},
    {"member", "a text", JSON_STRING},
    {"profile", "a text", JSON_STRING},
    {"set", "an array", JSON_ARRAY},
    {"details", "true or false", JSON_TRUE},
    {"document", "an object", JSON_OBJECT},
};

static const struct request_member *request_member(const char *name)
{
    for (size_t i = 0; i < sizeof request_members / sizeof request_members[0]; i++) {
        if (strcmp(request_members[i].name, name) == 0) {
            return &request_members[i];
        }
    }
    return NULL;
}

/* null says the same as absence, as in the answers to list. */
static bool has_type(const struct request_member *member, json_t *value)
{
    return member->expected == NULL || json_is_null(value) || json_typeof(value) == member->type ||
           (member->type == JSON_TRUE && json_is_boolean(value));
}

bool request_check(json_t *request, struct complaints *complaints)
{
    const char *name;
    json_t *value;

    json_object_foreach(request, name, value) {
        const struct request_member *member = request_member(name);

        if (member == NULL) {
            complain(complaints, "request", 0, name, "one of the protocol's members", "another");
            return false;
        }
        if (!has_type(member, value)) {
            complain(complaints, "request", 0, name, member->expected, "another type");
            return false;
        }
    }
    return true;
}

const char *request_text(json_t *request, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(request, name));

    return text == NULL ? otherwise : text;
}

bool subject_take_vector(struct server *server, json_t *request, struct subject *subject)
{
    struct complaints *complaints = &server->session->complaints;
    json_t *inline_vector = json_object_get(request, "document");
    const char *id = request_text(request, "vector", NULL);
    struct document *document;

    if (id != NULL && tree_place(&server->session->tree, id, &subject->place)) {
        subject->vector = server->session->tree.by_id[subject->place];
        return true;
    }
    if (inline_vector == NULL || json_is_null(inline_vector)) {
        complain(complaints, "request", 0, "vector", "the id of a vector", "%s",
                 id == NULL ? "nothing" : id);
        return false;
    }
    if (document_from_tree("request", inline_vector, complaints, &document) != STATUS_OK ||
        (subject->only_played ? vector_read_script : vector_read)(
            document, server->session->keys, complaints, &subject->own_vector) != STATUS_OK) {
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

    json_array_foreach(settings, i, setting) {
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

bool subject_take_profile(struct server *server, json_t *request, struct subject *subject)
{
    struct session *session = server->session;
    json_t *settings = json_object_get(request, "set");
    const char *name = request_text(request, "profile", "observed");

    if (settings == NULL) {
        subject->profile = session_profile(session, name);
        return subject->profile != NULL;
    }
    if (profile_load(session->root, name, session->keys, &session->complaints,
                     &subject->own_profile) != STATUS_OK) {
        return false;
    }
    subject->profile = subject->own_profile;
    return apply_settings(server, settings, subject->profile);
}

void subject_release(struct subject *subject)
{
    if (subject->own_vector != NULL) {
        vector_free(subject->own_vector);
    }
    if (subject->own_profile != NULL) {
        profile_free(subject->own_profile);
    }
}

bool subject_open_backends(const struct subject *subject, const struct session *session,
                           struct backend *backend, struct backend *reference)
{
    *backend = session->backend;
    *reference = session->reference;
    if (subject->own_profile == NULL) {
        return true;
    }
    if (backend_simulator_open(wfp_rules_shipped(), backend) != STATUS_OK) {
        return false;
    }
    if (backend_simulator_open(wfp_rules_shipped(), reference) != STATUS_OK) {
        backend->close(backend->state);
        return false;
    }
    return true;
}

void subject_close_backends(const struct subject *subject, struct backend *backend,
                            struct backend *reference)
{
    if (subject->own_profile != NULL) {
        backend->close(backend->state);
        reference->close(reference->state);
    }
}
