/* SPDX-License-Identifier: MIT */

#include "harness/path_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/path_outcome.h"
#include "harness/word.h"

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

/* ---- a call as it is recorded ---- */

static const struct word member_rows[] = {
    {"remote-address", WFP_MEMBER_REMOTE_ADDRESS},
    {"target-pid", WFP_MEMBER_TARGET_PID},
    {"redirect-handle", WFP_MEMBER_REDIRECT_HANDLE},
    {"context", WFP_MEMBER_CONTEXT},
};
static const struct words member_words = WORDS(member_rows);
/* What a call is made with, as a word; "" for nothing. */
static void with_text(const struct wfp_path_call *call, char *text)
{
    text[0] = '\0';
    if (strcmp(call->name, "edit") == 0) {
        (void)snprintf(text, RECORDING_NAME_MAX, "%s", word_text(&member_words, (int)call->with));
    } else if (strcmp(call->name, "action") == 0) {
        answer_print((struct wfp_answer){.outcome = WFP_ACTION, .error = call->with}, text,
                     RECORDING_NAME_MAX);
    }
}

static bool with_read(const struct recorded_call *call, uint32_t *with)
{
    const struct word *member = word_find(&member_words, call->with);
    struct wfp_answer action;

    *with = 0;
    if (strcmp(call->name, "edit") == 0 && member != NULL) {
        *with = (uint32_t)member->value;
        return true;
    }
    if (strcmp(call->name, "action") == 0 && answer_parse(call->with, &action) &&
        action.outcome == WFP_ACTION) {
        *with = action.error;
        return true;
    }
    return strcmp(call->name, "edit") != 0 && strcmp(call->name, "action") != 0 &&
           call->with[0] == '\0';
}

static void copy(char *to, const char *from)
{
    (void)snprintf(to, RECORDING_NAME_MAX, "%s", from);
}

void path_trace_record(const struct wfp_path_call *call, const char *const *names,
                       struct recorded_step *step)
{
    struct recorded_call *made = &step->of_path;

    memset(step, 0, sizeof *step);
    step->n = RECORDED_UNKNOWN;
    step->answer = call->reply.answer;
    made->hop = call->hop + 1;
    made->on = call->about;
    made->write_right = (call->rights & WFP_RIGHT_ACTION_WRITE) != 0;
    made->silent = call->reply.rule == NULL;
    copy(made->party, path_party_name(names, call->party));
    copy(made->name, call->name);
    copy(made->asked, call->asked == 0 ? "" : path_station_name(names, call->asked));
    with_text(call, made->with);
    recorded_call_text(made, step->call, sizeof step->call);
    copy(step->by, "model");
}

static bool find_party(const struct path_scene *scene, const char *name, uint32_t *party)
{
    for (uint32_t i = 0; i < scene->topology.count; i++) {
        if (strcmp(scene->names[i], name) == 0) {
            *party = i + 1;
            return true;
        }
    }
    *party = strcmp(name, "engine") == 0 ? WFP_PATH_ENGINE : 0;
    return *party != 0 || strcmp(name, "app") == 0;
}

bool path_trace_read(const struct recorded_step *step, const struct path_scene *scene,
                     struct wfp_path_call *call)
{
    const struct recorded_call *made = &step->of_path;

    memset(call, 0, sizeof *call);
    call->hop = made->hop - 1;
    call->name = made->name;
    call->about = made->on;
    call->rights = made->write_right ? WFP_RIGHT_ACTION_WRITE : 0;
    call->reply.answer = step->answer;
    return with_read(made, &call->with) && find_party(scene, made->party, &call->party) &&
           (made->asked[0] == '\0' || find_party(scene, made->asked, &call->asked));
}

/* ---- as JSON ---- */

static json_t *call_json(const struct wfp_path_call *call, const char *const *names)
{
    const char *rule = call->reply.rule == NULL ? NULL : call->reply.rule->id;
    json_t *json = json_object();
    struct recorded_step step;

    path_trace_record(call, names, &step);
    (void)recorded_call_json(&step, json);
    if (rule == NULL) {
        (void)json_object_set_new(json, "answer", json_null());
    }
    (void)json_object_set_new(json, "rule", rule == NULL ? json_null() : json_string(rule));
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
