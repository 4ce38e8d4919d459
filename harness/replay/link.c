/* SPDX-License-Identifier: MIT */

#include "harness/replay/link.h"

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86DD,
    TYPE_VLAN = 0x8100,
    TYPE_SERVICE_VLAN = 0x88A8,
    TYPE_OLD_VLAN = 0x9100,
    TYPE_PPPOE = 0x8864,
    TYPE_LEAST = 0x0600, /* below it the field is a length */

    PPP_IPV4 = 0x21,
    PPP_IPV6 = 0x57
};

typedef enum cause strip(struct view *view, enum network *network);

static enum cause take(struct view *view, size_t size, const uint8_t **bytes)
{
    const enum cause cause = view_holds(view, size);

    if (cause == CAUSE_NONE) {
        *bytes = view->bytes;
        view_skip(view, size);
    }
    return cause;
}

static enum cause strip_ppp(struct view *view, enum network *network);

static enum cause strip_pppoe(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 6, &header);

    if (cause != CAUSE_NONE) {
        return cause;
    }
    /* Version 1, type 1, code 0: session data. */
    return header[0] == 0x11 && header[1] == 0 ? strip_ppp(view, network) : CAUSE_NOT_IP;
}

/* IEEE 802.2 with the SNAP header that names an Ethernet type. */
static enum cause take_snap(struct view *view, uint16_t *type)
{
    const uint8_t *header;
    const enum cause cause = take(view, 8, &header);

    if (cause != CAUSE_NONE) {
        return cause == CAUSE_TOO_SHORT ? CAUSE_NOT_IP : cause;
    }
    if (header[0] != 0xAA || header[1] != 0xAA || header[2] != 3 || header[3] != 0 ||
        header[4] != 0 || header[5] != 0) {
        return CAUSE_NOT_IP;
    }
    *type = view_u16(header + 6);
    return CAUSE_NONE;
}

static enum cause strip_type(struct view *view, uint16_t type, enum network *network)
{
    enum cause cause = CAUSE_NONE;
    const uint8_t *tag;

    while (cause == CAUSE_NONE) {
        switch (type) {
        case TYPE_IPV4:
            *network = NETWORK_IPV4;
            return CAUSE_NONE;
        case TYPE_IPV6:
            *network = NETWORK_IPV6;
            return CAUSE_NONE;
        case TYPE_PPPOE:
            return strip_pppoe(view, network);
        case TYPE_VLAN:
        case TYPE_SERVICE_VLAN:
        case TYPE_OLD_VLAN:
            cause = take(view, 4, &tag);
            if (cause == CAUSE_NONE) {
                type = view_u16(tag + 2);
            }
            break;
        default:
            if (type >= TYPE_LEAST) {
                return CAUSE_NOT_IP;
            }
            cause = take_snap(view, &type);
            if (cause == CAUSE_NONE && type < TYPE_LEAST) {
                return CAUSE_NOT_IP;
            }
        }
    }
    return cause;
}

static enum cause strip_ethernet(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 14, &header);

    return cause == CAUSE_NONE ? strip_type(view, view_u16(header + 12), network) : cause;
}

static enum cause strip_nothing(struct view *view, enum network *network)
{
    (void)view;
    *network = NETWORK_EITHER;
    return CAUSE_NONE;
}

static enum cause strip_nothing_ipv4(struct view *view, enum network *network)
{
    (void)view;
    *network = NETWORK_IPV4;
    return CAUSE_NONE;
}

static enum cause strip_nothing_ipv6(struct view *view, enum network *network)
{
    (void)view;
    *network = NETWORK_IPV6;
    return CAUSE_NONE;
}

/* Below TYPE_LEAST stand codes of Linux: 4 is IEEE 802.2, the others carry no IP. */
static enum cause strip_cooked_type(struct view *view, uint16_t type, enum network *network)
{
    enum { COOKED_802_2 = 4 };

    return type < TYPE_LEAST && type != COOKED_802_2 ? CAUSE_NOT_IP
                                                     : strip_type(view, type, network);
}

static enum cause strip_cooked(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 16, &header);

    return cause == CAUSE_NONE ? strip_cooked_type(view, view_u16(header + 14), network) : cause;
}

static enum cause strip_cooked2(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 20, &header);

    return cause == CAUSE_NONE ? strip_cooked_type(view, view_u16(header), network) : cause;
}

/* AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 23 (Windows), 24, 28 or 30 (the BSDs). */
static enum cause network_of_family(uint32_t family, enum network *network)
{
    switch (family) {
    case 2:
        *network = NETWORK_IPV4;
        return CAUSE_NONE;
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
        *network = NETWORK_IPV6;
        return CAUSE_NONE;
    default:
        return CAUSE_NOT_IP;
    }
}

static enum cause strip_loop(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 4, &header);

    return cause == CAUSE_NONE ? network_of_family(view_u32(header), network) : cause;
}

static enum cause strip_null(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 4, &header);
    uint32_t family;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    family = view_u32(header);
    /* A family is a small number: only one of the two orders makes it one. */
    if (family > 0xFFFF) {
        family = (uint32_t)header[3] << 24 | (uint32_t)header[2] << 16 | (uint32_t)header[1] << 8 |
                 header[0];
    }
    return network_of_family(family, network);
}

static enum cause strip_cisco_hdlc(struct view *view, enum network *network)
{
    const uint8_t *header;
    const enum cause cause = take(view, 4, &header);
    uint16_t type;

    if (cause != CAUSE_NONE) {
        return cause;
    }
    type = view_u16(header + 2);
    return type < TYPE_LEAST ? CAUSE_NOT_IP : strip_type(view, type, network);
}

static enum cause take_ppp_protocol(struct view *view, uint16_t *protocol)
{
    const uint8_t *bytes;
    enum cause cause = take(view, 1, &bytes);

    if (cause != CAUSE_NONE) {
        return cause;
    }
    *protocol = bytes[0];
    /* The last byte of a protocol number is odd, so an odd first byte is all of it. */
    if ((bytes[0] & 1) == 0) {
        cause = take(view, 1, &bytes);
        *protocol = (uint16_t)(*protocol << 8 | (cause == CAUSE_NONE ? bytes[0] : 0));
    }
    return cause;
}

static enum cause strip_ppp(struct view *view, enum network *network)
{
    uint16_t protocol = 0;
    enum cause cause = view_holds(view, 2);

    if (cause != CAUSE_NONE) {
        return cause;
    }
    if (view->bytes[0] == 0x0F || view->bytes[0] == 0x8F) {
        return strip_cisco_hdlc(view, network);
    }
    if (view->bytes[0] == 0xFF && view->bytes[1] == 0x03) {
        view_skip(view, 2);
    }
    cause = take_ppp_protocol(view, &protocol);
    if (cause != CAUSE_NONE) {
        return cause;
    }
    *network = protocol == PPP_IPV4 ? NETWORK_IPV4 : NETWORK_IPV6;
    return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? CAUSE_NONE : CAUSE_NOT_IP;
}

static strip *const strips[LINK_COUNT] = {
    [LINK_ETHERNET] = strip_ethernet,
    [LINK_RAW] = strip_nothing,
    [LINK_IPV4] = strip_nothing_ipv4,
    [LINK_IPV6] = strip_nothing_ipv6,
    [LINK_COOKED] = strip_cooked,
    [LINK_COOKED2] = strip_cooked2,
    [LINK_NULL] = strip_null,
    [LINK_LOOP] = strip_loop,
    [LINK_PPP] = strip_ppp,
    [LINK_PPPOE] = strip_pppoe,
    [LINK_CISCO_HDLC] = strip_cisco_hdlc,
};

enum cause link_strip(enum link_type link, struct view *view, enum network *network)
{
    if (link >= LINK_COUNT || strips[link] == NULL) {
        return CAUSE_UNKNOWN_LINK;
    }
    return strips[link](view, network);
}
