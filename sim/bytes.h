/* SPDX-License-Identifier: MIT */

#ifndef SIM_BYTES_H
#define SIM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A bounded cursor over bytes in little-endian order. A step that does not fit sets `failed` and
 * changes nothing more; callers check once at the end.
 */
struct reader_cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
};

struct writer_cursor {
    uint8_t *at;
    size_t left;
    bool failed;
};

/* NULL once failed. */
static inline const uint8_t *bytes_take(struct reader_cursor *cursor, size_t size)
{
    const uint8_t *taken = cursor->at;

    if (cursor->failed || size > cursor->left) {
        cursor->failed = true;
        return NULL;
    }
    cursor->at += size;
    cursor->left -= size;
    return taken;
}

/* In a form that compilers turn into one load. */
static inline uint32_t bytes_load_u32(const uint8_t *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t bytes_load_u64(const uint8_t *b)
{
    return (uint64_t)bytes_load_u32(b) | (uint64_t)bytes_load_u32(b + 4) << 32;
}

/* 0 once failed. */
static inline uint32_t bytes_take_u32(struct reader_cursor *cursor)
{
    const uint8_t *taken = bytes_take(cursor, 4);

    return taken == NULL ? 0 : bytes_load_u32(taken);
}

static inline uint64_t bytes_take_u64(struct reader_cursor *cursor)
{
    const uint8_t *taken = bytes_take(cursor, 8);

    return taken == NULL ? 0 : bytes_load_u64(taken);
}

void bytes_put(struct writer_cursor *cursor, const void *bytes, size_t size);
void bytes_put_zeros(struct writer_cursor *cursor, size_t size);
void bytes_put_u32(struct writer_cursor *cursor, uint32_t value);
void bytes_put_u64(struct writer_cursor *cursor, uint64_t value);

/* A 64-bit digest that tells an altered byte string from its original. */
uint64_t bytes_digest(const uint8_t *bytes, size_t size);

#endif
