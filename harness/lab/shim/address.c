/* SPDX-License-Identifier: MIT */

#include "harness/lab/shim/address.h"

#include <string.h>

#include "harness/lab/interpose/pointer.h"

int shim_address_make(const struct wfp_address *from, union shim_address *to)
{
    memset(to, 0, sizeof *to);
    if (from->family == WFP_IPV6) {
        to->ipv6.sin6_family = AF_INET6;
        to->ipv6.sin6_port = htons(from->port);
        memcpy(&to->ipv6.sin6_addr, from->bytes, sizeof to->ipv6.sin6_addr);
        return (int)sizeof to->ipv6;
    }
    to->ipv4.sin_family = AF_INET;
    to->ipv4.sin_port = htons(from->port);
    memcpy(&to->ipv4.sin_addr, from->bytes, sizeof to->ipv4.sin_addr);
    return (int)sizeof to->ipv4;
}

bool shim_address_read(const struct sockaddr *from, int size, struct wfp_address *to)
{
    union shim_address read;
    const size_t most = size < (int)sizeof read ? (size_t)size : sizeof read;

    memset(&read, 0, sizeof read);
    memset(to, 0, sizeof *to);
    if (size < (int)sizeof read.ipv4 || !pointer_read(&read, from, most)) {
        return false;
    }
    to->port = ntohs(read.ipv4.sin_port);
    if (read.any.sa_family == AF_INET) {
        to->family = WFP_IPV4;
        memcpy(to->bytes, &read.ipv4.sin_addr, sizeof read.ipv4.sin_addr);
        return true;
    }
    to->family = WFP_IPV6;
    memcpy(to->bytes, &read.ipv6.sin6_addr, sizeof read.ipv6.sin6_addr);
    return read.any.sa_family == AF_INET6 && size >= (int)sizeof read.ipv6;
}

bool shim_address_write(const struct wfp_address *from, struct sockaddr *to, int *size)
{
    union shim_address made;
    const int whole = shim_address_make(from, &made);
    int room = 0;

    if (!pointer_read(&room, size, sizeof room) || room < 0) {
        return false;
    }
    return pointer_write(to, &made, (size_t)(room < whole ? room : whole)) &&
           pointer_write(size, &whole, sizeof whole) && room >= whole;
}

struct wfp_address shim_address_loopback(enum wfp_family family)
{
    struct wfp_address loopback = {.family = (uint8_t)family};

    loopback.bytes[0] = family == WFP_IPV4 ? 127 : 0;
    loopback.bytes[family == WFP_IPV4 ? 3 : 15] = 1;
    return loopback;
}
