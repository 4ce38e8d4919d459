/* SPDX-License-Identifier: MIT */

#include "harness/control.h"

#include <stdlib.h>
#include <string.h>

struct widths {
    uint32_t length; /* of the length field */
    uint32_t header;
    uint32_t unit; /* of alignment */
};

static struct widths widths_of(enum wfp_layout layout)
{
    const struct widths wide = {8, 16, 8};
    const struct widths narrow = {4, 12, 4};

    return layout == WFP_LAYOUT_64 ? wide : narrow;
}

enum wfp_layout control_layout_of(enum control_layout wanted, enum wfp_layout native)
{
    if (wanted == CONTROL_NATIVE) {
        return native;
    }
    return wanted == CONTROL_64 ? WFP_LAYOUT_64 : WFP_LAYOUT_32;
}

static void write_number(uint8_t *bytes, uint32_t width, uint32_t number)
{
    memset(bytes, 0, width);
    for (uint32_t i = 0; i < sizeof number; i++) {
        bytes[i] = (uint8_t)(number >> (8 * i));
    }
}

static uint32_t read_number(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* ---- making ---- */

static bool append_object(const struct blobs *blobs, const struct control_object *object,
                          struct widths widths, uint8_t **bytes, uint32_t *size)
{
    uint8_t *data = NULL;
    uint32_t data_size = 0;
    uint32_t space;
    uint8_t *grown;

    if (!blobs_input(blobs, &object->data, &data, &data_size)) {
        return false;
    }
    space = widths.header + (data_size + widths.unit - 1) / widths.unit * widths.unit;
    grown = realloc(*bytes, (size_t)*size + space);
    if (grown == NULL) {
        free(data);
        return false;
    }
    *bytes = grown;
    grown += *size;
    memset(grown, 0, space);
    write_number(grown, widths.length,
                 object->has_length ? object->length : widths.header + data_size);
    write_number(grown + widths.length, 4, (uint32_t)object->level);
    write_number(grown + widths.length + 4, 4, (uint32_t)object->type);
    if (data != NULL) {
        memcpy(grown + widths.header, data, data_size);
    }
    *size += space;
    free(data);
    return true;
}

static bool make_objects(const struct blobs *blobs, const struct control_input *control,
                         enum wfp_layout native, uint8_t **bytes, uint32_t *size)
{
    const struct widths widths = widths_of(control_layout_of(control->layout, native));

    for (size_t i = 0; i < control->count; i++) {
        if (!append_object(blobs, &control->objects[i], widths, bytes, size)) {
            return false;
        }
    }
    return true;
}

bool control_make(const struct blobs *blobs, const struct control_input *control,
                  enum wfp_layout native, uint8_t **bytes, uint32_t *size)
{
    uint8_t *made = NULL;
    uint32_t made_size = 0;
    const bool good = control->raw.kind != INPUT_NONE
                          ? blobs_input(blobs, &control->raw, &made, &made_size)
                          : make_objects(blobs, control, native, &made, &made_size);

    if (!good) {
        free(made);
        return false;
    }
    if (control->has_size && (control->size < made_size || made == NULL)) {
        made_size = control->size;
    }
    *bytes = made;
    *size = made_size;
    return true;
}

/* ---- looking ---- */

bool control_take(const uint8_t *bytes, uint32_t size, enum wfp_layout layout, uint32_t *at,
                  struct control_found *found)
{
    const struct widths widths = widths_of(layout);
    const uint32_t left = *at <= size ? size - *at : 0;
    uint32_t length;
    uint32_t space;

    if (left < widths.header) {
        return false;
    }
    bytes += *at;
    length = read_number(bytes);
    if (length < widths.header || length > left ||
        (widths.length == 8 && read_number(bytes + 4) != 0)) {
        return false;
    }
    space = (length + widths.unit - 1) / widths.unit * widths.unit;
    if (space > left) {
        return false;
    }
    found->level = read_number(bytes + widths.length);
    found->type = read_number(bytes + widths.length + 4);
    found->data = bytes + widths.header;
    found->size = length - widths.header;
    *at += space;
    return true;
}
