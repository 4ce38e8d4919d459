/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_SEGMENTS_H
#define HARNESS_REPLAY_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A numbered store of items of one size that grows by pieces, so that growing copies nothing, no
 * item ever moves, and there is never a moment with twice the memory. Items begin zeroed, and a
 * piece begins at a multiple of 64 bytes. Zeroed memory is an empty store.
 */
enum { SEGMENT_SHIFT = 10 }; /* a piece holds 1 << SEGMENT_SHIFT items */

struct segments {
    void **pieces;   /* as they came from malloc */
    uint8_t **bases; /* the same, aligned */
    size_t piece_count, piece_room;
    size_t bytes;   /* held in pieces */
    uint32_t count; /* numbers 0 ... count - 1 have been given out */
};

/*
 * The next number in order; false without memory. Its item is zeroed. `item_size` in bytes is the
 * same in all calls for one store; it is no member so that the compiler knows it.
 */
bool segments_add(struct segments *segments, size_t item_size, uint32_t *number);
/* Bytes held. */
size_t segments_bytes(const struct segments *segments);
void segments_clear(struct segments *segments);

static inline void *segments_at(const struct segments *segments, size_t item_size, uint32_t number)
{
    const uint32_t within = number & ((UINT32_C(1) << SEGMENT_SHIFT) - 1);

    return segments->bases[number >> SEGMENT_SHIFT] + within * item_size;
}

#endif
