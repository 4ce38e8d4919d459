/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_HASH_H
#define HARNESS_REPLAY_FLOW_HASH_H

#include <stddef.h>
#include <string.h>

#include "harness/replay/packet.h"

/*
 * Both hashes are keyed: whoever writes a capture does not know the key, so cannot choose flows
 * that fall on one place. Results never depend on it.
 */
struct hash_seed {
    uint64_t words[2];
};

/*
 * Of any words, 1 to 8 of them; the same number each time for one purpose. SipHash with one round
 * per word and three at the end.
 */
uint64_t hash_words(const struct hash_seed *seed, const uint64_t *words, size_t count);

enum { FLOW_KEY_WORDS = 5 };

struct flow_hash_key {
    uint64_t words[FLOW_KEY_WORDS];
};

struct flow_hash_key flow_hash_key_make(const struct hash_seed *seed);

/* The ports, family and protocol of a key as they stand in memory. */
static inline uint64_t flow_key_tail(const struct flow_key *key)
{
    uint64_t tail;

    memcpy(&tail, (const char *)key + offsetof(struct flow_key, port), sizeof tail);
    return tail;
}

static inline bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
    return ((a->address[0][1] ^ b->address[0][1]) | (a->address[1][1] ^ b->address[1][1]) |
            (a->address[0][0] ^ b->address[0][0]) | (a->address[1][0] ^ b->address[1][0]) |
            (flow_key_tail(a) ^ flow_key_tail(b))) == 0;
}

static inline uint64_t flow_hash_pair(uint64_t word, uint64_t key)
{
    const uint64_t both = word + key;

    return (both & 0xFFFFFFFF) * (both >> 32);
}

/*
 * NH, the universal hash of UMAC: two flows have the same for one key in 2^32, whichever they are;
 * and no step waits for the one before. Then its bits are mixed, for each of them is used.
 */
static inline uint64_t flow_hash(const struct flow_hash_key *key, const struct flow_key *flow)
{
    /* One by one: they have just been written so, and the processor would wait to read them as one.
     */
    const uint64_t tail = (uint64_t)flow->port[0] << 48 | (uint64_t)flow->port[1] << 32 |
                          (uint64_t)flow->family << 8 | flow->protocol;
    uint64_t hash = flow_hash_pair(tail, key->words[0]);

    if (flow->family == 4) {
        hash += flow_hash_pair(flow->address[0][1] << 32 | flow->address[1][1], key->words[1]);
    } else {
        hash += flow_hash_pair(flow->address[0][0], key->words[1]) +
                flow_hash_pair(flow->address[0][1], key->words[2]) +
                flow_hash_pair(flow->address[1][0], key->words[3]) +
                flow_hash_pair(flow->address[1][1], key->words[4]);
    }
    hash = (hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    hash = (hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ hash >> 32;
}

#endif
