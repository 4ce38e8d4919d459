/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_hash.h"

uint64_t hash_words(const struct hash_seed *seed, const uint64_t *words, size_t count)
{
    struct sip sip = sip_begin(seed);

    for (size_t i = 0; i < count; i++) {
        sip_take(&sip, words[i]);
    }
    return sip_end(&sip);
}
