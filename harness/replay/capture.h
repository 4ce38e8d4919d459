/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_CAPTURE_H
#define HARNESS_REPLAY_CAPTURE_H

#include <stdio.h>

#include "harness/replay/link.h"

/*
 * Capture files: pcap and pcapng in either byte order, micro- or nanoseconds. capture.c is the only
 * place that knows libpcap; where that is absent, capture_none.c says so.
 */
enum capture_verdict {
    CAPTURE_WHOLE,
    CAPTURE_EMPTY,      /* a capture file without a packet */
    CAPTURE_CUT,        /* ends within a packet; what came before it has been given */
    CAPTURE_PARTLY,     /* cannot be read on from some place; the same */
    CAPTURE_STOPPED,    /* the visitor wanted no more */
    CAPTURE_REFUSED,    /* the filter does not fit, or captures cannot be read by this program */
    CAPTURE_UNREADABLE, /* no such file, or no capture */
    CAPTURE_VERDICT_COUNT
};

enum { CAPTURE_TEXT_MAX = 300 };

struct capture_result {
    enum capture_verdict verdict;
    uint64_t packets;           /* given to the visitor */
    enum link_type link;        /* LINK_UNKNOWN also where nothing was read */
    char link_name[64];         /* as libpcap calls it, "" where nothing was read */
    char why[CAPTURE_TEXT_MAX]; /* "" for CAPTURE_WHOLE, CAPTURE_EMPTY and CAPTURE_STOPPED */
};

/* As many as are given at once, at most. */
enum { CAPTURE_BATCH = 64 };

struct capture_packet {
    const uint8_t *bytes; /* only until the visitor returns */
    size_t captured, wire;
    uint64_t time; /* microseconds since 1970; 0 for what cannot be */
    enum link_type link;
};

/* Packets that follow each other, at least one. False: no more, please. */
typedef bool capture_visit(void *context, const struct capture_packet *packets, size_t count);

/* "whole", "cut" ... */
const char *capture_verdict_name(enum capture_verdict verdict);

/*
 * Gives every packet of a file to the visitor, in its order; "-" is standard input. `filter` is an
 * expression of pcap-filter(7), or NULL. Paths are UTF-8.
 */
void capture_read(const char *path, const char *filter, capture_visit *visit, void *context,
                  struct capture_result *result);

/*
 * The same for an open file, which is closed unless it is standard input. Always through libpcap;
 * files of the common kind are read in place by capture_read() (plain_file.h).
 */
void capture_read_stream(FILE *stream, const char *filter, capture_visit *visit, void *context,
                         struct capture_result *result);

/* "libpcap version 1.10.3 ...", or why captures cannot be read. */
const char *capture_library(void);

#endif
