/* SPDX-License-Identifier: MIT */

#include "sim/callout.h"

#include <string.h>

#include "sim/classify.h"

static struct callout *slot_of(const struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.callouts, sizeof(struct callout), number);
}

static uint32_t *order_of(const struct wfp_world *world)
{
    return world_slot(world, world->layout.callout_order, sizeof(uint32_t), 1);
}

const struct wfp_callout *wfp_callout_of(const struct wfp_world *world, uint32_t number)
{
    const bool there =
        number != 0 && number <= world->limits.callouts && slot_of(world, number)->used;

    return there ? &slot_of(world, number)->is : NULL;
}

/* Strictly: among equals the older one stays before the newer. */
static bool comes_before(const struct wfp_callout *a, const struct wfp_callout *b)
{
    if (a->layer != b->layer) {
        return a->layer < b->layer;
    }
    if (a->sublayer != b->sublayer) {
        return a->sublayer > b->sublayer;
    }
    return a->weight > b->weight;
}

/* Where each layer starts, counted anew. */
static void count_layers(struct wfp_world *world)
{
    const uint32_t *order = order_of(world);
    uint32_t at = 0;

    for (unsigned layer = 0; layer < LAYER_COUNT; layer++) {
        while (at < world->callout_count && (unsigned)slot_of(world, order[at])->is.layer < layer) {
            at++;
        }
        world->layer_start[layer] = at;
    }
}

static void put_in_order(struct wfp_world *world, uint32_t number)
{
    uint32_t *order = order_of(world);
    uint32_t at = world->callout_count++;

    while (at > 0 &&
           comes_before(&slot_of(world, number)->is, &slot_of(world, order[at - 1])->is)) {
        order[at] = order[at - 1];
        at--;
    }
    order[at] = number;
    count_layers(world);
}

static void put_callout(struct wfp_callout *to, const struct wfp_callout *from)
{
    to->layer = from->layer;
    to->filter = from->filter;
    to->sublayer = from->sublayer;
    to->weight = from->weight;
    to->classify0 = from->classify0;
    to->classify = from->classify;
    to->context = from->context;
}

enum wfp_status wfp_callout_register(struct wfp_world *world, const struct wfp_callout *callout,
                                     uint32_t *number)
{
    uint32_t taken = 1;

    if ((unsigned)callout->layer > WFP_AUTH_CONNECT_V6 || classify_any_under_way(world)) {
        return WFP_BAD_STATE;
    }
    while (taken <= world->limits.callouts && slot_of(world, taken)->used) {
        taken++;
    }
    if (taken > world->limits.callouts) {
        return WFP_NO_ROOM;
    }
    put_callout(&slot_of(world, taken)->is, callout);
    slot_of(world, taken)->used = true;
    put_in_order(world, taken);
    *number = taken;
    return WFP_OK;
}

enum wfp_status wfp_callout_unregister(struct wfp_world *world, uint32_t number)
{
    uint32_t *order = order_of(world);
    uint32_t kept = 0;

    if (wfp_callout_of(world, number) == NULL || classify_any_under_way(world)) {
        return WFP_BAD_STATE;
    }
    for (uint32_t at = 0; at < world->callout_count; at++) {
        if (order[at] != number) {
            order[kept++] = order[at];
        }
    }
    order[kept] = 0;
    world->callout_count = kept;
    count_layers(world);
    memset(slot_of(world, number), 0, sizeof(struct callout));
    return WFP_OK;
}

struct callout_list callout_list(const struct wfp_world *world, unsigned layer)
{
    const uint32_t start = world->layer_start[layer];
    const uint32_t end =
        layer + 1 < LAYER_COUNT ? world->layer_start[layer + 1] : world->callout_count;

    return (struct callout_list){order_of(world) + start, end - start};
}
