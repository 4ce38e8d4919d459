/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/answer.h"
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

enum status serve_play(struct server *server, json_t *request, struct subject *subject)
{
    struct learned learned;
    struct script script = {
        .vector = subject->vector,
        .profile = subject->profile,
        .member = vector_member(subject->vector, subject->member),
        .allowed = true,
    };
    struct playing playing = {json_array(), &learned};
    char trouble[PLAY_TROUBLE_MAX] = "";
    struct backend backend;
    struct backend reference;

    if (subject->vector->kind == VECTOR_PATH) {
        json_decref(playing.steps);
        return serve_play_path(server, request, subject);
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
