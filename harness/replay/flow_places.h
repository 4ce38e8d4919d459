/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_PLACES_H
#define HARNESS_REPLAY_FLOW_PLACES_H

#include "harness/replay/flow_entry.h"
#include "harness/replay/store.h"

/* Where live flows are: numbered places, used again, that never move. Zeroed memory is none. */
struct flow_places {
    struct store entries;
    struct store rests;
    uint32_t free; /* chain of free places, number + 1 */
};

void flow_places_clear(struct flow_places *places);
size_t flow_places_bytes(const struct flow_places *places);

/* A place that is all zero; false without memory. */
bool flow_places_take(struct flow_places *places, uint32_t *number);
/* Zeroes it. */
void flow_places_give_back(struct flow_places *places, uint32_t number);

/* Places 0 ... this - 1 are there, free ones among them. */
static inline uint32_t flow_places_count(const struct flow_places *places)
{
    return places->rests.count;
}

static inline struct flow_entry *flow_places_entry(const struct flow_places *places,
                                                   uint32_t number)
{
    return store_at(&places->entries, sizeof(struct flow_entry), number);
}

static inline struct flow_rest *flow_places_rest(const struct flow_places *places, uint32_t number)
{
    return store_at(&places->rests, sizeof(struct flow_rest), number);
}

static inline struct live_flow flow_places_live(const struct flow_places *places, uint32_t number)
{
    const struct live_flow live = {
        flow_places_entry(places, number),
        flow_places_rest(places, number),
    };

    return live;
}

#endif
