/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_places.h"

void flow_places_clear(struct flow_places *places)
{
    store_clear(&places->entries);
    store_clear(&places->rests);
    places->free = 0;
}

size_t flow_places_bytes(const struct flow_places *places)
{
    return store_bytes(&places->entries) + store_bytes(&places->rests);
}

bool flow_places_take(struct flow_places *places, uint32_t *number)
{
    uint32_t taken;

    if (places->free != 0) {
        struct flow_rest *rest = flow_places_rest(places, places->free - 1);

        *number = places->free - 1;
        places->free = rest->next;
        rest->next = 0;
        return true;
    }
    /* There is one entry more than rests where the last time memory ended between the two. */
    if (places->entries.count == places->rests.count &&
        !store_add(&places->entries, sizeof(struct flow_entry), &taken)) {
        return false;
    }
    return store_add(&places->rests, sizeof(struct flow_rest), number);
}

void flow_places_give_back(struct flow_places *places, uint32_t number)
{
    *flow_places_entry(places, number) = (struct flow_entry){.state = WFP_FLOW_NONE};
    *flow_places_rest(places, number) = (struct flow_rest){.next = places->free};
    places->free = number + 1;
}
