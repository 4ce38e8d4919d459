/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_PCAPNG_FILE_H
#define HARNESS_REPLAY_PCAPNG_FILE_H

#include "harness/replay/capture.h"

/*
 * The rest of a pcapng file, from where libpcap cannot go on because an interface has another link
 * type than the first. libpcap stays the reader of all other files, and of this one up to there.
 */

/* What a link type's number in a file means here; and its name, "" for none. */
typedef enum link_type pcapng_link(uint32_t in_file, char name[64]);

/*
 * Gives the packets after the first result->packets of an open file to the visitor, and goes on
 * counting there; the verdict and its reason are written anew, link_name becomes the names of all
 * links met. False without memory; then nothing has been read.
 */
bool pcapng_file_go_on(FILE *stream, pcapng_link *link, capture_visit *visit, void *context,
                       struct capture_result *result);

#endif
