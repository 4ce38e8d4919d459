/* SPDX-License-Identifier: MIT */

#include "harness/answer.h"
#include "harness/serve_request.h"
#include "harness/serve_send.h"
#include "harness/serve_verb.h"
#include "harness/session.h"

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
                     "member", serve_text(planned->member == NULL ? NULL : planned->member->text),
                     "profile", planned->profile->name, "topic", vector->topic, "clauses",
                     clauses_json(vector), "path", vector->path);
}

enum status serve_list(struct server *server, json_t *request, struct subject *subject)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    const struct session *session = server->session;
    struct plan plan = {0};
    json_t *cases = json_array();
    enum status status = STATUS_OK;

    for (size_t i = 0; i < server_vector_count(server) && status == STATUS_OK; i++) {
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
    return serve_send(server, request, json_pack("{s:o}", "cases", cases));
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

enum status serve_profile(struct server *server, json_t *request, struct subject *subject)
{
    json_t *keys = json_object();

    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        (void)json_object_set_new(
            keys, wfp_key_name((enum wfp_key)key),
            values_json((enum wfp_key)key, &subject->profile->values.keys[key]));
    }
    return serve_send(server, request,
                      json_pack("{s:s, s:o}", "profile", subject->profile->name, "keys", keys));
}
