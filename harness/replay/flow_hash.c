/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_hash.h"

struct sip {
    uint64_t a, b, c, d;
};

static uint64_t sip_rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_mix(struct sip *sip)
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

static void sip_take(struct sip *sip, uint64_t word)
{
    sip->d ^= word;
    sip_mix(sip);
    sip->a ^= word;
}

static struct sip sip_begin(const struct hash_seed *seed)
{
    const struct sip sip = {
        seed->words[0] ^ UINT64_C(0x736F6D6570736575),
        seed->words[1] ^ UINT64_C(0x646F72616E646F6D),
        seed->words[0] ^ UINT64_C(0x6C7967656E657261),
        seed->words[1] ^ UINT64_C(0x7465646279746573),
    };

    return sip;
}

static uint64_t sip_end(struct sip *sip)
{
    sip->c ^= 0xFF;
    sip_mix(sip);
    sip_mix(sip);
    sip_mix(sip);
    return sip->a ^ sip->b ^ sip->c ^ sip->d;
}

uint64_t hash_words(const struct hash_seed *seed, const uint64_t *words, size_t count)
{
    struct sip sip = sip_begin(seed);

    for (size_t i = 0; i < count; i++) {
        sip_take(&sip, words[i]);
    }
    return sip_end(&sip);
}

struct flow_hash_key flow_hash_key_make(const struct hash_seed *seed)
{
    struct flow_hash_key key;

    for (uint64_t i = 0; i < FLOW_KEY_WORDS; i++) {
        key.words[i] = hash_words(seed, &i, 1);
    }
    return key;
}
