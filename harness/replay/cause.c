/* SPDX-License-Identifier: MIT */

#include "harness/replay/cause.h"

static const struct cause_row rows[CAUSE_COUNT] = {
    [CAUSE_NONE] = {"none", "understood"},
    [CAUSE_CUT_BY_CAPTURE] = {"cut-by-capture", "the capture kept too little of it (snap length)"},
    [CAUSE_UNKNOWN_LINK] = {"unknown-link", "link type not known here"},
    [CAUSE_NOT_IP] = {"not-ip", "carries no IP"},
    [CAUSE_TOO_SHORT] = {"too-short", "ends before its headers do"},
    [CAUSE_BAD_VERSION] = {"bad-version", "IP version is not what it should be"},
    [CAUSE_BAD_HEADER_LENGTH] = {"bad-header-length", "impossible header length"},
    [CAUSE_LENGTH_TOO_SMALL] = {"length-too-small", "length field smaller than the headers"},
    [CAUSE_LENGTH_BEYOND_PACKET] = {"length-beyond-packet", "length field larger than the packet"},
    [CAUSE_FRAGMENT_ALONE] = {"fragment-alone", "later fragment; the first was not seen before"},
    [CAUSE_TUNNEL] = {"tunnel", "IP in IP; only the outer header counts"},
    [CAUSE_OTHER_PROTOCOL] = {"other-protocol", "IP, but neither TCP nor UDP"},
};

const struct cause_row *cause_row(enum cause cause)
{
    return &rows[cause];
}

void cause_count(struct cause_counts *counts, enum cause cause, uint64_t packet)
{
    if (counts->packets[cause]++ == 0) {
        counts->first[cause] = packet;
    }
}
