/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "harness/vector_load.h"

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

static bool check_number(struct vector_load *load, json_t *holder, const char *member,
                         uint32_t number)
{
    return number <= load->vector->step_count ||
           reader_complain(&load->reader, place_member(holder, member),
                           "the number of one of the steps", "%u", (unsigned)number);
}

static bool read_replacement(struct vector_load *load, struct place place, json_t *value,
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

static bool read_replacements(struct vector_load *load, json_t *list, struct control *control)
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
static bool check_control_claim(struct vector_load *load, const struct control *control)
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

bool vector_read_control(struct vector_load *load)
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

json_t *vector_replacement(const struct vector *vector, json_t *root, uint32_t number)
{
    json_t *list = json_object_get(json_object_get(root, "control"), "replace");
    for (size_t i = 0; i < vector->control->count; i++) {
        if (vector->control->replacements[i].number == number) {
            return json_object_get(json_array_get(list, i), "by");
        }
    }
    return NULL;
}
