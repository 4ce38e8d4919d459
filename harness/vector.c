/* SPDX-License-Identifier: MIT */

#include "harness/vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/catalogue.h"
#include "harness/platform/files.h"
#include "harness/reader.h"

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

static const struct text_rule rule_story = {20, 400, NULL, "a text of 20 to 400 characters"};
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

static bool read_source(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field)
{
    return read_object(reader, place, value, rule, field);
}

static const struct word kind_rows[] = {{"calls", 0}};
static const struct words kind_words = WORDS(kind_rows);

struct vector_row {
    const char *id;
    const char *story;
    struct source source;
    json_t *clauses;
    json_t *needs;
    json_t *control;
    json_t *steps;
    int kind;
};

static const struct member vector_members[] = {
    {"id", read_text, &rule_id, offsetof(struct vector_row, id)},
    {"kind", read_word, &kind_words, offsetof(struct vector_row, kind)},
    {"story", read_text, &rule_story, offsetof(struct vector_row, story)},
    {"clauses", read_later, NULL, offsetof(struct vector_row, clauses)},
    {"source", read_source, &source_shape, offsetof(struct vector_row, source)},
    {"needs", read_later, NULL, offsetof(struct vector_row, needs)},
    {"steps", read_later, NULL, offsetof(struct vector_row, steps)},
    {"control", read_later, NULL, offsetof(struct vector_row, control)},
};
static const struct shape vector_shape = {vector_members, 8, 0x7F, 0xFF};

/* What goes through the whole of a load. */
struct load {
    struct reader reader;
    const struct key_catalogue *keys;
    struct vector *vector;
    struct vector_row row;
    struct step *steps;
    json_t *root;
};

static void read_clauses(struct load *load)
{
    struct vector *vector = load->vector;
    struct place place = place_member(load->root, "clauses");
    if (read_texts(&load->reader, place, load->row.clauses, &rule_clause, 1, VECTOR_CLAUSES_MAX,
                   vector->clauses, &vector->clause_count)) {
        vector->clause_list =
            reader_join(&load->reader, vector->clauses, vector->clause_count, ' ');
    }
}

static bool read_steps(struct load *load)
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

/* ---- the control ---- */

static const struct word control_rows[] = {
    {"success", CONTROL_SUCCESS},
    {"contrast", CONTROL_CONTRAST},
};
static const struct words control_words = WORDS(control_rows);
static const struct range range_step = {1, VECTOR_STEPS_MAX};

struct control_row {
    enum control_kind kind;
    uint32_t of;
    json_t *replace;
};

static const struct member control_members[] = {
    {"kind", read_word, &control_words, offsetof(struct control_row, kind)},
    {"of", read_number, &range_step, offsetof(struct control_row, of)},
    {"replace", read_later, NULL, offsetof(struct control_row, replace)},
};
static const struct shape control_shape = {control_members, 3, 0x7, 0x7};

struct replacement_row {
    uint32_t step;
    json_t *by;
};

static const struct member replacement_members[] = {
    {"step", read_number, &range_step, offsetof(struct replacement_row, step)},
    {"by", read_later, NULL, offsetof(struct replacement_row, by)},
};
static const struct shape replacement_shape = {replacement_members, 2, 0x3, 0x3};

static const struct step *find_replacement(const struct control *control, uint32_t number)
{
    for (size_t i = 0; i < control->count; i++) {
        if (control->replacements[i].number == number) {
            return &control->replacements[i];
        }
    }
    return NULL;
}

const struct step *vector_control_step(const struct vector *vector, size_t index)
{
    const struct step *step = find_replacement(vector->control, vector->steps[index].number);
    return step != NULL ? step : &vector->steps[index];
}

static bool check_number(struct load *load, json_t *holder, const char *member, uint32_t number)
{
    return number <= load->vector->step_count ||
           reader_complain(&load->reader, place_member(holder, member),
                           "the number of one of the steps", "%u", (unsigned)number);
}

static bool read_replacement(struct load *load, struct place place, json_t *value,
                             const struct control *control, struct step *step)
{
    struct replacement_row row = {0};
    if (!read_object(&load->reader, place, value, &replacement_shape, &row) ||
        !check_number(load, value, "step", row.step) ||
        !step_read(&load->reader, place_member(value, "by"), row.by, load->keys, true, step)) {
        return false;
    }
    if (find_replacement(control, row.step) != NULL) {
        return reader_complain(&load->reader, place_member(value, "step"), "each step once",
                               "%u again", (unsigned)row.step);
    }
    step->number = row.step;
    return true;
}

static bool read_replacements(struct load *load, json_t *list, struct control *control)
{
    struct reader *reader = &load->reader;
    struct place place = place_member(load->row.control, "replace");
    if (!check_array(reader, place, list, 1, VECTOR_REPLACEMENTS_MAX)) {
        return false;
    }
    struct step *steps = reader_keep(reader, json_array_size(list), sizeof *steps);
    control->replacements = steps;
    bool good = steps != NULL;
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        good = good && read_replacement(load, place_item(list, index), value, control,
                                        &steps[control->count]);
        control->count += good;
    }
    return good;
}

/* Both runs must give an answer at step `of`, and the tested one must be judged there. */
static bool check_control_claim(struct load *load, const struct control *control)
{
    const struct step *tested = &load->vector->steps[control->of - 1];
    const struct step *other = find_replacement(control, control->of);
    bool judged = tested->expect != NULL || tested->sweep != NULL;
    bool answers = other == NULL || step_kind_answers(other->kind);
    return (judged && answers) ||
           reader_complain(&load->reader, place_member(load->row.control, "of"),
                           "a step with an expectation, replaced by one that answers", "step %u",
                           (unsigned)control->of);
}

static bool read_control(struct load *load)
{
    json_t *value = load->row.control;
    struct place place = place_member(load->root, "control");
    struct control_row row = {0};
    struct control *control = reader_keep(&load->reader, 1, sizeof *control);
    if (control == NULL || !read_object(&load->reader, place, value, &control_shape, &row) ||
        !check_number(load, value, "of", row.of) ||
        !read_replacements(load, row.replace, control)) {
        return false;
    }
    control->kind = row.kind;
    control->of = row.of;
    load->vector->control = control;
    if (!check_control_claim(load, control)) {
        return false;
    }
    for (size_t i = 0; i < load->vector->step_count; i++) {
        control->needs |= step_needs(vector_control_step(load->vector, i));
    }
    return true;
}

/* ---- names and answers, step after step ---- */

struct answers {
    struct reader *reader;
    const struct scope *scope;
    struct place place;
    enum step_kind kind;
    bool queries; /* every call that may give the answer is a query */
    bool counts;  /* ... a query or a SET, whose N is the length of its input */
};

static const char *answer_wants(const struct answers *answers, const struct expected *expected)
{
    bool returned = expected->answer.outcome == WFP_RETURNED;
    bool equals = expected->equals_blob != NULL || expected->equals_context != NULL;
    bool calls = answers->kind == STEP_IOCTL || answers->kind == STEP_RESULT;
    if (returned && expected->answer.count == WFP_COUNT_NEEDED && !answers->counts) {
        return "N in the answer of a query or a SET only";
    }
    if (expected->answer.outcome == WFP_STATE && answers->kind != STEP_STATE) {
        return "a redirect state in the answer of a state step only";
    }
    if (equals && !(returned && expected->answer.error == 0 && answers->queries)) {
        return "equals beside an OK of a query only";
    }
    return expected->changed != CHANGED_DEFAULT && !calls ? "changed on an ioctl or a result only"
                                                          : NULL;
}

static bool check_expected(void *context, const struct expected *expected)
{
    const struct answers *answers = context;
    struct reader *reader = answers->reader;
    const char *wants = answer_wants(answers, expected);
    if (wants != NULL) {
        return reader_complain(reader, answers->place, wants, "%s", expected->text);
    }
    if (expected->equals_blob != NULL &&
        !scope_check(reader, answers->place, expected->equals_blob, NAME_BLOB, answers->scope)) {
        return false;
    }
    return expected->equals_context == NULL ||
           scope_check(reader, answers->place, expected->equals_context, NAME_HANDLE,
                       answers->scope);
}

static bool code_counts(uint32_t code)
{
    return ioctl_code_queries(code) || code == WFP_SIO_SET_RECORDS;
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

static void check_members(struct load *load, json_t *value, const struct step *step,
                          const struct band *band, struct answers *answers)
{
    json_t *members = json_object_get(value, "members");
    for (size_t i = 0; i < band->count; i++) {
        struct step copy = *step;
        const struct sweep_member *member = &band->members[i];
        step_with_member(step, member, &copy);
        answers->queries &= ioctl_code_queries(copy.ioctl.code);
        answers->counts &= code_counts(copy.ioctl.code);
        if (member->of == SWEEP_ON) {
            scope_check(&load->reader, place_item(members, i), member->on, NAME_INVALID,
                        answers->scope);
        }
    }
}

static void check_answers(struct load *load, json_t *value, const struct step *step,
                          const struct scope *scope)
{
    const struct step *call = vector_call(load->vector, step);
    struct answers answers = {&load->reader,
                              scope,
                              place_member(value, "expect"),
                              step->kind,
                              call != NULL && ioctl_code_queries(call->ioctl.code),
                              call != NULL && code_counts(call->ioctl.code)};
    if (step->expect != NULL) {
        expectation_each(step->expect, check_expected, &answers);
    }
    json_t *bands = json_object_get(json_object_get(value, "sweep"), "bands");
    for (size_t i = 0; step->sweep != NULL && i < step->sweep->count; i++) {
        const struct band *band = &step->sweep->bands[i];
        json_t *json = json_array_get(bands, i);
        answers.place = place_member(json, "expect");
        answers.queries = true;
        answers.counts = true;
        check_members(load, json, step, band, &answers);
        expectation_each(band->expect, check_expected, &answers);
    }
}

static void check_steps(struct load *load)
{
    struct scope scope;
    scope_begin(&scope);
    for (size_t i = 0; i < load->vector->step_count; i++) {
        json_t *value = json_array_get(load->row.steps, i);
        check_answers(load, value, &load->steps[i], &scope);
        scope_step(&load->reader, value, &load->steps[i], &scope);
    }
}

static json_t *replacement_json(const struct vector *vector, json_t *root, uint32_t number)
{
    json_t *list = json_object_get(json_object_get(root, "control"), "replace");
    for (size_t i = 0; i < vector->control->count; i++) {
        if (vector->control->replacements[i].number == number) {
            return json_object_get(json_array_get(list, i), "by");
        }
    }
    return NULL;
}

/* The control run, too, must name what it has. */
static void check_control_steps(struct load *load)
{
    struct scope scope;
    scope_begin(&scope);
    for (size_t i = 0; i < load->vector->step_count; i++) {
        const struct step *step = vector_control_step(load->vector, i);
        json_t *value = step->replaces ? replacement_json(load->vector, load->root, step->number)
                                       : json_array_get(load->row.steps, i);
        scope_step(&load->reader, value, step, &scope);
    }
}

/* ---- the claim ---- */

static bool note_success(void *context, const struct expected *expected)
{
    const struct wfp_answer *answer = &expected->answer;
    bool returned = answer->outcome == WFP_RETURNED && answer->error == 0;
    *(bool *)context |= returned || answer->outcome == WFP_STATE;
    return true;
}

static void find_claim(struct load *load)
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

/* A claim that wrong code meets by failing must be held against a call that does not fail. */
static void check_claim(struct load *load)
{
    const struct step *claim = load->vector->claim;
    if (claim == NULL) {
        reader_complain(&load->reader, place_member(load->root, "steps"),
                        "a step with an expectation", "none");
        return;
    }
    /* What a wait answers when nothing was to be waited for is 0, so no other answer is a failure.
     */
    bool success = claim->kind == STEP_ALERTABLE_WAIT;
    step_each_expected(claim, note_success, &success);
    if (!success && load->vector->control == NULL) {
        reader_complain(&load->reader, place_member(load->root, "control"),
                        "a control, as the claim can only fail", "none for step %u",
                        (unsigned)claim->number);
    }
}

/* ---- needs, id and place ---- */

static bool fits_need(const char *text)
{
    for (unsigned need = 0; need < NEED_COUNT; need++) {
        if (strcmp(need_name((enum need)need), text) == 0) {
            return true;
        }
    }
    return false;
}

static const struct text_rule rule_need = {
    1, 32, fits_need,
    "redirect | kernel-face | kernel-entry | provider-entry | fault-injection | bad-pointers | "
    "elevation | threads | raw-sockets | accept-ex | duplicate"};

static void check_needs(struct load *load)
{
    const char *names[NEED_COUNT];
    size_t count;
    struct place place = place_member(load->root, "needs");
    if (!read_texts(&load->reader, place, load->row.needs, &rule_need, 0, NEED_COUNT, names,
                    &count)) {
        return;
    }
    uint32_t *needs = &load->vector->needs;
    for (size_t i = 0; i < load->vector->step_count; i++) {
        *needs |= step_needs(&load->steps[i]);
    }
    for (unsigned need = 0; need < NEED_COUNT; need++) {
        const char *name = need_name((enum need)need);
        bool listed = false;
        for (size_t i = 0; i < count; i++) {
            listed |= strcmp(names[i], name) == 0;
        }
        bool needed = (*needs & NEED_BIT(need)) != 0;
        if (needed != listed) {
            reader_complain(&load->reader, place,
                            needed ? "all that the steps need" : "only what the steps need",
                            listed ? "%s" : "no %s", name);
        }
    }
}

/* Start of the path's last part; `end` may shorten the path. */
static const char *last_part(const char *path, const char *end)
{
    while (end > path && !files_is_separator(end[-1])) {
        end--;
    }
    return end;
}

static void place_vector(struct load *load)
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

static void load_vector(struct load *load)
{
    struct reader *reader = &load->reader;
    if (!read_object(reader, place_whole(load->root), load->root, &vector_shape, &load->row)) {
        return;
    }
    load->vector->id = load->row.id;
    load->vector->story = load->row.story;
    load->vector->source = load->row.source;
    place_vector(load);
    read_clauses(load);
    if (!read_steps(load)) {
        return;
    }
    check_needs(load);
    check_steps(load);
    if (load->row.control != NULL && !read_control(load)) {
        return;
    }
    find_claim(load);
    check_claim(load);
    if (load->vector->control != NULL && reader->found == 0) {
        check_control_steps(load);
    }
}

enum status vector_read(struct document *document, const struct key_catalogue *keys,
                        struct complaints *complaints, struct vector **vector)
{
    struct load load = {.reader = {.document = document, .complaints = complaints},
                        .keys = keys,
                        .root = document->root};
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

int vector_step_line(const struct vector *vector, const struct step *step)
{
    char field[LOCATE_FIELD_MAX];
    json_t *root = vector->document->root;
    struct place place = place_item(json_object_get(root, "steps"), step->number - 1);
    if (step->replaces) {
        place = place_whole(replacement_json(vector, root, step->number));
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
        if (sweeps || step->ioctl.out.size.symbolic || answers_use_n(vector, step)) {
            return true;
        }
    }
    return false;
}
