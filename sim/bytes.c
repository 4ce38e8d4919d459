/* SPDX-License-Identifier: MIT */

#include "sim/bytes.h"

#include <string.h>

static uint64_t load(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static uint8_t *reserve(struct writer_cursor *cursor, size_t size)
{
    uint8_t *place = cursor->at;

    if (cursor->failed || size > cursor->left) {
        cursor->failed = true;
        return NULL;
    }
    cursor->at += size;
    cursor->left -= size;
    return place;
}

void bytes_put(struct writer_cursor *cursor, const void *bytes, size_t size)
{
    uint8_t *place = reserve(cursor, size);

    if (place != NULL && size > 0) {
        memcpy(place, bytes, size);
    }
}

void bytes_put_zeros(struct writer_cursor *cursor, size_t size)
{
    uint8_t *place = reserve(cursor, size);

    if (place != NULL && size > 0) {
        memset(place, 0, size);
    }
}

static void put_number(struct writer_cursor *cursor, uint64_t value, size_t size)
{
    uint8_t *place = reserve(cursor, size);

    for (size_t i = 0; place != NULL && i < size; i++) {
        place[i] = (uint8_t)(value >> (8 * i));
    }
}

void bytes_put_u32(struct writer_cursor *cursor, uint32_t value)
{
    put_number(cursor, value, 4);
}

void bytes_put_u64(struct writer_cursor *cursor, uint64_t value)
{
    put_number(cursor, value, 8);
}

static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return digest ^ (digest >> 29);
}

enum { WORD = 8, SECOND = 8, THIRD = 16, FOURTH = 24, BLOCK = 32 };

/* Four words at a time, each in a lane of its own: they do not wait for one another. */
static uint64_t digest_blocks(const uint8_t *bytes, size_t size)
{
    uint64_t first = size;
    uint64_t second = 1;
    uint64_t third = 2;
    uint64_t fourth = 3;

    for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
        first = mix(first, bytes_load_u64(bytes + at));
        second = mix(second, bytes_load_u64(bytes + at + SECOND));
        third = mix(third, bytes_load_u64(bytes + at + THIRD));
        fourth = mix(fourth, bytes_load_u64(bytes + at + FOURTH));
    }
    return mix(mix(mix(first, second), third), fourth);
}

uint64_t bytes_digest(const uint8_t *bytes, size_t size)
{
    size_t at = size / BLOCK * BLOCK;
    uint64_t digest = at == 0 ? size : digest_blocks(bytes, size);

    for (; at + WORD <= size; at += WORD) {
        digest = mix(digest, bytes_load_u64(bytes + at));
    }
    return mix(digest, load(bytes + at, size - at));
}
