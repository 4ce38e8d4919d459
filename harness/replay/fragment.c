/* SPDX-License-Identifier: MIT */

#include "harness/replay/fragment.h"

#include <string.h>

#define FRAGMENT_TIME UINT64_C(60000000)

static void make_words(const struct packet *packet, uint64_t words[FRAGMENT_WORDS])
{
    const uint64_t *source = packet->key.address[packet->from];
    const uint64_t *destination = packet->key.address[1 - packet->from];

    words[0] = source[0];
    words[1] = source[1];
    words[2] = destination[0];
    words[3] = destination[1];
    words[4] = (uint64_t)packet->fragment_id << 16 | (uint64_t)packet->key.family << 8 |
               packet->key.protocol;
}

static size_t place_of(const struct fragments *fragments, const uint64_t words[FRAGMENT_WORDS])
{
    return hash_words(&fragments->seed, words, FRAGMENT_WORDS) % FRAGMENT_PLACES;
}

static bool is_same(const struct fragment_entry *entry, const uint64_t words[FRAGMENT_WORDS])
{
    return entry->used && memcmp(entry->words, words, sizeof entry->words) == 0;
}

/* The entry of the same datagram, else a free one, else the oldest. */
static struct fragment_entry *choose(struct fragment_entry ways[FRAGMENT_WAYS],
                                     const uint64_t words[FRAGMENT_WORDS])
{
    struct fragment_entry *chosen = &ways[0];

    for (size_t i = 0; i < FRAGMENT_WAYS; i++) {
        if (is_same(&ways[i], words)) {
            return &ways[i];
        }
        if (chosen->used && (!ways[i].used || ways[i].time < chosen->time)) {
            chosen = &ways[i];
        }
    }
    return chosen;
}

void fragment_first(struct fragments *fragments, const struct packet *packet)
{
    uint64_t words[FRAGMENT_WORDS];
    struct fragment_entry *entry;

    make_words(packet, words);
    entry = choose(fragments->entries[place_of(fragments, words)], words);
    memcpy(entry->words, words, sizeof words);
    entry->time = packet->time;
    entry->port[0] = packet->key.port[0];
    entry->port[1] = packet->key.port[1];
    entry->from = packet->from;
    entry->used = true;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

bool fragment_later(const struct fragments *fragments, struct packet *packet)
{
    uint64_t words[FRAGMENT_WORDS];
    const struct fragment_entry *ways;

    make_words(packet, words);
    ways = fragments->entries[place_of(fragments, words)];
    for (size_t i = 0; i < FRAGMENT_WAYS; i++) {
        if (is_same(&ways[i], words) && apart(packet->time, ways[i].time) <= FRAGMENT_TIME) {
            packet->key.port[0] = ways[i].port[0];
            packet->key.port[1] = ways[i].port[1];
            packet->from = ways[i].from;
            return true;
        }
    }
    return false;
}
