/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_HASH_H
#define HARNESS_REPLAY_FLOW_HASH_H

#include <stddef.h>

#include "harness/replay/packet.h"

/*
 * SipHash with one round per word and three at the end, keyed: whoever writes a capture does not
 * know the key, so cannot choose flows that fall on one place. Results never depend on it.
 */
struct hash_seed {
    uint64_t words[2];
};

uint64_t flow_hash(const struct hash_seed *seed, const struct flow_key *key);

/* Of any words, 1 to 8 of them; the same number each time for one purpose. */
uint64_t hash_words(const struct hash_seed *seed, const uint64_t *words, size_t count);

/* The ports, family and protocol of a key as one number. */
static inline uint64_t flow_key_tail(const struct flow_key *key)
{
    return (uint64_t)key->port[0] << 48 | (uint64_t)key->port[1] << 32 |
           (uint64_t)key->family << 8 | key->protocol;
}

static inline bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
    return ((a->address[0][1] ^ b->address[0][1]) | (a->address[1][1] ^ b->address[1][1]) |
            (a->address[0][0] ^ b->address[0][0]) | (a->address[1][0] ^ b->address[1][0]) |
            (flow_key_tail(a) ^ flow_key_tail(b))) == 0;
}

#endif
