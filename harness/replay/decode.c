/* SPDX-License-Identifier: MIT */

#include "harness/replay/decode.h"

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    UDP_HEADER = 8,

    /* Bytes of a TCP header up to its flags: no more is needed. */
    TCP_NEEDED = 14,

    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_IPIP = 4,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_GRE = 47,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_HOST_IDENTITY = 139,
    PROTOCOL_SHIM6 = 140
};

/* What an IP header says, while the rest is read. */
struct ip {
    uint64_t source[2], destination[2];
    uint8_t family, protocol;
    uint8_t fragment; /* enum fragment_role */
};

static enum cause decode_tcp(const struct view *view, bool whole, struct packet *packet)
{
    const enum cause cause = view_holds(view, TCP_NEEDED);
    size_t header;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    header = (size_t)(view->bytes[12] >> 4) * 4;
    if (header < TCP_HEADER || (whole && header > view->wire)) {
        return CAUSE_BAD_HEADER_LENGTH;
    }
    packet->sequence = view_u32(view->bytes + 4);
    packet->tcp_flags = view->bytes[13];
    return CAUSE_NONE;
}

static enum cause decode_udp(const struct view *view, bool whole)
{
    const enum cause cause = view_holds(view, UDP_HEADER);
    size_t length;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    length = view_u16(view->bytes + 4);
    if (length == 0) {
        return CAUSE_NONE; /* longer than the field can say, or left to the network card */
    }
    if (length < UDP_HEADER) {
        return CAUSE_LENGTH_TOO_SMALL;
    }
    return whole && length > view->wire ? CAUSE_LENGTH_BEYOND_PACKET : CAUSE_NONE;
}

static enum cause refuse_protocol(uint8_t protocol)
{
    return protocol == PROTOCOL_IPIP || protocol == PROTOCOL_IPV6 || protocol == PROTOCOL_GRE
               ? CAUSE_TUNNEL
               : CAUSE_OTHER_PROTOCOL;
}

static void set_key(const struct ip *ip, uint16_t source_port, uint16_t destination_port,
                    struct packet *packet)
{
    packet->key.family = ip->family;
    packet->key.protocol = ip->protocol;
    packet->key.zero = 0;
    packet->fragment = ip->fragment;
    packet->from =
        flow_key_order(&packet->key, ip->source, ip->destination, source_port, destination_port);
}

static enum cause decode_transport(const struct view *view, const struct ip *ip,
                                   struct packet *packet)
{
    const bool whole = ip->fragment == FRAGMENT_WHOLE;
    enum cause cause = CAUSE_NONE;

    packet->tcp_flags = 0;
    packet->sequence = 0;
    if (ip->protocol != PROTOCOL_TCP && ip->protocol != PROTOCOL_UDP) {
        return refuse_protocol(ip->protocol);
    }
    if (ip->fragment == FRAGMENT_LATER) {
        set_key(ip, 0, 0, packet);
        return CAUSE_NONE;
    }
    cause =
        ip->protocol == PROTOCOL_TCP ? decode_tcp(view, whole, packet) : decode_udp(view, whole);
    if (cause == CAUSE_NONE) {
        set_key(ip, view_u16(view->bytes), view_u16(view->bytes + 2), packet);
    }
    return cause;
}

/* ---- IPv4 ---- */

static enum cause decode_ipv4(struct view *view, struct packet *packet)
{
    const uint8_t *bytes = view->bytes;
    enum cause cause = view_holds(view, IPV4_HEADER);
    struct ip ip = {.family = 4};
    size_t header;
    size_t total;
    uint16_t place;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    header = (size_t)(bytes[0] & 15) * 4;
    total = view_u16(bytes + 2);
    if (header < IPV4_HEADER) {
        return CAUSE_BAD_HEADER_LENGTH;
    }
    /* 0: cut into segments by the network card, after it was captured. */
    total = total == 0 ? view->wire : total;
    if (total < header) {
        return CAUSE_LENGTH_TOO_SMALL;
    }
    if (total > view->wire) {
        return CAUSE_LENGTH_BEYOND_PACKET;
    }
    cause = view_holds(view, header);
    if (cause != CAUSE_NONE) {
        return cause;
    }
    ip.source[1] = view_u32(bytes + 12);
    ip.destination[1] = view_u32(bytes + 16);
    ip.protocol = bytes[9];
    place = view_u16(bytes + 6) & 0x3FFF; /* more fragments, and the offset */
    ip.fragment = place == 0              ? FRAGMENT_WHOLE
                  : (place & 0x1FFF) == 0 ? FRAGMENT_FIRST
                                          : FRAGMENT_LATER;
    packet->fragment_id = view_u16(bytes + 4);
    view_trim(view, total);
    view_skip(view, header);
    return decode_transport(view, &ip, packet);
}

/* ---- IPv6 ---- */

static bool is_extension(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_FRAGMENT:
    case PROTOCOL_AUTHENTICATION:
    case PROTOCOL_DESTINATION:
    case PROTOCOL_MOBILITY:
    case PROTOCOL_HOST_IDENTITY:
    case PROTOCOL_SHIM6:
        return true;
    default:
        return false;
    }
}

static size_t extension_size(uint8_t protocol, const uint8_t *bytes)
{
    if (protocol == PROTOCOL_FRAGMENT) {
        return 8;
    }
    return protocol == PROTOCOL_AUTHENTICATION ? ((size_t)bytes[1] + 2) * 4
                                               : ((size_t)bytes[1] + 1) * 8;
}

static void read_fragment_header(const uint8_t *bytes, struct ip *ip, struct packet *packet)
{
    const uint16_t place = view_u16(bytes + 2);

    packet->fragment_id = view_u32(bytes + 4);
    if ((place & 0xFFF8) != 0) {
        ip->fragment = FRAGMENT_LATER;
    } else if ((place & 1) != 0) {
        ip->fragment = FRAGMENT_FIRST;
    }
}

/* Goes past the extension headers; behind a later fragment's there is no further header. */
static enum cause skip_extensions(struct view *view, struct ip *ip, struct packet *packet)
{
    while (ip->fragment != FRAGMENT_LATER && is_extension(ip->protocol)) {
        enum cause cause = view_holds(view, 8);
        size_t size;

        if (cause != CAUSE_NONE) {
            return cause;
        }
        size = extension_size(ip->protocol, view->bytes);
        cause = view_holds(view, size);
        if (cause != CAUSE_NONE) {
            return cause;
        }
        if (ip->protocol == PROTOCOL_FRAGMENT) {
            read_fragment_header(view->bytes, ip, packet);
        }
        ip->protocol = view->bytes[0];
        view_skip(view, size);
    }
    return CAUSE_NONE;
}

static enum cause decode_ipv6(struct view *view, struct packet *packet)
{
    const uint8_t *bytes = view->bytes;
    enum cause cause = view_holds(view, IPV6_HEADER);
    struct ip ip = {.family = 6};
    size_t length;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    /* 0: a jumbogram, or as with IPv4. */
    length = view_u16(bytes + 4);
    length = length == 0 ? view->wire : length + IPV6_HEADER;
    if (length > view->wire) {
        return CAUSE_LENGTH_BEYOND_PACKET;
    }
    ip.source[0] = view_u64(bytes + 8);
    ip.source[1] = view_u64(bytes + 16);
    ip.destination[0] = view_u64(bytes + 24);
    ip.destination[1] = view_u64(bytes + 32);
    ip.protocol = bytes[6];
    view_trim(view, length);
    view_skip(view, IPV6_HEADER);
    cause = skip_extensions(view, &ip, packet);
    return cause == CAUSE_NONE ? decode_transport(view, &ip, packet) : cause;
}

/* ---- both ---- */

/* Nearly every packet is an Ethernet frame with nothing before IP; link_strip() says the same. */
static bool strip_simple(enum link_type link, struct view *view, enum network *network)
{
    enum { ETHERNET_HEADER = 14 };
    const uint8_t *bytes = view->bytes;

    if (link != LINK_ETHERNET || view->captured < ETHERNET_HEADER ||
        !((bytes[12] == 0x08 && bytes[13] == 0x00) || (bytes[12] == 0x86 && bytes[13] == 0xDD))) {
        return false;
    }
    *network = bytes[12] == 0x08 ? NETWORK_IPV4 : NETWORK_IPV6;
    view_skip(view, ETHERNET_HEADER);
    return true;
}

static enum cause decode_ip(struct view *view, enum network network, struct packet *packet)
{
    const enum cause cause = view_holds(view, 1);

    if (cause != CAUSE_NONE) {
        return cause;
    }
    packet->family = view->bytes[0] >> 4;
    if (packet->family == 4 && network != NETWORK_IPV6) {
        return decode_ipv4(view, packet);
    }
    if (packet->family == 6 && network != NETWORK_IPV4) {
        return decode_ipv6(view, packet);
    }
    packet->family = 0;
    return CAUSE_BAD_VERSION;
}

enum cause decode(enum link_type link, const uint8_t *bytes, size_t captured, size_t wire,
                  struct packet *packet)
{
    struct view view = {bytes, captured, wire > captured ? wire : captured};
    enum network network = NETWORK_EITHER;

    packet->family = 0;
    if (!strip_simple(link, &view, &network)) {
        const enum cause cause = link_strip(link, &view, &network);

        if (cause != CAUSE_NONE) {
            return cause;
        }
    }
    return decode_ip(&view, network, packet);
}
