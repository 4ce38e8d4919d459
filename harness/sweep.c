/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "harness/reader.h"
#include "harness/vector.h"

enum { BAND_TEXT_MAX = 32, NUMBER_TEXT_MAX = 32 };

/* ---- putting a member into a step ---- */

bool step_with_member(const struct step *step, const struct sweep_member *member, struct step *copy)
{
    if (step->sweep == NULL || member->of != step->sweep->of) {
        return false;
    }
    *copy = *step;
    copy->sweep = NULL;
    copy->expect = member->band->expect;
    struct ioctl_step *ioctl = &copy->ioctl;
    uint32_t bytes = (uint32_t)member->size.value;
    switch (member->of) {
    case SWEEP_OUT_SIZE:
        ioctl->out.size = member->size;
        break;
    case SWEEP_OUT_POINTER:
        ioctl->out.pointer = member->pointer;
        break;
    case SWEEP_IN_SIZE:
        ioctl->in.size = bytes;
        break;
    case SWEEP_IN_POINTER:
        ioctl->in.pointer = member->pointer;
        break;
    case SWEEP_IN_CUT:
        ioctl->in.cut = bytes;
        break;
    case SWEEP_IN_EXTEND:
        ioctl->in.extend = bytes;
        break;
    case SWEEP_IN_ALTER:
        ioctl->in.alter = bytes;
        ioctl->in.altered = true;
        break;
    case SWEEP_CODE:
        ioctl->code = member->code;
        ioctl->code_text = member->text;
        break;
    case SWEEP_COUNT_POINTER:
        ioctl->count = member->pointer;
        break;
    case SWEEP_ON:
        copy->on = member->on;
        break;
    case SWEEP_SCENE:
        return false;
    }
    return true;
}

void step_each_expected(const struct step *step,
                        bool (*visit)(void *context, const struct expected *expected),
                        void *context)
{
    if (step->expect != NULL) {
        expectation_each(step->expect, visit, context);
    }
    for (size_t i = 0; step->sweep != NULL && i < step->sweep->count; i++) {
        if (!expectation_each(step->sweep->bands[i].expect, visit, context)) {
            return;
        }
    }
}

/* ---- reading ---- */

/* ^[A-Za-z0-9.+-]+$ */
static bool fits_band(const char *text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-";
    return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

static const struct text_rule rule_band = {1, BAND_TEXT_MAX, fits_band,
                                           "a label of at most 32 of A-Z, a-z, 0-9, '.+-'"};

struct band_row {
    const char *band;
    json_t *members;
};

static const struct member band_members[] = {
    {"band", read_text, &rule_band, offsetof(struct band_row, band)},
    {"members", read_later, NULL, offsetof(struct band_row, members)},
    {"expect", read_elsewhere, NULL, 0},
};
static const struct shape band_shape = {band_members, 3, 0x7, 0x7};

struct sweep_row {
    enum sweep_field of;
    json_t *bands;
};

static const struct member sweep_members[] = {
    {"of", read_word, &sweep_words, offsetof(struct sweep_row, of)},
    {"bands", read_later, NULL, offsetof(struct sweep_row, bands)},
};
static const struct shape sweep_shape = {sweep_members, 2, 0x3, 0x3};

static const struct range range_bytes = {0, SIZE_MAX_BYTES};

static bool read_bytes(struct reader *reader, struct place place, json_t *value,
                       struct sweep_member *member)
{
    uint32_t bytes;
    if (!read_number(reader, place, value, &range_bytes, &bytes)) {
        return false;
    }
    member->size = (struct size){.value = bytes};
    return true;
}

static bool read_pointer(struct reader *reader, struct place place, json_t *value,
                         struct sweep_member *member)
{
    const char *text = json_string_value(value);
    return (text != NULL && sweep_pointer_parse(member->of, text, &member->pointer)) ||
           reader_complain_value(reader, place, "a pointer word of the swept field", value);
}

static bool read_code(struct reader *reader, struct place place, json_t *value,
                      struct sweep_member *member)
{
    const char *text = json_string_value(value);
    return (text != NULL && ioctl_code_parse(text, &member->code)) ||
           reader_complain_value(reader, place, "the name of a code, or 0x and eight digits",
                                 value);
}

static bool read_value(struct reader *reader, struct place place, json_t *value,
                       struct sweep_member *member)
{
    switch (member->of) {
    case SWEEP_OUT_SIZE:
        return read_size(reader, place, value, NULL, &member->size);
    case SWEEP_IN_SIZE:
    case SWEEP_IN_CUT:
    case SWEEP_IN_EXTEND:
    case SWEEP_IN_ALTER:
        return read_bytes(reader, place, value, member);
    case SWEEP_OUT_POINTER:
    case SWEEP_IN_POINTER:
    case SWEEP_COUNT_POINTER:
        return read_pointer(reader, place, value, member);
    case SWEEP_CODE:
        return read_code(reader, place, value, member);
    case SWEEP_ON:
        return read_text(reader, place, value, &rule_name, &member->on);
    case SWEEP_SCENE:
        break;
    }
    return false;
}

static const char *member_text(struct reader *reader, json_t *value)
{
    char number[NUMBER_TEXT_MAX];
    if (json_is_string(value)) {
        return json_string_value(value);
    }
    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    return reader_join(reader, (const char *const[]){number}, 1, ' ');
}

/* A band of N needs a call that has one; a size outside a band of plain numbers would never run. */
static bool check_in_band(struct reader *reader, struct place place, const struct step *step,
                          const struct sweep_member *member)
{
    const char *band = member->band->name;
    if (member->of != SWEEP_OUT_SIZE) {
        return true;
    }
    if (band_is_symbolic(band) && !ioctl_code_queries(step->ioctl.code)) {
        return reader_complain(reader, place, "a band of N on a query only", "%s", band);
    }
    if (member->size.symbolic || band_is_symbolic(band)) {
        return true;
    }
    return band_holds(band, (uint32_t)member->size.value, 0) ||
           reader_complain(reader, place, "a size within its band", "%s", member->text);
}

static bool read_member(struct reader *reader, struct place place, json_t *value,
                        const struct step *step, struct sweep_member *member)
{
    struct step copy;
    if (!read_value(reader, place, value, member)) {
        return false;
    }
    member->text = member_text(reader, value);
    return member->text != NULL && check_in_band(reader, place, step, member) &&
           step_with_member(step, member, &copy) && step_check(reader, place, &copy);
}

static bool is_repeated(const struct sweep *sweep, const struct sweep_member *member)
{
    for (size_t i = 0; i < sweep->count; i++) {
        const struct band *band = &sweep->bands[i];
        for (size_t j = 0; j < band->count && &band->members[j] != member; j++) {
            if (strcmp(band->members[j].text, member->text) == 0) {
                return true;
            }
        }
        if (band == member->band) {
            return false;
        }
    }
    return false;
}

static bool read_members(struct reader *reader, json_t *holder, json_t *list,
                         const struct step *step, struct band *band)
{
    if (!check_array(reader, place_member(holder, "members"), list, 1, VECTOR_MEMBERS_MAX)) {
        return false;
    }
    struct sweep_member *members = reader_keep(reader, json_array_size(list), sizeof *members);
    band->members = members;
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        struct place place = place_item(list, index);
        if (members == NULL) {
            return false;
        }
        members[index].band = band;
        members[index].of = step->sweep->of;
        if (!read_member(reader, place, value, step, &members[index])) {
            return false;
        }
        if (is_repeated(step->sweep, &members[index])) {
            return reader_complain(reader, place, "each member once", "%s again",
                                   members[index].text);
        }
        band->count++;
    }
    return true;
}

static bool read_band(struct reader *reader, struct place place, json_t *value,
                      const struct key_catalogue *keys, const struct step *step, struct band *band)
{
    struct band_row row = {0};
    if (!read_object(reader, place, value, &band_shape, &row)) {
        return false;
    }
    band->name = row.band;
    if (step->sweep->of == SWEEP_OUT_SIZE && !band_is_range(band->name)) {
        return reader_complain(reader, place_member(value, "band"),
                               "a range of sizes: 0, 1..3, 4..N-1, N or above", "%s", band->name);
    }
    return expectation_read(reader, value, "expect", keys, &band->expect) &&
           read_members(reader, value, row.members, step, band);
}

/* A swept part of the input must be there; a blob and hex digits have the size that they have. */
static bool check_applicable(struct reader *reader, json_t *value, const struct step *step,
                             enum sweep_field of)
{
    bool input = of == SWEEP_IN_SIZE || of == SWEEP_IN_POINTER || of == SWEEP_IN_CUT ||
                 of == SWEEP_IN_EXTEND || of == SWEEP_IN_ALTER;
    enum input_kind kind = step->ioctl.in.kind;
    bool fixed = of == SWEEP_IN_SIZE && (kind == INPUT_BLOB || kind == INPUT_HEX);
    bool given = json_object_get(value, "in") != NULL;
    struct place place = place_member(json_object_get(value, "sweep"), "of");
    return (!input || (given && !fixed)) ||
           reader_complain(reader, place, "a field that the step has", "%s", sweep_field_name(of));
}

bool sweep_read(struct reader *reader, json_t *value, const struct key_catalogue *keys,
                struct step *step)
{
    json_t *json = json_object_get(value, "sweep");
    struct sweep_row row = {.of = SWEEP_ON};
    if (!read_object(reader, place_member(value, "sweep"), json, &sweep_shape, &row) ||
        !check_applicable(reader, value, step, row.of) ||
        !check_array(reader, place_member(json, "bands"), row.bands, 1, VECTOR_BANDS_MAX)) {
        return false;
    }
    struct sweep *sweep = reader_keep(reader, 1, sizeof *sweep);
    struct band *bands = reader_keep(reader, json_array_size(row.bands), sizeof *bands);
    if (sweep == NULL || bands == NULL) {
        return false;
    }
    *sweep = (struct sweep){.of = row.of, .bands = bands};
    step->sweep = sweep;
    if (row.of == SWEEP_OUT_SIZE && json_object_get(value, "out") == NULL) {
        step->ioctl.out.pointer = WFP_POINTER_HEAP;
    }
    bool good = true;
    size_t index;
    json_t *item;
    json_array_foreach(row.bands, index, item) {
        sweep->count++;
        good &= read_band(reader, place_item(row.bands, index), item, keys, step, &bands[index]);
    }
    return good;
}
