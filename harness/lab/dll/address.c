/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/address.h"

#include <string.h>

#include "harness/lab/interpose/pointer.h"

enum { IPV4_SIZE = 4, IPV6_SIZE = 16, MAPPED_PREFIX = 10 };

static bool take(const union address *from, int size, struct wfp_address *address)
{
    const struct wfp_address none = {0};

    *address = none;
    if (from->any.sa_family == AF_INET && size >= (int)sizeof from->ipv4) {
        address->family = WFP_IPV4;
        address->port = ntohs(from->ipv4.sin_port);
        memcpy(address->bytes, &from->ipv4.sin_addr, IPV4_SIZE);
        return true;
    }
    if (from->any.sa_family == AF_INET6 && size >= (int)sizeof from->ipv6) {
        address->family = WFP_IPV6;
        address->port = ntohs(from->ipv6.sin6_port);
        memcpy(address->bytes, &from->ipv6.sin6_addr, IPV6_SIZE);
        return true;
    }
    return false;
}

bool address_read(const void *at, int size, struct wfp_address *address)
{
    union address copy;
    const int wanted = size < (int)sizeof copy ? size : (int)sizeof copy;

    memset(&copy, 0, sizeof copy);
    return wanted > 0 && pointer_read(&copy, at, (size_t)wanted) && take(&copy, size, address);
}

int address_make(const struct wfp_address *address, int family, union address *made)
{
    uint8_t *bytes = (uint8_t *)&made->ipv6.sin6_addr;

    memset(made, 0, sizeof *made);
    if (address->family == WFP_IPV4 && family != AF_INET6) {
        made->ipv4.sin_family = AF_INET;
        made->ipv4.sin_port = htons(address->port);
        memcpy(&made->ipv4.sin_addr, address->bytes, IPV4_SIZE);
        return sizeof made->ipv4;
    }
    made->ipv6.sin6_family = AF_INET6;
    made->ipv6.sin6_port = htons(address->port);
    if (address->family == WFP_IPV6) {
        memcpy(bytes, address->bytes, IPV6_SIZE);
        return sizeof made->ipv6;
    }
    memset(bytes + MAPPED_PREFIX, 0xff, 2);
    memcpy(bytes + MAPPED_PREFIX + 2, address->bytes, IPV4_SIZE);
    return sizeof made->ipv6;
}

bool address_give(const struct wfp_address *address, int family, void *at, int *size)
{
    union address made;
    const int whole = address_make(address, family, &made);
    int room = 0;

    if (at == NULL || size == NULL) {
        return true;
    }
    if (!pointer_read(&room, size, sizeof room)) {
        return false;
    }
    room = room < whole ? room : whole;
    return room >= 0 && pointer_write(at, &made, (size_t)room) &&
           pointer_write(size, &whole, sizeof whole);
}

bool address_local(SOCKET socket, struct wfp_address *address)
{
    union address own;
    int size = sizeof own;

    return getsockname(socket, &own.any, &size) == 0 && take(&own, size, address);
}

bool address_peer(SOCKET socket, struct wfp_address *address)
{
    union address other;
    int size = sizeof other;

    return getpeername(socket, &other.any, &size) == 0 && take(&other, size, address);
}
