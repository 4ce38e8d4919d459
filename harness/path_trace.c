/* SPDX-License-Identifier: MIT */

#include "harness/path_trace.h"

#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/path_outcome.h"

void path_trace_note(void *context, const struct wfp_path_call *call)
{
    struct path_trace *trace = context;

    if (trace->count == trace->room) {
        const size_t room = trace->room == 0 ? 256 : trace->room * 2;
        struct wfp_path_call *calls = realloc(trace->calls, room * sizeof *calls);

        if (calls == NULL) {
            trace->failed = true;
            return;
        }
        trace->calls = calls;
        trace->room = room;
    }
    trace->calls[trace->count++] = *call;
}

void path_trace_clear(struct path_trace *trace)
{
    free(trace->calls);
    memset(trace, 0, sizeof *trace);
}

const char *path_party_name(const char *const *names, uint32_t party)
{
    return party == WFP_PATH_ENGINE ? "engine" : path_station_name(names, party);
}

static json_t *text_json(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

/* "connect-begin" and its like have no answer of their own. */
static json_t *answer_json(const struct wfp_path_call *call)
{
    char text[ANSWER_TEXT_MAX];

    if (call->reply.rule == NULL) {
        return json_null();
    }
    answer_print(call->reply.answer, text, sizeof text);
    return json_string(text);
}

static json_t *call_json(const struct wfp_path_call *call, const char *const *names)
{
    const char *rule = call->reply.rule == NULL ? NULL : call->reply.rule->id;
    json_t *json =
        json_pack("{s:i, s:s, s:s, s:i, s:o, s:o}", "hop", (int)call->hop + 1, "party",
                  path_party_name(names, call->party), "call", call->name, "on", (int)call->about,
                  "answer", answer_json(call), "rule", text_json(rule));

    if (json != NULL && call->asked != 0) {
        (void)json_object_set_new(json, "asked",
                                  json_string(path_station_name(names, call->asked)));
    }
    return json;
}

json_t *path_trace_json(const struct path_trace *trace, const char *const *names)
{
    json_t *json = json_array();

    for (size_t i = 0; i < trace->count; i++) {
        if (json_array_append_new(json, call_json(&trace->calls[i], names)) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static bool told_before(const struct path_trace *trace, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (trace->calls[i].hop == trace->calls[index].hop &&
            trace->calls[i].reply.rule == trace->calls[index].reply.rule) {
            return true;
        }
    }
    return false;
}

void path_trace_rules(const struct path_trace *trace, size_t hop, struct text *text)
{
    const char *separator = "";

    for (size_t i = 0; i < trace->count; i++) {
        const struct wfp_path_call *call = &trace->calls[i];

        if (call->hop == hop && call->reply.rule != NULL && !told_before(trace, i)) {
            text_add(text, "%s%s", separator, call->reply.rule->id);
            separator = ", ";
        }
    }
}
