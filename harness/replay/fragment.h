/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FRAGMENT_H
#define HARNESS_REPLAY_FRAGMENT_H

#include "harness/replay/flow_hash.h"

/*
 * Which flow a later fragment belongs to: that of the first fragment with the same source,
 * destination, identification and protocol, seen before it and at most 60 s ago. A table of fixed
 * size: of more datagrams than FRAGMENT_WAYS on one place the oldest is forgotten.
 */
enum { FRAGMENT_PLACES = 512, FRAGMENT_WAYS = 4, FRAGMENT_WORDS = 5 };

struct fragment_entry {
    uint64_t words[FRAGMENT_WORDS]; /* what it is found by */
    uint64_t time;                  /* microseconds */
    uint16_t port[2];               /* as in the flow's key */
    uint8_t from;
    bool used;
};

struct fragments {
    struct hash_seed seed;
    struct fragment_entry entries[FRAGMENT_PLACES][FRAGMENT_WAYS];
};

/* Remembers a first fragment. */
void fragment_first(struct fragments *fragments, const struct packet *packet);

/* Gives a later fragment the ports of its first, and the end that sends; false: none known. */
bool fragment_later(const struct fragments *fragments, struct packet *packet);

#endif
