/* SPDX-License-Identifier: MIT */

#include "harness/lab/context/sockaddr.h"

#include <string.h>

enum {
    AF_INET_OF_WINDOWS = 2,
    AF_INET6_OF_WINDOWS = 23,
    PORT = 2,
    IN_ADDRESS = 4,
    IN6_ADDRESS = 8,
    IPV4_SIZE = 4,
    IPV6_SIZE = 16,
    MAPPED_MARK = 10
};

void sockaddr_ipv6_write(const struct wfp_address *address, uint8_t *out)
{
    if (address->family == WFP_IPV6) {
        memcpy(out, address->bytes, IPV6_SIZE);
        return;
    }
    memset(out + MAPPED_MARK, 0xFF, 2);
    memcpy(out + IPV6_SIZE - IPV4_SIZE, address->bytes, IPV4_SIZE);
}

uint32_t sockaddr_write(const struct wfp_address *address, bool six, uint8_t *out)
{
    const bool is_in6 = six || address->family == WFP_IPV6;

    out[0] = is_in6 ? AF_INET6_OF_WINDOWS : AF_INET_OF_WINDOWS;
    out[PORT] = (uint8_t)(address->port >> 8);
    out[PORT + 1] = (uint8_t)address->port;
    if (is_in6) {
        sockaddr_ipv6_write(address, out + IN6_ADDRESS);
        return SOCKADDR_IN6_SIZE;
    }
    memcpy(out + IN_ADDRESS, address->bytes, IPV4_SIZE);
    return SOCKADDR_IN_SIZE;
}
