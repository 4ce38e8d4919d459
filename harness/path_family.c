/* SPDX-License-Identifier: MIT */

/* A family of path vectors: every combination of the values that vary, each in one band. */

#include <string.h>

#include "harness/path_vector.h"
#include "harness/vector_load.h"

struct axis {
    const char *name;
    const char *of;
    json_t *values;
};

#define AT(field) offsetof(struct axis, field)

static bool fits_field(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(text);
}

static const struct text_rule rule_field = {
    3, 64, fits_field, "services, order, journey.FIELD, SERVICE.FIELD or every.FIELD"};

static const struct member axis_members[] = {
    {"as", read_text, &rule_name, AT(name)},
    {"of", read_text, &rule_field, AT(of)},
    {"values", read_later, NULL, AT(values)},
};
static const struct shape axis_shape = {axis_members, 3, 0x7, 0x7};

struct band_row {
    const char *name;
    json_t *when;
    json_t *expect;
};

static const struct text_rule rule_band = {1, 60, NULL, "a text of 1 to 60 characters"};

static const struct member band_members[] = {
    {"band", read_text, &rule_band, offsetof(struct band_row, name)},
    {"when", read_later, NULL, offsetof(struct band_row, when)},
    {"expect", read_later, NULL, offsetof(struct band_row, expect)},
};
static const struct shape band_shape = {band_members, 3, 0x5, 0x7};

struct family_band {
    struct band band;
    json_t *when;
};

struct family {
    struct vector_load *load;
    struct path_vector *made;
    size_t axis_count;
    struct axis axes[PATH_AXES_MAX];
    size_t band_count;
    struct family_band *bands;
    size_t at[PATH_AXES_MAX]; /* the value of each axis, of the member under way */
};

/* ---- axes ---- */

static const struct axis *axis_named(const struct family *family, const char *name)
{
    for (size_t i = 0; i < family->axis_count; i++) {
        if (strcmp(family->axes[i].name, name) == 0) {
            return &family->axes[i];
        }
    }
    return NULL;
}

/* Only what can stand in a name: a number, or a word. */
static bool check_values(struct reader *reader, const struct axis *axis, json_t *holder)
{
    bool good =
        check_array(reader, place_member(holder, "values"), axis->values, 1, PATH_AXIS_VALUES_MAX);
    size_t index;
    json_t *value;

    json_array_foreach(axis->values, index, value) {
        const struct place place = place_item(axis->values, index);
        const bool word = json_is_string(value) && rule_id.fits(json_string_value(value));

        if (good && !word && !json_is_integer(value) && !json_is_boolean(value)) {
            good = reader_complain_value(reader, place, "a word, a number or a flag", value);
        }
        for (size_t before = 0; good && before < index; before++) {
            if (json_equal(json_array_get(axis->values, before), value)) {
                good = reader_complain_value(reader, place, "each value once", value);
            }
        }
    }
    return good;
}

static bool read_axis(struct family *family, struct place place, json_t *value)
{
    struct reader *reader = &family->load->reader;
    struct axis axis = {NULL, NULL, NULL};

    if (!read_object(reader, place, value, &axis_shape, &axis)) {
        return false;
    }
    if (axis_named(family, axis.name) != NULL) {
        return reader_complain(reader, place_member(value, "as"), "a name of its own", "%s",
                               axis.name);
    }
    if (!topology_has_field(&family->made->topology, axis.of)) {
        return reader_complain(reader, place_member(value, "of"),
                               "something of the topology that can vary", "%s", axis.of);
    }
    family->axes[family->axis_count++] = axis;
    return check_values(reader, &axis, value);
}

static bool read_axes(struct family *family, json_t *list)
{
    struct reader *reader = &family->load->reader;
    bool good =
        check_array(reader, place_member(family->load->root, "vary"), list, 1, PATH_AXES_MAX);
    size_t index;
    json_t *value;

    json_array_foreach(list, index, value) {
        good = good && read_axis(family, place_item(list, index), value);
    }
    return good;
}

/* ---- bands ---- */

static bool has_value(const struct axis *axis, json_t *value)
{
    size_t index;
    json_t *other;

    json_array_foreach(axis->values, index, other) {
        if (json_equal(other, value)) {
            return true;
        }
    }
    return false;
}

static bool check_when(struct family *family, json_t *holder, json_t *when)
{
    struct reader *reader = &family->load->reader;
    const char *name;
    json_t *values;

    if (when != NULL && !json_is_object(when)) {
        return reader_complain_value(reader, place_member(holder, "when"), "an object", when);
    }
    json_object_foreach(when, name, values) {
        const struct axis *axis = axis_named(family, name);
        size_t index;
        json_t *value;

        if (axis == NULL) {
            return reader_complain(reader, place_member(when, name), "the name of what varies",
                                   "%s", name);
        }
        if (!check_array(reader, place_member(when, name), values, 1, PATH_AXIS_VALUES_MAX)) {
            return false;
        }
        json_array_foreach(values, index, value) {
            if (!has_value(axis, value)) {
                return reader_complain_value(reader, place_item(values, index),
                                             "one of the values that it takes", value);
            }
        }
    }
    return true;
}

static bool read_band(struct family *family, struct place place, json_t *value)
{
    struct family_band *band = &family->bands[family->band_count];
    struct reader *reader = &family->load->reader;
    struct band_row row = {NULL, NULL, NULL};

    if (!read_object(reader, place, value, &band_shape, &row) ||
        !check_when(family, value, row.when)) {
        return false;
    }
    band->band.name = row.name;
    band->when = row.when;
    family->band_count++;
    return expectation_read_leaves(reader, value, "expect", family->load->keys, outcome_read,
                                   &family->made->topology, &band->band.expect);
}

static bool read_bands(struct family *family, json_t *list)
{
    struct reader *reader = &family->load->reader;
    size_t index;
    json_t *value;
    bool good =
        check_array(reader, place_member(family->load->root, "bands"), list, 1, PATH_BANDS_MAX);

    family->bands = good ? reader_keep(reader, json_array_size(list), sizeof *family->bands) : NULL;
    if (family->bands == NULL) {
        return false;
    }
    json_array_foreach(list, index, value) {
        good = good && read_band(family, place_item(list, index), value);
    }
    return good;
}

/* ---- members ---- */

static bool is_listed(json_t *values, json_t *value)
{
    size_t index;
    json_t *other;

    json_array_foreach(values, index, other) {
        if (json_equal(other, value)) {
            return true;
        }
    }
    return false;
}

static bool falls_into(const struct family *family, const struct family_band *band)
{
    for (size_t i = 0; i < family->axis_count; i++) {
        json_t *values = json_object_get(band->when, family->axes[i].name);

        if (values != NULL &&
            !is_listed(values, json_array_get(family->axes[i].values, family->at[i]))) {
            return false;
        }
    }
    return true;
}

static const char *name_member(struct family *family)
{
    struct text text = {0};
    const char *kept;

    for (size_t i = 0; i < family->axis_count; i++) {
        json_t *value = json_array_get(family->axes[i].values, family->at[i]);

        text_add(&text, "%s%s", i == 0 ? "" : "-", family->axes[i].name);
        if (json_is_integer(value)) {
            text_add(&text, "%ld", (long)json_integer_value(value));
        } else {
            text_add(&text, "-%s",
                     json_is_string(value) ? json_string_value(value)
                     : json_is_true(value) ? "yes"
                                           : "no");
        }
    }
    kept = document_keep_text(family->load->reader.document, text_bytes(&text));
    family->load->reader.broken |= kept == NULL;
    text_clear(&text);
    return kept;
}

static bool find_band(struct family *family, struct path_case *is)
{
    size_t found = 0;

    for (size_t b = 0; b < family->band_count; b++) {
        if (falls_into(family, &family->bands[b])) {
            is->member.band = &family->bands[b].band;
            is->expect = family->bands[b].band.expect;
            found++;
        }
    }
    return found == 1 ||
           reader_complain(&family->load->reader, place_member(family->load->root, "bands"),
                           "each member in one band", "%s in %zu of them", is->member.text, found);
}

static bool make_member(struct family *family, struct path_case *is)
{
    is->topology = family->made->topology;
    is->member.text = name_member(family);
    if (is->member.text == NULL) {
        return false;
    }
    for (size_t i = 0; i < family->axis_count; i++) {
        const struct axis *axis = &family->axes[i];

        if (!topology_assign(&family->load->reader, place_item(axis->values, family->at[i]),
                             json_array_get(axis->values, family->at[i]), axis->of,
                             &is->topology)) {
            return false;
        }
    }
    return find_band(family, is);
}

/* The last axis turns fastest. False behind the last member. */
static bool advance(struct family *family)
{
    for (size_t i = family->axis_count; i-- > 0;) {
        if (++family->at[i] < json_array_size(family->axes[i].values)) {
            return true;
        }
        family->at[i] = 0;
    }
    return false;
}

static size_t count_members(const struct family *family)
{
    size_t count = 1;

    for (size_t i = 0; i < family->axis_count; i++) {
        count *= json_array_size(family->axes[i].values);
    }
    return count;
}

bool path_family_read(struct vector_load *load, const struct path_row *row,
                      struct path_vector *made)
{
    struct family family = {.load = load, .made = made};
    struct path_case *cases;
    size_t count;

    if (!read_axes(&family, row->vary) || !read_bands(&family, row->bands)) {
        return false;
    }
    count = count_members(&family);
    if (count > PATH_MEMBERS_MAX) {
        return reader_complain(&load->reader, place_member(load->root, "vary"),
                               "at most 512 members", "%zu", count);
    }
    cases = reader_keep(&load->reader, count, sizeof *cases);
    made->cases = cases;
    if (cases == NULL) {
        return false;
    }
    do {
        if (!make_member(&family, &cases[made->case_count])) {
            return false;
        }
        made->case_count++;
    } while (advance(&family));
    return true;
}
