/* SPDX-License-Identifier: MIT */

#include "harness/lab/wire/event.h"

#include "sim/bytes.h"

enum { HEAD_SIZE = 16, LENGTH_SIZE = 4, ADDRESS_BYTES = 16, ADDRESS_SIZE = 20 };

static bool is_there(uint64_t fields, size_t field)
{
    return (fields >> field & 1) != 0;
}

/* ---- writing ---- */

static void put_address(struct writer_cursor *out, const struct wfp_address *address)
{
    bytes_put(out, address->bytes, ADDRESS_BYTES);
    bytes_put_u32(out, (uint32_t)address->port | (uint32_t)address->family << 16);
}

static void put_bytes(struct writer_cursor *out, const struct event_bytes *bytes)
{
    bytes_put_u32(out, bytes->size);
    if (bytes->size > 0) {
        bytes_put(out, bytes->at, bytes->size);
    }
}

static void put_field(struct writer_cursor *out, const struct event *event, size_t field)
{
    if (field < FIELD_NUMBERS_END) {
        bytes_put_u64(out, event->numbers[field]);
        return;
    }
    if (field < FIELD_ADDRESSES_END) {
        put_address(out, &event->addresses[field - FIELD_NUMBERS_END]);
        return;
    }
    put_bytes(out, &event->bytes[field - FIELD_ADDRESSES_END]);
}

size_t event_write(const struct event *event, uint8_t *out, size_t room)
{
    struct writer_cursor cursor = {.at = out, .left = room};
    struct writer_cursor length = {.at = out, .left = room};
    size_t size;

    bytes_put_u32(&cursor, 0);
    bytes_put_u32(&cursor, (uint32_t)event->kind);
    bytes_put_u64(&cursor, event->fields);
    for (size_t field = 0; field < FIELDS_ALL; field++) {
        if (is_there(event->fields, field)) {
            put_field(&cursor, event, field);
        }
    }
    size = room - cursor.left;
    if (cursor.failed || size > EVENT_WIRE_MAX) {
        return 0;
    }
    bytes_put_u32(&length, (uint32_t)(size - LENGTH_SIZE));
    return size;
}

/* ---- reading ---- */

static bool take_address(struct reader_cursor *in, struct wfp_address *address)
{
    const uint8_t *taken = bytes_take(in, ADDRESS_BYTES);
    const uint32_t rest = bytes_take_u32(in);

    if (in->failed || rest >> 16 > WFP_IPV6) {
        return false;
    }
    for (size_t i = 0; i < ADDRESS_BYTES; i++) {
        address->bytes[i] = taken[i];
    }
    address->port = (uint16_t)rest;
    address->family = (uint8_t)(rest >> 16);
    return true;
}

static bool take_bytes(struct reader_cursor *in, struct event_bytes *bytes)
{
    bytes->size = bytes_take_u32(in);
    bytes->at = bytes->size > EVENT_BYTES_MAX ? NULL : bytes_take(in, bytes->size);
    return bytes->at != NULL && !in->failed;
}

static bool take_field(struct reader_cursor *in, struct event *event, size_t field)
{
    if (field < FIELD_NUMBERS_END) {
        event->numbers[field] = bytes_take_u64(in);
        return !in->failed;
    }
    if (field < FIELD_ADDRESSES_END) {
        return take_address(in, &event->addresses[field - FIELD_NUMBERS_END]);
    }
    return take_bytes(in, &event->bytes[field - FIELD_ADDRESSES_END]);
}

static bool take_event(struct reader_cursor *in, struct event *event)
{
    const uint32_t kind = bytes_take_u32(in);

    event->fields = bytes_take_u64(in);
    if (in->failed || kind >= EVENT_KIND_COUNT || event->fields >> FIELDS_ALL != 0) {
        return false;
    }
    event->kind = (enum event_kind)kind;
    for (size_t field = 0; field < FIELDS_ALL; field++) {
        if (is_there(event->fields, field) && !take_field(in, event, field)) {
            return false;
        }
    }
    return in->left == 0;
}

enum event_read event_read(const uint8_t *bytes, size_t size, struct event *event, size_t *used)
{
    const struct event none = {0};
    struct reader_cursor in = {.at = bytes, .left = size};
    const uint32_t length = bytes_take_u32(&in);

    if (in.failed) {
        return EVENT_READ_MORE;
    }
    if (length < HEAD_SIZE - LENGTH_SIZE || length > EVENT_WIRE_MAX - LENGTH_SIZE) {
        return EVENT_READ_BAD;
    }
    if (in.left < length) {
        return EVENT_READ_MORE;
    }
    in.left = length;
    *event = none;
    *used = LENGTH_SIZE + (size_t)length;
    return take_event(&in, event) ? EVENT_READ_DONE : EVENT_READ_BAD;
}
