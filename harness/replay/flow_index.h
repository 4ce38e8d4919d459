/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_INDEX_H
#define HARNESS_REPLAY_FLOW_INDEX_H

#include "harness/replay/packet.h"
#include "harness/replay/segments.h"

/*
 * From the hash of a flow to the numbers of the entries that may be it: a linear hash table. It
 * grows by one line at a time, so no packet waits for a table to be copied, and it is as full just
 * after it has grown as just before. A line is one line of the processor's cache; where more flows
 * fall on a line than it holds, further ones are chained to it.
 */
enum { INDEX_LINE_SLOTS = 12, INDEX_ENTRIES_MAX = (1 << 24) - 1 };

/* Filled slots stand before empty ones. Tags are 8 bits of the hash, kept where all can be compared
 * at once: the first 8 in `tags`, lowest first, the others in `more_tags`. */
struct index_line {
    uint64_t tags;
    uint32_t more_tags;
    uint32_t next;                    /* number of a line in `more`, + 1 */
    uint32_t slots[INDEX_LINE_SLOTS]; /* entry number + 1; 0: none */
};

struct flow_index {
    struct segments lines;
    struct segments more;
    uint32_t more_free; /* chain of unused lines in `more`, number + 1 */
    uint32_t level;     /* there are 1 << level lines, and `split` more */
    uint32_t split;
    uint32_t entries;
};

/* Who holds the entries: the index keeps no hashes. */
struct index_owner {
    const void *context;
    uint64_t (*hash)(const void *context, uint32_t entry);
    void (*soon)(const void *context, uint32_t entry); /* a hint: its hash will be asked for */
};

/* False without memory; then nothing is held. */
bool flow_index_init(struct flow_index *index);
void flow_index_clear(struct flow_index *index);
size_t flow_index_bytes(const struct flow_index *index);

/*
 * False without memory, or beyond INDEX_ENTRIES_MAX; then nothing has changed. `entry` is below
 * INDEX_ENTRIES_MAX and not in the index.
 */
bool flow_index_add(struct flow_index *index, uint64_t hash, uint32_t entry,
                    const struct index_owner *owner);
/* `entry` is in the index under this hash. */
void flow_index_remove(struct flow_index *index, uint64_t hash, uint32_t entry);

static inline struct index_line *flow_index_line(const struct flow_index *index, uint64_t hash)
{
    uint32_t number = (uint32_t)hash & ((UINT32_C(2) << index->level) - 1);

    if (number >= (UINT32_C(1) << index->level) + index->split) {
        number &= (UINT32_C(1) << index->level) - 1;
    }
    return segments_at(&index->lines, number);
}

/* Not the bits that choose the line. */
static inline uint8_t flow_index_tag(uint64_t hash)
{
    return (uint8_t)(hash >> 56);
}

/* The slots whose tag is this one, as bits; of a tag that is one more than a match, perhaps too. */
static inline uint32_t flow_index_matches(const struct index_line *line, uint8_t tag)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t first = line->tags ^ ones * tag;
    const uint64_t rest = (line->more_tags | UINT64_C(0xFFFFFFFF00000000)) ^ (ones >> 32) * tag;
    const uint64_t first_zeros = (first - ones) & ~first & ones << 7;
    const uint64_t rest_zeros = (rest - (ones >> 32)) & ~rest & UINT64_C(0x80808080);

    /* From one bit in each byte to bits side by side. */
    return (uint32_t)((first_zeros >> 7) * UINT64_C(0x0102040810204080) >> 56) |
           (uint32_t)((rest_zeros >> 7) * UINT64_C(0x10204080) >> 28 & 15) << 8;
}

/* Walks over the entries that may be the flow's. Starts with flow_index_walk(). */
struct index_walk {
    const struct index_line *line;
    uint32_t matches;
    uint8_t tag;
};

static inline struct index_walk flow_index_walk(const struct flow_index *index, uint64_t hash)
{
    const struct index_line *line = flow_index_line(index, hash);
    const uint8_t tag = flow_index_tag(hash);
    const struct index_walk walk = {line, flow_index_matches(line, tag), tag};

    return walk;
}

/* The number of the lowest of the 12 bits that is set. */
static inline unsigned flow_index_lowest(uint32_t bits)
{
    /* Powers of two below the 12th leave different rests when divided by 13. */
    static const uint8_t numbers[13] = {0, 0, 1, 4, 2, 9, 5, 11, 3, 8, 10, 7, 6};

    return numbers[(bits & (~bits + 1)) % 13];
}

/* The next entry number, or INDEX_ENTRIES_MAX. */
static inline uint32_t flow_index_next(const struct flow_index *index, struct index_walk *walk)
{
    for (;;) {
        while (walk->matches != 0) {
            const uint32_t slot = walk->line->slots[flow_index_lowest(walk->matches)];

            walk->matches &= walk->matches - 1;
            if (slot != 0) {
                return slot - 1;
            }
        }
        if (walk->line->next == 0) {
            return INDEX_ENTRIES_MAX;
        }
        walk->line = segments_at(&index->more, walk->line->next - 1);
        walk->matches = flow_index_matches(walk->line, walk->tag);
    }
}

#endif
