/* SPDX-License-Identifier: MIT */

#include "sim/world.h"

#include <string.h>

#include "sim/decide.h"

enum { ALIGNMENT = 16 };

/* What is copied into a world as a whole has no padding: worlds are compared byte by byte. */
_Static_assert(sizeof(struct wfp_limits) == 12 * sizeof(uint32_t) + sizeof(uint64_t), "limits");
_Static_assert(sizeof(struct wfp_address) == 16 + sizeof(uint16_t) + 2, "addresses");
_Static_assert(sizeof(struct wfp_flow) == sizeof(uint64_t) + 2 * sizeof(uint32_t) + 8, "flows");

static uint32_t place(uint64_t *at, uint32_t count, size_t size)
{
    const uint64_t start = (*at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    *at = start + (uint64_t)count * size;
    return (uint32_t)start;
}

/* Member by member: what pads the struct keeps the zeros that it has in a world. */
static void lay_out(const struct wfp_limits *limits, struct layout *layout)
{
    uint64_t at = sizeof(struct wfp_world);

    layout->endpoints = place(&at, limits->sockets, sizeof(struct endpoint));
    layout->descriptors = place(&at, limits->sockets, sizeof(struct descriptor));
    layout->handles = place(&at, limits->handles, sizeof(struct redirect_handle));
    layout->records = place(&at, limits->records, sizeof(struct record_slot));
    layout->operations = place(&at, limits->operations, sizeof(struct operation));
    layout->record_bytes = place(&at, limits->records, limits->record_bytes);

    layout->callouts = place(&at, limits->callouts, sizeof(struct callout));
    layout->callout_order = place(&at, limits->callouts, sizeof(uint32_t));
    layout->classifications = place(&at, limits->classifications, sizeof(struct classification));
    layout->contexts = place(&at, limits->contexts, sizeof(struct context_slot));
    layout->context_bytes = place(&at, limits->contexts, limits->context_bytes);

    layout->flows = place(&at, limits->flows, sizeof(struct flow_slot));
    layout->datagrams = place(&at, limits->datagrams, sizeof(struct datagram_slot));
    layout->datagram_bytes = place(&at, limits->datagrams, limits->datagram_bytes);

    layout->end = at;
}

size_t wfp_world_size(const struct wfp_limits *limits)
{
    struct layout layout;

    lay_out(limits, &layout);
    return layout.end > UINT32_MAX ? 0 : (size_t)layout.end;
}

struct wfp_world *wfp_world_init(void *memory, const struct wfp_limits *limits,
                                 const struct wfp_rules *rules, const struct wfp_profile *profile)
{
    struct wfp_world *world = memory;
    const size_t size = wfp_world_size(limits);

    if (size == 0) {
        return NULL;
    }
    memset(memory, 0, size);
    world->rules = rules;
    world->profile = profile;
    world->limits = *limits;
    lay_out(limits, &world->layout);
    return decide_order(rules, profile, &world->order) ? world : NULL;
}

void wfp_process_started(struct wfp_world *world, bool started)
{
    world->not_started = !started;
}

void wfp_process_elevated(struct wfp_world *world, bool elevated)
{
    world->unelevated = !elevated;
}

static struct operation *operation_slot(const struct wfp_world *world, uint32_t link)
{
    return world_slot(world, world->layout.operations, sizeof(struct operation), link);
}

const struct operation *world_operation_of(const struct wfp_world *world, uint32_t operation)
{
    if (operation == 0 || operation > world->limits.operations ||
        !operation_slot(world, operation)->used) {
        return NULL;
    }
    return operation_slot(world, operation);
}

struct operation *world_operation(struct wfp_world *world, uint32_t operation)
{
    return world_operation_of(world, operation) == NULL ? NULL : operation_slot(world, operation);
}

uint32_t world_take_endpoint(struct wfp_world *world)
{
    for (uint32_t link = 1; link <= world->limits.sockets; link++) {
        if (world_endpoint_slot(world, link)->state == ENDPOINT_FREE) {
            world_endpoint_slot(world, link)->state = ENDPOINT_FRESH;
            return link;
        }
    }
    return 0;
}

uint32_t world_take_descriptor(struct wfp_world *world, uint32_t endpoint)
{
    for (uint32_t socket = 1; socket <= world->limits.sockets; socket++) {
        if (world_descriptor_slot(world, socket)->endpoint == 0) {
            world_descriptor_slot(world, socket)->endpoint = endpoint;
            world_endpoint_slot(world, endpoint)->descriptors++;
            return socket;
        }
    }
    return 0;
}

void world_free_descriptor(struct wfp_world *world, uint32_t socket)
{
    memset(world_descriptor_slot(world, socket), 0, sizeof(struct descriptor));
}

void world_name_handle(struct wfp_world *world, uint32_t handle, uint64_t provider)
{
    world_handle_slot(world, handle)->provider = provider;
}

void world_mark_duplicate(struct wfp_world *world, uint32_t socket)
{
    world_descriptor_slot(world, socket)->duplicate = true;
}

uint32_t world_take_handle(struct wfp_world *world)
{
    for (uint32_t handle = 1; handle <= world->limits.handles; handle++) {
        if (world_handle_slot(world, handle)->provider == 0) {
            return handle;
        }
    }
    return 0;
}

uint32_t world_take_operation(struct wfp_world *world)
{
    for (uint32_t operation = 1; operation <= world->limits.operations; operation++) {
        if (!operation_slot(world, operation)->used) {
            operation_slot(world, operation)->used = true;
            return operation;
        }
    }
    return 0;
}

uint8_t *world_record_room(struct wfp_world *world, uint32_t link)
{
    return world_slot(world, world->layout.record_bytes, world->limits.record_bytes, link);
}

void world_clear_room(struct wfp_world *world, uint32_t link)
{
    memset(world_record_room(world, link), 0, world->limits.record_bytes);
}

uint32_t world_free_record_slot(const struct wfp_world *world)
{
    for (uint32_t link = 1; link <= world->limits.records; link++) {
        if (world_record_slot(world, link)->size == 0) {
            return link;
        }
    }
    return 0;
}

void world_keep_record(struct wfp_world *world, uint32_t link, uint32_t size)
{
    world_record_slot(world, link)->size = size;
}

void world_drop_record(struct wfp_world *world, uint32_t *link)
{
    if (*link == 0) {
        return;
    }
    memset(world_record_room(world, *link), 0, world_record_slot(world, *link)->size);
    world_record_slot(world, *link)->size = 0;
    *link = 0;
}

struct record_view world_record_classified(const struct wfp_world *world,
                                           const struct endpoint *endpoint)
{
    const bool connected = endpoint->state == ENDPOINT_CONNECTED;

    return world_record(world, connected ? endpoint->classified : endpoint->record);
}

uint32_t world_descriptor_of(const struct wfp_world *world, uint32_t endpoint)
{
    for (uint32_t socket = 1; socket <= world->limits.sockets; socket++) {
        const struct descriptor *descriptor = world_descriptor(world, socket);

        if (descriptor != NULL && descriptor->endpoint == endpoint) {
            return socket;
        }
    }
    return 0;
}

const struct datagram_slot *world_datagram_at(const struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.datagrams, sizeof(struct datagram_slot), number);
}

struct datagram_slot *world_datagram(struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.datagrams, sizeof(struct datagram_slot), number);
}

uint8_t *world_datagram_room(const struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.datagram_bytes, world->limits.datagram_bytes, number);
}

const struct wfp_value *world_value(const struct wfp_world *world, enum wfp_key key)
{
    return &world->profile->keys[key].values[0];
}
