/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_hash.h"

struct sip {
    uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void mix(struct sip *sip)
{
    sip->a += sip->b;
    sip->c += sip->d;
    sip->b = rotate(sip->b, 13) ^ sip->a;
    sip->d = rotate(sip->d, 16) ^ sip->c;
    sip->a = rotate(sip->a, 32);
    sip->c += sip->b;
    sip->a += sip->d;
    sip->b = rotate(sip->b, 17) ^ sip->c;
    sip->d = rotate(sip->d, 21) ^ sip->a;
    sip->c = rotate(sip->c, 32);
}

static inline void take(struct sip *sip, uint64_t word)
{
    sip->d ^= word;
    mix(sip);
    sip->a ^= word;
}

static inline struct sip begin(const struct hash_seed *seed)
{
    const struct sip sip = {
        seed->words[0] ^ UINT64_C(0x736F6D6570736575),
        seed->words[1] ^ UINT64_C(0x646F72616E646F6D),
        seed->words[0] ^ UINT64_C(0x6C7967656E657261),
        seed->words[1] ^ UINT64_C(0x7465646279746573),
    };

    return sip;
}

static inline uint64_t end(struct sip *sip)
{
    sip->c ^= 0xFF;
    mix(sip);
    mix(sip);
    mix(sip);
    return sip->a ^ sip->b ^ sip->c ^ sip->d;
}

/* The tail, which holds the family, comes first: no IPv4 key is the beginning of an IPv6 one. */
uint64_t flow_hash(const struct hash_seed *seed, const struct flow_key *key)
{
    struct sip sip = begin(seed);

    take(&sip, flow_key_tail(key));
    if (key->family == 4) {
        take(&sip, key->address[0][1] << 32 | key->address[1][1]);
        return end(&sip);
    }
    take(&sip, key->address[0][0]);
    take(&sip, key->address[0][1]);
    take(&sip, key->address[1][0]);
    take(&sip, key->address[1][1]);
    return end(&sip);
}

uint64_t hash_words(const struct hash_seed *seed, const uint64_t *words, size_t count)
{
    struct sip sip = begin(seed);

    for (size_t i = 0; i < count; i++) {
        take(&sip, words[i]);
    }
    return end(&sip);
}
