/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_SEGMENTS_H
#define HARNESS_REPLAY_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A numbered store of items of one size that grows by pieces, so that growing copies nothing, no
 * item ever moves, and there is never a moment with twice the memory. Items begin zeroed, and a
 * piece begins at a multiple of 64 bytes.
 */
struct segments {
    size_t item_size; /* bytes; set, with `shift`, before the first use */
    unsigned shift;   /* a piece holds 1 << shift items */
    void **pieces;    /* as they came from malloc */
    uint8_t **bases;  /* the same, aligned */
    size_t piece_count, piece_room;
    uint32_t count; /* numbers 0 ... count - 1 have been given out */
};

/* The next number in order; false without memory. Its item is zeroed. */
bool segments_add(struct segments *segments, uint32_t *number);
/* Bytes held. */
size_t segments_bytes(const struct segments *segments);
void segments_clear(struct segments *segments);

static inline void *segments_at(const struct segments *segments, uint32_t number)
{
    const uint32_t within = number & ((UINT32_C(1) << segments->shift) - 1);

    return segments->bases[number >> segments->shift] + within * segments->item_size;
}

#endif
