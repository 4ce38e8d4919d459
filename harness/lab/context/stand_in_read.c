/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <string.h>

#include "harness/lab/context/stand_in_shape.h"
#include "harness/reader.h"

/* ---- words ---- */

static const struct word state_rows[] = {
    {"absent", STAND_IN_ABSENT}, {"stopped", STAND_IN_STOPPED}, {"running", STAND_IN_RUNNING}};
static const struct words state_words = WORDS(state_rows);

/* ---- single values ---- */

static struct event_bytes bytes_of(const char *text, size_t most)
{
    const size_t length = strlen(text);

    return (struct event_bytes){(const uint8_t *)text, (uint32_t)(length < most ? length : most)};
}

static bool begins(const char *text, const char *with)
{
    return stand_in_same(with, bytes_of(text, strlen(with)));
}

/* \\.\NAME or \\?\NAME, where NAME is no drive, no pipe and no share */
static bool fits_path(const char *text)
{
    return (begins(text, "\\\\.\\") || begins(text, "\\\\?\\")) && text[4] != '\0' &&
           text[5] != ':' && !begins(text + 4, "pipe\\") && !begins(text + 4, "UNC\\");
}

static const struct text_rule rule_path = {
    5, 260, fits_path,
    "a device's path, \\\\.\\NAME or \\\\?\\NAME, no drive, pipe or share, of at most 260 "
    "characters"};
static const struct text_rule rule_service = {1, 256, NULL, "a service's name"};
static const struct text_rule rule_story = {10, 400, NULL, "a text of 10 to 400 characters"};

/* ^Fwpm[A-Za-z0-9]*\*?$ */
static bool fits_call(const char *text)
{
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    if (strncmp(text, "Fwpm", 4) != 0) {
        return false;
    }
    text += strspn(text, rest);
    return *text == '\0' || strcmp(text, "*") == 0;
}

static const struct text_rule rule_call = {
    4, 64, fits_call, "the name of a call that begins with Fwpm, with * at its end for all such"};

/* ---- the whole ---- */

static const struct member device_members[] = {
    {"path", read_text, &rule_path, offsetof(struct stand_in_device, path)},
    {"open", stand_in_read_error, NULL, offsetof(struct stand_in_device, open)},
    {"controls", stand_in_read_controls, NULL, 0},
    {"other-controls", stand_in_read_reply, NULL, offsetof(struct stand_in_device, others)},
    {"read", stand_in_read_reply, NULL, offsetof(struct stand_in_device, read)},
    {"write", stand_in_read_reply, NULL, offsetof(struct stand_in_device, write)},
};
static const struct shape device_shape = {device_members, 6, 0x1, MEMBERS_ALL};

static const struct member service_members[] = {
    {"name", read_text, &rule_service, offsetof(struct stand_in_service, name)},
    {"begins", read_word, &state_words, offsetof(struct stand_in_service, begins)},
};
static const struct shape service_shape = {service_members, 2, MEMBERS_ALL, MEMBERS_ALL};

/* An array of objects of one shape, each `size` bytes from the last. */
static bool read_rows(struct reader *reader, struct place place, json_t *value,
                      const struct shape *shape, void *first, size_t size, size_t max)
{
    bool good = check_array(reader, place, value, 1, max);

    for (size_t i = 0; i < json_array_size(value) && i < max; i++) {
        good &= read_object(reader, place_item(value, i), json_array_get(value, i), shape,
                            (char *)first + i * size);
    }
    return good;
}

static bool check_devices(struct reader *reader, json_t *list, const struct stand_in *stand_in)
{
    for (uint32_t i = 1; i < stand_in->device_count; i++) {
        const char *path = stand_in->devices[i].path;

        if (stand_in_find_device(stand_in, bytes_of(path, SIZE_MAX)) < i) {
            return reader_complain_value(reader, place_member(json_array_get(list, i), "path"),
                                         "each device once",
                                         json_object_get(json_array_get(list, i), "path"));
        }
    }
    return true;
}

static bool check_services(struct reader *reader, json_t *list, const struct stand_in *stand_in)
{
    for (uint32_t i = 1; i < stand_in->service_count; i++) {
        const char *name = stand_in->services[i].name;

        if (stand_in_find_service(stand_in, bytes_of(name, SIZE_MAX)) < i) {
            return reader_complain_value(reader, place_member(json_array_get(list, i), "name"),
                                         "each service once",
                                         json_object_get(json_array_get(list, i), "name"));
        }
    }
    return true;
}

/* rule: NULL; field: struct stand_in */
static bool read_devices(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field)
{
    struct stand_in *stand_in = field;
    (void)rule;

    for (size_t i = 0; i < STAND_IN_DEVICES_MAX; i++) {
        stand_in->devices[i] = (struct stand_in_device){
            .others = stand_in_no_reply, .read = stand_in_no_reply, .write = stand_in_no_reply};
    }
    stand_in->device_count = (uint32_t)json_array_size(value);
    return read_rows(reader, place, value, &device_shape, stand_in->devices,
                     sizeof stand_in->devices[0], STAND_IN_DEVICES_MAX) &&
           check_devices(reader, value, stand_in);
}

/* rule: NULL; field: struct stand_in */
static bool read_services(struct reader *reader, struct place place, json_t *value,
                          const void *rule, void *field)
{
    struct stand_in *stand_in = field;
    (void)rule;

    stand_in->service_count = (uint32_t)json_array_size(value);
    return read_rows(reader, place, value, &service_shape, stand_in->services,
                     sizeof stand_in->services[0], STAND_IN_SERVICES_MAX) &&
           check_services(reader, value, stand_in);
}

/* rule: NULL; field: struct stand_in */
static bool read_filters(struct reader *reader, struct place place, json_t *value, const void *rule,
                         void *field)
{
    struct stand_in *stand_in = field;
    (void)rule;

    return read_texts(reader, place, value, &rule_call, 1, STAND_IN_FILTERS_MAX, stand_in->filters,
                      &stand_in->filter_count);
}

static const struct member stand_in_members[] = {
    {"story", read_text, &rule_story, offsetof(struct stand_in, story)},
    {"devices", read_devices, NULL, 0},
    {"services", read_services, NULL, 0},
    {"filters", read_filters, NULL, 0},
};
static const struct shape stand_in_shape = {stand_in_members, 4, 0x1, MEMBERS_ALL};

void stand_in_read(struct reader *reader, void *target)
{
    json_t *root = reader->document->root;

    (void)read_object(reader, place_whole(root), root, &stand_in_shape, target);
}
