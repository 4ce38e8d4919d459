/* SPDX-License-Identifier: MIT */

#include "harness/replay/store.h"

enum {
    STEP = 64 * 1024,
    /* From here on a large page more or less is little beside what is there. */
    LARGE_FROM = 4 * MEMORY_LARGE_PAGE
};

/* Where addresses are few, a store has no more than its share of them. */
static size_t most(size_t item_size)
{
    const size_t share = SIZE_MAX / 64 / STEP * STEP;
    const size_t all = (item_size * STORE_ITEMS_MAX + STEP - 1) / STEP * STEP;

    return all < share ? all : share;
}

static bool reserve(struct store *store, size_t item_size)
{
    for (size_t size = most(item_size); size >= STEP; size /= 2) {
        if (memory_reserve(&store->range, size / STEP * STEP)) {
            return true;
        }
    }
    return false;
}

static bool extend(struct store *store)
{
    struct memory_range *range = &store->range;

    return (range->usable >= LARGE_FROM &&
            memory_extend(range, range->usable + MEMORY_LARGE_PAGE)) ||
           memory_extend(range, range->usable + STEP);
}

bool store_add(struct store *store, size_t item_size, uint32_t *number)
{
    if (store->range.reserved == 0 && !reserve(store, item_size)) {
        return false;
    }
    if ((size_t)(store->count + 1) * item_size > store->range.usable && !extend(store)) {
        return false;
    }
    *number = store->count++;
    return true;
}

size_t store_bytes(const struct store *store)
{
    return store->range.usable;
}

void store_clear(struct store *store)
{
    memory_release(&store->range);
    store->count = 0;
}
