/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_FLOW_INDEX_H
#define HARNESS_REPLAY_FLOW_INDEX_H

#include "harness/replay/packet.h"
#include "harness/replay/store.h"

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
    struct store lines;
    struct store more;
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
    const uint32_t number = (uint32_t)hash & ((UINT32_C(2) << index->level) - 1);
    /* A line that is not there yet is still in the one with the highest bit cleared. */
    const uint32_t absent = number >= index->lines.count;

    return store_at(&index->lines, sizeof(struct index_line), number ^ absent << index->level);
}

/* Not the bits that choose the line. At least 2: an empty slot's 0 is never taken for it. */
static inline uint8_t flow_index_tag(uint64_t hash)
{
    const uint8_t tag = (uint8_t)(hash >> 56);

    return (uint8_t)(tag | (tag < 2) << 1);
}

/*
 * The bytes that are this tag, as their highest bits. Of a byte that is one more than the tag and
 * stands above one that is the tag, perhaps too; the lowest is always right.
 */
static inline uint64_t flow_index_matches(uint64_t tags, uint8_t tag)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t apart = tags ^ ones * tag;

    return (apart - ones) & ~apart & ones << 7;
}

/* The number of the lowest byte that flow_index_matches() tells; there is one. */
static inline unsigned flow_index_lowest(uint64_t matches)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);

    /* All bytes below it, counted. */
    return (unsigned)(((((matches & (~matches + 1)) >> 7) - 1) & ones) * ones >> 56);
}

/* Walks over the entries that may be the flow's. Starts with flow_index_walk(). */
struct index_walk {
    const struct index_line *line;
    uint64_t matches; /* in the eight slots from `base` on */
    unsigned base;
    uint8_t tag;
};

static inline struct index_walk flow_index_walk(const struct flow_index *index, uint64_t hash)
{
    const struct index_line *line = flow_index_line(index, hash);
    const uint8_t tag = flow_index_tag(hash);
    const struct index_walk walk = {line, flow_index_matches(line->tags, tag), 0, tag};

    return walk;
}

/* The next entry number, or INDEX_ENTRIES_MAX. */
static inline uint32_t flow_index_next(const struct flow_index *index, struct index_walk *walk)
{
    while (walk->matches == 0) {
        if (walk->base == 0) {
            walk->base = 8;
            walk->matches = flow_index_matches(walk->line->more_tags, walk->tag);
        } else if (walk->line->next == 0) {
            return INDEX_ENTRIES_MAX;
        } else {
            walk->line = store_at(&index->more, sizeof(struct index_line), walk->line->next - 1);
            walk->base = 0;
            walk->matches = flow_index_matches(walk->line->tags, walk->tag);
        }
    }
    const unsigned slot = walk->base + flow_index_lowest(walk->matches);

    walk->matches &= walk->matches - 1;
    return walk->line->slots[slot] - 1;
}

#endif
