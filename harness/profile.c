/* SPDX-License-Identifier: MIT */

#include "harness/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/catalogue.h"
#include "harness/reader.h"

enum { FILE_LIMIT = 1048576, PATH_LIMIT = 4096, LIST_MAX = 3000, SETTLES_MAX = 4 };

static enum status join_path(const char *root, const char *name, char path[PATH_LIMIT])
{
    int length = snprintf(path, PATH_LIMIT, "%s/profiles/%s.json", root, name);
    return length > 0 && length < PATH_LIMIT ? STATUS_OK : STATUS_BROKEN;
}

static void append(char *list, size_t size, const char *separator, const char *text)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used > 0 ? separator : "", text);
}

/* ---- keys ---- */

/* The model cannot build smaller records, whatever the file says. */
static const struct {
    enum wfp_key key;
    uint32_t min;
} floors[] = {{WFP_KEY_RECORD_HEADER, 64}, {WFP_KEY_RECORD_HOP, 32}};

static const struct word type_rows[] = {
    {"answer", WFP_TYPE_ANSWER},
    {"flag", WFP_TYPE_FLAG},
    {"size", WFP_TYPE_SIZE},
    {"order", WFP_TYPE_ORDER},
};
static const struct words type_words = WORDS(type_rows);

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
        if (!value_parse(entry->type, entry->texts[i], &entry->values[i]) ||
            entry->values[i].answer.outcome == WFP_STATE) {
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
    if (entry->type == WFP_TYPE_SIZE) {
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
    const struct shape *shape = type == WFP_TYPE_SIZE ? &key_with_range : &key_with_values;
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
    struct key_catalogue *made = calloc(1, sizeof *made);
    if (made == NULL || join_path(root, "keys", path) != STATUS_OK) {
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
    if (entry->type == WFP_TYPE_SIZE) {
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
    if (entry->type == WFP_TYPE_SIZE) {
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

static void list_keys(char buffer[LIST_MAX])
{
    buffer[0] = '\0';
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        append(buffer, LIST_MAX, " | ", wfp_key_name((enum wfp_key)key));
    }
}

/* ---- profiles ---- */

static const struct word source_rows[] = {
    {"documented", KEY_DOCUMENTED},
    {"observed", KEY_OBSERVED},
    {"inferred", KEY_INFERRED},
};
static const struct words source_words = WORDS(source_rows);

static const struct text_rule rule_reference = {3, 300, NULL, "a text of 3 to 300 characters"};
static const struct text_rule rule_title = {10, 120, NULL, "a text of 10 to 120 characters"};

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

struct profile_row {
    const char *name;
    const char *title;
    json_t *extends;
    json_t *keys;
};

static const struct member profile_members[] = {
    {"name", read_text, &rule_id, offsetof(struct profile_row, name)},
    {"title", read_text, &rule_title, offsetof(struct profile_row, title)},
    {"extends", read_later, NULL, offsetof(struct profile_row, extends)},
    {"keys", read_later, NULL, offsetof(struct profile_row, keys)},
};
static const struct shape profile_shape = {profile_members, 4, MEMBERS_ALL, MEMBERS_ALL};

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

static bool choice_has(const struct wfp_choice *choice, enum wfp_key_type type,
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
    char legal[LIST_MAX];
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

static bool read_choice(struct reader *reader, struct place place, json_t *json,
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

static void read_profile_keys(struct reader *reader, json_t *root, json_t *keys,
                              const struct key_catalogue *catalogue, struct profile *profile)
{
    if (!json_is_object(keys)) {
        reader_complain_value(reader, place_member(root, "keys"), "an object", keys);
        return;
    }
    const char *name;
    json_t *choice;
    json_object_foreach(keys, name, choice) {
        const struct key_entry *entry = key_entry_named(catalogue, name);
        if (entry != NULL) {
            read_choice(reader, place_member(keys, name), choice, entry, profile);
            continue;
        }
        char legal[LIST_MAX];
        list_keys(legal);
        reader_complain(reader, place_member(keys, name), legal, "%s", name);
    }
}

static void check_complete(struct reader *reader, json_t *root, json_t *keys)
{
    for (unsigned key = WFP_KEY_NONE + 1; key < WFP_KEY_COUNT; key++) {
        const char *name = wfp_key_name((enum wfp_key)key);
        if (json_object_get(keys, name) == NULL) {
            reader_complain(reader, place_member(root, "keys"),
                            "every key, as the profile extends none", "no %s", name);
        }
    }
}

static bool is_file_name(const char *text)
{
    size_t length = strlen(text);
    return strchr(text, '/') != NULL || (length > 5 && strcmp(text + length - 5, ".json") == 0);
}

static bool chain_has(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->chain_count; i++) {
        if (strcmp(profile->chain[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* One file of the chain. `wanted` is the name it must have, or NULL; `*next` what it extends. */
static void read_link(struct reader *reader, const char *wanted, struct profile *profile,
                      struct profile_row *row, const char **next)
{
    json_t *root = reader->document->root;
    *next = NULL;
    if (!read_object(reader, place_whole(root), root, &profile_shape, row)) {
        return;
    }
    if (wanted != NULL && strcmp(wanted, row->name) != 0) {
        reader_complain(reader, place_member(root, "name"), "the name of the file", "%s",
                        row->name);
        return;
    }
    profile->chain[profile->chain_count++] = row->name;
    if (json_is_null(row->extends)) {
        return;
    }
    struct place place = place_member(root, "extends");
    if (!read_text(reader, place, row->extends, &rule_id, next)) {
        return;
    }
    if (chain_has(profile, *next) || profile->chain_count == PROFILE_CHAIN_MAX) {
        reader_complain(reader, place, "a chain of at most 8 profiles that ends", "%s", *next);
    }
}

struct chain {
    struct reader readers[PROFILE_CHAIN_MAX];
    struct profile_row rows[PROFILE_CHAIN_MAX];
    size_t count;
};

static enum status load_chain(const char *root, const char *path, const char *wanted,
                              struct complaints *complaints, struct profile *profile,
                              struct chain *chain)
{
    char next_path[PATH_LIMIT];
    const char *next = wanted;
    do {
        size_t i = chain->count;
        struct document **document = &profile->documents[i];
        enum status status = document_load(path, FILE_LIMIT, complaints, document);
        if (status != STATUS_OK) {
            return status;
        }
        chain->readers[i] = (struct reader){.document = *document, .complaints = complaints};
        read_link(&chain->readers[i], next, profile, &chain->rows[i], &next);
        status = reader_status(&chain->readers[i]);
        if (status == STATUS_OK && next != NULL) {
            path = next_path;
            status = join_path(root, next, next_path);
        }
        if (status != STATUS_OK) {
            return status;
        }
        chain->count++;
    } while (next != NULL);
    return STATUS_OK;
}

/* From the far end, so that the nearer profile has the last word. */
static enum status apply_chain(struct chain *chain, const struct key_catalogue *keys,
                               struct profile *profile)
{
    for (size_t i = chain->count; i-- > 0;) {
        struct reader *reader = &chain->readers[i];
        json_t *root = reader->document->root;
        read_profile_keys(reader, root, chain->rows[i].keys, keys, profile);
        if (i + 1 == chain->count) {
            check_complete(reader, root, chain->rows[i].keys);
        }
        enum status status = reader_status(reader);
        if (status != STATUS_OK) {
            return status;
        }
    }
    profile->name = chain->rows[0].name;
    profile->title = chain->rows[0].title;
    return STATUS_OK;
}

enum status profile_load(const char *root, const char *name_or_file,
                         const struct key_catalogue *keys, struct complaints *complaints,
                         struct profile **profile)
{
    char path[PATH_LIMIT];
    bool file = is_file_name(name_or_file);
    if (!file && join_path(root, name_or_file, path) != STATUS_OK) {
        complain(complaints, "--profile", 0, "profile", "a name or a file", "an overlong text");
        return STATUS_BAD_INPUT;
    }
    struct profile *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return STATUS_BROKEN;
    }
    struct chain chain = {.count = 0};
    enum status status = load_chain(root, file ? name_or_file : path, file ? NULL : name_or_file,
                                    complaints, made, &chain);
    if (status == STATUS_OK) {
        status = apply_chain(&chain, keys, made);
    }
    if (status != STATUS_OK) {
        profile_free(made);
        return status;
    }
    *profile = made;
    return STATUS_OK;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL) {
        return;
    }
    for (size_t i = 0; i < PROFILE_CHAIN_MAX; i++) {
        document_free(profile->documents[i]);
    }
    free(profile);
}

/* ---- --set ---- */

static enum status complain_set(struct complaints *complaints, const char *name,
                                const char *expected, const char *actual)
{
    complain(complaints, "--set", 0, name, expected, "\"%s\"", actual);
    return STATUS_BAD_INPUT;
}

static enum status parse_values(const struct key_entry *entry, const char *text,
                                struct complaints *complaints, struct wfp_choice *choice)
{
    char one[VALUE_TEXT_MAX];
    char legal[LIST_MAX];
    key_legal_values(entry, legal, sizeof legal);
    for (const char *next = text; next != NULL; text = next + 1) {
        size_t length = strcspn(text, "|");
        next = text[length] == '|' ? text + length : NULL;
        struct wfp_value value;
        snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : sizeof one), text);
        if (length >= sizeof one || !key_value_parse(entry, one, &value)) {
            return complain_set(complaints, entry->name, legal, one);
        }
        if (choice->count == WFP_VALUES_MAX || choice_has(choice, entry->type, &value)) {
            return complain_set(complaints, entry->name, "at most 4 different values", one);
        }
        choice->values[choice->count++] = value;
    }
    return STATUS_OK;
}

enum status profile_set(struct profile *profile, const char *assignment,
                        const struct key_catalogue *keys, struct complaints *complaints)
{
    const char *equals = strchr(assignment, '=');
    char name[64];
    size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
    if (length == 0 || length >= sizeof name) {
        return complain_set(complaints, "argument", "KEY=VALUE", assignment);
    }
    memcpy(name, assignment, length);
    name[length] = '\0';
    const struct key_entry *entry = key_entry_named(keys, name);
    if (entry == NULL) {
        char legal[LIST_MAX];
        list_keys(legal);
        return complain_set(complaints, "key", legal, name);
    }
    struct wfp_choice choice = {.count = 0};
    enum status status = parse_values(entry, equals + 1, complaints, &choice);
    if (status == STATUS_OK) {
        profile->values.keys[entry->key] = choice;
        profile->sources[entry->key] = (struct key_source){KEY_SET_BY_USER, assignment};
    }
    return status;
}
