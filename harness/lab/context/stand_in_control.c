/* SPDX-License-Identifier: MIT */

/* What a stand-in answers: to a control, a read, a write. */

#include <stddef.h>

#include "harness/lab/context/stand_in_shape.h"
#include "harness/reader.h"

enum { INVALID_FUNCTION = 1, NOT_FOUND = 1168, DELAY_MAX = 60000 };

/* ---- single values ---- */

static const struct word error_rows[] = {
    {"ERROR_SUCCESS", 0},
    {"ERROR_INVALID_FUNCTION", INVALID_FUNCTION},
    {"ERROR_FILE_NOT_FOUND", 2},
    {"ERROR_ACCESS_DENIED", 5},
    {"ERROR_INVALID_HANDLE", 6},
    {"ERROR_NOT_READY", 21},
    {"ERROR_GEN_FAILURE", 31},
    {"ERROR_SHARING_VIOLATION", 32},
    {"ERROR_NOT_SUPPORTED", 50},
    {"ERROR_INVALID_PARAMETER", 87},
    {"ERROR_INSUFFICIENT_BUFFER", 122},
    {"ERROR_BUSY", 170},
    {"ERROR_ALREADY_EXISTS", 183},
    {"ERROR_MORE_DATA", 234},
    {"ERROR_NO_MORE_ITEMS", 259},
    {"ERROR_OPERATION_ABORTED", 995},
    {"ERROR_NOT_FOUND", NOT_FOUND},
    {"ERROR_REVISION_MISMATCH", 1306},
    {"ERROR_TIMEOUT", 1460},
};
static const struct words error_words = WORDS(error_rows);

static const struct word until_rows[] = {{"client-accepted", STAND_IN_CLIENT_ACCEPTED},
                                         {"exit", STAND_IN_EXIT}};
static const struct words until_words = WORDS(until_rows);

static const struct text_rule rule_label = {1, 64, NULL, "a text of 1 to 64 characters"};
static const struct range range_error = {0, UINT32_MAX};
static const struct range range_delay = {1, DELAY_MAX};
static const struct range range_offset = {0, RECIPE_SIZE_MAX - 2};
static const struct range range_width = {2, 4};

/* rule: NULL; field: uint32_t */
bool stand_in_read_error(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field)
{
    const char *text = json_string_value(value);
    const struct word *word = text == NULL ? NULL : word_find(&error_words, text);
    (void)rule;

    if (word != NULL) {
        *(uint32_t *)field = (uint32_t)word->value;
        return true;
    }
    if (text != NULL) {
        return reader_complain_value(reader, place,
                                     "the number of a Win32 error, or the name of a "
                                     "common one (ERROR_ACCESS_DENIED ...)",
                                     value);
    }
    return read_number(reader, place, value, &range_error, field);
}

/* rule: NULL; field: uint32_t */
static bool read_code(struct reader *reader, struct place place, json_t *value, const void *rule,
                      void *field)
{
    uint64_t code = 0;
    (void)rule;

    if (!recipe_read_value(reader, place, value, NULL, &code)) {
        return false;
    }
    *(uint32_t *)field = (uint32_t)code;
    return code <= UINT32_MAX ||
           reader_complain_value(reader, place, "a control code of 32 bits", value);
}

/* ---- replies ---- */

static const struct member key_members[] = {
    {"at", read_number, &range_offset, offsetof(struct stand_in_key, at)},
    {"width", read_number, &range_width, offsetof(struct stand_in_key, width)},
    {"order", read_word, &recipe_order_words, offsetof(struct stand_in_key, order)},
};
static const struct shape key_shape = {key_members, 3, MEMBERS_ALL, MEMBERS_ALL};

/* rule: NULL; field: struct stand_in_key */
static bool read_key(struct reader *reader, struct place place, json_t *value, const void *rule,
                     void *field)
{
    const struct stand_in_key *key = field;
    (void)rule;

    return read_object(reader, place, value, &key_shape, field) &&
           (key->width != 3 || reader_complain(reader, place_member(value, "width"), "2 | 4", "3"));
}

#define REPLY(base)                                                                                \
    {"error", stand_in_read_error, NULL, (base) + offsetof(struct stand_in_reply, error)},         \
        {"delay", read_number, &range_delay, (base) + offsetof(struct stand_in_reply, delay)},     \
        {"until", read_word, &until_words, (base) + offsetof(struct stand_in_reply, until)},       \
        {"client-port", read_key, NULL, (base) + offsetof(struct stand_in_reply, key)},            \
        {"missing", stand_in_read_error, NULL, (base) + offsetof(struct stand_in_reply, missing)}, \
    {                                                                                              \
        "out", read_elsewhere, NULL, 0                                                             \
    }

static const struct member reply_members[] = {REPLY(0)};
static const struct shape reply_shape = {reply_members, 6, 0, MEMBERS_ALL};

static bool check_reply(struct reader *reader, json_t *holder, const struct stand_in_reply *reply)
{
    if (reply->delay > 0 && reply->until != STAND_IN_AT_ONCE) {
        return reader_complain(reader, place_member(holder, "delay"),
                               "either a delay or what is waited for", "both");
    }
    if (reply->by_port && reply->until != STAND_IN_AT_ONCE) {
        return reader_complain(reader, place_member(holder, "client-port"),
                               "the client of a port, or the one that was accepted", "both");
    }
    if (!reply->by_port && json_object_get(holder, "missing") != NULL) {
        return reader_complain(reader, place_member(holder, "missing"),
                               "none, as no client-port is looked up", "one");
    }
    return true;
}

static bool finish_reply(struct reader *reader, json_t *holder, struct stand_in_reply *reply)
{
    reply->by_port = json_object_get(holder, "client-port") != NULL;
    const struct recipe_scope scope = {
        .families = RECIPE_BOTH,
        .client = reply->by_port || reply->until == STAND_IN_CLIENT_ACCEPTED,
        .input = true,
        .no = "what needs no client, as neither client-port nor until: client-accepted is given"};

    return check_reply(reader, holder, reply) &&
           (json_object_get(holder, "out") == NULL ||
            recipe_fields_read(reader, holder, "out", &scope, &reply->out));
}

static const struct stand_in_reply plain_reply = {.missing = NOT_FOUND};
const struct stand_in_reply stand_in_no_reply = {
    .error = INVALID_FUNCTION, .missing = NOT_FOUND, .unnamed = true};

/* rule: NULL; field: struct stand_in_reply */
bool stand_in_read_reply(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field)
{
    struct stand_in_reply *reply = field;
    (void)rule;

    *reply = plain_reply;
    return read_object(reader, place, value, &reply_shape, reply) &&
           finish_reply(reader, value, reply);
}

/* ---- controls ---- */

static const struct member control_members[] = {
    {"code", read_code, NULL, offsetof(struct stand_in_control, code)},
    {"name", read_text, &rule_label, offsetof(struct stand_in_control, name)},
    REPLY(offsetof(struct stand_in_control, reply)),
};
static const struct shape control_shape = {control_members, 8, 0x1, MEMBERS_ALL};

static bool check_code(struct reader *reader, json_t *holder,
                       const struct stand_in_control *controls, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (controls[i].code == controls[count].code) {
            return reader_complain(reader, place_member(holder, "code"), "each code once",
                                   "0x%08lx again", (unsigned long)controls[i].code);
        }
    }
    return true;
}

/* rule: NULL; field: struct stand_in_device */
bool stand_in_read_controls(struct reader *reader, struct place place, json_t *value,
                            const void *rule, void *field)
{
    struct stand_in_device *device = field;
    bool good = true;
    (void)rule;

    if (!check_array(reader, place, value, 1, STAND_IN_CONTROLS_MAX)) {
        return false;
    }
    device->controls = reader_keep(reader, json_array_size(value), sizeof *device->controls);
    if (device->controls == NULL) {
        return false;
    }
    for (; device->count < json_array_size(value); device->count++) {
        struct stand_in_control *control = &device->controls[device->count];
        json_t *item = json_array_get(value, device->count);

        control->reply = plain_reply;
        good &=
            read_object(reader, place_item(value, device->count), item, &control_shape, control) &&
            finish_reply(reader, item, &control->reply) &&
            check_code(reader, item, device->controls, device->count);
    }
    return good;
}
