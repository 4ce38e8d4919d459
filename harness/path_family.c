/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/path_vector.h"
#include "harness/reader.h"

enum { CHOICES_MAX = 8, BAND_TEXT_MAX = 32, VALUE_TEXT_MAX = 64 };

struct family_row {
    json_t *of;
    json_t *bands;
};

static const struct member family_members[] = {
    {"of", read_later, NULL, offsetof(struct family_row, of)},
    {"bands", read_later, NULL, offsetof(struct family_row, bands)},
};
static const struct shape family_shape = {family_members, 2, 0x3, 0x3};

struct band_row {
    const char *band;
    json_t *members;
    json_t *expect;
};

static const struct text_rule rule_label = {1, BAND_TEXT_MAX, NULL,
                                            "a label of at most 32 characters"};

static const struct member band_members[] = {
    {"band", read_text, &rule_label, offsetof(struct band_row, band)},
    {"members", read_later, NULL, offsetof(struct band_row, members)},
    {"expect", read_later, NULL, offsetof(struct band_row, expect)},
};
static const struct shape band_shape = {band_members, 3, 0x7, 0x7};

/* What goes through the reading of a family. */
struct family_load {
    struct reader *reader;
    const struct topology_rows *rows;
    struct path_claim *claim;
    struct sweep *family;
    struct band *band;
    struct sweep_member *members; /* of the band */
};

/* One member under way: the fields before `depth` have their values. */
struct growing {
    struct topology_rows rows;
    char text[PATH_MEMBER_TEXT_MAX];
    json_t *values[PATH_VARIED_MAX];
    struct place places[PATH_VARIED_MAX];
};

static bool name_taken(const struct family_load *load, const char *text)
{
    for (size_t b = 0; b < load->family->count; b++) {
        const struct band *band = &load->family->bands[b];
        for (size_t m = 0; m < band->count; m++) {
            if (strcmp(band->members[m].text, text) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool add_member(const struct family_load *load, const struct growing *growing)
{
    struct reader *reader = load->reader;
    struct sweep_member *member = &load->members[load->band->count];
    if (name_taken(load, growing->text)) {
        return reader_complain(reader, growing->places[0], "each member once", "%s again",
                               growing->text);
    }
    if (load->band->count == PATH_BAND_MEMBERS_MAX) {
        return reader_complain(reader, growing->places[0], "at most 256 members in a band", "more");
    }
    struct path_scene *scene = reader_keep(reader, 1, sizeof *scene);
    member->text = reader_join(reader, (const char *const[]){growing->text}, 1, ' ');
    if (scene == NULL || member->text == NULL) {
        return false;
    }
    topology_scene(&growing->rows, scene);
    member->scene = scene;
    if (load->claim->control != NULL) {
        member->control =
            path_control_make(reader, load->claim->control, load->rows, &growing->rows);
        if (member->control == NULL) {
            return false;
        }
    }
    member->band = load->band;
    member->of = SWEEP_SCENE;
    load->band->count++;
    return true;
}

void path_value_text(json_t *value, char *text, size_t size)
{
    if (json_is_string(value)) {
        (void)snprintf(text, size, "%s", json_string_value(value));
    } else if (json_is_integer(value)) {
        (void)snprintf(text, size, "%lld", (long long)json_integer_value(value));
    } else {
        (void)snprintf(text, size, "%s", json_is_true(value) ? "true" : "false");
    }
}

static void add_name(struct growing *growing, json_t *value)
{
    const size_t used = strlen(growing->text);
    char text[VALUE_TEXT_MAX];
    path_value_text(value, text, sizeof text);
    (void)snprintf(growing->text + used, sizeof growing->text - used, "%s%s", used > 0 ? "+" : "",
                   text);
}

static bool expand(const struct family_load *load, const struct growing *growing, size_t depth);

static bool choose(const struct family_load *load, const struct growing *growing, size_t depth,
                   struct place place, json_t *value)
{
    struct growing next = *growing;
    if (!topology_vary(load->reader, place, value, load->rows, &load->claim->varied[depth],
                       &next.rows)) {
        return false;
    }
    add_name(&next, value);
    return expand(load, &next, depth + 1);
}

/* A list of values stands for each of them, so that lists side by side make a product. */
static bool expand(const struct family_load *load, const struct growing *growing, size_t depth)
{
    if (depth == load->claim->varied_count) {
        return add_member(load, growing);
    }
    json_t *value = growing->values[depth];
    const struct place place = growing->places[depth];
    if (!json_is_array(value)) {
        return choose(load, growing, depth, place, value);
    }
    bool good = check_array(load->reader, place, value, 1, CHOICES_MAX);
    for (size_t i = 0; good && i < json_array_size(value); i++) {
        good = choose(load, growing, depth, place_item(value, i), json_array_get(value, i));
    }
    return good;
}

static bool read_member(const struct family_load *load, struct place place, json_t *value)
{
    const size_t count = load->claim->varied_count;
    struct growing growing = {.rows = *load->rows};
    if (count > 1 && !check_array(load->reader, place, value, count, count)) {
        return false;
    }
    if (count == 1 && json_is_array(value)) {
        return reader_complain_value(load->reader, place, "a value", value);
    }
    for (size_t i = 0; i < count; i++) {
        growing.values[i] = count > 1 ? json_array_get(value, i) : value;
        growing.places[i] = count > 1 ? place_item(value, i) : place;
    }
    return expand(load, &growing, 0);
}

static bool read_band(struct family_load *load, struct place place, json_t *value,
                      const struct key_catalogue *keys)
{
    struct reader *reader = load->reader;
    struct band_row row = {0};
    if (!read_object(reader, place, value, &band_shape, &row) ||
        !expectation_read_path(reader, value, "expect", keys, load->rows, &load->band->expect) ||
        !check_array(reader, place_member(value, "members"), row.members, 1, VECTOR_MEMBERS_MAX)) {
        return false;
    }
    load->band->name = row.band;
    load->members = reader_keep(reader, PATH_BAND_MEMBERS_MAX, sizeof *load->members);
    load->band->members = load->members;
    bool good = load->members != NULL;
    for (size_t i = 0; good && i < json_array_size(row.members); i++) {
        good = read_member(load, place_item(row.members, i), json_array_get(row.members, i));
    }
    return good;
}

static bool read_varied(const struct family_load *load, json_t *family, json_t *list)
{
    static const struct text_rule rule_field = {1, 80, NULL, "the way to a field"};
    struct path_claim *claim = load->claim;
    const char *texts[PATH_VARIED_MAX];
    bool good = read_texts(load->reader, place_member(family, "of"), list, &rule_field, 1,
                           PATH_VARIED_MAX, texts, &claim->varied_count);
    for (size_t i = 0; good && i < claim->varied_count; i++) {
        good = topology_field(load->reader, place_item(list, i), texts[i], load->rows,
                              &claim->varied[i]);
    }
    return good;
}

bool path_family_read(struct reader *reader, json_t *holder, json_t *family,
                      const struct key_catalogue *keys, const struct topology_rows *rows,
                      struct path_claim *claim)
{
    struct family_load load = {.reader = reader, .rows = rows, .claim = claim};
    struct family_row row = {0};
    if (!read_object(reader, place_member(holder, "family"), family, &family_shape, &row) ||
        !read_varied(&load, family, row.of) ||
        !check_array(reader, place_member(family, "bands"), row.bands, 1, VECTOR_BANDS_MAX)) {
        return false;
    }
    load.family = reader_keep(reader, 1, sizeof *load.family);
    struct band *bands = reader_keep(reader, json_array_size(row.bands), sizeof *bands);
    if (load.family == NULL || bands == NULL) {
        return false;
    }
    *load.family = (struct sweep){.of = SWEEP_SCENE, .bands = bands};
    claim->family = load.family;
    bool good = true;
    for (size_t i = 0; i < json_array_size(row.bands); i++) {
        load.band = &bands[i];
        load.family->count++;
        good &= read_band(&load, place_item(row.bands, i), json_array_get(row.bands, i), keys);
    }
    return good;
}
