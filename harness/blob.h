/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_BLOB_H
#define HARNESS_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/vector.h"

/* The opaque bytes that a run has saved, by name. Zeroed memory is an empty store. */
enum { BLOBS_MAX = 32 };

struct blob {
    const char *name;
    uint8_t *bytes;
    uint32_t size;
};

struct blobs {
    size_t count;
    struct blob items[BLOBS_MAX];
};

/* Copies the bytes; the newest of a name counts. False without memory or room. */
bool blobs_save(struct blobs *blobs, const char *name, const uint8_t *bytes, uint32_t size);
/* NULL when nothing was saved under that name. */
const struct blob *blobs_find(const struct blobs *blobs, const char *name);
void blobs_clear(struct blobs *blobs);

/*
 * Makes the bytes that a step's input describes; to be freed. False when the blob is not there or
 * there is no memory. `*bytes` is NULL where the input has none.
 */
bool blobs_input(const struct blobs *blobs, const struct input *input, uint8_t **bytes,
                 uint32_t *size);

#endif
