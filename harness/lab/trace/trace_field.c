/* SPDX-License-Identifier: MIT */

#include "harness/lab/trace/trace_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/address.h"
#include "harness/recording.h"
#include "harness/text.h"
#include "harness/topology.h"
#include "harness/vector.h"

static const struct word end_rows[] = {
    {"closed", EVENT_END_CLOSED},   {"reset", EVENT_END_RESET}, {"refused", EVENT_END_REFUSED},
    {"timeout", EVENT_END_TIMEOUT}, {"died", EVENT_END_DIED},   {"killed", EVENT_END_KILLED},
};
const struct words event_end_words = WORDS(end_rows);
static const struct word shutdown_rows[] = {{"receive", 0}, {"send", 1}, {"both", 2}};
static const struct words shutdown_words = WORDS(shutdown_rows);
static const struct word by_rows[] = {
    {"nobody", EVENT_BY_NOBODY},
    {"shim", EVENT_BY_SHIM},
    {"provider", EVENT_BY_PROVIDER},
    {"scenario", EVENT_BY_SCENARIO},
};
const struct words event_by_words = WORDS(by_rows);

struct form {
    json_t *(*show)(const struct event *event, enum event_field field);
    bool (*read)(struct reader *reader, struct place place, json_t *value, enum event_field field,
                 struct event *event);
};

/* ---- numbers ---- */

/* JSON's readers are sure of 63 bits only. */
static json_t *show_number(const struct event *event, enum event_field field)
{
    const uint64_t number = event_number(event, field);
    char text[32];

    if (number <= INT64_MAX) {
        return json_integer((json_int_t)number);
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return json_string(text);
}

static bool parse_large(const char *text, uint64_t *number)
{
    uint64_t value = 0;

    for (const char *at = text; *at != '\0'; at++) {
        const unsigned digit = (unsigned)(*at - '0');

        if (*at < '0' || *at > '9' || value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *number = value;
    return value > INT64_MAX;
}

static bool read_any_number(struct reader *reader, struct place place, json_t *value,
                            enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    uint64_t number = (uint64_t)json_integer_value(value);
    const bool fits = text != NULL ? parse_large(text, &number)
                                   : json_is_integer(value) && json_integer_value(value) >= 0;

    if (!fits) {
        return reader_complain_value(reader, place, "a whole number from 0", value);
    }
    event_set_number(event, field, number);
    return true;
}

/* ---- numbers that have words ---- */

static const struct words *words_of(const struct event *event, enum event_field field)
{
    switch (field) {
    case FIELD_BY:
        return &event_by_words;
    case FIELD_STATE:
        return &redirect_state_words;
    case FIELD_HOW:
        return event->kind == EVENT_SHUTDOWN ? &shutdown_words : &event_end_words;
    default:
        return &pointer_words;
    }
}

static json_t *show_word(const struct event *event, enum event_field field)
{
    const uint64_t number = event_number(event, field);
    const char *word = number > INT32_MAX ? NULL : word_text(words_of(event, field), (int)number);

    return word == NULL ? show_number(event, field) : json_string(word);
}

static bool read_a_word(struct reader *reader, struct place place, json_t *value,
                        enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    uint64_t large;
    int number;

    if (text == NULL || parse_large(text, &large)) {
        return read_any_number(reader, place, value, field, event);
    }
    if (!read_word(reader, place, value, words_of(event, field), &number)) {
        return false;
    }
    event_set_number(event, field, (uint64_t)number);
    return true;
}

static json_t *show_code(const struct event *event, enum event_field field)
{
    const uint64_t number = event_number(event, field);
    char text[32];

    if (number > UINT32_MAX) {
        return show_number(event, field);
    }
    if (ioctl_code_name((uint32_t)number) != NULL) {
        return json_string(ioctl_code_name((uint32_t)number));
    }
    (void)snprintf(text, sizeof text, "0x%08lX", (unsigned long)number);
    return json_string(text);
}

static bool read_code(struct reader *reader, struct place place, json_t *value,
                      enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    uint32_t code;

    if (text == NULL || !ioctl_code_parse(text, &code)) {
        return read_any_number(reader, place, value, field, event);
    }
    event_set_number(event, field, code);
    return true;
}

/* What the lab itself says by `error` are no codes of Windows. */
static json_t *show_error(const struct event *event, enum event_field field)
{
    const uint64_t number = event_number(event, field);
    const char *name =
        event->kind > EVENT_DONE || number > UINT32_MAX ? NULL : wfp_error_name((uint32_t)number);

    return name == NULL ? show_number(event, field) : json_string(name);
}

static bool read_error(struct reader *reader, struct place place, json_t *value,
                       enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    uint32_t error;

    if (text == NULL || !wfp_error_named(text, &error)) {
        return read_any_number(reader, place, value, field, event);
    }
    event_set_number(event, field, error);
    return true;
}

static json_t *show_kind(const struct event *event, enum event_field field)
{
    const uint64_t number = event_number(event, field);

    return number < EVENT_KIND_COUNT ? json_string(event_kinds[number].name)
                                     : show_number(event, field);
}

static bool read_event_kind(struct reader *reader, struct place place, json_t *value,
                            enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);

    for (unsigned kind = 0; text != NULL && kind < EVENT_KIND_COUNT; kind++) {
        if (strcmp(event_kinds[kind].name, text) == 0) {
            event_set_number(event, field, kind);
            return true;
        }
    }
    return read_any_number(reader, place, value, field, event);
}

/* ---- addresses, bytes, texts ---- */

static json_t *show_address(const struct event *event, enum event_field field)
{
    const struct wfp_address address = event_address(event, field);
    char text[ADDRESS_TEXT_MAX];

    address_print(&address, text, sizeof text);
    return json_string(text);
}

static bool read_address(struct reader *reader, struct place place, json_t *value,
                         enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    struct wfp_address address;

    if (text == NULL || !address_parse(text, &address)) {
        return reader_complain_value(reader, place, "an address and port", value);
    }
    event_set_address(event, field, &address);
    return true;
}

static json_t *show_hex(const struct event *event, enum event_field field)
{
    const struct event_bytes bytes = event_bytes(event, field);
    char *text = malloc((size_t)bytes.size * 2 + 1);
    json_t *value = NULL;

    if (text != NULL) {
        recording_hex(bytes.at, bytes.size, text);
        value = json_string(text);
    }
    free(text);
    return value;
}

static uint8_t nibble(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static bool read_hex(struct reader *reader, struct place place, json_t *value,
                     enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);
    const size_t size = json_string_length(value) / 2;
    uint8_t *bytes;

    if (text == NULL || !recording_is_hex(text) || size > EVENT_BYTES_MAX) {
        return reader_complain_value(reader, place, "at most 131072 bytes in hexadecimal", value);
    }
    bytes = reader_keep(reader, size + 1, 1);
    if (bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    }
    event_set_bytes(event, field, bytes, size);
    return true;
}

/* Jansson takes well-formed UTF-8 only, and what a program says of itself may be anything. */
static json_t *show_text(const struct event *event, enum event_field field)
{
    const struct event_bytes bytes = event_bytes(event, field);
    struct text raw = {0};
    struct text sound = {0};
    const char *cursor;
    uint32_t character;
    json_t *value;

    text_add_bytes(&raw, (const char *)bytes.at, bytes.size);
    cursor = text_bytes(&raw);
    while ((character = text_decode(&cursor)) != 0) {
        text_add_character(&sound, character);
    }
    value = raw.failed || sound.failed ? NULL : json_string(text_bytes(&sound));
    text_clear(&raw);
    text_clear(&sound);
    return value;
}

static bool read_a_text(struct reader *reader, struct place place, json_t *value,
                        enum event_field field, struct event *event)
{
    const char *text = json_string_value(value);

    if (text == NULL || json_string_length(value) > EVENT_BYTES_MAX) {
        return reader_complain_value(reader, place, "a text of at most 131072 bytes", value);
    }
    event_set_text(event, field, text);
    return true;
}

/* ---- the table ---- */

enum { FORM_NUMBER, FORM_ADDRESS, FORM_HEX, FORM_COUNT };

static const struct form plain[FORM_COUNT] = {
    [FORM_NUMBER] = {show_number, read_any_number},
    [FORM_ADDRESS] = {show_address, read_address},
    [FORM_HEX] = {show_hex, read_hex},
};

/* Those that are not as their type is. */
static const struct form forms[FIELDS_ALL] = {
    [FIELD_CODE] = {show_code, read_code},
    [FIELD_IN_POINTER] = {show_word, read_a_word},
    [FIELD_OUT_POINTER] = {show_word, read_a_word},
    [FIELD_COUNT_POINTER] = {show_word, read_a_word},
    [FIELD_OVERLAPPED_POINTER] = {show_word, read_a_word},
    [FIELD_ROUTINE_POINTER] = {show_word, read_a_word},
    [FIELD_HOW] = {show_word, read_a_word},
    [FIELD_ERROR] = {show_error, read_error},
    [FIELD_STATE] = {show_word, read_a_word},
    [FIELD_KIND_OF] = {show_kind, read_event_kind},
    [FIELD_BY] = {show_word, read_a_word},
    [FIELD_TEXT] = {show_text, read_a_text},
    [FIELD_NAME] = {show_text, read_a_text},
};

static const struct form *form_of(enum event_field field)
{
    if (forms[field].show != NULL) {
        return &forms[field];
    }
    if (field < FIELD_NUMBERS_END) {
        return &plain[FORM_NUMBER];
    }
    return &plain[field < FIELD_ADDRESSES_END ? FORM_ADDRESS : FORM_HEX];
}

json_t *trace_field_show(const struct event *event, enum event_field field)
{
    return form_of(field)->show(event, field);
}

bool trace_field_read(struct reader *reader, struct place place, json_t *value,
                      enum event_field field, struct event *event)
{
    return form_of(field)->read(reader, place, value, field, event);
}
