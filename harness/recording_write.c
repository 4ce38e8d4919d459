/* SPDX-License-Identifier: MIT */

#include "harness/recording.h"

#include "harness/answer.h"
#include "harness/recording_chain.h"

static void write_line(struct recorder *recorder, json_t *members)
{
    struct chain_end end = {recorder->out, recorder->lines, recorder->sum};

    recorder->failed = !chain_write(&end, members) || recorder->failed;
    recorder->lines = end.lines;
    recorder->sum = end.sum;
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
