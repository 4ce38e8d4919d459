/* SPDX-License-Identifier: MIT */

#include "harness/path_trace.h"
#include "harness/path_vector.h"
#include "harness/reader.h"
#include "harness/serve_request.h"
#include "harness/serve_send.h"
#include "harness/serve_verb.h"

static json_t *stations_json(const struct path_outcome *outcome, const char *const *names,
                             size_t first)
{
    json_t *json = json_array();

    for (size_t i = first; i < outcome->count; i++) {
        (void)json_array_append_new(json,
                                    json_string(path_station_name(names, outcome->stations[i])));
    }
    return json;
}

static json_t *said_json(const uint8_t *said, int absent, const struct words *words,
                         const char *const *names, uint32_t count)
{
    json_t *json = json_object();

    for (uint32_t i = 0; i < count; i++) {
        if (said[i] != absent) {
            (void)json_object_set_new(json, names[i], json_string(word_text(words, said[i])));
        }
    }
    return json;
}

static json_t *flags_json(uint32_t conditions)
{
    json_t *json = json_array();

    for (size_t i = 0; i < condition_words.count; i++) {
        if ((conditions & (uint32_t)condition_words.rows[i].value) != 0) {
            (void)json_array_append_new(json, json_string(condition_words.rows[i].text));
        }
    }
    return json;
}

static json_t *who(const char *const *names, uint32_t service)
{
    return service == 0 ? json_null() : json_string(names[service - 1]);
}

static json_t *hop_json(const struct wfp_path_hop *hop, const struct outcome_hop *said,
                        const struct path_scene *scene)
{
    const char *const *names = scene->names;
    const uint32_t count = scene->topology.count;

    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "from",
                     path_station_name(names, hop->dialler), "dials",
                     word_text(&form_words, hop->to), "to", who(names, hop->redirected_by),
                     "blocked-by", who(names, hop->blocked_by), "tracked", hop->tracked, "record",
                     hop->accepted_record, "told",
                     said_json(said->told, TOLD_NOT_ASKED, &told_words, names, count), "did",
                     said_json(said->did, DID_NOT_ASKED, &did_words, names, count), "flags",
                     flags_json(said->conditions));
}

static json_t *hops_json(const struct wfp_path *path, const struct path_outcome *outcome,
                         const struct path_scene *scene)
{
    json_t *json = json_array();

    for (uint32_t i = 0; i < path->hop_count; i++) {
        (void)json_array_append_new(json, hop_json(&path->hops[i], &outcome->hops[i], scene));
    }
    return json;
}

/* The outcome in the words of an expectation, the hops one by one, and every call. */
static json_t *path_json(const struct wfp_path *path, const struct path_scene *scene,
                         const struct path_trace *trace)
{
    struct path_outcome outcome;

    path_outcome_of(path, &outcome);
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:n}", "path", stations_json(&outcome, scene->names, 0),
        "end", wfp_path_end_name(outcome.end), "ended-by", who(scene->names, outcome.by), "loop",
        stations_json(&outcome, scene->names, outcome.count - outcome.loop_count), "hops",
        hops_json(path, &outcome, scene), "calls", path_trace_json(trace, scene->names), "trouble");
}

enum status serve_play_path(struct server *server, json_t *request, struct subject *subject)
{
    const struct path_scene *scene =
        path_claim_scene(subject->vector->route, vector_member(subject->vector, subject->member));
    struct path_trace trace = {0};
    const struct backend_path asked = {.scene = scene,
                                       .profile = subject->profile,
                                       .observer = path_trace_note,
                                       .context = &trace};
    char trouble[BACKEND_TROUBLE_MAX] = "this backend plays no paths";
    const struct wfp_path *path = NULL;
    struct backend backend;
    struct backend reference;
    json_t *answer;

    if (!subject_open_backends(subject, server->session, &backend, &reference)) {
        return STATUS_BROKEN;
    }
    if (backend.path != NULL && backend.path(backend.state, &asked, &path, trouble) == STATUS_OK) {
        answer = path_json(path, scene, &trace);
    } else {
        answer = json_pack("{s:n, s:s}", "path", "trouble", trouble);
    }
    subject_close_backends(subject, &backend, &reference);
    path_trace_clear(&trace);
    return serve_send(server, request, answer);
}
