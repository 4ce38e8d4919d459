/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/difference.h"

static enum status refuse(const char *path, size_t line, struct complaints *complaints,
                          const char *field, const char *expected, const char *actual)
{
    complain(complaints, path, (int)line, field, expected, "%s", actual);
    return STATUS_BAD_INPUT;
}

static bool grow(struct outline *outline)
{
    const size_t room = outline->room == 0 ? 256 : outline->room * 2;
    struct outline_case *cases = realloc(outline->cases, room * sizeof *cases);

    if (cases == NULL) {
        return false;
    }
    outline->cases = cases;
    outline->room = room;
    return true;
}

/* The clauses of the vector; false when they are none or do not fit. */
static bool join_clauses(json_t *vector, struct outline_case *made)
{
    json_t *clauses = json_object_get(vector, "clauses");
    size_t used = 0;
    json_t *clause;
    size_t i;

    json_array_foreach(clauses, i, clause) {
        const size_t left = sizeof made->clauses - used;

        if (!json_is_string(clause) || json_string_length(clause) + 2 > left) {
            return false;
        }
        used += (size_t)snprintf(made->clauses + used, left, "%s%s", i == 0 ? "" : " ",
                                 json_string_value(clause));
    }
    return used > 0;
}

static bool digest_vector(json_t *vector, uint64_t *digest)
{
    char *text = json_dumps(vector, JSON_COMPACT | JSON_SORT_KEYS);

    if (text == NULL) {
        return false;
    }
    *digest = recording_digest((const uint8_t *)text, strlen(text));
    free(text);
    return true;
}

static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);

    return copy == NULL ? NULL : strcpy(copy, text);
}

static struct outline_step outline_of(const struct recorded_step *step)
{
    struct outline_step made = {step->line, step->answer, step->n,
                                step->returned && step->changed > 0, NULL};

    if (made.answer.count == WFP_COUNT_VALUE && step->n != RECORDED_UNKNOWN && step->n > 0 &&
        made.answer.bytes == step->n) {
        made.answer.count = WFP_COUNT_NEEDED;
        made.answer.bytes = 0;
    }
    return made;
}

static bool fill(const struct recorded_case *recorded, struct outline_case *made)
{
    made->name = copy_text(recorded->name);
    made->steps = calloc(recorded->count + 1, sizeof *made->steps);
    if (made->name == NULL || made->steps == NULL) {
        return false;
    }
    memcpy(made->why, recorded->why, sizeof made->why);
    memcpy(made->outcome, recorded->outcome, sizeof made->outcome);
    made->end = recorded->end;
    made->count = recorded->count;
    for (size_t i = 0; i < recorded->count; i++) {
        const bool of_path = recorded->steps[i].of_path.hop > 0;

        made->steps[i] = outline_of(&recorded->steps[i]);
        made->steps[i].call = of_path ? copy_text(recorded->steps[i].call) : NULL;
        if (of_path && made->steps[i].call == NULL) {
            return false;
        }
    }
    return digest_vector(recorded->vector, &made->vector);
}

static enum status add(const char *path, const struct recorded_case *recorded,
                       struct complaints *complaints, struct outline *outline)
{
    struct outline_case *made;

    if (outline->count == OUTLINE_CASES_MAX) {
        return refuse(path, recorded->line, complaints, "case", "at most 65536 cases", "more");
    }
    if (outline->count == outline->room && !grow(outline)) {
        return STATUS_BROKEN;
    }
    made = &outline->cases[outline->count++];
    memset(made, 0, sizeof *made);
    if (!join_clauses(recorded->vector, made)) {
        return refuse(path, recorded->line, complaints, "clauses", "the clauses of a vector",
                      "something else");
    }
    return fill(recorded, made) ? STATUS_OK : STATUS_BROKEN;
}

static int compare_names(const void *a, const void *b)
{
    const struct outline_case *const *left = a;
    const struct outline_case *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static enum status sort(const char *path, struct complaints *complaints, struct outline *outline)
{
    outline->by_name = calloc(outline->count + 1, sizeof *outline->by_name);
    if (outline->by_name == NULL) {
        return STATUS_BROKEN;
    }
    for (size_t i = 0; i < outline->count; i++) {
        outline->by_name[i] = &outline->cases[i];
    }
    qsort(outline->by_name, outline->count, sizeof *outline->by_name, compare_names);
    for (size_t i = 1; i < outline->count; i++) {
        if (compare_names(&outline->by_name[i - 1], &outline->by_name[i]) == 0) {
            return refuse(path, 0, complaints, "case", "each case once", outline->by_name[i]->name);
        }
    }
    return STATUS_OK;
}

static enum status load(const char *path, struct complaints *complaints,
                        struct recorded_case *recorded, struct outline *outline)
{
    struct recording *recording;
    enum status status = recording_open(path, complaints, &recording);
    bool more = true;

    if (status != STATUS_OK) {
        return status;
    }
    outline->head = *recording_head(recording);
    while (status == STATUS_OK && more) {
        status = recording_next(recording, recorded, &more);
        if (status == STATUS_OK && more) {
            status = add(path, recorded, complaints, outline);
        }
    }
    recording_close(recording);
    return status == STATUS_OK ? sort(path, complaints, outline) : status;
}

enum status outline_load(const char *path, struct complaints *complaints, struct outline *outline)
{
    struct recorded_case *recorded = malloc(sizeof *recorded);
    const enum status status =
        recorded == NULL ? STATUS_BROKEN : load(path, complaints, recorded, outline);

    free(recorded);
    return status;
}

static void clear_case(struct outline_case *made)
{
    for (size_t i = 0; made->steps != NULL && i < made->count; i++) {
        free(made->steps[i].call);
    }
    free(made->name);
    free(made->steps);
}

void outline_clear(struct outline *outline)
{
    for (size_t i = 0; i < outline->count; i++) {
        clear_case(&outline->cases[i]);
    }
    free(outline->cases);
    free(outline->by_name);
    memset(outline, 0, sizeof *outline);
}
