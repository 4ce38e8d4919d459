/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_STORE_H
#define HARNESS_REPLAY_STORE_H

#include "harness/platform/memory.h"

/*
 * A numbered store of items of one size that grows in place: growing copies nothing, no item ever
 * moves, and there is never a moment with twice the memory. Items begin zeroed; those of a size
 * that divides 64 never lie in two lines of the cache. Zeroed memory is an empty store.
 *
 * `item_size`, in bytes, is the same in all calls for one store; it is no member, so that the
 * compiler knows it.
 */
struct store {
    struct memory_range range;
    uint32_t count; /* numbers 0 ... count - 1 have been given out */
};

enum { STORE_ITEMS_MAX = 1 << 24 };

/* The next number in order; false without memory. Its item is zeroed. */
bool store_add(struct store *store, size_t item_size, uint32_t *number);
/* Bytes held. */
size_t store_bytes(const struct store *store);
void store_clear(struct store *store);

static inline void *store_at(const struct store *store, size_t item_size, uint32_t number)
{
    return store->range.start + number * item_size;
}

#endif
