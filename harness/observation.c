/* SPDX-License-Identifier: MIT */

#include "harness/observation.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/platform/files.h"
#include "harness/recording.h"
#include "harness/text.h"

enum { SEEN_MAX = 64, FOLDER_MAX = 1100 };

/* One answer to the claim of one vector. */
struct seen {
    char vector[CASE_NAME_MAX];
    char answer[ANSWER_TEXT_MAX];
    char call[RECORDING_CALL_MAX]; /* of the first case */
    size_t line;
    unsigned cases;
};

struct search {
    const char *id;
    struct complaints *complaints;
    FILE *out;
    bool any; /* something was printed */
    size_t seen_count;
    unsigned more; /* answers for which there was no room */
    struct seen seen[SEEN_MAX];
    struct recorded_case recorded;
};

/* ---- is a case about it? ---- */

static bool names(const char *text, const char *id)
{
    const size_t length = strlen(id);

    for (const char *at = strstr(text, id); at != NULL; at = strstr(at + 1, id)) {
        if (!isalnum((unsigned char)at[length]) &&
            (at == text || !isalnum((unsigned char)at[-1]))) {
            return true;
        }
    }
    return false;
}

/* Clauses, reasons of an expectation, the source's reference: wherever it stands, it is meant. */
static bool mentions(json_t *value, const char *id)
{
    const char *key;
    json_t *member;
    size_t index;

    if (json_is_string(value)) {
        return names(json_string_value(value), id);
    }
    json_array_foreach(value, index, member) {
        if (mentions(member, id)) {
            return true;
        }
    }
    json_object_foreach(value, key, member) {
        if (mentions(member, id)) {
            return true;
        }
    }
    return false;
}

/* The number of the step that the case is about: the control's, else the last that expects. */
static uint32_t claim_of(json_t *vector)
{
    const json_t *of = json_object_get(json_object_get(vector, "control"), "of");
    json_t *step;
    size_t index;
    size_t claim = 0;

    json_array_foreach(json_object_get(vector, "steps"), index, step) {
        if (json_object_get(step, "expect") != NULL || json_object_get(step, "sweep") != NULL) {
            claim = index + 1;
        }
    }
    return json_is_integer(of) ? (uint32_t)json_integer_value(of) : (uint32_t)claim;
}

/* ---- collecting ---- */

static void add(struct search *search, const struct recorded_step *step)
{
    const struct recorded_case *recorded = &search->recorded;
    const char *vector = json_string_value(json_object_get(recorded->vector, "id"));
    char answer[ANSWER_TEXT_MAX];
    struct seen *seen;

    answer_print(step->answer, answer, sizeof answer);
    for (size_t i = 0; i < search->seen_count; i++) {
        seen = &search->seen[i];
        if (strcmp(seen->vector, vector == NULL ? "" : vector) == 0 &&
            strcmp(seen->answer, answer) == 0) {
            seen->cases++;
            return;
        }
    }
    if (search->seen_count == SEEN_MAX) {
        search->more++;
        return;
    }
    seen = &search->seen[search->seen_count++];
    (void)snprintf(seen->vector, sizeof seen->vector, "%s", vector == NULL ? "" : vector);
    (void)snprintf(seen->answer, sizeof seen->answer, "%s", answer);
    (void)snprintf(seen->call, sizeof seen->call, "%s", step->call);
    seen->line = step->line;
    seen->cases = 1;
}

static void look_at_case(struct search *search)
{
    const struct recorded_case *recorded = &search->recorded;
    const uint32_t claim = claim_of(recorded->vector);

    if (!mentions(recorded->vector, search->id)) {
        return;
    }
    for (size_t i = 0; i < recorded->count; i++) {
        if (recorded->steps[i].number == claim && strcmp(recorded->steps[i].by, "provider") == 0) {
            add(search, &recorded->steps[i]);
        }
    }
}

/* ---- printing ---- */

/* Texts of a recording are somebody else's. */
static void print_safe(FILE *out, struct text *text)
{
    struct text safe = {0};

    text_add_safe(&safe, text_bytes(text), true);
    (void)fputs(text_bytes(&safe), out);
    text_clear(&safe);
    text_clear(text);
}

static void print_recording(struct search *search, const struct recorded_head *head,
                            const char *path)
{
    const char *name = strrchr(path, '/');
    struct text text = {0};

    text_add(&text, "%s", search->any ? "" : "\nobserved in recordings\n");
    text_add(&text, "  %s %s %s%s · redirector %s · %s · wfpcheck %s · recorded/%s\n", head->os,
             head->build, head->architecture, head->elevated ? " elevated" : "", head->redirector,
             head->date, head->tool, name == NULL ? path : name + 1);
    for (size_t i = 0; i < search->seen_count; i++) {
        const struct seen *seen = &search->seen[i];
        const size_t start = text.length;

        text_add(&text, "    %s", seen->answer);
        text_pad(&text, start, 30);
        text_add(&text, " %s, %u case%s; line %zu: %s\n", seen->vector, seen->cases,
                 seen->cases == 1 ? "" : "s", seen->line, seen->call);
    }
    if (search->more > 0) {
        text_add(&text, "    and %u more\n", search->more);
    }
    print_safe(search->out, &text);
    search->any = true;
}

/* ---- one recording after the other ---- */

static bool observes(const struct recorded_head *head)
{
    return strcmp(head->backend, "winsock") == 0 && strcmp(head->redirector, "shim") != 0;
}

static enum status look_at_cases(struct search *search, struct recording *recording)
{
    enum status status = STATUS_OK;
    bool more = true;

    search->seen_count = 0;
    search->more = 0;
    while (status == STATUS_OK && more) {
        status = recording_next(recording, &search->recorded, &more);
        if (status == STATUS_OK && more) {
            look_at_case(search);
        }
    }
    return status;
}

static enum status look_at_file(void *context, const char *path, const char *trouble)
{
    struct search *search = context;
    struct recording *recording;
    enum status status =
        trouble != NULL ? STATUS_BAD_INPUT : recording_check(path, search->complaints);

    if (status == STATUS_OK) {
        status = recording_open(path, search->complaints, &recording);
    }
    if (status != STATUS_OK) {
        return status == STATUS_BROKEN ? status : STATUS_OK;
    }
    if (observes(recording_head(recording))) {
        status = look_at_cases(search, recording);
    }
    if (status == STATUS_OK && search->seen_count > 0) {
        print_recording(search, recording_head(recording), path);
    }
    search->seen_count = 0;
    recording_close(recording);
    return status;
}

enum status observations_print(const char *root, const char *id, struct complaints *complaints,
                               FILE *out)
{
    struct search *search = calloc(1, sizeof *search);
    char folder[FOLDER_MAX];
    enum status status = STATUS_OK;

    if (search == NULL) {
        return STATUS_BROKEN;
    }
    search->id = id;
    search->complaints = complaints;
    search->out = out;
    (void)snprintf(folder, sizeof folder, "%s/recorded", root);
    if (files_is_directory(folder)) {
        status = files_walk(folder, ".jsonl", look_at_file, search);
    }
    free(search);
    return status;
}
