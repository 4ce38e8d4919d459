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

struct sip {
    uint64_t a, b, c, d;
};

static inline uint64_t sip_rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_mix(struct sip *sip)
{
    sip->a += sip->b;
    sip->c += sip->d;
    sip->b = sip_rotate(sip->b, 13) ^ sip->a;
    sip->d = sip_rotate(sip->d, 16) ^ sip->c;
    sip->a = sip_rotate(sip->a, 32);
    sip->c += sip->b;
    sip->a += sip->d;
    sip->b = sip_rotate(sip->b, 17) ^ sip->c;
    sip->d = sip_rotate(sip->d, 21) ^ sip->a;
    sip->c = sip_rotate(sip->c, 32);
}

static inline void sip_take(struct sip *sip, uint64_t word)
{
    sip->d ^= word;
    sip_mix(sip);
    sip->a ^= word;
}

static inline struct sip sip_begin(const struct hash_seed *seed)
{
    const struct sip sip = {
        seed->words[0] ^ UINT64_C(0x736F6D6570736575),
        seed->words[1] ^ UINT64_C(0x646F72616E646F6D),
        seed->words[0] ^ UINT64_C(0x6C7967656E657261),
        seed->words[1] ^ UINT64_C(0x7465646279746573),
    };

    return sip;
}

static inline uint64_t sip_end(struct sip *sip)
{
    sip->c ^= 0xFF;
    sip_mix(sip);
    sip_mix(sip);
    sip_mix(sip);
    return sip->a ^ sip->b ^ sip->c ^ sip->d;
}

/* The tail, which holds the family, comes first: no IPv4 key is the beginning of an IPv6 one. */
static inline uint64_t flow_hash(const struct hash_seed *seed, const struct flow_key *key)
{
    struct sip sip = sip_begin(seed);

    sip_take(&sip, flow_key_tail(key));
    if (key->family == 4) {
        sip_take(&sip, key->address[0][1] << 32 | key->address[1][1]);
        return sip_end(&sip);
    }
    sip_take(&sip, key->address[0][0]);
    sip_take(&sip, key->address[0][1]);
    sip_take(&sip, key->address[1][0]);
    sip_take(&sip, key->address[1][1]);
    return sip_end(&sip);
}

#endif
