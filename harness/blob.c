/* SPDX-License-Identifier: MIT */

#include "harness/blob.h"

#include <stdlib.h>
#include <string.h>

#include "harness/hex.h"

bool blobs_save(struct blobs *blobs, const char *name, const uint8_t *bytes, uint32_t size)
{
    uint8_t *copy;

    if (blobs->count == BLOBS_MAX) {
        return false;
    }
    copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, bytes, size);
    blobs->items[blobs->count++] = (struct blob){name, copy, size};
    return true;
}

const struct blob *blobs_find(const struct blobs *blobs, const char *name)
{
    for (size_t i = blobs->count; i-- > 0;) {
        if (strcmp(blobs->items[i].name, name) == 0) {
            return &blobs->items[i];
        }
    }
    return NULL;
}

void blobs_clear(struct blobs *blobs)
{
    while (blobs->count > 0) {
        free(blobs->items[--blobs->count].bytes);
    }
}

static uint32_t plain_size(const struct input *input, const struct blob *blob)
{
    switch (input->kind) {
    case INPUT_BLOB:
        return blob->size;
    case INPUT_HEX:
        return (uint32_t)(strlen(input->hex) / 2);
    case INPUT_FILL:
    case INPUT_NONE:
    default:
        return input->size;
    }
}

static void copy_plain(const struct input *input, const struct blob *blob, uint8_t *bytes,
                       uint32_t size)
{
    switch (input->kind) {
    case INPUT_BLOB:
        memcpy(bytes, blob->bytes, size);
        break;
    case INPUT_HEX:
        hex_bytes(input->hex, bytes, size);
        break;
    case INPUT_FILL:
        memset(bytes, (int)input->fill, size);
        break;
    case INPUT_NONE:
    default:
        break;
    }
}

/* Cut, extend and alter, in that order, within bounds. */
static uint32_t change(const struct input *input, uint8_t *bytes, uint32_t size)
{
    size -= input->cut < size ? input->cut : size;
    memset(bytes + size, 0, input->extend);
    size += input->extend;
    if (input->altered && input->alter < size) {
        bytes[input->alter] ^= 0xFF;
    }
    return size;
}

bool blobs_input(const struct blobs *blobs, const struct input *input, uint8_t **bytes,
                 uint32_t *size)
{
    const struct blob *blob = input->kind == INPUT_BLOB ? blobs_find(blobs, input->from) : NULL;
    uint32_t plain;
    uint8_t *made;

    if (input->kind == INPUT_BLOB && blob == NULL) {
        return false;
    }
    plain = plain_size(input, blob);
    if (input->kind == INPUT_NONE) {
        *bytes = NULL;
        *size = plain;
        return true;
    }
    made = malloc((size_t)plain + input->extend + 1);
    if (made == NULL) {
        return false;
    }
    copy_plain(input, blob, made, plain);
    *size = change(input, made, plain);
    *bytes = made;
    return true;
}
