/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/endpoint.h"

#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* In network byte order, whatever that of the machine is. */
static void store_port(uint16_t port, void *out)
{
    const uint8_t bytes[2] = {(uint8_t)(port >> 8), (uint8_t)port};

    memcpy(out, bytes, sizeof bytes);
}

static uint16_t read_port(const void *in)
{
    uint8_t bytes[2];

    memcpy(bytes, in, sizeof bytes);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

void endpoint_store(const struct wfp_address *address, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

    memset(out, 0, sizeof *out);
    if (address->family == WFP_IPV4) {
        v4->sin_family = AF_INET;
        store_port(address->port, &v4->sin_port);
        memcpy(&v4->sin_addr, address->bytes, 4);
        return;
    }
    v6->sin6_family = AF_INET6;
    store_port(address->port, &v6->sin6_port);
    memcpy(&v6->sin6_addr, address->bytes, 16);
}

struct wfp_address endpoint_read(const struct sockaddr *address)
{
    struct wfp_address out = {.family = WFP_IPV4};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        out.port = read_port(&v4.sin_port);
        memcpy(out.bytes, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        out.family = WFP_IPV6;
        out.port = read_port(&v6.sin6_port);
        memcpy(out.bytes, &v6.sin6_addr, 16);
    }
    return out;
}

struct wfp_address endpoint_loopback(enum wfp_family family, uint16_t port)
{
    struct wfp_address out = {.port = port, .family = (uint8_t)family};

    if (family == WFP_IPV4) {
        out.bytes[0] = 127;
        out.bytes[3] = 1;
    } else {
        out.bytes[15] = 1;
    }
    return out;
}

struct wfp_address endpoint_mapped(const struct wfp_address *address)
{
    struct wfp_address out = {.port = address->port, .family = WFP_IPV6};

    memcpy(out.bytes, mapped_prefix, sizeof mapped_prefix);
    memcpy(out.bytes + sizeof mapped_prefix, address->bytes, 4);
    return out;
}

bool endpoint_is_mapped(const struct wfp_address *address)
{
    return address->family == WFP_IPV6 &&
           memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

bool endpoint_is_served(const struct wfp_address *address)
{
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0D, 0xB8};
    const struct wfp_address plain = wfp_address_unmapped(address);

    if (plain.family == WFP_IPV4) {
        return plain.bytes[0] == 198 && (plain.bytes[1] & 0xFE) == 18;
    }
    return memcmp(plain.bytes, documentation, sizeof documentation) == 0;
}

bool endpoint_is_loopback(const struct wfp_address *address)
{
    const struct wfp_address plain = wfp_address_unmapped(address);
    const struct wfp_address v6 = endpoint_loopback(WFP_IPV6, plain.port);

    return plain.family == WFP_IPV4 ? plain.bytes[0] == 127 : wfp_address_equal(&plain, &v6);
}

bool endpoint_same_host(const struct wfp_address *a, const struct wfp_address *b)
{
    struct wfp_address one = wfp_address_unmapped(a);
    struct wfp_address other = wfp_address_unmapped(b);

    one.port = 0;
    other.port = 0;
    return wfp_address_equal(&one, &other);
}

struct wfp_address endpoint_destination(enum wfp_family family, uint32_t number)
{
    struct wfp_address out = {.port = 443, .family = (uint8_t)family};
    static const uint8_t v4[2] = {198, 18};
    static const uint8_t v6[4] = {0x20, 0x01, 0x0D, 0xB8};

    if (family == WFP_IPV4) {
        memcpy(out.bytes, v4, sizeof v4);
        out.bytes[1] = (uint8_t)(18 + (number >> 16 & 1));
        out.bytes[2] = (uint8_t)(number >> 8);
        out.bytes[3] = (uint8_t)number;
    } else {
        memcpy(out.bytes, v6, sizeof v6);
        out.bytes[13] = (uint8_t)(number >> 16);
        out.bytes[14] = (uint8_t)(number >> 8);
        out.bytes[15] = (uint8_t)number;
    }
    return out;
}

/* ---- sockets ---- */

struct wfp_address endpoint_of_tcp(const uv_tcp_t *tcp)
{
    struct sockaddr_storage name = {0};
    int size = sizeof name;

    (void)uv_tcp_getsockname(tcp, (struct sockaddr *)&name, &size);
    return endpoint_read((struct sockaddr *)&name);
}

static struct wfp_address endpoint_of_udp(const uv_udp_t *udp)
{
    struct sockaddr_storage name = {0};
    int size = sizeof name;

    (void)uv_udp_getsockname(udp, (struct sockaddr *)&name, &size);
    return endpoint_read((struct sockaddr *)&name);
}

static void store_any_port(enum wfp_family family, bool mapped, struct sockaddr_storage *out)
{
    const struct wfp_address any = endpoint_loopback(mapped ? WFP_IPV4 : family, 0);

    endpoint_store(&any, out);
}

bool endpoint_bind_tcp(uv_tcp_t *tcp, enum wfp_family family, bool mapped, struct wfp_address *port)
{
    struct sockaddr_storage any;

    store_any_port(family, mapped, &any);
    if (uv_tcp_bind(tcp, (struct sockaddr *)&any, 0) != 0) {
        return false;
    }
    *port = endpoint_of_tcp(tcp);
    *port = mapped ? endpoint_mapped(port) : *port;
    return true;
}

bool endpoint_bind_udp(uv_udp_t *udp, enum wfp_family family, bool mapped, struct wfp_address *port)
{
    struct sockaddr_storage any;

    store_any_port(family, mapped, &any);
    if (uv_udp_bind(udp, (struct sockaddr *)&any, 0) != 0) {
        return false;
    }
    *port = endpoint_of_udp(udp);
    *port = mapped ? endpoint_mapped(port) : *port;
    return true;
}
