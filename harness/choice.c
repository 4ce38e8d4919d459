/* SPDX-License-Identifier: MIT */

#include "harness/choice.h"

#include <stdio.h>

#include "harness/answer.h"
#include "harness/key.h"
#include "harness/profile.h"
#include "harness/reader.h"

static const struct word source_rows[] = {
    {"documented", KEY_DOCUMENTED},
    {"observed", KEY_OBSERVED},
    {"inferred", KEY_INFERRED},
};
static const struct words source_words = WORDS(source_rows);

static const struct text_rule rule_reference = {3, 300, NULL, "a text of 3 to 300 characters"};

static const struct member source_members[] = {
    {"kind", read_word, &source_words, offsetof(struct key_source, kind)},
    {"reference", read_text, &rule_reference, offsetof(struct key_source, reference)},
};
static const struct shape source_shape = {source_members, 2, MEMBERS_ALL, MEMBERS_ALL};

struct choice_row {
    json_t *value;
    json_t *source;
};

static const struct member choice_members[] = {
    {"value", read_later, NULL, offsetof(struct choice_row, value)},
    {"source", read_later, NULL, offsetof(struct choice_row, source)},
};
static const struct shape choice_shape = {choice_members, 2, MEMBERS_ALL, MEMBERS_ALL};
/* A list of stages, as it would be written on the command line. */
static const char *order_text(struct reader *reader, json_t *item)
{
    const char *stages[WFP_STAGE_COUNT];
    size_t count = json_array_size(item);
    for (size_t i = 0; i < count && i < WFP_STAGE_COUNT; i++) {
        stages[i] = json_string_value(json_array_get(item, i));
        if (stages[i] == NULL) {
            return NULL;
        }
    }
    return count == WFP_STAGE_COUNT ? reader_join(reader, stages, count, ',') : NULL;
}

/* NULL when the JSON value is not of the key's type. */
static const char *item_text(struct reader *reader, enum wfp_key_type type, json_t *item,
                             char number[32])
{
    if (type == WFP_TYPE_ANSWER) {
        return json_string_value(item);
    }
    if (type == WFP_TYPE_ORDER) {
        return order_text(reader, item);
    }
    if (type == WFP_TYPE_FLAG) {
        return json_is_boolean(item) ? (json_is_true(item) ? "true" : "false") : NULL;
    }
    if (!json_is_integer(item)) {
        return NULL;
    }
    snprintf(number, 32, "%lld", (long long)json_integer_value(item));
    return number;
}

bool choice_has(const struct wfp_choice *choice, enum wfp_key_type type,
                const struct wfp_value *value)
{
    for (uint32_t i = 0; i < choice->count; i++) {
        if (value_equal(type, &choice->values[i], value)) {
            return true;
        }
    }
    return false;
}

static bool read_item(struct reader *reader, struct place place, json_t *item,
                      const struct key_entry *entry, struct wfp_choice *choice)
{
    char number[32];
    char legal[KEY_LIST_MAX];
    struct wfp_value value;
    const char *text = item_text(reader, entry->type, item, number);
    if (text == NULL || !key_value_parse(entry, text, &value)) {
        key_legal_values(entry, legal, sizeof legal);
        return reader_complain_value(reader, place, legal, item);
    }
    if (choice_has(choice, entry->type, &value)) {
        return reader_complain_value(reader, place, "each value once", item);
    }
    choice->values[choice->count++] = value;
    return true;
}

bool choice_read(struct reader *reader, struct place place, json_t *json,
                 const struct key_entry *entry, struct profile *profile)
{
    struct choice_row row = {0};
    struct key_source source = {0};
    struct wfp_choice choice = {0};
    if (!read_object(reader, place, json, &choice_shape, &row) ||
        !read_object(reader, place_member(json, "source"), row.source, &source_shape, &source) ||
        !check_array(reader, place_member(json, "value"), row.value, 1, WFP_VALUES_MAX)) {
        return false;
    }
    bool good = true;
    size_t index;
    json_t *item;
    json_array_foreach(row.value, index, item) {
        good &= read_item(reader, place_item(row.value, index), item, entry, &choice);
    }
    profile->values.keys[entry->key] = choice;
    profile->sources[entry->key] = source;
    return good;
}
