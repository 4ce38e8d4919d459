/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_PLAIN_FILE_H
#define HARNESS_REPLAY_PLAIN_FILE_H

#include "harness/replay/capture.h"

/*
 * The common capture file, read in place: pcap version 2.4, either byte order, micro- or
 * nanoseconds. libpcap copies each packet twice and locks the stream for each half of it, which
 * takes longer than following the flows. It stays the judge: a test gives the same files to both,
 * and whatever is not quite such a file is libpcap's.
 */
struct plain_head {
    bool big; /* its numbers have their highest byte first */
    bool nanoseconds;
    uint32_t snapshot; /* bytes */
    uint32_t link;     /* the file's number for it */
};

/* Takes the first 24 bytes of a file; false: not such a file, and nothing but that is known. */
bool plain_file_begin(FILE *stream, struct plain_head *head);

/*
 * Gives the packets that follow to the visitor. `result` has its link; packets, verdict and reason
 * are written. False without memory; then nothing has been read.
 */
bool plain_file_read(FILE *stream, const struct plain_head *head, capture_visit *visit,
                     void *context, struct capture_result *result);

#endif
