/* SPDX-License-Identifier: MIT */

#include "harness/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/clause_pattern.h"
#include "harness/reader.h"

enum { FILE_LIMIT = 1048576, PATH_LIMIT = 4096, SETTLES_MAX = 4 };

static void append(char *list, size_t size, const char *separator, const char *text)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? separator : "", text);
}

/* The model cannot build smaller records, whatever the file says. */
static const struct {
    enum wfp_key key;
    uint32_t min;
} floors[] = {{WFP_KEY_RECORD_HEADER, 64}, {WFP_KEY_RECORD_HOP, 32}};

static const struct word type_rows[] = {
    {"answer", WFP_TYPE_ANSWER},     {"flag", WFP_TYPE_FLAG},   {"size", WFP_TYPE_SIZE},
    {"duration", WFP_TYPE_DURATION}, {"order", WFP_TYPE_ORDER},
};
static const struct words type_words = WORDS(type_rows);

/* Their legal values are a range. */
static bool is_number(enum wfp_key_type type)
{
    return type == WFP_TYPE_SIZE || type == WFP_TYPE_DURATION;
}

static bool fits_question(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && text[length - 1] == '?';
}

static const struct text_rule rule_asks = {20, 160, fits_question,
                                           "a question of 20 to 160 characters"};
static const struct text_rule rule_value = {1, VALUE_TEXT_MAX - 1, NULL, "the text of a value"};
static const struct range range_size = {0, 65536};
static const struct range range_top = {1, 65536};

struct key_row {
    const char *name;
    const char *asks;
    json_t *values;
    json_t *settles;
    enum wfp_key_type type;
    uint32_t min;
    uint32_t max;
};

static const struct member key_members[] = {
    {"name", read_text, &rule_name, offsetof(struct key_row, name)},
    {"type", read_word, &type_words, offsetof(struct key_row, type)},
    {"settles", read_later, NULL, offsetof(struct key_row, settles)},
    {"asks", read_text, &rule_asks, offsetof(struct key_row, asks)},
    {"values", read_later, NULL, offsetof(struct key_row, values)},
    {"min", read_number, &range_size, offsetof(struct key_row, min)},
    {"max", read_number, &range_top, offsetof(struct key_row, max)},
};
/* Rows of the table above: name, type, settles, asks; then values, or min and max. */
enum { KEY_VALUES = 0x1F, KEY_RANGE = 0x6F };

static const struct shape key_with_values = {key_members, 7, KEY_VALUES, KEY_VALUES};
static const struct shape key_with_range = {key_members, 7, KEY_RANGE, KEY_RANGE};

static bool read_legal(struct reader *reader, json_t *row, const struct key_row *read,
                       struct key_entry *entry)
{
    struct place place = place_member(row, "values");
    size_t max = entry->type == WFP_TYPE_FLAG ? 2 : KEY_VALUES_MAX;
    if (!read_texts(reader, place, read->values, &rule_value, 2, max, entry->texts,
                    &entry->value_count)) {
        return false;
    }
    for (size_t i = 0; i < entry->value_count; i++) {
        struct place item = place_item(read->values, i);
        if (!value_parse(entry->type, entry->texts[i], &entry->values[i])) {
            return reader_complain(reader, item, "a value of the key's type", "%s",
                                   entry->texts[i]);
        }
        for (size_t j = 0; j < i; j++) {
            if (value_equal(entry->type, &entry->values[i], &entry->values[j])) {
                return reader_complain(reader, item, "each value once", "%s", entry->texts[i]);
            }
        }
    }
    return true;
}

static bool read_stages(struct reader *reader, json_t *row, const struct key_row *read)
{
    const char *stages[WFP_STAGE_COUNT];
    size_t count;
    struct wfp_value order;
    struct place place = place_member(row, "values");
    if (!read_texts(reader, place, read->values, &rule_value, WFP_STAGE_COUNT, WFP_STAGE_COUNT,
                    stages, &count)) {
        return false;
    }
    const char *joined = reader_join(reader, stages, count, ',');
    return joined != NULL && (value_parse(WFP_TYPE_ORDER, joined, &order) ||
                              reader_complain(reader, place, "every stage once", "%s", joined));
}

static bool read_range(struct reader *reader, json_t *row, struct key_entry *entry)
{
    for (size_t i = 0; i < sizeof floors / sizeof floors[0]; i++) {
        if (floors[i].key == entry->key && entry->min < floors[i].min) {
            return reader_complain(reader, place_member(row, "min"), "no less than the model needs",
                                   "%lu", (unsigned long)entry->min);
        }
    }
    return entry->min <= entry->max ||
           reader_complain(reader, place_member(row, "max"), "no less than min", "%lu",
                           (unsigned long)entry->max);
}

static bool read_values(struct reader *reader, json_t *row, const struct key_row *read,
                        struct key_entry *entry)
{
    if (is_number(entry->type)) {
        return read_range(reader, row, entry);
    }
    if (entry->type == WFP_TYPE_ORDER) {
        return read_stages(reader, row, read);
    }
    return read_legal(reader, row, read, entry);
}

static bool check_key(struct reader *reader, json_t *row, const struct key_row *read,
                      const struct key_catalogue *catalogue, enum wfp_key key)
{
    struct place place = place_member(row, "name");
    if (key == WFP_KEY_NONE) {
        return reader_complain(reader, place, "a key of the model", "%s", read->name);
    }
    if (catalogue->entries[key].name != NULL) {
        return reader_complain(reader, place, "each key once", "%s again", read->name);
    }
    if (wfp_key_type(key) != read->type) {
        return reader_complain(reader, place_member(row, "type"),
                               word_text(&type_words, (int)wfp_key_type(key)), "%s",
                               word_text(&type_words, (int)read->type));
    }
    return true;
}

static bool read_key(struct reader *reader, struct place place, json_t *row,
                     struct key_catalogue *catalogue)
{
    int type;
    if (!read_kind(reader, place, row, "type", &type_words, &type)) {
        return false;
    }
    struct key_row read = {0};
    const struct shape *shape =
        is_number((enum wfp_key_type)type) ? &key_with_range : &key_with_values;
    if (!read_object(reader, place, row, shape, &read)) {
        return false;
    }
    enum wfp_key key = wfp_key_named(read.name);
    if (!check_key(reader, row, &read, catalogue, key)) {
        return false;
    }
    struct key_entry *entry = &catalogue->entries[key];
    *entry = (struct key_entry){.key = key,
                                .name = read.name,
                                .type = read.type,
                                .min = read.min,
                                .max = read.max,
                                .asks = read.asks};
    const char *settles[SETTLES_MAX];
    size_t count = 0;
    if (!read_texts(reader, place_member(row, "settles"), read.settles, &rule_reason, 1,
                    SETTLES_MAX, settles, &count)) {
        return false;
    }
    entry->settles = reader_join(reader, settles, count, ' ');
    return read_values(reader, row, &read, entry);
}

static const struct member catalogue_members[] = {{"keys", read_later, NULL, 0}};
static const struct shape catalogue_shape = {catalogue_members, 1, 1, 1};

static void read_keys(struct reader *reader, struct key_catalogue *catalogue)
{
    json_t *root = reader->document->root;
    json_t *keys = NULL;
    struct place place = place_member(root, "keys");
    if (!read_object(reader, place_whole(root), root, &catalogue_shape, &keys) ||
        !check_array(reader, place, keys, 1, WFP_KEY_COUNT)) {
        return;
    }
    size_t index;
    json_t *row;
    json_array_foreach(keys, index, row) {
        read_key(reader, place_item(keys, index), row, catalogue);
    }
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        if (catalogue->entries[key].name == NULL) {
            reader_complain(reader, place, wfp_key_name((enum wfp_key)key), "no such key");
        }
    }
}

enum status key_catalogue_load(const char *root, struct complaints *complaints,
                               struct key_catalogue **catalogue)
{
    char path[PATH_LIMIT];
    int length = snprintf(path, sizeof path, "%s/profiles/keys.json", root);
    struct key_catalogue *made = calloc(1, sizeof *made);
    if (made == NULL || length < 0 || (size_t)length >= sizeof path) {
        free(made);
        return STATUS_BROKEN;
    }
    enum status status = document_load(path, FILE_LIMIT, complaints, &made->document);
    if (status == STATUS_OK) {
        struct reader reader = {.document = made->document, .complaints = complaints};
        read_keys(&reader, made);
        status = reader_status(&reader);
    }
    if (status != STATUS_OK) {
        key_catalogue_free(made);
        return status;
    }
    *catalogue = made;
    return STATUS_OK;
}

void key_catalogue_free(struct key_catalogue *catalogue)
{
    if (catalogue != NULL) {
        document_free(catalogue->document);
        free(catalogue);
    }
}

const struct key_entry *key_entry_named(const struct key_catalogue *catalogue, const char *name)
{
    enum wfp_key key = wfp_key_named(name);
    return key == WFP_KEY_NONE ? NULL : &catalogue->entries[key];
}

static bool is_legal(const struct key_entry *entry, const struct wfp_value *value)
{
    if (entry->type == WFP_TYPE_ORDER) {
        return true;
    }
    if (is_number(entry->type)) {
        return value->number >= entry->min && value->number <= entry->max;
    }
    for (size_t i = 0; i < entry->value_count; i++) {
        if (value_equal(entry->type, &entry->values[i], value)) {
            return true;
        }
    }
    return false;
}

bool key_value_parse(const struct key_entry *entry, const char *text, struct wfp_value *value)
{
    struct wfp_value parsed;
    if (!value_parse(entry->type, text, &parsed) || !is_legal(entry, &parsed)) {
        return false;
    }
    *value = parsed;
    return true;
}

void key_legal_values(const struct key_entry *entry, char *buffer, size_t size)
{
    buffer[0] = '\0';
    if (is_number(entry->type)) {
        snprintf(buffer, size, "a number from %lu to %lu", (unsigned long)entry->min,
                 (unsigned long)entry->max);
        return;
    }
    if (entry->type == WFP_TYPE_ORDER) {
        append(buffer, size, "", "every stage once, in any order, of");
        for (unsigned stage = 0; stage < WFP_STAGE_COUNT; stage++) {
            append(buffer, size, " ", wfp_stage_name((enum wfp_stage)stage));
        }
        return;
    }
    for (size_t i = 0; i < entry->value_count; i++) {
        append(buffer, size, " | ", entry->texts[i]);
    }
}

void key_names(char *buffer, size_t size)
{
    buffer[0] = '\0';
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        append(buffer, size, " | ", wfp_key_name((enum wfp_key)key));
    }
}
