/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/payload.h"

/* splitmix64: each place of each seed has a byte of its own. */
static uint8_t byte_at(uint64_t seed, uint64_t place)
{
    uint64_t mixed = seed * UINT64_C(0x9E3779B97F4A7C15) + (place >> 3) + 1;

    mixed *= UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    mixed ^= mixed >> 31;
    return (uint8_t)(mixed >> (8 * (place & 7)));
}

uint64_t payload_size(const struct payload *payload)
{
    uint64_t size = 0;

    for (int i = 0; i < PAYLOAD_PARTS; i++) {
        size += payload->parts[i].size;
    }
    return size;
}

static uint8_t payload_byte(const struct payload *payload, uint64_t offset)
{
    for (int i = 0; i < PAYLOAD_PARTS; i++) {
        const struct payload_part *part = &payload->parts[i];

        if (offset < part->size) {
            return part->text != NULL ? (uint8_t)part->text[offset] : byte_at(part->seed, offset);
        }
        offset -= part->size;
    }
    return 0;
}

void payload_write(const struct payload *payload, uint64_t offset, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = payload_byte(payload, offset + i);
    }
}

bool payload_matches(const struct payload *payload, uint64_t offset, const uint8_t *bytes,
                     size_t size)
{
    const uint64_t all = payload_size(payload);

    if (offset > all || size > all - offset) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != payload_byte(payload, offset + i)) {
            return false;
        }
    }
    return true;
}
