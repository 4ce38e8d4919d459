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
enum { INDEX_LINE_SLOTS = 15, INDEX_ENTRIES_MAX = (1 << 24) - 1 };

struct index_line {
    uint32_t
        slots[INDEX_LINE_SLOTS]; /* entry number + 1, and 8 bits of the hash above it; 0: none */
    uint32_t next;               /* number of a line in `more`, + 1 */
};

struct flow_index {
    struct segments lines;
    struct segments more;
    uint32_t more_free; /* chain of unused lines in `more`, number + 1 */
    uint32_t level;     /* there are 1 << level lines, and `split` more */
    uint32_t split;
    uint32_t entries;
};

/* Gives the hash of an entry, for the index keeps none. */
typedef uint64_t flow_index_hash(const void *context, uint32_t entry);

/* False without memory; then nothing is held. */
bool flow_index_init(struct flow_index *index);
void flow_index_clear(struct flow_index *index);
size_t flow_index_bytes(const struct flow_index *index);

/*
 * False without memory, or beyond INDEX_ENTRIES_MAX; then nothing has changed. `entry` is below
 * INDEX_ENTRIES_MAX and not in the index.
 */
bool flow_index_add(struct flow_index *index, uint64_t hash, uint32_t entry, flow_index_hash *of,
                    const void *context);
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

/* The 8 bits kept in a slot; not those that choose the line. */
static inline uint32_t flow_index_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 56) << 24;
}

/* Walks over the slots that may be the flow's. Starts as {.line = flow_index_line(...), .tag = }.
 */
struct index_walk {
    const struct index_line *line;
    uint32_t tag;
    unsigned slot;
};

/* The next entry number, or INDEX_ENTRIES_MAX. Filled slots stand before empty ones. */
static inline uint32_t flow_index_next(const struct flow_index *index, struct index_walk *walk)
{
    for (;;) {
        while (walk->slot < INDEX_LINE_SLOTS && walk->line->slots[walk->slot] != 0) {
            const uint32_t slot = walk->line->slots[walk->slot++];

            if ((slot & UINT32_C(0xFF000000)) == walk->tag) {
                return (slot & UINT32_C(0x00FFFFFF)) - 1;
            }
        }
        if (walk->slot < INDEX_LINE_SLOTS || walk->line->next == 0) {
            return INDEX_ENTRIES_MAX;
        }
        walk->line = segments_at(&index->more, walk->line->next - 1);
        walk->slot = 0;
    }
}

#endif
