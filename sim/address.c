/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/world.h"

enum { MAPPED_PREFIX = 12 };

static const uint8_t zeros[16];
static const uint8_t mapped[MAPPED_PREFIX] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool wfp_address_equal(const struct wfp_address *a, const struct wfp_address *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool wfp_address_unspecified(const struct wfp_address *address)
{
    return memcmp(address->bytes, zeros, sizeof zeros) == 0;
}

struct wfp_address wfp_address_unmapped(const struct wfp_address *address)
{
    struct wfp_address plain = {.port = address->port, .family = WFP_IPV4};

    if (address->family != WFP_IPV6 || memcmp(address->bytes, mapped, sizeof mapped) != 0) {
        return *address;
    }
    memcpy(plain.bytes, address->bytes + MAPPED_PREFIX, sizeof address->bytes - MAPPED_PREFIX);
    return plain;
}

void world_put_address(struct wfp_address *to, const struct wfp_address *from)
{
    memcpy(to->bytes, from->bytes, sizeof to->bytes);
    to->port = from->port;
    to->family = from->family;
}

struct wfp_address world_mapped(const struct wfp_address *address)
{
    struct wfp_address made = {.port = address->port, .family = WFP_IPV6};

    if (address->family == WFP_IPV6) {
        return *address;
    }
    memcpy(made.bytes, mapped, sizeof mapped);
    memcpy(made.bytes + MAPPED_PREFIX, address->bytes, sizeof made.bytes - MAPPED_PREFIX);
    return made;
}

bool world_receives(const struct wfp_address *local, const struct wfp_address *to)
{
    if (local->port != to->port) {
        return false;
    }
    if (wfp_address_unspecified(local)) {
        return local->family == WFP_IPV6 || to->family == WFP_IPV4;
    }
    return wfp_address_equal(local, to);
}

/* An address of one's own comes before the unspecified one. */
uint32_t world_endpoint_bound(const struct wfp_world *world, enum wfp_type type,
                              const struct wfp_address *to)
{
    const enum endpoint_state state = type == WFP_TCP ? ENDPOINT_LISTENING : ENDPOINT_BOUND;
    const struct wfp_address plain = wfp_address_unmapped(to);
    uint32_t found = 0;

    for (uint32_t link = 1; link <= world->limits.sockets; link++) {
        const struct endpoint *endpoint = world_endpoint_slot(world, link);

        if (endpoint->state != state || endpoint->local.port != plain.port ||
            endpoint->type != type || !world_receives(&endpoint->local, &plain)) {
            continue;
        }
        if (found == 0 || !wfp_address_unspecified(&endpoint->local)) {
            found = link;
        }
    }
    return found;
}
