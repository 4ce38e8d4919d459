/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/path_text.h"
#include "harness/path_vector.h"
#include "harness/reader.h"

enum { VALUE_TEXT_MAX = 64 };

static const struct word kind_rows[] = {{"contrast", CONTROL_CONTRAST}};
static const struct words kind_words = WORDS(kind_rows);

struct control_row {
    int kind;
    json_t *set;
};

static const struct member control_members[] = {
    {"kind", read_word, &kind_words, offsetof(struct control_row, kind)},
    {"set", read_later, NULL, offsetof(struct control_row, set)},
};
static const struct shape control_shape = {control_members, 2, 0x3, 0x3};

static bool read_setting(struct reader *reader, json_t *set, const char *name, json_t *value,
                         const struct topology_rows *rows, struct path_control *control)
{
    const struct place place = place_member(set, name);
    struct path_setting *setting = &control->settings[control->count];
    struct topology_rows copy = *rows;
    char text[VALUE_TEXT_MAX];
    if (!topology_field(reader, place, name, rows, &setting->field) ||
        !topology_vary(reader, place, value, rows, &setting->field, &copy)) {
        return false;
    }
    path_value_text(value, text, sizeof text);
    setting->place = place;
    setting->value = value;
    setting->text = reader_join(reader, (const char *const[]){name, text}, 2, '=');
    control->count++;
    return setting->text != NULL;
}

bool path_control_read(struct reader *reader, json_t *holder, json_t *value,
                       const struct topology_rows *rows, struct path_claim *claim)
{
    struct control_row row = {0};
    const struct place place = place_member(holder, "control");
    struct path_control *control = reader_keep(reader, 1, sizeof *control);
    if (control == NULL || !read_object(reader, place, value, &control_shape, &row)) {
        return false;
    }
    const size_t count = json_object_size(row.set);
    if (!json_is_object(row.set) || count == 0 || count > PATH_SETTINGS_MAX) {
        return reader_complain_value(reader, place_member(value, "set"),
                                     "an object of 1 to 8 fields and their values", row.set);
    }
    const char *name;
    json_t *setting;
    bool good = true;
    json_object_foreach(row.set, name, setting) {
        good = good && read_setting(reader, row.set, name, setting, rows, control);
    }
    control->place = place_member(value, "set");
    claim->control = control;
    return good;
}

/* What does not print differently is not different. */
static bool same_scene(const struct path_scene *one, const struct path_scene *other)
{
    struct text texts[2] = {{0}, {0}};
    topology_text(one, 0, &texts[0]);
    topology_text(other, 0, &texts[1]);
    const bool same = strcmp(text_bytes(&texts[0]), text_bytes(&texts[1])) == 0;
    text_clear(&texts[0]);
    text_clear(&texts[1]);
    return same;
}

const struct path_scene *path_control_make(struct reader *reader,
                                           const struct path_control *control,
                                           const struct topology_rows *whole,
                                           const struct topology_rows *rows)
{
    struct topology_rows changed = *rows;
    struct path_scene tested;
    struct path_scene *scene = reader_keep(reader, 1, sizeof *scene);
    bool good = scene != NULL;
    for (size_t i = 0; good && i < control->count; i++) {
        const struct path_setting *setting = &control->settings[i];
        good =
            topology_vary(reader, setting->place, setting->value, whole, &setting->field, &changed);
    }
    if (!good) {
        return NULL;
    }
    topology_scene(rows, &tested);
    topology_scene(&changed, scene);
    if (same_scene(&tested, scene)) {
        (void)reader_complain(reader, control->place, "a field with another value than is tested",
                              "nothing that changes");
        return NULL;
    }
    return scene;
}

/* ---- is one needed? ---- */

/* A path that has no room left is the model's own end, not one that wrong code meets. */
static bool note_end(void *context, const struct expected *expected)
{
    const enum wfp_path_end end = expected->path->end;
    *(bool *)context |= end == WFP_PATH_REACHED || end == WFP_PATH_NO_ROOM;
    return true;
}

static bool ends_well(const struct path_claim *claim)
{
    bool well = false;
    if (claim->expect != NULL) {
        (void)expectation_each(claim->expect, note_end, &well);
    }
    for (size_t i = 0; claim->family != NULL && i < claim->family->count; i++) {
        (void)expectation_each(claim->family->bands[i].expect, note_end, &well);
    }
    return well;
}

bool path_control_check(struct reader *reader, json_t *holder, const struct path_claim *claim)
{
    return claim->control != NULL || ends_well(claim) ||
           reader_complain(reader, place_member(holder, "control"),
                           "a control, as every expected path loops or is blocked or refused",
                           "none");
}
