/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/datagram.h>

/* By layout: width of the length field, size of the header, alignment (CMSG-01, CMSG-05). */
static const struct {
    uint32_t field;
    uint32_t header;
    uint32_t alignment;
} shapes[] = {
    [WFP_LAYOUT_64] = {8, 16, 8},
    [WFP_LAYOUT_32] = {4, 12, 4},
};

static uint64_t aligned(enum wfp_layout layout, uint64_t size)
{
    const uint64_t mask = shapes[layout].alignment - 1;

    return (size + mask) & ~mask;
}

uint64_t wfp_control_length(enum wfp_layout layout, uint64_t data)
{
    return shapes[layout].header + data;
}

uint64_t wfp_control_space(enum wfp_layout layout, uint64_t data)
{
    return shapes[layout].header + aligned(layout, data);
}

/* ---- numbers, little-endian ---- */

static void put(uint8_t *out, uint64_t value, uint32_t width)
{
    for (uint32_t i = 0; i < width; i++) {
        out[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t take(const uint8_t *bytes, uint32_t width)
{
    uint64_t value = 0;

    for (uint32_t i = width; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* ---- objects ---- */

uint32_t wfp_control_write(enum wfp_layout layout, const struct wfp_control_object *object,
                           uint8_t *out, uint32_t room)
{
    const uint32_t header = shapes[layout].header;
    const uint32_t field = shapes[layout].field;
    const uint64_t space = wfp_control_space(layout, object->size);
    const uint64_t length =
        object->length != 0 ? object->length : wfp_control_length(layout, object->size);

    if (space > room) {
        return 0;
    }
    memset(out, 0, (size_t)space);
    put(out, length, field);
    put(out + field, object->level, 4);
    put(out + field + 4, object->type, 4);
    if (object->size > 0) {
        memcpy(out + header, object->data, object->size);
    }
    return (uint32_t)space;
}

enum wfp_control_step wfp_control_next(struct wfp_control_walk *walk,
                                       struct wfp_control_object *object)
{
    const uint32_t header = shapes[walk->layout].header;
    const uint32_t field = shapes[walk->layout].field;
    const uint32_t left = walk->at < walk->size ? walk->size - walk->at : 0;
    const uint8_t *at;
    uint64_t step;

    if (left < header) {
        return WFP_CONTROL_END;
    }
    at = walk->bytes + walk->at;
    object->length = take(at, field);
    object->level = (uint32_t)take(at + field, 4);
    object->type = (uint32_t)take(at + field + 4, 4);
    if (object->length < header || object->length > left) {
        walk->at = walk->size;
        return WFP_CONTROL_MALFORMED;
    }
    object->data = at + header;
    object->size = (uint32_t)object->length - header;
    step = aligned(walk->layout, object->length);
    walk->at = step < left ? walk->at + (uint32_t)step : walk->size;
    return WFP_CONTROL_OBJECT;
}
