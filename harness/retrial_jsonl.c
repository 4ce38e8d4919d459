/* SPDX-License-Identifier: MIT */

/*
 * JSON lines: {"type": "head", ...}; for each judged answer {"type": "answer", ...}, for each case
 * {"type": "case", ...} after its answers; {"type": "totals", ...}.
 */

#include <jansson.h>

#include "harness/answer.h"
#include "harness/json_line.h"
#include "harness/retrial_report.h"

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        set(object, name, json_string(text));
    }
}

static json_t *line(const char *type)
{
    json_t *object = json_object();

    set_text(object, "type", type);
    return object;
}

static void print(const struct retrial_report *report, json_t *object)
{
    json_line_print(object, JSON_ENSURE_ASCII, report->out);
}

static void begin(const struct retrial_report *report)
{
    const struct recorded_head *head = report->head;
    json_t *object = line("head");

    set(object, "planned", json_integer(head->cases));
    set(object, "vectors", json_integer(head->vectors));
    set_text(object, "version", WFPCHECK_VERSION);
    set_text(object, "recording", report->path);
    set_text(object, "profile", report->profile->name);
    set_text(object, "recorded", head->date);
    set_text(object, "tool", head->tool);
    set_text(object, "backend", head->backend);
    set_text(object, "target", head->target);
    set_text(object, "os", head->os);
    set_text(object, "build", head->build);
    set_text(object, "architecture", head->architecture);
    set(object, "elevated", json_boolean(head->elevated));
    set_text(object, "redirector", head->redirector);
    print(report, object);
}

static json_t *answer_json(struct wfp_answer answer)
{
    char text[ANSWER_TEXT_MAX];

    answer_print(answer, text, sizeof text);
    return json_string(text);
}

static json_t *allowed_json(const struct wfp_answer_set *allowed)
{
    json_t *array = json_array();

    for (size_t i = 0; i < allowed->count; i++) {
        (void)json_array_append_new(array, json_pack("{s:o, s:s}", "answer",
                                                     answer_json(allowed->answers[i]), "rule",
                                                     allowed->rules[i]->id));
    }
    return array;
}

static void print_answer(const struct retrial_report *report, const struct recorded_case *recorded,
                         const struct recorded_step *step, const struct tried_step *tried)
{
    json_t *object = line("answer");

    set_text(object, "case", recorded->name);
    set(object, "line", json_integer((json_int_t)step->line));
    set(object, "step", json_integer(step->number));
    set_text(object, "call", step->call);
    set(object, "answer", answer_json(step->answer));
    set_text(object, "answered_by", step->by);
    set_text(object, "verdict", verdict_name(tried->verdict));
    set(object, "allowed", allowed_json(&tried->allowed));
    if (tried->rule != NULL) {
        set_text(object, "rule", tried->rule->id);
        set(object, "clauses", json_line_words(tried->rule->clauses));
    }
    set_text(object, "message", tried->message);
    print(report, object);
}

static void tell(const struct retrial_report *report, const struct recorded_case *recorded,
                 const struct tried *tried)
{
    json_t *object = line("case");

    for (size_t i = 0; i < recorded->count; i++) {
        if (tried->steps[i].judged || tried->steps[i].verdict != VERDICT_PASS) {
            print_answer(report, recorded, &recorded->steps[i], &tried->steps[i]);
        }
    }
    set_text(object, "name", recorded->name);
    set_text(object, "vector", tried->vector->id);
    set_text(object, "member", recorded->member);
    set_text(object, "topic", recorded->topic);
    set(object, "clauses", json_line_words(tried->vector->clause_list));
    set_text(object, "profile", report->profile->name);
    set_text(object, "verdict", verdict_name(tried->verdict));
    set_text(object, "message", tried->message);
    print(report, object);
}

static json_t *counts_json(const size_t *counts)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        set(object, verdict_name((enum verdict)i), json_integer((json_int_t)counts[i]));
    }
    return object;
}

static void end(const struct retrial_report *report)
{
    const struct wfp_rules *rules = wfp_rules_shipped();
    json_t *object = line("totals");
    json_t *explained = json_object();

    for (size_t i = 0; i < rules->count; i++) {
        if (report->totals.rules[i] > 0) {
            set(explained, rules->rows[i].id, json_integer((json_int_t)report->totals.rules[i]));
        }
    }
    set(object, "planned", json_integer(report->head->cases));
    set(object, "cases", counts_json(report->totals.cases));
    set(object, "answers", counts_json(report->totals.answers));
    set(object, "rules", explained);
    print(report, object);
}

const struct retrial_format retrial_jsonl = {"jsonl", begin, tell, end};
