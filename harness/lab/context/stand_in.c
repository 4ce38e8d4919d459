/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/stand_in.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/context/stand_in_shape.h"
#include "harness/reader.h"

enum {
    FILE_LIMIT = 1048576,
    AGAIN_DELAY = 20, /* milliseconds */
    INSUFFICIENT_BUFFER = 122,
    DEVICE_PREFIX = 4 /* characters: \\.\ or \\?\ */
};

/* ---- loading ---- */

enum status stand_in_load(const char *path, struct complaints *complaints,
                          struct stand_in **stand_in)
{
    struct stand_in *made = calloc(1, sizeof *made);
    enum status status;

    if (made == NULL) {
        return STATUS_BROKEN;
    }
    status = reader_load(path, FILE_LIMIT, complaints, stand_in_read, made, &made->document);
    if (status != STATUS_OK) {
        stand_in_free(made);
        return status;
    }
    stand_in_begin(made);
    *stand_in = made;
    return STATUS_OK;
}

void stand_in_free(struct stand_in *stand_in)
{
    if (stand_in != NULL) {
        document_free(stand_in->document);
    }
    free(stand_in);
}

void stand_in_begin(struct stand_in *stand_in)
{
    for (uint32_t i = 0; i < stand_in->service_count; i++) {
        stand_in->services[i].state = stand_in->services[i].begins;
    }
    for (uint32_t i = 0; i < stand_in->device_count; i++) {
        struct stand_in_device *device = &stand_in->devices[i];

        device->read.told = 0;
        device->write.told = 0;
        device->others.told = 0;
        for (uint32_t k = 0; k < device->count; k++) {
            device->controls[k].reply.told = 0;
        }
    }
    stand_in->filters_added = 0;
}

static uint8_t lower(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter - 'A' + 'a') : letter;
}

bool stand_in_same(const char *name, struct event_bytes text)
{
    for (uint32_t i = 0; i < text.size; i++) {
        if (name[i] == '\0' || lower((uint8_t)name[i]) != lower(text.at[i])) {
            return false;
        }
    }
    return name[text.size] == '\0';
}

/* ---- devices ---- */

/* \\.\ and \\?\ lead to the same place. */
static bool same_device(const char *path, struct event_bytes text)
{
    if (text.size < DEVICE_PREFIX || (memcmp(text.at, "\\\\.\\", DEVICE_PREFIX) != 0 &&
                                      memcmp(text.at, "\\\\?\\", DEVICE_PREFIX) != 0)) {
        return false;
    }
    text.at += DEVICE_PREFIX;
    text.size -= DEVICE_PREFIX;
    return stand_in_same(path + DEVICE_PREFIX, text);
}

uint32_t stand_in_find_device(const struct stand_in *stand_in, struct event_bytes path)
{
    uint32_t i = 0;

    while (i < stand_in->device_count && !same_device(stand_in->devices[i].path, path)) {
        i++;
    }
    return i;
}

static bool answer_open(const struct stand_in *stand_in, const struct event *asked,
                        struct event *answer)
{
    const uint32_t found = stand_in_find_device(stand_in, event_bytes(asked, FIELD_TEXT));

    if (found == stand_in->device_count) {
        return false;
    }
    event_set_number(answer, FIELD_ERROR, stand_in->devices[found].open);
    event_set_number(answer, FIELD_HANDLE, found + 1);
    return true;
}

static bool names(const struct event *asked, const char *name)
{
    return stand_in_same(name, event_bytes(asked, FIELD_NAME));
}

static struct stand_in_reply *find_reply(struct stand_in_device *device, const struct event *asked)
{
    const uint64_t code = event_number(asked, FIELD_CODE);

    if (names(asked, "ReadFile")) {
        return &device->read;
    }
    if (names(asked, "WriteFile")) {
        return &device->write;
    }
    for (uint32_t i = 0; i < device->count; i++) {
        if (device->controls[i].code == code) {
            return &device->controls[i].reply;
        }
    }
    return &device->others;
}

static bool read_port(const struct stand_in_key *key, struct event_bytes in, uint16_t *port)
{
    uint32_t value = 0;

    if (key->width > in.size || key->at > in.size - key->width) {
        return false;
    }
    for (uint32_t i = 0; i < key->width; i++) {
        const uint32_t byte = key->order == RECIPE_BIG ? i : key->width - 1 - i;

        value = value << 8 | in.at[key->at + byte];
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

/* What the bytes of the answer are made of; false: there is no such client (yet). */
static bool find_facts(struct stand_in_reply *reply, const struct event *asked,
                       const struct stand_in_facts *lab, struct recipe_facts *facts)
{
    const struct event_bytes in = event_bytes(asked, FIELD_IN);
    uint16_t port = 0;
    bool found = true;

    *facts = (struct recipe_facts){.connection = 0};
    if (reply->by_port) {
        found = read_port(&reply->key, in, &port) && lab->client_of_port(lab->lab, port, facts);
    } else if (reply->until == STAND_IN_CLIENT_ACCEPTED) {
        found = lab->client_accepted(lab->lab, reply->told, facts);
        reply->told += found ? 1 : 0;
    }
    facts->proxy = lab->proxy;
    facts->time = lab->time;
    facts->input = in.at;
    facts->input_size = in.size;
    return found;
}

static void answer_bytes(struct stand_in *stand_in, const struct stand_in_reply *reply,
                         const struct event *asked, const struct recipe_facts *facts,
                         struct event *answer)
{
    const uint64_t room = event_number(asked, FIELD_OUT_SIZE);
    size_t size = 0;

    event_set_number(answer, FIELD_ERROR, reply->error);
    if (reply->out.count > 0 &&
        !recipe_fields_write(&reply->out, facts, stand_in->out,
                             room < sizeof stand_in->out ? (size_t)room : sizeof stand_in->out,
                             &size)) {
        event_set_number(answer, FIELD_ERROR, INSUFFICIENT_BUFFER);
    }
    event_set_number(answer, FIELD_COUNT, size);
    if (size > 0) {
        event_set_bytes(answer, FIELD_OUT, stand_in->out, size);
    }
    if (names(asked, "WriteFile") && reply->error == 0) {
        event_set_number(answer, FIELD_COUNT, event_number(asked, FIELD_IN_SIZE));
    }
}

static bool answer_control(struct stand_in *stand_in, const struct event *asked,
                           const struct stand_in_facts *lab, struct event *answer)
{
    const uint64_t handle = event_number(asked, FIELD_HANDLE);
    struct recipe_facts facts;

    if (handle == 0 || handle > stand_in->device_count) {
        return false;
    }
    struct stand_in_reply *reply = find_reply(&stand_in->devices[handle - 1], asked);
    const bool named = !reply->unnamed && reply != &stand_in->devices[handle - 1].others;
    const uint64_t unnamed = named ? 0 : EVENT_DEVICE_UNNAMED;

    event_set_number(answer, FIELD_FLAGS, unnamed);
    if (reply->until == STAND_IN_EXIT) {
        event_set_number(answer, FIELD_FLAGS, unnamed | EVENT_DEVICE_PENDS);
        return true;
    }
    if (find_facts(reply, asked, lab, &facts)) {
        answer_bytes(stand_in, reply, asked, &facts, answer);
        if (reply->delay > 0) {
            event_set_number(answer, FIELD_DELAY, reply->delay);
        }
        return true;
    }
    if (reply->by_port) {
        event_set_number(answer, FIELD_ERROR, reply->missing);
        event_set_number(answer, FIELD_COUNT, 0);
        return true;
    }
    event_set_number(answer, FIELD_FLAGS, unnamed | EVENT_DEVICE_PENDS);
    event_set_number(answer, FIELD_DELAY, AGAIN_DELAY);
    return true;
}

/* ---- all ---- */

static bool answer_kind(struct stand_in *stand_in, const struct event *asked,
                        const struct stand_in_facts *facts, struct event *answer)
{
    switch ((int)asked->kind) {
    case EVENT_DEVICE_OPEN:
        return answer_open(stand_in, asked, answer);
    case EVENT_DEVICE_CONTROL:
        return answer_control(stand_in, asked, facts, answer);
    case EVENT_SERVICE_CALL:
        return stand_in_answer_service(stand_in, asked, answer);
    case EVENT_FILTER_CALL:
        return stand_in_answer_filter(stand_in, asked, answer);
    default:
        return false;
    }
}

void stand_in_answer(struct stand_in *stand_in, const struct event *asked,
                     const struct stand_in_facts *facts, struct event *answer)
{
    *answer = (struct event){.kind = EVENT_ANSWER};
    if (stand_in == NULL || !answer_kind(stand_in, asked, facts, answer)) {
        *answer = (struct event){.kind = EVENT_PASS};
    }
}
