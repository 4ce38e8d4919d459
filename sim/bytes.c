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

const uint8_t *bytes_take(struct reader_cursor *cursor, size_t size)
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

uint32_t bytes_take_u32(struct reader_cursor *cursor)
{
    const uint8_t *taken = bytes_take(cursor, 4);

    return taken == NULL ? 0 : (uint32_t)load(taken, 4);
}

uint64_t bytes_take_u64(struct reader_cursor *cursor)
{
    const uint8_t *taken = bytes_take(cursor, 8);

    return taken == NULL ? 0 : load(taken, 8);
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

/* As load() of 8 bytes, in a form that compilers turn into one load. */
static uint64_t load_word(const uint8_t *b)
{
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return digest ^ (digest >> 29);
}

enum { LANES = 4, WORD = 8 };

/* Four words at a time, each in a lane of its own: they do not wait for one another. */
static uint64_t digest_blocks(const uint8_t *bytes, size_t size)
{
    uint64_t lanes[LANES] = {size, 1, 2, 3};

    for (size_t at = 0; at + LANES * WORD <= size; at += LANES * WORD) {
        for (size_t lane = 0; lane < LANES; lane++) {
            lanes[lane] = mix(lanes[lane], load_word(bytes + at + lane * WORD));
        }
    }
    return mix(mix(mix(lanes[0], lanes[1]), lanes[2]), lanes[3]);
}

uint64_t bytes_digest(const uint8_t *bytes, size_t size)
{
    size_t at = size / (LANES * WORD) * (LANES * WORD);
    uint64_t digest = at == 0 ? size : digest_blocks(bytes, size);

    for (; at + WORD <= size; at += WORD) {
        digest = mix(digest, load_word(bytes + at));
    }
    return mix(digest, load(bytes + at, size - at));
}
