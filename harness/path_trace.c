/* SPDX-License-Identifier: MIT */

#include "harness/path_trace.h"

#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/path_outcome.h"

static json_t *party_json(const struct topology *topology, uint32_t party)
{
    if (party == WFP_PATH_ENGINE) {
        return json_string("engine");
    }
    return json_string(party == 0 || party > topology->count ? "application"
                                                             : topology->services[party - 1].name);
}

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

/* ---- calls ---- */

void path_trace_begin(struct path_trace *trace, const struct topology *topology)
{
    *trace = (struct path_trace){topology, NULL};
}

void path_trace_add(struct path_trace *trace, const struct wfp_path_call *call)
{
    char answer[ANSWER_TEXT_MAX];
    json_t *object = json_object();

    if (trace->calls == NULL) {
        trace->calls = json_array();
    }
    answer_print(call->reply.answer, answer, sizeof answer);
    set(object, "hop", json_integer(call->hop + 1));
    set(object, "party", party_json(trace->topology, call->party));
    set(object, "call", json_string(call->name));
    set(object, "on", json_integer(call->about));
    if (call->asked != 0) {
        set(object, "asked", party_json(trace->topology, call->asked));
    }
    set(object, "answer", json_string(answer));
    if (call->reply.rule != NULL) {
        set(object, "rule", json_string(call->reply.rule->id));
    }
    (void)json_array_append_new(trace->calls, object);
}

/* ---- hops ---- */

static json_t *asked_json(const struct topology *topology, const struct wfp_path_asked *asked)
{
    static const char *const layers[] = {"connect-redirect-v4", "connect-redirect-v6",
                                         "auth-connect-v4", "auth-connect-v6"};
    json_t *object = json_object();

    set(object, "service", party_json(topology, asked->service));
    set(object, "layer", json_string(layers[asked->layer]));
    set(object, "reauthorization", json_integer(asked->round));
    set(object, "told",
        asked->told == WFP_PATH_NOT_TOLD ? json_null()
                                         : json_string(word_text(&state_words, asked->told)));
    set(object, "did", json_string(word_text(&deed_words, asked->did)));
    return object;
}

static json_t *hop_json(const struct topology *topology, const struct wfp_path_hop *hop)
{
    json_t *object = json_object();
    json_t *asked = json_array();
    json_t *flags = json_array();

    for (uint32_t i = 0; i < hop->asked_count; i++) {
        (void)json_array_append_new(asked, asked_json(topology, &hop->asked[i]));
    }
    if ((hop_flags(hop) & OUTCOME_REDIRECTED) != 0) {
        (void)json_array_append_new(flags, json_string("redirected"));
    }
    if ((hop_flags(hop) & OUTCOME_PROXY) != 0) {
        (void)json_array_append_new(flags, json_string("proxy"));
    }
    set(object, "dialler", party_json(topology, hop->dialler));
    set(object, "to", json_string(word_text(&form_words, hop->to)));
    set(object, "tracked", json_boolean(hop->tracked));
    set(object, "redirected-by",
        hop->redirected_by == 0 ? json_null() : party_json(topology, hop->redirected_by));
    set(object, "record", json_boolean(hop->accepted_record));
    set(object, "flags", flags);
    set(object, "asked", asked);
    return object;
}

json_t *path_hops_json(const struct topology *topology, const struct wfp_path *path)
{
    json_t *hops = json_array();

    for (uint32_t i = 0; i < path->hop_count; i++) {
        (void)json_array_append_new(hops, hop_json(topology, &path->hops[i]));
    }
    return hops;
}

void path_set_end(json_t *object, const struct topology *topology, const struct wfp_path *path)
{
    json_t *cycle = json_array();

    for (uint32_t i = 0; i < path->cycle_length; i++) {
        (void)json_array_append_new(
            cycle, party_json(topology, path->hops[path->cycle_start + i].redirected_by));
    }
    set(object, "end", json_string(wfp_path_end_name(path->end)));
    set(object, "by", path->by == 0 ? json_null() : party_json(topology, path->by));
    set(object, "cycle", cycle);
}

void path_trace_end(struct path_trace *trace, const struct wfp_path *path, struct text *text)
{
    json_t *object = json_object();
    char *line;

    set(object, "calls", trace->calls == NULL ? json_array() : json_incref(trace->calls));
    set(object, "hops", path_hops_json(trace->topology, path));
    path_set_end(object, trace->topology, path);
    line = json_dumps(object, JSON_COMPACT);
    if (line != NULL) {
        text_add_bytes(text, line, strlen(line));
        free(line);
    }
    json_decref(object);
}

void path_trace_clear(struct path_trace *trace)
{
    json_decref(trace->calls);
    trace->calls = NULL;
}
