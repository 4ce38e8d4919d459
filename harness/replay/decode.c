/* SPDX-License-Identifier: MIT */

#include "harness/replay/decode.h"

enum {
    ETHERNET_HEADER = 14,
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,

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

/* What an IP header says, and what follows it. */
struct ip {
    struct view rest;
    uint64_t source[2], destination[2];
    uint8_t family, protocol;
    uint8_t fragment; /* enum fragment_role */
};

/* Where TCP and UDP say how long they are, in a word of 16 bits. */
static const struct transport {
    size_t needed; /* bytes of the header that are read */
    size_t size_at, size_shift, size_unit;
    size_t least;
    uint32_t sequence;     /* those bits are one */
    uint8_t flags;         /* the same, of that word */
    bool unsaid;           /* 0: longer than the field can say, or left to the network card */
    uint8_t small, beyond; /* enum cause */
} transports[] = {
    {14, 12, 12, 4, 20, 0xFFFFFFFF, 0xFF, false, CAUSE_BAD_HEADER_LENGTH, CAUSE_BAD_HEADER_LENGTH},
    {8, 4, 0, 1, 8, 0, 0, true, CAUSE_LENGTH_TOO_SMALL, CAUSE_LENGTH_BEYOND_PACKET},
};

/* Both are read by the same instructions: which of them comes next cannot be foreseen. */
static inline enum cause read_header(const struct view *view, const struct ip *ip,
                                     struct packet *packet)
{
    const struct transport *transport = &transports[ip->protocol != PROTOCOL_TCP];
    const enum cause cause = view_holds(view, transport->needed);
    uint16_t word;
    size_t size;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    word = view_u16(view->bytes + transport->size_at);
    size = (size_t)(word >> transport->size_shift) * transport->size_unit;
    packet->sequence = view_u32(view->bytes + 4) & transport->sequence;
    packet->tcp_flags = (uint8_t)word & transport->flags;
    if (size < transport->least) {
        return size == 0 && transport->unsaid ? CAUSE_NONE : (enum cause)transport->small;
    }
    return size > view->wire && ip->fragment == FRAGMENT_WHOLE ? (enum cause)transport->beyond
                                                               : CAUSE_NONE;
}

static enum cause refuse_protocol(uint8_t protocol)
{
    return protocol == PROTOCOL_IPIP || protocol == PROTOCOL_IPV6 || protocol == PROTOCOL_GRE
               ? CAUSE_TUNNEL
               : CAUSE_OTHER_PROTOCOL;
}

/* Of a later fragment the ports are not known. */
static inline enum cause read_transport(const struct ip *ip, struct packet *packet)
{
    const bool ports = ip->fragment != FRAGMENT_LATER;
    uint16_t source = 0;
    uint16_t destination = 0;

    packet->tcp_flags = 0;
    packet->sequence = 0;
    if ((ip->protocol != PROTOCOL_TCP) & (ip->protocol != PROTOCOL_UDP)) {
        return refuse_protocol(ip->protocol);
    }
    if (ports) {
        const enum cause cause = read_header(&ip->rest, ip, packet);

        if (cause != CAUSE_NONE) {
            return cause;
        }
        source = view_u16(ip->rest.bytes);
        destination = view_u16(ip->rest.bytes + 2);
    }
    packet->key.family = ip->family;
    packet->key.protocol = ip->protocol;
    packet->key.zero = 0;
    packet->fragment = ip->fragment;
    packet->from = flow_key_order(&packet->key, ip->source, ip->destination, source, destination);
    return CAUSE_NONE;
}

/* ---- IPv4 ---- */

static inline enum cause read_ipv4(struct view view, struct ip *ip, struct packet *packet)
{
    const uint8_t *bytes = view.bytes;
    enum cause cause = view_holds(&view, IPV4_HEADER);
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
    total = total == 0 ? view.wire : total;
    if (total < header) {
        return CAUSE_LENGTH_TOO_SMALL;
    }
    if (total > view.wire) {
        return CAUSE_LENGTH_BEYOND_PACKET;
    }
    cause = view_holds(&view, header);
    if (cause != CAUSE_NONE) {
        return cause;
    }
    ip->source[0] = ip->destination[0] = 0;
    ip->source[1] = view_u32(bytes + 12);
    ip->destination[1] = view_u32(bytes + 16);
    ip->protocol = bytes[9];
    place = view_u16(bytes + 6) & 0x3FFF; /* more fragments, and the offset */
    ip->fragment = place == 0              ? FRAGMENT_WHOLE
                   : (place & 0x1FFF) == 0 ? FRAGMENT_FIRST
                                           : FRAGMENT_LATER;
    packet->fragment_id = view_u16(bytes + 4);
    view_trim(&view, total);
    view_skip(&view, header);
    ip->rest = view;
    return CAUSE_NONE;
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
static enum cause skip_extensions(struct ip *ip, struct packet *packet)
{
    struct view *view = &ip->rest;

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

static inline enum cause read_ipv6(struct view view, struct ip *ip)
{
    const uint8_t *bytes = view.bytes;
    enum cause cause = view_holds(&view, IPV6_HEADER);
    size_t length;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    /* 0: a jumbogram, or as with IPv4. */
    length = view_u16(bytes + 4);
    length = length == 0 ? view.wire : length + IPV6_HEADER;
    if (length > view.wire) {
        return CAUSE_LENGTH_BEYOND_PACKET;
    }
    ip->source[0] = view_u64(bytes + 8);
    ip->source[1] = view_u64(bytes + 16);
    ip->destination[0] = view_u64(bytes + 24);
    ip->destination[1] = view_u64(bytes + 32);
    ip->protocol = bytes[6];
    ip->fragment = FRAGMENT_WHOLE;
    view_trim(&view, length);
    view_skip(&view, IPV6_HEADER);
    ip->rest = view;
    return CAUSE_NONE;
}

/* ---- both ---- */

/* Nearly every packet is an Ethernet frame with nothing before IP; link_strip() says the same. */
static inline bool is_simple(enum link_type link, const struct view *view)
{
    const uint8_t *bytes = view->bytes;

    return link == LINK_ETHERNET && view->captured >= ETHERNET_HEADER &&
           ((bytes[12] == 0x08 && bytes[13] == 0x00) || (bytes[12] == 0x86 && bytes[13] == 0xDD));
}

static inline enum cause read_ip(struct view view, enum network network, struct ip *ip,
                                 struct packet *packet)
{
    const enum cause cause = view_holds(&view, 1);
    const uint8_t family = cause == CAUSE_NONE ? view.bytes[0] >> 4 : 0;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    if ((family != 4 || network == NETWORK_IPV6) && (family != 6 || network == NETWORK_IPV4)) {
        return CAUSE_BAD_VERSION;
    }
    packet->family = ip->family = family;
    return family == 4 ? read_ipv4(view, ip, packet) : read_ipv6(view, ip);
}

/*
 * Whatever is changed through a pointer is a copy: so the compiler can keep the views of common
 * packets in registers.
 */
enum cause decode(enum link_type link, const uint8_t *bytes, size_t captured, size_t wire,
                  struct packet *packet)
{
    struct view view = {bytes, captured, wire > captured ? wire : captured};
    enum network network = NETWORK_EITHER;
    enum cause cause = CAUSE_NONE;
    struct ip ip;

    packet->family = 0;
    if (is_simple(link, &view)) {
        network = bytes[12] == 0x08 ? NETWORK_IPV4 : NETWORK_IPV6;
        view_skip(&view, ETHERNET_HEADER);
    } else {
        struct view stripped = view;
        enum network named = NETWORK_EITHER;

        cause = link_strip(link, &stripped, &named);
        view = stripped;
        network = named;
    }
    if (cause == CAUSE_NONE) {
        cause = read_ip(view, network, &ip, packet);
    }
    if (cause == CAUSE_NONE && ip.family == 6 && is_extension(ip.protocol)) {
        struct ip skipped = ip;

        cause = skip_extensions(&skipped, packet);
        ip = skipped;
    }
    return cause == CAUSE_NONE ? read_transport(&ip, packet) : cause;
}
