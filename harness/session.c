/* SPDX-License-Identifier: MIT */

#include "harness/session.h"

#include <stdio.h>
#include <string.h>

const char *const session_shipped_profiles[] = {"documented", "observed", "unsupported", NULL};

enum status session_open(struct session *session)
{
    if (!tree_default_root(session->root, sizeof session->root)) {
        complain(&session->complaints, "wfpcheck", 0, "vectors",
                 "the folder share/wfpcheck/vectors beside the program", "nothing");
        return STATUS_BROKEN;
    }
    return key_catalogue_load(session->root, &session->complaints, &session->keys);
}

static void close_backend(struct backend *backend)
{
    if (backend->close != NULL) {
        backend->close(backend->state);
    }
}

void session_close(struct session *session)
{
    plan_clear(&session->plan);
    close_backend(&session->backend);
    close_backend(&session->reference);
    tree_clear(&session->tree);
    for (size_t i = 0; i < session->profile_count; i++) {
        profile_free(session->profiles[i]);
    }
    if (session->keys != NULL) {
        key_catalogue_free(session->keys);
    }
    complaints_clear(&session->complaints);
}

struct profile *session_profile(struct session *session, const char *name_or_file)
{
    struct profile *profile;

    for (size_t i = 0; i < session->profile_count; i++) {
        if (strcmp(session->profiles[i]->name, name_or_file) == 0) {
            return session->profiles[i];
        }
    }
    if (session->profile_count == SESSION_PROFILES_MAX) {
        complain(&session->complaints, "wfpcheck", 0, "profile", "at most 8 profiles", "more");
        return NULL;
    }
    if (profile_load(session->root, name_or_file, session->keys, &session->complaints, &profile) !=
        STATUS_OK) {
        return NULL;
    }
    session->profiles[session->profile_count++] = profile;
    return profile;
}

enum status session_add_profile(struct session *session, const char *name_or_file)
{
    if (strcmp(name_or_file, "all") != 0) {
        return session_profile(session, name_or_file) == NULL ? STATUS_BAD_INPUT : STATUS_OK;
    }
    for (size_t i = 0; session_shipped_profiles[i] != NULL; i++) {
        if (session_profile(session, session_shipped_profiles[i]) == NULL) {
            return STATUS_BAD_INPUT;
        }
    }
    return STATUS_OK;
}

enum status session_set(struct session *session, const char *assignment)
{
    for (size_t i = 0; i < session->profile_count; i++) {
        const enum status status =
            profile_set(session->profiles[i], assignment, session->keys, &session->complaints);

        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status session_load(struct session *session, const char *const *paths, size_t count)
{
    return tree_load(session->root, paths, count, session->keys, &session->complaints,
                     &session->tree);
}

enum status session_check_redirector(struct session *session, const char *backend)
{
    const char *redirector = session->redirector;

    if (redirector == NULL || strcmp(redirector, "none") == 0 || strcmp(backend, "sim") != 0) {
        return STATUS_OK;
    }
    complain(&session->complaints, "wfpcheck", 0, "--redirector",
             "only with --backend winsock: the model redirects by itself", "%s", redirector);
    return STATUS_BAD_INPUT;
}

enum status session_open_backend(struct session *session, const char *name)
{
    char trouble[BACKEND_TROUBLE_MAX] = "no memory";
    enum status status = backend_simulator_open(wfp_rules_shipped(), &session->reference);

    if (status == STATUS_OK && strcmp(name, "winsock") == 0) {
        status = backend_winsock_open(session->redirector == NULL ? "none" : session->redirector,
                                      &session->backend, trouble);
    } else if (status == STATUS_OK) {
        status = backend_simulator_open(wfp_rules_shipped(), &session->backend);
    }
    if (status != STATUS_OK) {
        complain(&session->complaints, "wfpcheck", 0, "backend", "one that this system has", "%s",
                 trouble);
    }
    return status;
}

enum status session_plan(struct session *session, const struct plan_filter *filter)
{
    size_t vectors = 0;

    for (size_t p = 0; p < session->profile_count; p++) {
        for (size_t v = 0; v < session->tree.count; v++) {
            const enum status status =
                plan_add(&session->plan, session->tree.vectors[v], session->profiles[p], filter,
                         &session->backend, &session->reference);

            if (status != STATUS_OK) {
                return status;
            }
        }
        if (p == 0) {
            vectors = session->plan.vectors;
        }
    }
    session->plan.vectors = vectors;
    return STATUS_OK;
}

void session_complain(struct session *session)
{
    complaints_print(&session->complaints, stderr);
    complaints_clear(&session->complaints);
}
