/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_LINK_H
#define HARNESS_REPLAY_LINK_H

#include "harness/replay/view.h"

/* What stands before the IP header. The numbers are ours; the capture file's become these. */
enum link_type {
    LINK_UNKNOWN,
    LINK_ETHERNET,
    LINK_RAW, /* IP of either version */
    LINK_IPV4,
    LINK_IPV6,
    LINK_COOKED,  /* Linux "any" device, version 1 */
    LINK_COOKED2, /* version 2 */
    LINK_NULL,    /* BSD loopback, in the byte order of the machine that captured */
    LINK_LOOP,    /* the same, highest byte first */
    LINK_PPP,     /* with or without address and control, also in HDLC framing */
    LINK_PPPOE,   /* a PPPoE session header, then PPP */
    LINK_CISCO_HDLC,
    LINK_COUNT
};

/* What the link says about what it carries. */
enum network { NETWORK_EITHER, NETWORK_IPV4, NETWORK_IPV6 };

/* Goes past the link header, VLAN tags and the like included, to the IP header. */
enum cause link_strip(enum link_type link, struct view *view, enum network *network);

#endif
