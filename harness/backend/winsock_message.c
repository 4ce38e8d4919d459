/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_message.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_COUNT = 2 };

struct field {
    const char *name;
    size_t offset;
};

/* One description of a message serves both directions. */
struct shape {
    const struct field *numbers; /* uint32_t */
    size_t number_count;
    const struct field *texts; /* const char * */
    size_t text_count;
    struct field bytes[BYTES_COUNT]; /* struct winsock_bytes */
};

#define ORDER(member) #member, offsetof(struct winsock_order, member)
#define ANSWER(member) #member, offsetof(struct winsock_answer, member)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct field order_numbers[] = {
    {ORDER(verb)},         {ORDER(family)},        {ORDER(type)},       {ORDER(overlapped_socket)},
    {ORDER(update)},       {ORDER(start)},         {ORDER(stop)},       {ORDER(thread)},
    {ORDER(code)},         {ORDER(in_size)},       {ORDER(in_pointer)}, {ORDER(out_size)},
    {ORDER(out_pointer)},  {ORDER(count)},         {ORDER(overlapped)}, {ORDER(routine)},
    {ORDER(port)},         {ORDER(channel)},       {ORDER(wait)},       {ORDER(redirected)},
    {ORDER(bind)},         {ORDER(target_pid)},    {ORDER(layer)},      {ORDER(remote)},
    {ORDER(lost)},         {ORDER(fault)},         {ORDER(elevate)},    {ORDER(unelevate)},
    {ORDER(entry)},        {ORDER(null_name)},     {ORDER(level)},      {ORDER(option)},
    {ORDER(flags)},        {ORDER(message_flags)}, {ORDER(advance)},    {ORDER(control_pointer)},
    {ORDER(control_size)},
};

static const struct field order_texts[] = {
    {ORDER(on)},   {ORDER(as)},     {ORDER(of)},   {ORDER(to)},
    {ORDER(from)}, {ORDER(handle)}, {ORDER(peer)},
};

static const struct field answer_numbers[] = {
    {ANSWER(error)},       {ANSWER(counted)},  {ANSWER(bytes)}, {ANSWER(out_size)},
    {ANSWER(raw_sockets)}, {ANSWER(absent)},   {ANSWER(state)}, {ANSWER(process)},
    {ANSWER(family)},      {ANSWER(received)}, {ANSWER(flags)},
};

static const struct field answer_texts[] = {
    {ANSWER(trouble)},
    {ANSWER(from)},
    {ANSWER(to)},
    {ANSWER(listener)},
};

static const struct shape order_shape = {
    order_numbers,
    COUNT(order_numbers),
    order_texts,
    COUNT(order_texts),
    {{ORDER(in)}, {ORDER(control)}},
};
static const struct shape answer_shape = {
    answer_numbers,
    COUNT(answer_numbers),
    answer_texts,
    COUNT(answer_texts),
    {{ANSWER(out)}, {ANSWER(control)}},
};

/* ---- writing ---- */

static char *hex_of(const struct winsock_bytes *bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = malloc(2 * (size_t)bytes->size + 1);

    if (hex == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < bytes->size; i++) {
        hex[2 * (size_t)i] = digits[bytes->bytes[i] >> 4];
        hex[2 * (size_t)i + 1] = digits[bytes->bytes[i] & 15];
    }
    hex[2 * (size_t)bytes->size] = '\0';
    return hex;
}

static bool set_bytes(json_t *object, const char *name, const struct winsock_bytes *bytes)
{
    char *hex;
    bool set;

    if (bytes->bytes == NULL) {
        return true;
    }
    hex = hex_of(bytes);
    set = hex != NULL && json_object_set_new(object, name, json_string(hex)) == 0;
    free(hex);
    return set;
}

static bool set_all_bytes(json_t *object, const struct shape *shape, const void *message)
{
    const char *base = message;
    bool whole = true;

    for (size_t i = 0; i < BYTES_COUNT; i++) {
        struct winsock_bytes bytes;

        memcpy(&bytes, base + shape->bytes[i].offset, sizeof bytes);
        whole = whole && set_bytes(object, shape->bytes[i].name, &bytes);
    }
    return whole;
}

static bool fill(json_t *object, const struct shape *shape, const void *message)
{
    const char *base = message;
    bool whole = true;

    for (size_t i = 0; i < shape->number_count; i++) {
        uint32_t number;

        memcpy(&number, base + shape->numbers[i].offset, sizeof number);
        whole = whole && (number == 0 || json_object_set_new(object, shape->numbers[i].name,
                                                             json_integer(number)) == 0);
    }
    for (size_t i = 0; i < shape->text_count; i++) {
        const char *text;

        memcpy(&text, base + shape->texts[i].offset, sizeof text);
        whole = whole && (text == NULL || json_object_set_new(object, shape->texts[i].name,
                                                              json_string(text)) == 0);
    }
    return whole;
}

/* With room for a line end. NULL without memory. */
static char *message_line(const struct shape *shape, const void *message)
{
    json_t *object = json_object();
    char *line = NULL;

    if (object != NULL && fill(object, shape, message) && set_all_bytes(object, shape, message)) {
        const size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);

        line = malloc(size + 2);
        if (line != NULL) {
            (void)json_dumpb(object, line, size, JSON_COMPACT);
            memcpy(line + size, "\n", 2);
        }
    }
    json_decref(object);
    return line;
}

char *winsock_order_line(const struct winsock_order *order)
{
    return message_line(&order_shape, order);
}

bool winsock_answer_write(FILE *stream, const struct winsock_answer *answer)
{
    char *line = message_line(&answer_shape, answer);
    const bool written = line != NULL && fputs(line, stream) != EOF && fflush(stream) == 0;

    free(line);
    return written;
}

/* ---- reading ---- */

static bool digit_of(char character, uint8_t *digit)
{
    if (character >= '0' && character <= '9') {
        *digit = (uint8_t)(character - '0');
        return true;
    }
    if (character >= 'a' && character <= 'f') {
        *digit = (uint8_t)(character - 'a' + 10);
        return true;
    }
    return false;
}

static bool bytes_of(const char *hex, struct winsock_bytes *bytes)
{
    const size_t size = strlen(hex) / 2;
    uint8_t *decoded = malloc(size + 1);
    bool whole = decoded != NULL && strlen(hex) % 2 == 0 && size <= UINT32_MAX;

    for (size_t i = 0; whole && i < size; i++) {
        uint8_t high = 0;
        uint8_t low = 0;

        whole = digit_of(hex[2 * i], &high) && digit_of(hex[2 * i + 1], &low);
        decoded[i] = (uint8_t)(high << 4 | low);
    }
    if (!whole) {
        free(decoded);
        return false;
    }
    bytes->bytes = decoded;
    bytes->size = (uint32_t)size;
    return true;
}

static void free_bytes(const struct shape *shape, void *message)
{
    const struct winsock_bytes none = {NULL, 0};
    char *base = message;

    for (size_t i = 0; i < BYTES_COUNT; i++) {
        struct winsock_bytes bytes;

        memcpy(&bytes, base + shape->bytes[i].offset, sizeof bytes);
        free(bytes.bytes);
        memcpy(base + shape->bytes[i].offset, &none, sizeof none);
    }
}

static bool take_bytes(json_t *object, const struct shape *shape, void *message)
{
    char *base = message;

    for (size_t i = 0; i < BYTES_COUNT; i++) {
        const char *hex = json_string_value(json_object_get(object, shape->bytes[i].name));
        struct winsock_bytes bytes;

        if (hex != NULL && !bytes_of(hex, &bytes)) {
            free_bytes(shape, message);
            return false;
        }
        if (hex != NULL) {
            memcpy(base + shape->bytes[i].offset, &bytes, sizeof bytes);
        }
    }
    return true;
}

static void take(json_t *object, const struct shape *shape, void *message)
{
    char *base = message;

    for (size_t i = 0; i < shape->number_count; i++) {
        const json_t *value = json_object_get(object, shape->numbers[i].name);
        const uint32_t number = (uint32_t)json_integer_value(value);

        memcpy(base + shape->numbers[i].offset, &number, sizeof number);
    }
    for (size_t i = 0; i < shape->text_count; i++) {
        const char *text = json_string_value(json_object_get(object, shape->texts[i].name));

        memcpy(base + shape->texts[i].offset, &text, sizeof text);
    }
}

/* `object`, which owns the message's texts from then on; or NULL, and it is released. */
static json_t *read_message(json_t *object, const struct shape *shape, void *message)
{
    if (!json_is_object(object) || !take_bytes(object, shape, message)) {
        json_decref(object);
        return NULL;
    }
    take(object, shape, message);
    return object;
}

bool winsock_order_read(FILE *stream, struct winsock_order *order)
{
    struct winsock_order found = {0};

    found.source =
        read_message(json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL), &order_shape, &found);
    if (found.source == NULL) {
        return false;
    }
    *order = found;
    return true;
}

bool winsock_answer_parse(const char *line, size_t size, struct winsock_answer *answer)
{
    struct winsock_answer found = {0};

    found.source = read_message(json_loadb(line, size, 0, NULL), &answer_shape, &found);
    if (found.source == NULL) {
        return false;
    }
    *answer = found;
    return true;
}

void winsock_order_clear(struct winsock_order *order)
{
    free_bytes(&order_shape, order);
    json_decref(order->source);
    order->source = NULL;
}

void winsock_answer_clear(struct winsock_answer *answer)
{
    free_bytes(&answer_shape, answer);
    json_decref(answer->source);
    answer->source = NULL;
}
