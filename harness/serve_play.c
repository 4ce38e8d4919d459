/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/answer.h"
#include "harness/path_trace.h"
#include "harness/path_vector.h"
#include "harness/play.h"
#include "harness/serve.h"
#include "harness/serve_request.h"
#include "harness/serve_send.h"
#include "harness/serve_verb.h"
#include "harness/session.h"
#include "harness/vector.h"

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
    step = json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:i, s:o}", "step", (int)index + 1, "answer",
        answer_json(reply->answer), "rule",
        serve_text(reply->rule == NULL ? NULL : reply->rule->id), "allowed", allowed, "n",
        playing->learned->known[index] ? json_integer(playing->learned->n[index]) : json_null(),
        "changed", (int)played->changed, "out",
        reply->out == NULL ? json_null() : hex(reply->out, played->changed));
    return json_array_append_new(playing->steps, step) == 0 ? STATUS_OK : STATUS_BROKEN;
}

/* A family that is asked for no member plays its first. */
static const struct sweep_member *find_path_member(const struct subject *subject)
{
    const struct sweep_member *found = vector_member(subject->vector, subject->member);

    return found == NULL && path_member_count(subject->vector) > 0
               ? path_member(subject->vector, 0)
               : found;
}

static void observe(void *context, const struct wfp_path_call *call)
{
    path_trace_add(context, call);
}

static json_t *travel(const struct backend *backend, const struct subject *subject, char *trouble)
{
    const struct path_case *is = path_case_of(subject->vector, find_path_member(subject));
    const struct wfp_path *path;
    struct path_trace trace;
    struct text text = {0};
    json_t *made = json_null();

    path_trace_begin(&trace, &is->topology);
    if (backend->travel(backend->state, &is->topology, subject->profile, observe, &trace, &path,
                        trouble) == STATUS_OK) {
        path_trace_end(&trace, path, &text);
        made = json_loads(text_bytes(&text), 0, NULL);
    }
    path_trace_clear(&trace);
    text_clear(&text);
    return made;
}

static enum status play_path(struct server *server, json_t *request, struct subject *subject)
{
    char trouble[BACKEND_TROUBLE_MAX] = "";
    struct backend backend;
    struct backend reference;
    json_t *path;

    if (!subject_open_backends(subject, server->session, &backend, &reference)) {
        return STATUS_BROKEN;
    }
    path = travel(&backend, subject, trouble);
    subject_close_backends(subject, &backend, &reference);
    return serve_send(server, request,
                      json_pack("{s:o, s:o}", "path", path, "trouble",
                                serve_text(trouble[0] == '\0' ? NULL : trouble)));
}

enum status serve_play(struct server *server, json_t *request, struct subject *subject)
{
    struct learned learned;
    struct script script = {
        subject->vector, subject->profile, vector_member(subject->vector, subject->member), false, NULL, true};
    struct playing playing = {json_array(), &learned};
    char trouble[PLAY_TROUBLE_MAX] = "";
    struct backend backend;
    struct backend reference;

    if (subject->vector->path_vector != NULL) {
        json_decref(playing.steps);
        return play_path(server, request, subject);
    }
    if (!subject_open_backends(subject, server->session, &backend, &reference)) {
        json_decref(playing.steps);
        return STATUS_BROKEN;
    }
    play_learn(&backend, &script, &learned);
    script.learned = &learned;
    (void)play_script(&backend, &script, note_step, &playing, trouble);
    subject_close_backends(subject, &backend, &reference);
    return serve_send(server, request,
                      json_pack("{s:o, s:o}", "steps", playing.steps, "trouble",
                                serve_text(trouble[0] == '\0' ? NULL : trouble)));
}
