/* SPDX-License-Identifier: MIT */

#include "sim/classify.h"

#include <string.h>

#include "sim/callout.h"
#include "sim/context.h"

static struct classification *slot_of(const struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.classifications, sizeof(struct classification), number);
}

static struct classification *in_stage(const struct wfp_world *world, uint32_t number,
                                       enum classify_stage stage)
{
    if (number == 0 || number > world->limits.classifications ||
        slot_of(world, number)->stage != stage) {
        return NULL;
    }
    return slot_of(world, number);
}

struct classification *classify_under_way(struct wfp_world *world, uint32_t number)
{
    return in_stage(world, number, CLASSIFY_UNDER_WAY);
}

const struct classification *classify_of(const struct wfp_world *world, uint32_t number)
{
    return in_stage(world, number, CLASSIFY_UNDER_WAY);
}

struct classification *classify_kept(struct wfp_world *world, uint32_t number)
{
    return in_stage(world, number, CLASSIFY_KEPT);
}

bool classify_any_under_way(const struct wfp_world *world)
{
    for (uint32_t number = 1; number <= world->limits.classifications; number++) {
        if (classify_of(world, number) != NULL) {
            return true;
        }
    }
    return false;
}

uint32_t classify_take(struct wfp_world *world, uint32_t endpoint, const struct wfp_address *to)
{
    for (uint32_t number = 1; number <= world->limits.classifications; number++) {
        struct classification *classification = slot_of(world, number);

        if (classification->stage == CLASSIFY_FREE) {
            classification->stage = CLASSIFY_UNDER_WAY;
            classification->endpoint = endpoint;
            classification->of_datagrams = world_endpoint_at(world, endpoint)->type != WFP_TCP;
            world_put_address(&classification->destination, to);
            classify_begin(classification, false);
            return number;
        }
    }
    return 0;
}

/* A mapped address is IPv4 traffic, whatever the socket. */
static uint8_t first_layer(const struct classification *classification, bool at_auth_connect)
{
    const struct wfp_address plain = wfp_address_unmapped(&classification->destination);

    if (at_auth_connect) {
        return plain.family == WFP_IPV6 ? WFP_AUTH_CONNECT_V6 : WFP_AUTH_CONNECT_V4;
    }
    return plain.family == WFP_IPV6 ? WFP_CONNECT_REDIRECT_V6 : WFP_CONNECT_REDIRECT_V4;
}

void classify_begin(struct classification *classification, bool at_auth_connect)
{
    classification->layer = first_layer(classification, at_auth_connect);
    classify_note(classification, CLASSIFY_FACT(AT_AUTH_CONNECT), at_auth_connect);
    classification->position = 0;
    classification->sublayer_decided = false;
    classification->rights = WFP_RIGHT_ACTION_WRITE;
    classification->action = WFP_ACTION_CONTINUE;
    classification->told_count = 0;
}

void classify_reauthorize(struct classification *classification, uint32_t reason,
                          bool at_auth_connect)
{
    classification->stage = CLASSIFY_UNDER_WAY;
    classification->facts |= CLASSIFY_FACT(REAUTHORIZING);
    classification->reason = reason;
    classify_begin(classification, at_auth_connect);
}

void classify_drop(struct wfp_world *world, uint32_t number)
{
    struct classification *classification;

    if (number == 0 || number > world->limits.classifications) {
        return;
    }
    classification = slot_of(world, number);
    for (uint32_t i = 0; i < classification->version_count; i++) {
        context_drop(world, classification->versions[i].context);
    }
    world_drop_record(world, &classification->list);
    memset(classification, 0, sizeof *classification);
}

void classify_forget(struct wfp_world *world, uint32_t endpoint)
{
    for (uint32_t number = 1; number <= world->limits.classifications; number++) {
        const struct classification *classification = classify_of(world, number);

        if (classification != NULL && classification->endpoint == endpoint) {
            classify_drop(world, number);
        }
    }
}

bool classify_idle(const struct classification *classification)
{
    return classification->callout == 0 ||
           (classification->returned && !classify_is_pended(classification));
}

/* A sublayer that has had its decision is passed over, as long as it is the same layer. */
static struct next_callout next_at(const struct wfp_world *world,
                                   const struct classification *classification, uint32_t layer,
                                   uint32_t position)
{
    const struct callout_list list = callout_list(world, layer);
    const bool passes = classification->sublayer_decided && layer == classification->layer;

    while (passes && position < list.count &&
           wfp_callout_of(world, list.numbers[position])->sublayer == classification->sublayer) {
        position++;
    }
    return (struct next_callout){position < list.count ? list.numbers[position] : 0, position,
                                 layer, false};
}

/* The first of all, for one who is to be asked again because others have modified the request. */
static struct next_callout first_again(const struct wfp_world *world,
                                       const struct classification *classification)
{
    const uint32_t layer = first_layer(classification, false);
    const struct callout_list list = callout_list(world, layer);

    return (struct next_callout){list.count > 0 ? list.numbers[0] : 0, 0, layer, list.count > 0};
}

struct next_callout classify_next(const struct wfp_world *world,
                                  const struct classification *classification)
{
    struct next_callout next =
        next_at(world, classification, classification->layer, classification->position);

    if (next.callout == 0 && classification->modified &&
        classification->action != WFP_ACTION_BLOCK) {
        return first_again(world, classification);
    }
    if (next.callout == 0 && !classify_at_auth(classification) &&
        classification->action != WFP_ACTION_BLOCK) {
        next = next_at(world, classification, first_layer(classification, true), 0);
    }
    return next;
}

struct wfp_version classify_effective(const struct classification *classification)
{
    if (classification->version_count > 0) {
        return classification->versions[classification->version_count - 1];
    }
    return (struct wfp_version){.remote = classification->destination};
}

bool classify_redirected(const struct classification *classification)
{
    const uint32_t count = classification->version_count;
    const struct wfp_version *newest = &classification->versions[count - (count > 0)];

    return count > 0 && (newest->handle != 0 ||
                         !wfp_address_equal(&newest->remote, &classification->destination));
}

uint32_t classify_service(const struct wfp_world *world,
                          const struct classification *classification)
{
    const struct endpoint *endpoint = world_endpoint_at(world, classification->endpoint);
    const struct wfp_version effective = classify_effective(classification);

    return world_endpoint_bound(world, (enum wfp_type)endpoint->type, &effective.remote);
}
