/* SPDX-License-Identifier: MIT */

#include "harness/recording.h"

#include <string.h>

#include "harness/answer.h"

static void write_line(struct recorder *recorder, json_t *members)
{
    chain_write(&recorder->chain, members, JSON_ENSURE_ASCII);
}

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text[0] != '\0') {
        set(object, name, json_string(text));
    }
}

static json_t *members_of(const char *kind)
{
    json_t *members = json_object();

    set_text(members, "kind", kind);
    return members;
}

void recorder_head(struct recorder *recorder, const struct recorded_head *head)
{
    json_t *members = members_of("head");

    set(members, "format", json_integer(RECORDING_FORMAT));
    set_text(members, "tool", head->tool);
    set_text(members, "backend", head->backend);
    set_text(members, "target", head->target);
    set_text(members, "os", head->os);
    set_text(members, "build", head->build);
    set_text(members, "architecture", head->architecture);
    set(members, "elevated", json_boolean(head->elevated));
    set_text(members, "redirector", head->redirector);
    set_text(members, "profile", head->profile);
    set_text(members, "date", head->date);
    set(members, "vectors", json_integer(head->vectors));
    set(members, "cases", json_integer(head->cases));
    write_line(recorder, members);
}

void recorder_case(struct recorder *recorder, const struct recorded_case *begun)
{
    json_t *members = members_of("case");

    set_text(members, "case", begun->name);
    set_text(members, "member", begun->member);
    set_text(members, "topic", begun->topic);
    if (begun->end == VERDICT_UNSUPPORTED) {
        set_text(members, "unsupported", begun->why);
        recorder->totals.unsupported++;
    }
    set(members, "vector", json_incref(begun->vector));
    recorder->totals.cases++;
    write_line(recorder, members);
}

static json_t *bytes_json(const uint8_t *bytes, uint32_t size)
{
    char text[2 * RECORDING_BYTES_MAX + 1];
    char digest[RECORDING_SUM_DIGITS + 1];

    recording_hex(bytes, size < RECORDING_BYTES_MAX ? size : RECORDING_BYTES_MAX, text);
    (void)snprintf(digest, sizeof digest, "%016llx",
                   (unsigned long long)recording_digest(bytes, size));
    return json_pack("{s:I, s:s, s:s}", "size", (json_int_t)size, "bytes", text, "digest", digest);
}

void recorder_step(struct recorder *recorder, const struct recorded_step *step, const uint8_t *in,
                   const uint8_t *out)
{
    json_t *members = members_of("step");
    char answer[ANSWER_TEXT_MAX];

    answer_print(step->answer, answer, sizeof answer);
    set(members, "seq", json_integer(++recorder->totals.steps));
    set(members, "step", json_integer(step->number));
    set_text(members, "call", step->call);
    set(members, "in_size", json_integer(step->in_size));
    set(members, "out_size", json_integer(step->out_size));
    if (in != NULL) {
        set(members, "in", bytes_json(in, step->in_size));
    }
    set_text(members, "answer", answer);
    if (step->n != RECORDED_UNKNOWN) {
        set(members, "n", json_integer(step->n));
    }
    if (out != NULL) {
        set(members, "returned", bytes_json(out, step->changed));
    }
    if (step->control_size > 0) {
        set(members, "control_size", json_integer(step->control_size));
    }
    if (step->received) {
        set(members, "flags", json_integer(step->flags));
        set(members, "control", bytes_json(step->control, step->control_returned));
    }
    set_text(members, "by", step->by);
    write_line(recorder, members);
}

json_t *recorded_call_json(const struct recorded_step *step, json_t *members)
{
    const struct recorded_call *call = &step->of_path;
    char answer[ANSWER_TEXT_MAX];

    set(members, "hop", json_integer(call->hop));
    set_text(members, "party", call->party);
    set_text(members, "call", call->name);
    set(members, "on", json_integer(call->on));
    set_text(members, "asked", call->asked);
    set_text(members, "with", call->with);
    if (strcmp(call->name, "action") == 0) {
        set(members, "write_right", json_boolean(call->write_right));
    }
    if (!call->silent) {
        answer_print(step->answer, answer, sizeof answer);
        set_text(members, "answer", answer);
    }
    return members;
}

void recorder_call(struct recorder *recorder, const struct recorded_step *step)
{
    json_t *members = members_of("call");

    set(members, "seq", json_integer(++recorder->totals.steps));
    set(members, "step", json_integer(step->number));
    members = recorded_call_json(step, members);
    set_text(members, "by", step->by);
    write_line(recorder, members);
}

void recorder_outcome(struct recorder *recorder, const char *outcome)
{
    json_t *members = members_of("outcome");

    set_text(members, "outcome", outcome);
    write_line(recorder, members);
}

void recorder_stop(struct recorder *recorder, enum verdict end, const char *why)
{
    json_t *members = members_of("stopped");

    set_text(members, "as", verdict_name(end));
    set_text(members, "why", why[0] == '\0' ? "no reason given" : why);
    recorder->totals.unsupported += end == VERDICT_UNSUPPORTED;
    recorder->totals.broken += end == VERDICT_BROKEN;
    write_line(recorder, members);
}

void recorder_end(struct recorder *recorder)
{
    json_t *members = members_of("end");

    set(members, "cases", json_integer(recorder->totals.cases));
    set(members, "steps", json_integer(recorder->totals.steps));
    set(members, "unsupported", json_integer(recorder->totals.unsupported));
    set(members, "broken", json_integer(recorder->totals.broken));
    write_line(recorder, members);
}
