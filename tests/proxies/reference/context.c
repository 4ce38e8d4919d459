/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/context.h"

#include <string.h>

/* Another driver's context, or half of one, must not become an address to dial. */
bool context_read(const unsigned char *bytes, DWORD size, struct sockaddr_storage *destination)
{
    struct context context;
    if (size != sizeof context) {
        return false;
    }
    memcpy(&context, bytes, sizeof context);
    if (memcmp(context.magic, CONTEXT_MAGIC, sizeof context.magic) != 0 ||
        context.size != sizeof context || address_size(&context.destination) == 0) {
        return false;
    }
    *destination = context.destination;
    return true;
}

int address_size(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        return sizeof(struct sockaddr_in);
    }
    return address->ss_family == AF_INET6 ? (int)sizeof(struct sockaddr_in6) : 0;
}

bool address_same(const struct sockaddr_storage *one, const struct sockaddr_storage *other)
{
    if (one->ss_family != other->ss_family) {
        return false;
    }
    if (one->ss_family == AF_INET) {
        const struct sockaddr_in *a = (const void *)one, *b = (const void *)other;
        return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
    }
    const struct sockaddr_in6 *a = (const void *)one, *b = (const void *)other;
    return a->sin6_port == b->sin6_port &&
           memcmp(&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0;
}
