/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/datagram.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ROOM = 4096 };

static const enum wfp_layout layouts[] = {WFP_LAYOUT_64, WFP_LAYOUT_32};
static const uint32_t headers[] = {[WFP_LAYOUT_64] = 16, [WFP_LAYOUT_32] = 12};

/* ---- sizes, as the header's macros give them when compiled for both widths ---- */

static void test_lengths_and_spaces(void **state)
{
    static const struct {
        uint32_t data;
        uint32_t length64, space64, length32, space32;
    } table[] = {
        {0, 16, 16, 12, 12},
        {1, 17, 24, 13, 16},
        {4, 20, 24, 16, 16},
        {32, 48, 48, 44, 44},
        {780, 796, 800, 792, 792},
        {785, 801, 808, 797, 800},
        {1024, 1040, 1040, 1036, 1036},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(wfp_control_length(WFP_LAYOUT_64, table[i].data), table[i].length64);
        assert_int_equal(wfp_control_space(WFP_LAYOUT_64, table[i].data), table[i].space64);
        assert_int_equal(wfp_control_length(WFP_LAYOUT_32, table[i].data), table[i].length32);
        assert_int_equal(wfp_control_space(WFP_LAYOUT_32, table[i].data), table[i].space32);
    }
}

/* ---- bytes ---- */

static void test_bytes_of_an_object(void **state)
{
    static const uint8_t data[] = {0xAA, 0xBB};
    static const uint8_t wide[] = {18, 0, 0, 0, 0,    0,    0, 0, 41, 0, 0, 0,
                                   70, 0, 0, 0, 0xAA, 0xBB, 0, 0, 0,  0, 0, 0};
    static const uint8_t narrow[] = {14, 0, 0, 0, 41, 0, 0, 0, 70, 0, 0, 0, 0xAA, 0xBB, 0, 0};
    const struct wfp_control_object object = {0, WFP_IPPROTO_IPV6, WFP_REDIRECT_CONTEXT, data, 2};
    uint8_t out[32];

    (void)state;
    memset(out, 0xEE, sizeof out);
    assert_int_equal(wfp_control_write(WFP_LAYOUT_64, &object, out, sizeof out), sizeof wide);
    assert_memory_equal(out, wide, sizeof wide);
    assert_int_equal(out[sizeof wide], 0xEE);
    memset(out, 0xEE, sizeof out);
    assert_int_equal(wfp_control_write(WFP_LAYOUT_32, &object, out, sizeof out), sizeof narrow);
    assert_memory_equal(out, narrow, sizeof narrow);
    assert_int_equal(out[sizeof narrow], 0xEE);
}

static void test_nothing_is_written_without_room(void **state)
{
    static const uint8_t data[5] = {1, 2, 3, 4, 5};
    const struct wfp_control_object object = {0, 0, 60, data, sizeof data};
    uint8_t out[64];

    (void)state;
    for (size_t i = 0; i < COUNT(layouts); i++) {
        const uint32_t space = (uint32_t)wfp_control_space(layouts[i], sizeof data);

        for (uint32_t room = 0; room < space; room++) {
            memset(out, 0xEE, sizeof out);
            assert_int_equal(wfp_control_write(layouts[i], &object, out, room), 0);
            for (size_t at = 0; at < sizeof out; at++) {
                assert_int_equal(out[at], 0xEE);
            }
        }
        assert_int_equal(wfp_control_write(layouts[i], &object, out, space), space);
    }
}

/* ---- written and read again, in both layouts ---- */

static uint32_t write_three(enum wfp_layout layout, const uint32_t sizes[3], const uint8_t *data,
                            uint8_t *out)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < 3; i++) {
        const struct wfp_control_object object = {0, i, 60 + i, data, sizes[i]};
        const uint32_t written = wfp_control_write(layout, &object, out + used, ROOM - used);

        assert_int_not_equal(written, 0);
        used += written;
    }
    return used;
}

static void expect_three(enum wfp_layout layout, const uint32_t sizes[3], const uint8_t *data,
                         const uint8_t *bytes, uint32_t size)
{
    struct wfp_control_walk walk = {bytes, size, 0, layout};
    struct wfp_control_object object;

    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_OBJECT);
        assert_int_equal(object.level, i);
        assert_int_equal(object.type, 60 + i);
        assert_int_equal(object.size, sizes[i]);
        assert_int_equal(object.length, wfp_control_length(layout, sizes[i]));
        assert_memory_equal(object.data, data, sizes[i]);
    }
    assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_END);
    assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_END);
}

static void test_round_trip(void **state)
{
    uint8_t data[64];
    uint8_t out[ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 3 + 1);
    }
    for (uint32_t size = 0; size <= 40; size++) {
        const uint32_t sizes[3] = {size, 40 - size, size / 2};

        for (size_t i = 0; i < COUNT(layouts); i++) {
            expect_three(layouts[i], sizes, data, out, write_three(layouts[i], sizes, data, out));
        }
    }
}

/* The padding behind the last object may be missing (CMSG-02). */
static void test_last_padding_may_be_missing(void **state)
{
    static const uint8_t data[1] = {7};
    const struct wfp_control_object written = {0, 0, 60, data, 1};
    struct wfp_control_object object;
    uint8_t out[64];

    (void)state;
    for (size_t i = 0; i < COUNT(layouts); i++) {
        const uint32_t space = wfp_control_write(layouts[i], &written, out, sizeof out);
        const uint32_t length = (uint32_t)wfp_control_length(layouts[i], 1);

        for (uint32_t size = 0; size <= space; size++) {
            struct wfp_control_walk walk = {out, size, 0, layouts[i]};
            const enum wfp_control_step expected = size < headers[layouts[i]] ? WFP_CONTROL_END
                                                   : size < length ? WFP_CONTROL_MALFORMED
                                                                   : WFP_CONTROL_OBJECT;

            assert_int_equal(wfp_control_next(&walk, &object), expected);
        }
    }
}

/* ---- what the macros do not check ---- */

static void test_impossible_lengths(void **state)
{
    static const uint64_t lengths[] = {0, 1, 11, 41, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF};
    struct wfp_control_object object;
    uint8_t out[40];

    (void)state;
    for (size_t i = 0; i < COUNT(layouts); i++) {
        for (size_t j = 0; j < COUNT(lengths); j++) {
            struct wfp_control_walk walk = {out, sizeof out, 0, layouts[i]};

            memset(out, 0, sizeof out);
            memcpy(out,
                   (uint8_t[4]){(uint8_t)lengths[j], (uint8_t)(lengths[j] >> 8),
                                (uint8_t)(lengths[j] >> 16), (uint8_t)(lengths[j] >> 24)},
                   4);
            assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_MALFORMED);
            assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_END);
        }
    }
}

/* In 64 bits the upper half of the length counts too. */
static void test_length_beyond_four_gigabytes(void **state)
{
    uint8_t out[24] = {24, 0, 0, 0, 1};
    struct wfp_control_walk walk = {out, sizeof out, 0, WFP_LAYOUT_64};
    struct wfp_control_object object;

    (void)state;
    assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_MALFORMED);
}

/* Every walk ends, and stays inside the bytes; the block is on the heap for the sanitizer. */
static void walk_to_the_end(const uint8_t *bytes, uint32_t size, enum wfp_layout layout)
{
    struct wfp_control_walk walk = {bytes, size, 0, layout};
    struct wfp_control_object object;
    uint32_t objects = 0;
    enum wfp_control_step step;

    for (step = wfp_control_next(&walk, &object); step == WFP_CONTROL_OBJECT;
         step = wfp_control_next(&walk, &object)) {
        objects++;
        assert_in_range(objects, 1, size / headers[layout]);
        assert_true(object.data >= bytes + headers[layout]);
        assert_true(object.data + object.size <= bytes + size);
    }
    assert_in_range(walk.at, 0, size);
}

/* All strings of a few bytes, spread over the places that matter: length, and what comes behind. */
static void test_every_short_string_ends(void **state)
{
    static const uint8_t values[] = {0, 1, 8, 11, 12, 13, 15, 16, 17, 24, 28, 32, 127, 128, 255};
    enum { VALUES = sizeof values, SIZE_MAX_TRIED = 52 };

    (void)state;
    for (uint32_t size = 0; size <= SIZE_MAX_TRIED; size++) {
        uint8_t *bytes = calloc(1, (size_t)size + (size == 0));

        assert_non_null(bytes);
        for (size_t i = 0; i < (size_t)VALUES * VALUES * VALUES; i++) {
            const uint8_t three[] = {values[i % VALUES], values[i / VALUES % VALUES],
                                     values[i / VALUES / VALUES]};

            for (uint32_t at = 0; at < 3; at++) {
                if (at * 16 < size) {
                    bytes[(size_t)at * 16] = three[at];
                }
                if (at * 12 + 1 < size) {
                    bytes[(size_t)at * 12 + (at > 0)] = three[at];
                }
            }
            walk_to_the_end(bytes, size, WFP_LAYOUT_64);
            walk_to_the_end(bytes, size, WFP_LAYOUT_32);
        }
        free(bytes);
    }
}

static void test_any_bytes_end(void **state)
{
    uint32_t seed = 12345;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        const uint32_t size = round % 97;
        uint8_t *bytes = malloc((size_t)size + (size == 0));

        assert_non_null(bytes);
        for (uint32_t i = 0; i < size; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (seed >> 28) < 11 ? 0 : (uint8_t)(seed >> 24 & 0x3F);
        }
        walk_to_the_end(bytes, size, round % 2 == 0 ? WFP_LAYOUT_64 : WFP_LAYOUT_32);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths_and_spaces),
        cmocka_unit_test(test_bytes_of_an_object),
        cmocka_unit_test(test_nothing_is_written_without_room),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_last_padding_may_be_missing),
        cmocka_unit_test(test_impossible_lengths),
        cmocka_unit_test(test_length_beyond_four_gigabytes),
        cmocka_unit_test(test_every_short_string_ends),
        cmocka_unit_test(test_any_bytes_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
