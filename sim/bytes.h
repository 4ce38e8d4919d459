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

const uint8_t *bytes_take(struct reader_cursor *cursor, size_t size); /* NULL once failed */
uint32_t bytes_take_u32(struct reader_cursor *cursor);
uint64_t bytes_take_u64(struct reader_cursor *cursor);

void bytes_put(struct writer_cursor *cursor, const void *bytes, size_t size);
void bytes_put_zeros(struct writer_cursor *cursor, size_t size);
void bytes_put_u32(struct writer_cursor *cursor, uint32_t value);
void bytes_put_u64(struct writer_cursor *cursor, uint64_t value);

/* A 64-bit digest that tells an altered byte string from its original. */
uint64_t bytes_digest(const uint8_t *bytes, size_t size);

#endif
