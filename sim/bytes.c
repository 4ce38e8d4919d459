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

/* In a form that compilers turn into one store. */
static void store_u32(uint8_t *place, uint32_t value)
{
    place[0] = (uint8_t)value;
    place[1] = (uint8_t)(value >> 8);
    place[2] = (uint8_t)(value >> 16);
    place[3] = (uint8_t)(value >> 24);
}

void bytes_put_u32(struct writer_cursor *cursor, uint32_t value)
{
    uint8_t *place = reserve(cursor, 4);

    if (place != NULL) {
        store_u32(place, value);
    }
}

void bytes_put_u64(struct writer_cursor *cursor, uint64_t value)
{
    uint8_t *place = reserve(cursor, 8);

    if (place != NULL) {
        store_u32(place, (uint32_t)value);
        store_u32(place + 4, (uint32_t)(value >> 32));
    }
}

/* Each step can be undone, so one altered word always shows; the turn brings high bits down. */
static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return digest << 29 | digest >> 35;
}

#define LANES ((size_t)8)
#define WORD ((size_t)8)

/* Eight words at a time, each in a lane of its own: they do not wait for one another. */
static uint64_t digest_blocks(const uint8_t *bytes, size_t size)
{
    uint64_t lanes[LANES] = {size, 1, 2, 3, 4, 5, 6, 7};
    uint64_t digest;

    for (size_t at = 0; at + LANES * WORD <= size; at += LANES * WORD) {
        lanes[0] = mix(lanes[0], bytes_load_u64(bytes + at));
        lanes[1] = mix(lanes[1], bytes_load_u64(bytes + at + WORD));
        lanes[2] = mix(lanes[2], bytes_load_u64(bytes + at + 2 * WORD));
        lanes[3] = mix(lanes[3], bytes_load_u64(bytes + at + 3 * WORD));
        lanes[4] = mix(lanes[4], bytes_load_u64(bytes + at + 4 * WORD));
        lanes[5] = mix(lanes[5], bytes_load_u64(bytes + at + 5 * WORD));
        lanes[6] = mix(lanes[6], bytes_load_u64(bytes + at + 6 * WORD));
        lanes[7] = mix(lanes[7], bytes_load_u64(bytes + at + 7 * WORD));
    }
    digest = lanes[0];
    for (size_t lane = 1; lane < LANES; lane++) {
        digest = mix(digest, lanes[lane]);
    }
    return digest;
}

uint64_t bytes_digest(const uint8_t *bytes, size_t size)
{
    size_t at = size / (LANES * WORD) * (LANES * WORD);
    uint64_t digest = at == 0 ? size : digest_blocks(bytes, size);

    for (; at + WORD <= size; at += WORD) {
        digest = mix(digest, bytes_load_u64(bytes + at));
    }
    return mix(digest, load(bytes + at, size - at));
}
