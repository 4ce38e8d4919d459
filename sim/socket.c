/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/classify.h"
#include "sim/datagram.h"
#include "sim/overlapped.h"
#include "sim/world.h"

static struct endpoint *endpoint_of(struct wfp_world *world, uint32_t socket)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);

    return descriptor == NULL ? NULL : world_endpoint(world, descriptor->endpoint);
}

enum wfp_status wfp_socket_open(struct wfp_world *world, enum wfp_family family, enum wfp_type type,
                                bool overlapped, uint32_t *socket)
{
    const uint32_t link = world_take_endpoint(world);
    struct endpoint *endpoint = world_endpoint(world, link);
    const uint32_t taken = endpoint == NULL ? 0 : world_take_descriptor(world, link);

    if (taken == 0) {
        if (endpoint != NULL) {
            memset(endpoint, 0, sizeof *endpoint);
        }
        return WFP_NO_ROOM;
    }
    endpoint->family = (uint8_t)family;
    endpoint->type = (uint8_t)type;
    endpoint->overlapped = overlapped;
    *socket = taken;
    return WFP_OK;
}

/* A socket moves on only from the state before. */
static enum wfp_status advance(struct wfp_world *world, uint32_t socket, enum endpoint_state from,
                               enum endpoint_state to)
{
    struct endpoint *endpoint = endpoint_of(world, socket);

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (endpoint->state != from) {
        return WFP_BAD_STATE;
    }
    endpoint->state = (uint8_t)to;
    return WFP_OK;
}

enum { PORT_FIRST = 49152 /* of the dynamic ports */ };

static bool port_taken(const struct wfp_world *world, const struct endpoint *asking,
                       const struct wfp_address *local)
{
    for (uint32_t link = 1; link <= world->limits.sockets; link++) {
        const struct endpoint *endpoint = world_endpoint_at(world, link);

        if (endpoint != NULL && endpoint != asking && endpoint->type == asking->type &&
            wfp_address_equal(&endpoint->local, local)) {
            return true;
        }
    }
    return false;
}

/* The socket's own link makes the port: no other of this world gets it by chance. */
static struct wfp_address chosen_local(const struct endpoint *endpoint, uint32_t link,
                                       const struct wfp_address *wanted)
{
    struct wfp_address local = {.family = endpoint->family};

    if (wanted != NULL) {
        local = *wanted;
    }
    if (local.port == 0) {
        local.port = (uint16_t)(PORT_FIRST + link);
    }
    return local;
}

enum wfp_status wfp_socket_bind(struct wfp_world *world, uint32_t socket,
                                const struct wfp_address *local)
{
    struct endpoint *endpoint = endpoint_of(world, socket);
    struct wfp_address chosen;
    enum wfp_status status;

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    chosen = chosen_local(endpoint, world_descriptor(world, socket)->endpoint, local);
    if (chosen.family != endpoint->family || port_taken(world, endpoint, &chosen)) {
        return WFP_BAD_STATE;
    }
    status = advance(world, socket, ENDPOINT_FRESH, ENDPOINT_BOUND);
    if (status == WFP_OK) {
        world_put_address(&endpoint->local, &chosen);
    }
    return status;
}

enum wfp_status wfp_socket_local(const struct wfp_world *world, uint32_t socket,
                                 struct wfp_address *local)
{
    const struct endpoint *endpoint = world_endpoint_of(world, socket);

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    *local = endpoint->local;
    return WFP_OK;
}

enum wfp_status wfp_socket_owner(struct wfp_world *world, uint32_t socket, uint32_t process)
{
    struct endpoint *endpoint = endpoint_of(world, socket);

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    endpoint->process = process;
    return WFP_OK;
}

enum wfp_status wfp_socket_listen(struct wfp_world *world, uint32_t socket)
{
    const struct endpoint *endpoint = endpoint_of(world, socket);

    if (endpoint != NULL && endpoint->type != WFP_TCP) {
        return WFP_BAD_STATE;
    }
    return advance(world, socket, ENDPOINT_BOUND, ENDPOINT_LISTENING);
}

enum wfp_status wfp_socket_shutdown(struct wfp_world *world, uint32_t socket)
{
    struct endpoint *endpoint = endpoint_of(world, socket);

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (endpoint->state < ENDPOINT_CONNECTED) {
        return WFP_BAD_STATE;
    }
    endpoint->shut_down = true;
    return WFP_OK;
}

enum wfp_status wfp_socket_duplicate(struct wfp_world *world, uint32_t socket, uint32_t *copy)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);
    uint32_t taken;

    if (descriptor == NULL) {
        return WFP_NO_SOCKET;
    }
    taken = world_take_descriptor(world, descriptor->endpoint);
    if (taken == 0) {
        return WFP_NO_ROOM;
    }
    world_mark_duplicate(world, taken);
    *copy = taken;
    return WFP_OK;
}

static void release(struct wfp_world *world, uint32_t link)
{
    struct endpoint *endpoint = world_endpoint(world, link);

    overlapped_abort(world, OVERLAPPED_OF_ENDPOINT, link, false);
    datagram_forget(world, link);
    if (endpoint->type != WFP_TCP) {
        classify_forget(world, link);
    }
    if (endpoint->record != endpoint->classified) {
        world_drop_record(world, &endpoint->record);
    }
    world_drop_record(world, &endpoint->classified);
    classify_drop(world, endpoint->flow);
    memset(endpoint, 0, sizeof *endpoint);
}

/* Connections that nobody accepted end with their listener. */
static void release_waiting(struct wfp_world *world, uint32_t link)
{
    while (link != 0) {
        const uint32_t next = world_endpoint(world, link)->next;

        release(world, link);
        link = next;
    }
}

enum wfp_status wfp_socket_close(struct wfp_world *world, uint32_t socket)
{
    struct endpoint *endpoint = endpoint_of(world, socket);
    uint32_t link;

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    link = world_descriptor(world, socket)->endpoint;
    world_free_descriptor(world, socket);
    if (--endpoint->descriptors == 0) {
        release_waiting(world, endpoint->next);
        release(world, link);
    }
    return WFP_OK;
}
