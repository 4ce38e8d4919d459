/* SPDX-License-Identifier: MIT */

#include "harness/replay/flow_index.h"

#include "harness/replay/prefetch.h"

enum { LEVEL_AT_FIRST = 4, FLOWS_PER_LINE = 6 };

bool flow_index_init(struct flow_index *index)
{
    uint32_t number;

    *index = (struct flow_index){.level = LEVEL_AT_FIRST};
    for (unsigned i = 0; i < 1u << LEVEL_AT_FIRST; i++) {
        if (!store_add(&index->lines, sizeof(struct index_line), &number)) {
            flow_index_clear(index);
            return false;
        }
    }
    return true;
}

void flow_index_clear(struct flow_index *index)
{
    store_clear(&index->lines);
    store_clear(&index->more);
    index->more_free = 0;
    index->entries = 0;
}

size_t flow_index_bytes(const struct flow_index *index)
{
    return store_bytes(&index->lines) + store_bytes(&index->more);
}

static struct index_line *line_at(const struct flow_index *index, uint32_t number)
{
    return store_at(&index->lines, sizeof(struct index_line), number);
}

static struct index_line *more_at(const struct flow_index *index, uint32_t next)
{
    return next == 0 ? NULL : store_at(&index->more, sizeof(struct index_line), next - 1);
}

/* ---- lines that are chained to others ---- */

static bool take_line(struct flow_index *index, uint32_t *next)
{
    uint32_t number;

    if (index->more_free != 0) {
        struct index_line *line = more_at(index, index->more_free);

        *next = index->more_free;
        index->more_free = line->next;
        *line = (struct index_line){.next = 0};
        return true;
    }
    if (!store_add(&index->more, sizeof(struct index_line), &number)) {
        return false;
    }
    *next = number + 1;
    return true;
}

static void give_line_back(struct flow_index *index, uint32_t next)
{
    struct index_line *line = more_at(index, next);

    *line = (struct index_line){.next = index->more_free};
    index->more_free = next;
}

/* ---- slots ---- */

static void set_slot(struct index_line *line, unsigned slot, uint8_t tag, uint32_t value)
{
    const unsigned shift = slot % 8 * 8;

    line->slots[slot] = value;
    if (slot < 8) {
        line->tags = (line->tags & ~(UINT64_C(0xFF) << shift)) | (uint64_t)tag << shift;
    } else {
        line->more_tags = (line->more_tags & ~(UINT32_C(0xFF) << shift)) | (uint32_t)tag << shift;
    }
}

static uint8_t tag_at(const struct index_line *line, unsigned slot)
{
    return (uint8_t)(slot < 8 ? line->tags >> slot * 8 : line->more_tags >> (slot - 8) * 8);
}

static bool put(struct flow_index *index, uint64_t hash, uint32_t value)
{
    struct index_line *line = flow_index_line(index, hash);

    for (;;) {
        for (unsigned i = 0; i < INDEX_LINE_SLOTS; i++) {
            if (line->slots[i] == 0) {
                set_slot(line, i, flow_index_tag(hash), value);
                return true;
            }
        }
        if (line->next == 0 && !take_line(index, &line->next)) {
            return false;
        }
        line = more_at(index, line->next);
    }
}

/* ---- growing ---- */

/* Takes one slot after the other from a chain that is being emptied. */
static void share(struct flow_index *index, struct index_line *from,
                  const struct index_owner *owner)
{
    for (unsigned i = 0; i < INDEX_LINE_SLOTS && from->slots[i] != 0; i++) {
        const uint32_t value = from->slots[i];

        /* Cannot fail: two lines have room for what one had, and its chain is given back first. */
        (void)put(index, owner->hash(owner->context, value - 1), value);
    }
}

static void share_chain(struct flow_index *index, struct index_line *first,
                        const struct index_owner *owner)
{
    struct index_line whole = *first;

    *first = (struct index_line){.next = 0};
    share(index, &whole, owner);
    while (whole.next != 0) {
        const uint32_t number = whole.next;

        whole = *more_at(index, number);
        give_line_back(index, number);
        share(index, &whole, owner);
    }
}

/* Splitting a line needs the hashes of its entries, which are far away: they are asked for early.
 */
static void foresee(const struct flow_index *index, const struct index_owner *owner)
{
    const struct index_line *line = line_at(index, index->split);
    const uint32_t after = index->split + 1;

    if (after < UINT32_C(1) << index->level) {
        PREFETCH(line_at(index, after));
    }
    for (unsigned i = 0; i < INDEX_LINE_SLOTS && line->slots[i] != 0; i++) {
        owner->soon(owner->context, line->slots[i] - 1);
    }
}

static void grow(struct flow_index *index, const struct index_owner *owner)
{
    struct index_line *old = line_at(index, index->split);
    uint32_t number;

    if (!store_add(&index->lines, sizeof(struct index_line), &number)) {
        return; /* fuller lines work too */
    }
    index->split++;
    if (index->split == UINT32_C(1) << index->level) {
        index->level++;
        index->split = 0;
    }
    share_chain(index, old, owner);
    foresee(index, owner);
}

bool flow_index_add(struct flow_index *index, uint64_t hash, uint32_t entry,
                    const struct index_owner *owner)
{
    if (entry >= INDEX_ENTRIES_MAX || !put(index, hash, entry + 1)) {
        return false;
    }
    index->entries++;
    if (index->entries / FLOWS_PER_LINE > index->lines.count) {
        grow(index, owner);
    }
    return true;
}

/* ---- removing ---- */

/* The last filled slot of a chain goes to where one becomes free. */
void flow_index_remove(struct flow_index *index, uint64_t hash, uint32_t entry)
{
    struct index_line *line = flow_index_line(index, hash);
    struct index_line *before = NULL;
    struct index_line *holder = NULL;
    unsigned hole = 0;
    unsigned last = INDEX_LINE_SLOTS;

    for (;;) {
        for (unsigned i = 0; i < INDEX_LINE_SLOTS; i++) {
            if (line->slots[i] == entry + 1) {
                holder = line;
                hole = i;
            }
        }
        if (line->next == 0) {
            break;
        }
        before = line;
        line = more_at(index, line->next);
    }
    if (holder == NULL) {
        return;
    }
    while (line->slots[last - 1] == 0) {
        last--;
    }
    set_slot(holder, hole, tag_at(line, last - 1), line->slots[last - 1]);
    set_slot(line, last - 1, 0, 0);
    if (last == 1 && before != NULL) {
        give_line_back(index, before->next);
        before->next = 0;
    }
    index->entries--;
}
