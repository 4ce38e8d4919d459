/* SPDX-License-Identifier: MIT */

#include "harness/step_message.h"

#include <string.h>

#include "harness/address.h"
#include "harness/reader.h"
#include "harness/step_input.h"
#include "harness/vector.h"

static const struct range range_length = {0, UINT32_MAX - 1};
static const struct range range_value = {0, UINT32_MAX - 1};
static const struct range range_size = {0, SIZE_MAX_BYTES};

static const struct word layout_rows[] = {{"64", CONTROL_64}, {"32", CONTROL_32}};
static const struct words layout_words = WORDS(layout_rows);

/* ---- addresses and flags ---- */

static bool fits_address(const char *text)
{
    struct wfp_address address;

    return address_parse(text, &address);
}

static const struct text_rule rule_address = {
    3, 60, fits_address, "an address with a port, as 203.0.113.9:53 or [2001:db8::9]:53"};

bool read_peer(struct reader *reader, struct place place, json_t *value, const void *rule,
               void *field)
{
    struct message_step *message = field;

    (void)rule;
    return read_text(reader, place, value, &rule_address, &message->peer_text) &&
           address_parse(message->peer_text, &message->peer);
}

static bool fits_flag(const char *text)
{
    return word_find(&message_flag_words, text) != NULL;
}

static const struct text_rule rule_flag = {1, 16, fits_flag,
                                           "oob | peek | dontroute | partial | trunc | ctrunc"};

bool read_message_flags(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field)
{
    enum { FLAGS_MAX = 6 };
    const char *texts[FLAGS_MAX];
    uint32_t *flags = field;
    size_t count;

    (void)rule;
    if (!read_texts(reader, place, value, &rule_flag, 0, FLAGS_MAX, texts, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        *flags |= (uint32_t)word_find(&message_flag_words, texts[i])->value;
    }
    return true;
}

/* ---- control objects that are sent ---- */

static bool read_object_length(struct reader *reader, struct place place, json_t *value,
                               const void *rule, void *field)
{
    struct control_object *object = field;

    object->has_length = true;
    return read_number(reader, place, value, rule, &object->length);
}

static const struct member object_members[] = {
    {"level", read_word, &level_words, offsetof(struct control_object, level)},
    {"type", read_word, &object_words, offsetof(struct control_object, type)},
    {"data", read_input, NULL, offsetof(struct control_object, data)},
    {"length", read_object_length, &range_length, 0},
};
static const struct shape object_shape = {object_members, 4, 0x3, 0xF};

static bool read_objects(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field)
{
    struct control_input *control = field;
    bool good = check_array(reader, place, value, 0, CONTROL_OBJECTS_MAX);
    size_t index;
    json_t *item;

    (void)rule;
    if (!good) {
        return false;
    }
    json_array_foreach(value, index, item) {
        struct control_object *object = &control->objects[control->count++];

        object->data.pointer = WFP_POINTER_NULL;
        good = good && read_object(reader, place_item(value, index), item, &object_shape, object);
    }
    return good;
}

static bool read_cut(struct reader *reader, struct place place, json_t *value, const void *rule,
                     void *field)
{
    struct control_input *control = field;

    control->has_size = true;
    return read_number(reader, place, value, rule, &control->size);
}

static const struct member control_members[] = {
    {"layout", read_word, &layout_words, offsetof(struct control_input, layout)},
    {"objects", read_objects, NULL, 0},
    {"raw", read_input, NULL, offsetof(struct control_input, raw)},
    {"size", read_cut, &range_size, 0},
    {"pointer", read_word, &pointer_words, offsetof(struct control_input, pointer)},
};
static const struct shape control_shape = {control_members, 5, 0, 0x1F};

bool read_control_input(struct reader *reader, struct place place, json_t *value, const void *rule,
                        void *field)
{
    struct control_input *control = field;

    (void)rule;
    control->pointer = WFP_POINTER_HEAP;
    control->raw.pointer = WFP_POINTER_NULL;
    if (!read_object(reader, place, value, &control_shape, control)) {
        return false;
    }
    if (control->raw.kind != INPUT_NONE && control->layout == CONTROL_NATIVE) {
        return reader_complain(reader, place, "a layout beside raw bytes", "none");
    }
    return control->raw.kind == INPUT_NONE || control->count == 0 ||
           reader_complain(reader, place, "objects or raw bytes", "both");
}

/* ---- room for those that are received ---- */

static const struct member room_members[] = {
    {"layout", read_word, &layout_words, offsetof(struct control_room, layout)},
    {"size", read_size, NULL, offsetof(struct control_room, size)},
    {"pointer", read_word, &pointer_words, offsetof(struct control_room, pointer)},
    {"length", read_word, &count_words, offsetof(struct control_room, length)},
};
static const struct shape room_shape = {room_members, 4, 0x2, 0xF};

bool read_control_room(struct reader *reader, struct place place, json_t *value, const void *rule,
                       void *field)
{
    struct control_room *room = field;

    (void)rule;
    room->pointer = WFP_POINTER_HEAP;
    return read_object(reader, place, value, &room_shape, room);
}

/* ---- options ---- */

static const struct member option_members[] = {
    {"level", read_word, &level_words, offsetof(struct option_value, level)},
    {"name", read_word, &object_words, offsetof(struct option_value, name)},
    {"value", read_number, &range_value, offsetof(struct option_value, value)},
    {"size", read_number, &range_size, offsetof(struct option_value, size)},
    {"pointer", read_word, &pointer_words, offsetof(struct option_value, pointer)},
};
static const struct shape option_shape = {option_members, 5, 0x3, 0x1F};

bool read_option(struct reader *reader, struct place place, json_t *value, const void *rule,
                 void *field)
{
    struct option_value *option = field;

    (void)rule;
    option->size = 4;
    option->value = 1;
    option->pointer = WFP_POINTER_HEAP;
    return read_object(reader, place, value, &option_shape, option);
}

/* ---- what a receive must show ---- */

struct shown_row {
    int level;
    int type;
    const char *equals;
};

static const char context_prefix[] = "context:";
enum { CONTEXT_PREFIX = sizeof context_prefix - 1 };

static bool fits_equals(const char *text)
{
    bool context = strncmp(text, context_prefix, CONTEXT_PREFIX) == 0;

    return rule_name.fits(context ? text + CONTEXT_PREFIX : text);
}

static const struct text_rule rule_equals = {1, 48, fits_equals,
                                             "the name of a blob, or context:HANDLE"};
static const struct member shown_members[] = {
    {"level", read_word, &level_words, offsetof(struct shown_row, level)},
    {"type", read_word, &object_words, offsetof(struct shown_row, type)},
    {"equals", read_text, &rule_equals, offsetof(struct shown_row, equals)},
};
static const struct shape shown_shape = {shown_members, 3, 0x3, 0x7};

static bool read_shown(struct reader *reader, struct place place, json_t *value,
                       struct expected_object *object)
{
    struct shown_row row = {0};

    if (!read_object(reader, place, value, &shown_shape, &row)) {
        return false;
    }
    object->level = row.level;
    object->type = row.type;
    if (row.equals != NULL && strncmp(row.equals, context_prefix, CONTEXT_PREFIX) == 0) {
        object->equals_context = row.equals + CONTEXT_PREFIX;
    } else {
        object->equals_blob = row.equals;
    }
    return true;
}

bool read_expected_objects(struct reader *reader, struct place place, json_t *value,
                           const void *rule, void *field)
{
    struct expected_message *message = field;
    bool good = true;
    size_t index;
    json_t *item;

    (void)rule;
    if (json_is_string(value) && strcmp(json_string_value(value), "part") == 0) {
        message->part = true;
        return true;
    }
    if (!check_array(reader, place, value, 0, CONTROL_OBJECTS_MAX)) {
        return false;
    }
    json_array_foreach(value, index, item) {
        good = good && read_shown(reader, place_item(value, index), item,
                                  &message->objects[message->count++]);
    }
    return good;
}

/* ---- do they fit together? ---- */

static const char *message_wants(const struct step *step)
{
    const struct message_step *message = &step->message;
    const bool controlled = message->control.count > 0 || message->control.has_size ||
                            message->control.raw.kind != INPUT_NONE;

    if (step->to != NULL && message->peer_text != NULL) {
        return "to or peer, not both";
    }
    if (message->service != NULL && !step->redirected) {
        return "a redirect beside service";
    }
    return controlled && message->entry == WFP_MESSAGE_PLAIN ? "no control data in a plain call"
                                                             : NULL;
}

bool message_check(struct reader *reader, struct place place, const struct step *step)
{
    const char *wants = message_wants(step);

    return wants == NULL || reader_complain(reader, place, wants, "otherwise");
}
