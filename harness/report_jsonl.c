/* SPDX-License-Identifier: MIT */

/*
 * JSON lines: {"type": "head", ...}, one {"type": "case", ...} for each result, and
 * {"type": "totals", ...}. A member that has nothing to say is left out. Lines are numbered and
 * summed up as those of a recording: judge takes a report of paths for one.
 */

#include "harness/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/recording_chain.h"
#include "harness/text.h"

struct jsonl {
    struct chain_writer chain;
};

/* Jansson takes well-formed UTF-8 only. */
static json_t *string(const char *raw)
{
    struct text text = {0};
    uint32_t character;
    json_t *value;

    while ((character = text_decode(&raw)) != 0) {
        text_add_character(&text, character);
    }
    value = json_string(text_bytes(&text));
    text_clear(&text);
    return value;
}

static void set(json_t *object, const char *name, const char *raw)
{
    if (raw != NULL) {
        json_object_set_new(object, name, string(raw));
    }
}

static void set_count(json_t *object, const char *name, size_t count)
{
    json_object_set_new(object, name, json_integer((json_int_t)count));
}

/* The words of a text, as an array. */
static void set_words(json_t *object, const char *name, const char *raw)
{
    json_t *array = json_array();

    while (raw != NULL && *raw != '\0') {
        size_t length = strcspn(raw, " ");
        struct text word = {0};
        text_add_bytes(&word, raw, length);
        if (length > 0) {
            json_array_append_new(array, string(text_bytes(&word)));
        }
        text_clear(&word);
        raw += length + (raw[length] == ' ');
    }
    json_object_set_new(object, name, array);
}

static void print(struct jsonl *jsonl, json_t *object)
{
    chain_write(&jsonl->chain, object, JSON_REAL_PRECISION(6));
}

static json_t *line(const char *type)
{
    json_t *object = json_object();

    set(object, "type", type);
    return object;
}

static void *begin(FILE *out, const struct report_head *head, bool colour)
{
    struct jsonl *jsonl = calloc(1, sizeof *jsonl);
    json_t *object = line("head");
    json_t *profiles = json_array();

    (void)colour;
    for (size_t i = 0; i < head->profile_count; i++) {
        json_array_append_new(profiles, string(head->profiles[i]));
    }
    set_count(object, "planned", head->cases);
    set_count(object, "vectors", head->vectors);
    set(object, "version", head->version);
    set(object, "backend", head->backend);
    set(object, "target", head->target);
    set(object, "redirector", head->redirector);
    set(object, "os", head->os);
    set(object, "build", head->build);
    set(object, "architecture", head->architecture);
    json_object_set_new(object, "elevated", json_boolean(head->elevated));
    set(object, "date", head->date);
    json_object_set_new(object, "profiles", profiles);
    set(object, "notes", head->notes);
    if (jsonl == NULL) {
        json_decref(object);
        return NULL;
    }
    jsonl->chain.out = out;
    print(jsonl, object);
    return jsonl;
}

static void result_line(void *state, const struct result *result)
{
    json_t *object = line("case");

    set(object, "name", result->name);
    set(object, "vector", result->vector);
    set(object, "member", result->member);
    set(object, "band", result->band);
    set(object, "profile", result->profile);
    set(object, "topic", result->topic);
    set_words(object, "clauses", result->clauses);
    set(object, "story", result->story);
    set(object, "verdict", verdict_name(result->verdict));
    json_object_set_new(object, "uncontrolled", json_boolean(result->uncontrolled));
    set(object, "message", result->message);
    set(object, "detail", result->detail);
    set(object, "actual", result->actual);
    set(object, "rule", result->rule);
    if (result->settles != NULL) {
        set_words(object, "settles", result->settles);
    }
    set(object, "answered_by", result->answered_by);
    json_object_set_new(object, "seconds", json_real(result->seconds));
    if (result->trace != NULL) {
        json_object_set_new(object, "trace", json_loads(result->trace, 0, NULL));
        json_object_set_new(object, "document", json_loads(result->document, 0, NULL));
    }
    print(state, object);
}

static void end(void *state, const struct report_totals *totals)
{
    json_t *object = line("totals");
    json_t *verdicts = json_object();

    for (int i = 0; i < VERDICT_COUNT; i++) {
        set_count(verdicts, verdict_name((enum verdict)i), totals->verdicts[i]);
    }
    set_count(object, "planned", totals->planned);
    set_count(object, "executed", totals->executed);
    json_object_set_new(object, "verdicts", verdicts);
    set_count(object, "uncontrolled", totals->uncontrolled);
    json_object_set_new(object, "seconds", json_real(totals->seconds));
    json_object_set_new(object, "interrupted", json_boolean(totals->interrupted));
    print(state, object);
    free(state);
}

const struct report_format report_jsonl = {"jsonl", begin, result_line, end};
