/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/replay/flow_hash.h"
#include "harness/replay/flow_index.h"

enum { ENTRIES = 20000 };

/* Each entry's hash, and whether it is in the index. */
struct model {
    uint64_t hashes[ENTRIES];
    bool held[ENTRIES];
    uint32_t count;
};

static uint64_t hash_of(const void *context, uint32_t entry)
{
    const struct model *model = context;

    return model->hashes[entry];
}

static void ignore(const void *context, uint32_t entry)
{
    (void)context, (void)entry;
}

static bool is_found(const struct flow_index *index, uint64_t hash, uint32_t entry)
{
    struct index_walk walk = flow_index_walk(index, hash);
    uint32_t found = flow_index_next(index, &walk);

    while (found != INDEX_ENTRIES_MAX && found != entry) {
        found = flow_index_next(index, &walk);
    }
    return found == entry;
}

static void check_all(const struct flow_index *index, const struct model *model)
{
    assert_int_equal(index->entries, model->count);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        assert_int_equal(is_found(index, model->hashes[i], i), model->held[i]);
    }
}

static void change(struct flow_index *index, struct model *model, uint32_t entry)
{
    const struct index_owner owner = {model, hash_of, ignore};

    if (model->held[entry]) {
        flow_index_remove(index, model->hashes[entry], entry);
        model->count--;
    } else {
        assert_true(flow_index_add(index, model->hashes[entry], entry, &owner));
        model->count++;
    }
    model->held[entry] = !model->held[entry];
}

static uint64_t mixed(uint64_t number)
{
    static const struct hash_seed seed = {{1, 2}};

    return hash_words(&seed, &number, 1);
}

/* `spread` of 1: good hashes; else so many different ones, all others are the same. */
static void follow(uint64_t spread)
{
    struct model *model = calloc(1, sizeof *model);
    struct flow_index index;

    assert_true(flow_index_init(&index));
    for (uint32_t i = 0; i < ENTRIES; i++) {
        model->hashes[i] = mixed(spread == 1 ? i : i % spread);
    }
    for (uint32_t i = 0; i < ENTRIES; i++) {
        change(&index, model, i);
    }
    check_all(&index, model);
    for (uint32_t i = 0; i < 2 * ENTRIES; i++) {
        change(&index, model, (uint32_t)(mixed(i + 77) % ENTRIES));
    }
    check_all(&index, model);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        if (model->held[i]) {
            change(&index, model, i);
        }
    }
    check_all(&index, model);
    flow_index_clear(&index);
    free(model);
}

static void test_follows_a_model(void **state)
{
    (void)state;
    follow(1);
}

/* Many flows under one hash are slower, never wrong. */
static void test_equal_hashes(void **state)
{
    (void)state;
    follow(500);
}

static uint64_t mixed_number(const void *context, uint32_t entry)
{
    (void)context;
    return mixed(entry);
}

static void test_memory_is_a_few_bytes_per_entry(void **state)
{
    enum { MANY = 200000 };
    struct flow_index index;
    const struct index_owner owner = {NULL, mixed_number, ignore};

    (void)state;
    assert_true(flow_index_init(&index));
    for (uint32_t i = 0; i < MANY; i++) {
        assert_true(flow_index_add(&index, mixed(i), i, &owner));
    }
    assert_true(flow_index_bytes(&index) / MANY < 16);
    flow_index_clear(&index);
}

/* Every position, alone and with others behind it. */
static void test_matches(void **state)
{
    (void)state;
    for (unsigned slot = 0; slot < 8; slot++) {
        /* 0xA5 in one place: 0x11 with 0xB4 turned over. */
        const uint64_t tags = UINT64_C(0x1111111111111111) ^ UINT64_C(0xB4) << slot * 8;
        const uint64_t others = UINT64_C(0x8080808080808080) << slot * 8;
        const uint64_t matches = flow_index_matches(tags, 0xA5);

        assert_true(matches == UINT64_C(0x80) << slot * 8);
        assert_int_equal(flow_index_lowest(matches), slot);
        assert_int_equal(flow_index_lowest(others), slot);
    }
}

/* Whatever the tag, and whatever stands below it: an empty slot is never taken for a flow's. */
static void test_empty_slots_match_nothing(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 256; i++) {
        const uint8_t tag = flow_index_tag(i << 56);

        assert_true(flow_index_matches(0, tag) == 0);
        assert_true(flow_index_matches(tag, tag) == 0x80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follows_a_model),
        cmocka_unit_test(test_equal_hashes),
        cmocka_unit_test(test_memory_is_a_few_bytes_per_entry),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_empty_slots_match_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
