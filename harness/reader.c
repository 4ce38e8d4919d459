/* SPDX-License-Identifier: MIT */

#include "harness/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOUND_MAX = 80, EXPECTED_MAX = 512 };

enum status reader_status(const struct reader *reader)
{
    if (reader->broken) {
        return STATUS_BROKEN;
    }
    return reader->found == 0 ? STATUS_OK : STATUS_BAD_INPUT;
}

enum status reader_load(const char *path, size_t limit, struct complaints *complaints,
                        void (*read)(struct reader *reader, void *target), void *target,
                        struct document **document)
{
    struct reader reader = {.complaints = complaints};
    enum status status = document_load(path, limit, complaints, &reader.document);

    *document = reader.document;
    if (status != STATUS_OK) {
        return status;
    }
    read(&reader, target);
    return reader_status(&reader);
}

bool reader_complain(struct reader *reader, struct place place, const char *expected,
                     const char *actual_format, ...)
{
    char actual[COMPLAINT_TEXT_MAX / 2];
    va_list arguments;
    va_start(arguments, actual_format);
    vsnprintf(actual, sizeof actual, actual_format, arguments);
    va_end(arguments);

    char field[LOCATE_FIELD_MAX];
    int line = locate(reader->document, place, field, sizeof field);
    complain(reader->complaints, reader->document->name, line, field, expected, "%s", actual);
    reader->found++;
    return false;
}

bool reader_complain_value(struct reader *reader, struct place place, const char *expected,
                           json_t *value)
{
    if (json_is_object(value) || json_is_array(value)) {
        const char *kind = json_is_object(value) ? "an object" : "a list";
        return reader_complain(reader, place, expected, "%s", kind);
    }
    char found[FOUND_MAX];
    size_t length = json_dumpb(value, found, sizeof found, JSON_ENCODE_ANY);
    if (length > sizeof found) {
        return reader_complain(reader, place, expected, "%zu characters of text", length - 2);
    }
    return reader_complain(reader, place, expected, "%.*s", (int)length, found);
}

void *reader_keep(struct reader *reader, size_t count, size_t size)
{
    void *memory = document_keep(reader->document, count, size);
    reader->broken |= memory == NULL;
    return memory;
}

const char *reader_join(struct reader *reader, const char *const *texts, size_t count,
                        char separator)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        size += strlen(texts[i]) + 1;
    }
    char *joined = reader_keep(reader, size, 1);
    char *end = joined;
    for (size_t i = 0; joined != NULL && i < count; i++) {
        size_t length = strlen(texts[i]);
        if (i > 0) {
            *end++ = separator;
        }
        memcpy(end, texts[i], length);
        end += length;
    }
    return joined;
}

/* ---- objects ---- */

static const struct member *find_member(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++) {
        bool allowed = (shape->allowed & MEMBER_BIT(i)) != 0;
        if (allowed && strcmp(shape->members[i].name, name) == 0) {
            return &shape->members[i];
        }
    }
    return NULL;
}

static void append(char *text, size_t room, const char *separator, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, room - used, "%s%s", used > 0 ? separator : "", more);
}

static bool complain_unknown(struct reader *reader, const struct shape *shape, json_t *object,
                             const char *name)
{
    char known[EXPECTED_MAX] = "";
    for (size_t i = 0; i < shape->count; i++) {
        if ((shape->allowed & MEMBER_BIT(i)) != 0) {
            append(known, sizeof known, ", ", shape->members[i].name);
        }
    }
    char expected[EXPECTED_MAX + 32];
    snprintf(expected, sizeof expected, "only the members %s", known);
    return reader_complain(reader, place_member(object, name), expected, "another one");
}

static bool check_required(struct reader *reader, const struct shape *shape, json_t *object)
{
    bool good = true;
    for (size_t i = 0; i < shape->count; i++) {
        const char *name = shape->members[i].name;
        if ((shape->required & MEMBER_BIT(i)) != 0 && json_object_get(object, name) == NULL) {
            good = reader_complain(reader, place_member(object, name), "this member", "none");
        }
    }
    return good;
}

bool read_object(struct reader *reader, struct place place, json_t *value,
                 const struct shape *shape, void *target)
{
    if (!json_is_object(value)) {
        return reader_complain_value(reader, place, "an object", value);
    }
    bool good = check_required(reader, shape, value);
    const char *name;
    json_t *child;
    json_object_foreach(value, name, child) {
        const struct member *member = find_member(shape, name);
        if (member == NULL) {
            good = complain_unknown(reader, shape, value, name);
            continue;
        }
        void *field = (char *)target + member->offset;
        if (!member->read(reader, place_member(value, name), child, member->rule, field)) {
            good = false;
        }
    }
    return good;
}

bool read_kind(struct reader *reader, struct place place, json_t *value, const char *name,
               const void *words, int *kind)
{
    if (!json_is_object(value)) {
        return reader_complain_value(reader, place, "an object", value);
    }
    json_t *text = json_object_get(value, name);
    if (text == NULL) {
        return reader_complain(reader, place_member(value, name), "this member", "none");
    }
    return read_word(reader, place_member(value, name), text, words, kind);
}

/* ---- single values ---- */

static size_t code_points(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

bool read_text(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field)
{
    const struct text_rule *wanted = rule;
    const char *text = json_string_value(value);
    if (text == NULL) {
        return reader_complain_value(reader, place, wanted->expected, value);
    }
    size_t length = code_points(text);
    bool fits = wanted->fits == NULL || wanted->fits(text);
    if (!fits || length < wanted->min || length > wanted->max) {
        return reader_complain_value(reader, place, wanted->expected, value);
    }
    memcpy(field, &text, sizeof text);
    return true;
}

bool read_number(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field)
{
    const struct range *range = rule;
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < range->min || number > range->max) {
        char expected[64];
        snprintf(expected, sizeof expected, "a whole number from %lu to %lu",
                 (unsigned long)range->min, (unsigned long)range->max);
        return reader_complain_value(reader, place, expected, value);
    }
    *(uint32_t *)field = (uint32_t)number;
    return true;
}

bool read_flag(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field)
{
    (void)rule;
    if (!json_is_boolean(value)) {
        return reader_complain_value(reader, place, "true or false", value);
    }
    *(bool *)field = json_is_true(value);
    return true;
}

bool read_word(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field)
{
    const struct words *words = rule;
    const char *text = json_string_value(value);
    const struct word *word = text == NULL ? NULL : word_find(words, text);
    if (word == NULL) {
        char expected[EXPECTED_MAX] = "";
        for (size_t i = 0; i < words->count; i++) {
            append(expected, sizeof expected, " | ", words->rows[i].text);
        }
        return reader_complain_value(reader, place, expected, value);
    }
    memcpy(field, &word->value, sizeof word->value);
    return true;
}

bool read_elsewhere(struct reader *reader, struct place place, json_t *value, const void *rule,
                    void *field)
{
    (void)reader;
    (void)place;
    (void)value;
    (void)rule;
    (void)field;
    return true;
}

bool read_later(struct reader *reader, struct place place, json_t *value, const void *rule,
                void *field)
{
    (void)reader;
    (void)place;
    (void)rule;
    memcpy(field, &value, sizeof value);
    return true;
}

/* ---- arrays ---- */

bool check_array(struct reader *reader, struct place place, json_t *value, size_t min, size_t max)
{
    size_t count = json_array_size(value);
    if (json_is_array(value) && count >= min && count <= max) {
        return true;
    }
    char expected[64];
    snprintf(expected, sizeof expected, "a list of %zu to %zu items", min, max);
    if (!json_is_array(value)) {
        return reader_complain_value(reader, place, expected, value);
    }
    return reader_complain(reader, place, expected, "%zu", count);
}

static bool text_among(const char *text, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], text) == 0) {
            return true;
        }
    }
    return false;
}

bool read_texts(struct reader *reader, struct place place, json_t *value,
                const struct text_rule *rule, size_t min, size_t max, const char **texts,
                size_t *count)
{
    if (!check_array(reader, place, value, min, max)) {
        return false;
    }
    bool good = true;
    size_t read = 0;
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item) {
        const char *text = "";
        if (!read_text(reader, place_item(value, index), item, rule, &text)) {
            good = false;
            continue;
        }
        if (text_among(text, texts, read)) {
            good = reader_complain_value(reader, place_item(value, index), "each text once", item);
            continue;
        }
        texts[read++] = text;
    }
    *count = read;
    return good;
}
