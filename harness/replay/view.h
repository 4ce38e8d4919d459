/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_VIEW_H
#define HARNESS_REPLAY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/replay/cause.h"

/*
 * What is left of a packet while it is taken apart. The capture may hold less of it than was on
 * the wire (its snap length), so there are two sizes, in bytes: `captured` <= `wire`.
 */
struct view {
    const uint8_t *bytes;
    size_t captured;
    size_t wire;
};

/* CAUSE_NONE when `size` bytes can be read; else whose fault it is that they cannot. */
static inline enum cause view_holds(const struct view *view, size_t size)
{
    if (size <= view->captured) {
        return CAUSE_NONE;
    }
    return size <= view->wire ? CAUSE_CUT_BY_CAPTURE : CAUSE_TOO_SHORT;
}

/* Goes past bytes that view_holds() has confirmed. */
static inline void view_skip(struct view *view, size_t size)
{
    view->bytes += size;
    view->captured -= size;
    view->wire -= size;
}

/* Forgets what follows the first `size` bytes: padding, trailers. */
static inline void view_trim(struct view *view, size_t size)
{
    view->wire = size < view->wire ? size : view->wire;
    view->captured = size < view->captured ? size : view->captured;
}

/* Numbers as they stand on the wire: highest byte first. */
static inline uint16_t view_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t view_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t view_u64(const uint8_t *bytes)
{
    return (uint64_t)view_u32(bytes) << 32 | view_u32(bytes + 4);
}

#endif
