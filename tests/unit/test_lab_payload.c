/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/lab/server/payload.h"

enum { WHOLE = 300 };

static const struct payload payload = {
    .parts = {{.seed = 7, .size = 100}, {.seed = 8, .size = 200}}};

static void sizes_add_up(void **state)
{
    const struct payload empty = {.parts = {{.seed = 1}, {.seed = 2}}};

    (void)state;
    assert_int_equal(payload_size(&payload), WHOLE);
    assert_int_equal(payload_size(&empty), 0);
}

/* However it is cut, the bytes are the same. */
static void pieces_make_the_whole(void **state)
{
    uint8_t whole[WHOLE];
    uint8_t piece[WHOLE];

    (void)state;
    payload_write(&payload, 0, whole, WHOLE);
    for (size_t at = 0; at < WHOLE; at += 7) {
        const size_t size = WHOLE - at < 7 ? WHOLE - at : 7;

        payload_write(&payload, at, piece, size);
        assert_memory_equal(piece, whole + at, size);
        assert_true(payload_matches(&payload, at, piece, size));
    }
}

/* A part is the same wherever it stands. */
static void parts_follow_each_other(void **state)
{
    const struct payload second = {.parts[0] = payload.parts[1]};
    uint8_t whole[WHOLE];
    uint8_t alone[200];

    (void)state;
    payload_write(&payload, 0, whole, WHOLE);
    payload_write(&second, 0, alone, sizeof alone);
    assert_memory_equal(whole + 100, alone, sizeof alone);
}

static void one_byte_is_noticed(void **state)
{
    uint8_t whole[WHOLE];

    (void)state;
    payload_write(&payload, 0, whole, WHOLE);
    for (size_t at = 0; at < WHOLE; at++) {
        whole[at] ^= 1;
        assert_false(payload_matches(&payload, 0, whole, WHOLE));
        whole[at] ^= 1;
    }
    assert_true(payload_matches(&payload, 0, whole, WHOLE));
}

static void nothing_is_beyond_the_end(void **state)
{
    const uint8_t zeros[2] = {0, 0};
    uint8_t last;

    (void)state;
    payload_write(&payload, WHOLE - 1, &last, 1);
    assert_true(payload_matches(&payload, WHOLE - 1, &last, 1));
    assert_false(payload_matches(&payload, WHOLE, zeros, 1));
    assert_false(payload_matches(&payload, UINT64_MAX, zeros, 2));
}

/* Clients are told apart by the first eight bytes. */
static void seeds_differ_at_once(void **state)
{
    enum { SEEDS = 200, TOKEN = 8 };
    uint8_t tokens[SEEDS][TOKEN];

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const struct payload one = {.parts[0] = {.seed = seed, .size = TOKEN}};

        payload_write(&one, 0, tokens[seed], TOKEN);
        for (uint64_t other = 0; other < seed; other++) {
            assert_memory_not_equal(tokens[seed], tokens[other], TOKEN);
        }
    }
}

static void a_text_is_itself(void **state)
{
    const struct payload text = {.parts = {{.text = "head", .size = 4}, {.seed = 3, .size = 4}}};
    uint8_t bytes[8];

    (void)state;
    payload_write(&text, 0, bytes, sizeof bytes);
    assert_memory_equal(bytes, "head", 4);
    assert_true(payload_matches(&text, 2, bytes + 2, 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_add_up),
        cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(parts_follow_each_other),
        cmocka_unit_test(one_byte_is_noticed),
        cmocka_unit_test(nothing_is_beyond_the_end),
        cmocka_unit_test(seeds_differ_at_once),
        cmocka_unit_test(a_text_is_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
