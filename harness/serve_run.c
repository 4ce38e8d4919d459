/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/runner.h"
#include "harness/serve_request.h"
#include "harness/serve_send.h"
#include "harness/serve_verb.h"
#include "harness/session.h"

static json_t *case_json(const struct result *result)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "case",
                     result->name, "vector", result->vector, "member", serve_text(result->member),
                     "band", serve_text(result->band), "profile", result->profile, "verdict",
                     verdict_name(result->verdict), "uncontrolled", result->uncontrolled, "message",
                     serve_text(result->message), "detail", serve_text(result->detail), "actual",
                     serve_text(result->actual), "rule", serve_text(result->rule), "answered_by",
                     serve_text(result->answered_by));
}

static enum status run_cases(const struct server *server, const struct plan *plan,
                             const struct subject *subject, const struct backend *backend,
                             const struct backend *reference, json_t *cases)
{
    const struct runner runner = {
        .backend = backend,
        .reference = reference,
        .keys = server->session->keys,
        .root = server->session->root,
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

    if (!subject_open_backends(subject, server->session, &backend, &reference)) {
        return STATUS_BROKEN;
    }
    status = plan_add(&plan, subject->vector, subject->profile, &all, &backend, &reference);
    if (status == STATUS_OK) {
        status = run_cases(server, &plan, subject, &backend, &reference, cases);
    }
    plan_clear(&plan);
    subject_close_backends(subject, &backend, &reference);
    return status;
}

enum status serve_run(struct server *server, json_t *request, struct subject *subject)
{
    const bool apart = subject->own_vector != NULL || subject->own_profile != NULL;
    json_t *cases = json_array();
    const enum status status =
        apart ? run_apart(server, subject, cases) : run_cached(server, subject, cases);

    if (status != STATUS_OK) {
        json_decref(cases);
        return status;
    }
    if (json_array_size(cases) == 0) {
        json_decref(cases);
        return serve_send_error(server, request,
                                "request: member: expected one of the sweep's members "
                                "that applies here, found none");
    }
    return serve_send(server, request, json_pack("{s:o}", "cases", cases));
}
