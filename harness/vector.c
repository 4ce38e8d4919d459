/* SPDX-License-Identifier: MIT */

#include "harness/vector.h"

#include <string.h>

#include "harness/clause_pattern.h"
#include "harness/path_vector.h"
#include "harness/platform/files.h"
#include "harness/vector_load.h"

/* ---- the members of the file ---- */

static const struct word source_rows[] = {
    {"documented", SOURCE_DOCUMENTED},
    {"observed", SOURCE_OBSERVED},
    {"inferred", SOURCE_INFERRED},
    {"regression", SOURCE_REGRESSION},
};
static const struct words source_words = WORDS(source_rows);

const char *source_kind_name(enum source_kind kind)
{
    return word_text(&source_words, (int)kind);
}

const struct text_rule rule_story = {20, 400, NULL, "a text of 20 to 400 characters"};
static const struct text_rule rule_reference = {3, 300, NULL, "a text of 3 to 300 characters"};
static const struct text_rule rule_short = {0, 100, NULL, "a text of at most 100 characters"};

static const struct member source_members[] = {
    {"kind", read_word, &source_words, offsetof(struct source, kind)},
    {"reference", read_text, &rule_reference, offsetof(struct source, reference)},
    {"tool", read_text, &rule_short, offsetof(struct source, tool)},
    {"build", read_text, &rule_short, offsetof(struct source, build)},
    {"date", read_text, &rule_date, offsetof(struct source, date)},
};
static const struct shape source_shape = {source_members, 5, 0x3, 0x1F};

bool read_source(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field)
{
    (void)rule;
    return read_object(reader, place, value, &source_shape, field);
}

static const struct word kind_rows[] = {{"calls", VECTOR_CALLS}, {"path", VECTOR_PATH}};
static const struct words kind_words = WORDS(kind_rows);

static const struct member vector_members[] = {
    {"id", read_text, &rule_id, offsetof(struct vector_row, id)},
    {"kind", read_word, &kind_words, offsetof(struct vector_row, kind)},
    {"story", read_text, &rule_story, offsetof(struct vector_row, story)},
    {"clauses", read_later, NULL, offsetof(struct vector_row, clauses)},
    {"source", read_source, NULL, offsetof(struct vector_row, source)},
    {"needs", read_later, NULL, offsetof(struct vector_row, needs)},
    {"steps", read_later, NULL, offsetof(struct vector_row, steps)},
    {"control", read_later, NULL, offsetof(struct vector_row, control)},
    {"services", read_later, NULL, offsetof(struct vector_row, services)},
    {"journey", read_later, NULL, offsetof(struct vector_row, journey)},
    {"expect", read_later, NULL, offsetof(struct vector_row, expect)},
    {"family", read_later, NULL, offsetof(struct vector_row, family)},
};
static const struct shape calls_shape = {vector_members, 12, 0x7F, 0xFF};
static const struct shape path_shape = {vector_members, 12, 0x13F, 0xFBF};

static void read_clauses(struct vector_load *load)
{
    struct vector *vector = load->vector;
    struct place place = place_member(load->root, "clauses");
    if (read_texts(&load->reader, place, load->row.clauses, &rule_clause, 1, VECTOR_CLAUSES_MAX,
                   vector->clauses, &vector->clause_count)) {
        vector->clause_list =
            reader_join(&load->reader, vector->clauses, vector->clause_count, ' ');
    }
}

static bool read_steps(struct vector_load *load)
{
    struct reader *reader = &load->reader;
    json_t *list = load->row.steps;
    if (!check_array(reader, place_member(load->root, "steps"), list, 1, VECTOR_STEPS_MAX)) {
        return false;
    }
    load->steps = reader_keep(reader, json_array_size(list), sizeof *load->steps);
    if (load->steps == NULL) {
        return false;
    }
    bool good = true;
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        struct step *step = &load->steps[index];
        good &= step_read(reader, place_item(list, index), value, load->keys, false, step);
        step->number = (uint32_t)index + 1;
    }
    load->vector->steps = load->steps;
    load->vector->step_count = json_array_size(list);
    return good;
}

static void find_claim(struct vector_load *load)
{
    struct vector *vector = load->vector;
    size_t sweeps = 0;
    for (size_t i = 0; i < vector->step_count; i++) {
        const struct step *step = &vector->steps[i];
        if (step->expect != NULL || step->sweep != NULL) {
            vector->claim = step;
        }
        if (step->sweep != NULL) {
            vector->swept = step;
            sweeps++;
        }
    }
    if (sweeps > 1) {
        reader_complain(&load->reader, place_member(load->root, "steps"), "at most one sweep",
                        "%zu", sweeps);
    }
    if (vector->control != NULL) {
        vector->claim = &vector->steps[vector->control->of - 1];
    }
}

/* ---- its place ---- */

/* Start of the path's last part; `end` may shorten the path. */
static const char *last_part(const char *path, const char *end)
{
    while (end > path && !files_is_separator(end[-1])) {
        end--;
    }
    return end;
}

static void place_vector(struct vector_load *load)
{
    struct vector *vector = load->vector;
    const char *path = load->reader.document->name;
    const char *stem = last_part(path, path + strlen(path));
    size_t length = strlen(stem);
    vector->path = path;
    vector->topic = "";
    if (length > 5 && strcmp(stem + length - 5, ".json") == 0 &&
        (strlen(vector->id) != length - 5 || strncmp(stem, vector->id, length - 5) != 0)) {
        reader_complain(&load->reader, place_member(load->root, "id"), "the name of the file", "%s",
                        vector->id);
    }
    if (stem == path) {
        return;
    }
    char *copy = document_keep_text(load->reader.document, path);
    load->reader.broken |= copy == NULL;
    if (copy != NULL) {
        char *end = copy + (stem - path) - 1;
        *end = '\0';
        vector->topic = last_part(copy, end);
    }
}

/* ---- loading ---- */

static void load_steps(struct vector_load *load)
{
    if (!read_steps(load)) {
        return;
    }
    vector_check_needs(load);
    vector_check_steps(load);
    if (load->row.control != NULL && !vector_read_control(load)) {
        return;
    }
    find_claim(load);
    if (!load->only_played) {
        vector_check_claim(load);
    }
    if (load->vector->control != NULL && load->reader.found == 0) {
        vector_check_control(load);
    }
}

static void load_vector(struct vector_load *load)
{
    struct reader *reader = &load->reader;
    const char *kind = json_string_value(json_object_get(load->root, "kind"));
    const bool path = kind != NULL && strcmp(kind, "path") == 0;
    if (!read_object(reader, place_whole(load->root), load->root, path ? &path_shape : &calls_shape,
                     &load->row)) {
        return;
    }
    load->vector->kind = (enum vector_kind)load->row.kind;
    load->vector->id = load->row.id;
    load->vector->story = load->row.story;
    load->vector->source = load->row.source;
    place_vector(load);
    read_clauses(load);
    if (path) {
        (void)vector_read_path(load);
    } else {
        load_steps(load);
    }
}

static enum status read_document(struct document *document, const struct key_catalogue *keys,
                                 bool only_played, struct complaints *complaints,
                                 struct vector **vector)
{
    struct vector_load load = {.reader = {.document = document, .complaints = complaints},
                               .keys = keys,
                               .root = document->root,
                               .only_played = only_played};
    load.vector = reader_keep(&load.reader, 1, sizeof *load.vector);
    if (load.vector != NULL) {
        load.vector->document = document;
        load_vector(&load);
    }
    enum status status = reader_status(&load.reader);
    if (status != STATUS_OK) {
        document_free(document);
        return status;
    }
    *vector = load.vector;
    return STATUS_OK;
}

enum status vector_read(struct document *document, const struct key_catalogue *keys,
                        struct complaints *complaints, struct vector **vector)
{
    return read_document(document, keys, false, complaints, vector);
}

enum status vector_read_script(struct document *document, const struct key_catalogue *keys,
                               struct complaints *complaints, struct vector **vector)
{
    return read_document(document, keys, true, complaints, vector);
}

enum status vector_load(const char *path, const struct key_catalogue *keys,
                        struct complaints *complaints, struct vector **vector)
{
    struct document *document;
    enum status status = document_load(path, VECTOR_FILE_MAX, complaints, &document);
    return status == STATUS_OK ? vector_read(document, keys, complaints, vector) : status;
}

void vector_free(struct vector *vector)
{
    if (vector != NULL) {
        document_free(vector->document);
    }
}

/* ---- questions ---- */

const struct sweep *vector_sweep(const struct vector *vector)
{
    if (vector->route != NULL) {
        return vector->route->family;
    }
    return vector->swept == NULL ? NULL : vector->swept->sweep;
}

const struct sweep_member *vector_member(const struct vector *vector, const char *text)
{
    const struct sweep *sweep = vector_sweep(vector);
    for (size_t b = 0; sweep != NULL && text != NULL && b < sweep->count; b++) {
        for (size_t m = 0; m < sweep->bands[b].count; m++) {
            if (strcmp(sweep->bands[b].members[m].text, text) == 0) {
                return &sweep->bands[b].members[m];
            }
        }
    }
    return NULL;
}

const struct step *vector_call(const struct vector *vector, const struct step *step)
{
    if (step->kind == STEP_IOCTL) {
        return step;
    }
    for (size_t i = 0; step->of != NULL && i < vector->step_count; i++) {
        const struct step *other = &vector->steps[i];
        if (other->kind == STEP_IOCTL && other->as != NULL && strcmp(other->as, step->of) == 0) {
            return other;
        }
    }
    return NULL;
}

int vector_step_line(const struct vector *vector, const struct step *step)
{
    char field[LOCATE_FIELD_MAX];
    json_t *root = vector->document->root;
    struct place place = place_item(json_object_get(root, "steps"), step->number - 1);
    if (step->replaces) {
        place = place_whole(vector_replacement(vector, root, step->number));
    }
    return locate(vector->document, place, field, sizeof field);
}

static bool note_n(void *context, const struct expected *expected)
{
    *(bool *)context |=
        expected->answer.outcome == WFP_RETURNED && expected->answer.count == WFP_COUNT_NEEDED;
    return true;
}

/* The N of a SET is the length of its input: nothing has to be learnt for it. */
static bool answers_use_n(const struct vector *vector, const struct step *step)
{
    bool uses = false;
    const struct step *call = vector_call(vector, step);
    if (call != NULL && call->ioctl.code != WFP_SIO_SET_RECORDS) {
        step_each_expected(step, note_n, &uses);
    }
    return uses;
}

static bool sweep_uses_n(const struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        const struct band *band = &sweep->bands[i];
        if (sweep->of == SWEEP_OUT_SIZE && band_is_symbolic(band->name)) {
            return true;
        }
        for (size_t j = 0; j < band->count; j++) {
            if (band->members[j].size.symbolic) {
                return true;
            }
        }
    }
    return false;
}

bool vector_uses_n(const struct vector *vector)
{
    for (size_t i = 0; i < vector->step_count; i++) {
        const struct step *step = &vector->steps[i];
        bool sweeps = step->sweep != NULL && sweep_uses_n(step->sweep);
        if (sweeps || step->ioctl.out.size.symbolic || step->message.room.size.symbolic ||
            answers_use_n(vector, step)) {
            return true;
        }
    }
    return false;
}
