/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bytes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- numbers ---- */

struct number {
    uint64_t value;
    size_t size;
    uint8_t bytes[8];
};

static const struct number numbers[] = {
    {0, 4, {0}},
    {1, 4, {1}},
    {0x04030201u, 4, {1, 2, 3, 4}},
    {0xFFFFFFFFu, 4, {255, 255, 255, 255}},
    {0x80000000u, 4, {0, 0, 0, 128}},
    {0, 8, {0}},
    {UINT64_C(0x0807060504030201), 8, {1, 2, 3, 4, 5, 6, 7, 8}},
    {UINT64_C(0x8000000000000000), 8, {0, 0, 0, 0, 0, 0, 0, 128}},
    {UINT64_MAX, 8, {255, 255, 255, 255, 255, 255, 255, 255}},
};

static void put(struct writer_cursor *cursor, const struct number *number)
{
    if (number->size == 4) {
        bytes_put_u32(cursor, (uint32_t)number->value);
    } else {
        bytes_put_u64(cursor, number->value);
    }
}

static uint64_t take(struct reader_cursor *cursor, size_t size)
{
    return size == 4 ? bytes_take_u32(cursor) : bytes_take_u64(cursor);
}

static void test_numbers_stand_lowest_byte_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint8_t bytes[8] = {0};
        struct writer_cursor writer = {bytes, numbers[i].size, false};
        struct reader_cursor reader = {numbers[i].bytes, numbers[i].size, false};

        put(&writer, &numbers[i]);
        assert_false(writer.failed);
        assert_int_equal(writer.left, 0);
        assert_memory_equal(bytes, numbers[i].bytes, sizeof bytes);
        assert_true(take(&reader, numbers[i].size) == numbers[i].value);
        assert_false(reader.failed);
        assert_int_equal(reader.left, 0);
    }
}

/* ---- bounds: the blocks are of exactly their size, so that a sanitizer sees a step beyond ---- */

static uint8_t *block(size_t size)
{
    uint8_t *bytes = malloc(size == 0 ? 1 : size);

    assert_non_null(bytes);
    memset(bytes, 0x5A, size == 0 ? 1 : size);
    return bytes;
}

static const size_t too_much[] = {1, 2, 7, 1000, SIZE_MAX / 2, SIZE_MAX - 8};

static void check_refused_take(uint8_t *bytes, size_t left, size_t size)
{
    struct reader_cursor cursor = {bytes, left, false};

    assert_null(bytes_take(&cursor, size));
    assert_true(cursor.failed);
    assert_ptr_equal(cursor.at, bytes);
    assert_int_equal(cursor.left, left);
}

static void test_take_refuses_what_does_not_fit(void **state)
{
    (void)state;
    for (size_t left = 0; left < 9; left++) {
        uint8_t *bytes = block(left);

        for (size_t i = 0; i < COUNT(too_much); i++) {
            check_refused_take(bytes, left, left + too_much[i]);
        }
        free(bytes);
    }
}

static void check_refused_put(uint8_t *bytes, size_t left, const uint8_t *from, size_t size)
{
    const uint8_t *kept = bytes;
    struct writer_cursor cursor = {bytes, left, false};

    if (from == NULL) {
        bytes_put_zeros(&cursor, size);
    } else {
        bytes_put(&cursor, from, size);
    }
    assert_true(cursor.failed);
    assert_ptr_equal(cursor.at, kept);
    assert_int_equal(cursor.left, left);
    for (size_t i = 0; i < left; i++) {
        assert_int_equal(bytes[i], 0x5A);
    }
}

static void test_put_refuses_what_does_not_fit(void **state)
{
    static const uint8_t from[1] = {0};

    (void)state;
    for (size_t left = 0; left < 9; left++) {
        uint8_t *bytes = block(left);

        for (size_t i = 0; i < COUNT(too_much); i++) {
            check_refused_put(bytes, left, from, left + too_much[i]);
            check_refused_put(bytes, left, NULL, left + too_much[i]);
        }
        free(bytes);
    }
}

static void test_numbers_need_all_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        for (size_t left = 0; left < numbers[i].size; left++) {
            uint8_t *bytes = block(left);
            struct writer_cursor writer = {bytes, left, false};
            struct reader_cursor reader = {bytes, left, false};

            put(&writer, &numbers[i]);
            assert_true(take(&reader, numbers[i].size) == 0);
            assert_true(writer.failed && reader.failed);
            assert_true(writer.left == left && reader.left == left);
            assert_int_equal(bytes[0], 0x5A);
            free(bytes);
        }
    }
}

static void test_failing_take_sticks(void **state)
{
    const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct reader_cursor cursor = {bytes, sizeof bytes, false};

    (void)state;
    assert_null(bytes_take(&cursor, 9));
    assert_null(bytes_take(&cursor, 0));
    assert_null(bytes_take(&cursor, 1));
    assert_int_equal(bytes_take_u32(&cursor), 0);
    assert_true(bytes_take_u64(&cursor) == 0);
    assert_true(cursor.failed);
    assert_ptr_equal(cursor.at, bytes);
    assert_int_equal(cursor.left, sizeof bytes);
}

static void test_failing_put_sticks(void **state)
{
    uint8_t bytes[8] = {0};
    const uint8_t untouched[8] = {0};
    struct writer_cursor cursor = {bytes, sizeof bytes, false};

    (void)state;
    bytes_put_zeros(&cursor, 9);
    bytes_put(&cursor, "x", 1);
    bytes_put_u32(&cursor, 1);
    bytes_put_u64(&cursor, 1);
    assert_true(cursor.failed);
    assert_ptr_equal(cursor.at, bytes);
    assert_memory_equal(bytes, untouched, sizeof bytes);
}

static void test_nothing_fits_everywhere(void **state)
{
    uint8_t byte = 0x5A;
    struct reader_cursor reader = {&byte, 0, false};
    struct writer_cursor writer = {&byte, 0, false};

    (void)state;
    assert_ptr_equal(bytes_take(&reader, 0), &byte);
    bytes_put(&writer, NULL, 0);
    bytes_put_zeros(&writer, 0);
    assert_false(reader.failed || writer.failed);
    assert_int_equal(byte, 0x5A);
}

static void test_steps_follow_each_other(void **state)
{
    uint8_t bytes[16];
    struct writer_cursor writer = {bytes, sizeof bytes, false};
    struct reader_cursor reader = {bytes, sizeof bytes, false};

    (void)state;
    bytes_put(&writer, "ab", 2);
    bytes_put_u32(&writer, 7);
    bytes_put_zeros(&writer, 2);
    bytes_put_u64(&writer, 9);
    assert_true(writer.left == 0 && !writer.failed);
    assert_memory_equal(bytes_take(&reader, 2), "ab", 2);
    assert_int_equal(bytes_take_u32(&reader), 7);
    assert_memory_equal(bytes_take(&reader, 2), "\0\0", 2);
    assert_true(bytes_take_u64(&reader) == 9);
    assert_true(reader.left == 0 && !reader.failed);
}

/* ---- the digest ---- */

static void test_digest_tells_one_altered_byte(void **state)
{
    uint8_t bytes[140]; /* two blocks, and then some */

    (void)state;
    for (size_t size = 1; size <= sizeof bytes; size++) {
        uint64_t digest;

        memset(bytes, 0x5A, sizeof bytes);
        digest = bytes_digest(bytes, size);
        for (size_t bit = 0; bit < size * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            assert_true(bytes_digest(bytes, size) != digest);
            bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        assert_true(bytes_digest(bytes, size) == digest);
    }
}

static void test_digest_tells_lengths(void **state)
{
    const uint8_t zeros[140] = {0};

    (void)state;
    for (size_t a = 0; a < sizeof zeros; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_true(bytes_digest(zeros, a) != bytes_digest(zeros, b));
        }
    }
}

/* The same on every compiler, word size and byte order: a record may travel. */
static void test_digest_is_fixed(void **state)
{
    static const struct {
        const char *text;
        uint64_t digest;
    } table[] = {
        {"", UINT64_C(0x0000000000000000)},
        {"wfpcheck", UINT64_C(0xAE538B22E58521A3)},
        {"redirect record", UINT64_C(0x3C7C756291F381EB)},
        {"a record that is longer than one block of eight words, and then some",
         UINT64_C(0x67F9239BA89BEDAE)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const uint8_t *bytes = (const uint8_t *)table[i].text;

        assert_true(bytes_digest(bytes, strlen(table[i].text)) == table[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_stand_lowest_byte_first),
        cmocka_unit_test(test_take_refuses_what_does_not_fit),
        cmocka_unit_test(test_put_refuses_what_does_not_fit),
        cmocka_unit_test(test_numbers_need_all_their_bytes),
        cmocka_unit_test(test_failing_take_sticks),
        cmocka_unit_test(test_failing_put_sticks),
        cmocka_unit_test(test_nothing_fits_everywhere),
        cmocka_unit_test(test_steps_follow_each_other),
        cmocka_unit_test(test_digest_tells_one_altered_byte),
        cmocka_unit_test(test_digest_tells_lengths),
        cmocka_unit_test(test_digest_is_fixed),
    };

    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
