/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bytes.h"
#include "sim/record.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ROOM = 4096, ORIGIN = 77, CANARY = 0x5A, DIGEST = 8 };

/* Where the frame and the first hop of a record keep their numbers. */
enum { AT_VERSION = 16, AT_SIZE = 20, AT_HOPS = 32, AT_FIRST_HOP = 36, FIRST_HOP = 180 };
enum { AT_STRIDE = FIRST_HOP, AT_CONTEXT_SIZE = FIRST_HOP + 20 };
/* ... where the next hop starts, or, in a record of one hop, the digest. */
enum { SECOND_HOP = FIRST_HOP + 560 + 32 };

static const struct record_shape documented = {188, 560};
static const uint8_t context[128] = "a context is private to driver and service";

static struct record_hop hop_of(uint32_t handle, uint32_t context_size)
{
    const struct record_hop hop = {handle,
                                   UINT64_C(0x1111111111) * handle,
                                   1000 + handle,
                                   {context, context_size},
                                   77 + handle};

    return hop;
}

/* A record with a hop for each size of a context, ended by UINT32_MAX. */
static struct record_view made(uint8_t out[ROOM], struct record_shape shape,
                               const uint32_t *context_sizes)
{
    uint8_t before[ROOM];
    struct record_view record = {before, 0};

    for (uint32_t i = 0; context_sizes[i] != UINT32_MAX; i++) {
        const struct record_hop hop = hop_of(i + 1, context_sizes[i]);

        record.size = record_append(record, &hop, shape, ORIGIN, out, ROOM);
        memcpy(before, out, record.size);
    }
    record.bytes = out;
    return record;
}

static const uint32_t one_hop[] = {32, UINT32_MAX};
static const uint32_t three_hops[] = {32, 0, 7, UINT32_MAX};

/* A copy in a block of exactly its size, so that a sanitizer sees a step beyond. */
static enum record_check check_copy(const uint8_t *bytes, uint32_t size, uint64_t origin)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    const struct record_view record = {copy, size};
    enum record_check check;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    check = record_check(record, origin);
    free(copy);
    return check;
}

/* ---- size ---- */

static void test_sizes_are_as_documented(void **state)
{
    static const uint32_t none[] = {0, UINT32_MAX};
    static const uint32_t two_hops[] = {32, 100, UINT32_MAX};
    static const struct {
        const uint32_t *contexts;
        uint32_t size;
    } table[] = {{one_hop, 780}, {none, 748}, {two_hops, 1440}, {three_hops, 1907}};
    struct wfp_profile profile;
    uint8_t out[ROOM];

    (void)state;
    wfp_profile_documented(&profile);
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(made(out, documented, table[i].contexts).size, table[i].size);
    }
    assert_int_equal(wfp_record_size(&profile, 1, 32), 780);
    assert_int_equal(wfp_record_size(&profile, 3, 39), 1907);
}

static void test_append_stays_in_its_room(void **state)
{
    const struct record_view none = {NULL, 0};
    const struct record_hop hop = hop_of(1, 32);

    (void)state;
    for (uint32_t room = 0; room <= 781; room++) {
        uint8_t *out = malloc(room + 1);
        const uint32_t expected = room < 780 ? 0 : 780;

        assert_non_null(out);
        out[room] = CANARY;
        assert_int_equal(record_append(none, &hop, documented, ORIGIN, out, room), expected);
        assert_int_equal(out[room], CANARY);
        free(out);
    }
}

/* What no record can be made of: a part shorter than what it has to hold. */
static void test_append_refuses_shapes_too_small(void **state)
{
    static const struct record_shape shapes[] = {{0, 560}, {8, 560},  {47, 560},
                                                 {188, 0}, {188, 23}, {188, 31}};
    const struct record_view none = {NULL, 0};
    const struct record_hop hop = hop_of(1, 32);
    uint8_t out[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        assert_int_equal(record_append(none, &hop, shapes[i], ORIGIN, out, sizeof out), 0);
    }
}

static void test_smallest_shape_works(void **state)
{
    const struct record_shape smallest = {RECORD_FRAME_MIN, RECORD_HOP_MIN};
    uint8_t out[ROOM];
    const struct record_view record = made(out, smallest, three_hops);

    (void)state;
    assert_int_equal(record.size, 64 + 3 * 32 + 39);
    assert_int_equal(record_check(record, ORIGIN), RECORD_VALID);
}

/* ---- the hops ---- */

static void check_hops(struct record_view record, const uint32_t *context_sizes)
{
    struct record_walk walk = record_walk(record);
    struct record_hop hop;
    uint32_t hops = 0;

    for (; record_walk_next(&walk, &hop); hops++) {
        const struct record_hop expected = hop_of(hops + 1, context_sizes[hops]);

        assert_int_equal(hop.handle, expected.handle);
        assert_true(hop.provider == expected.provider);
        assert_int_equal(hop.target_pid, expected.target_pid);
        assert_int_equal(hop.context.size, expected.context.size);
        assert_memory_equal(hop.context.bytes, context, hop.context.size);
    }
    assert_int_equal(context_sizes[hops], UINT32_MAX);
    assert_false(record_walk_next(&walk, &hop));
}

static void test_walk_gives_what_was_appended(void **state)
{
    static const struct record_shape shapes[] = {{188, 560}, {64, 32}, {65, 33}, {300, 1000}};
    uint8_t out[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const struct record_view record = made(out, shapes[i], three_hops);

        assert_int_equal(record_check(record, ORIGIN), RECORD_VALID);
        check_hops(record, three_hops);
    }
}

/* Hops keep their own length when a longer record, made under another profile, takes them over. */
static void test_shapes_may_mix(void **state)
{
    static const uint32_t two_hops[] = {32, 5, UINT32_MAX};
    const struct record_shape other = {96, 40};
    uint8_t before[ROOM];
    uint8_t out[ROOM];
    const struct record_view first = made(before, documented, one_hop);
    const struct record_hop hop = hop_of(2, 5);
    const struct record_view record = {out,
                                       record_append(first, &hop, other, ORIGIN, out, sizeof out)};

    (void)state;
    assert_int_equal(record.size, 96 + 592 + 45);
    assert_int_equal(record_check(record, ORIGIN), RECORD_VALID);
    check_hops(record, two_hops);
}

static void test_nothing_has_no_hops(void **state)
{
    const struct record_view none = {NULL, 0};
    struct record_walk walk = record_walk(none);
    struct record_hop hop;

    (void)state;
    assert_false(record_walk_next(&walk, &hop));
}

/* ---- told apart ---- */

static const uint32_t *const subjects[] = {one_hop, three_hops};

static void test_cut_at_every_length(void **state)
{
    uint8_t out[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(subjects); i++) {
        const struct record_view record = made(out, documented, subjects[i]);

        for (uint32_t size = 0; size < record.size; size++) {
            assert_int_equal(check_copy(out, size, ORIGIN), RECORD_TRUNCATED);
        }
        assert_int_equal(check_copy(out, record.size, ORIGIN), RECORD_VALID);
    }
}

static void test_extended(void **state)
{
    static const uint32_t more[] = {1, 4, 8, 1000};
    static const uint8_t fills[] = {0, 0xFF, 'w'};
    uint8_t out[ROOM];
    const struct record_view record = made(out, documented, one_hop);

    (void)state;
    for (size_t i = 0; i < COUNT(more) * COUNT(fills); i++) {
        memset(out + record.size, fills[i % COUNT(fills)], sizeof out - record.size);
        assert_int_equal(check_copy(out, record.size + more[i / COUNT(fills)], ORIGIN),
                         RECORD_EXTENDED);
    }
}

/* An altered length cannot be told from a cut or an addition; it is none the less refused. */
static void test_altered_at_every_offset(void **state)
{
    uint8_t out[ROOM];
    const struct record_view record = made(out, documented, three_hops);

    (void)state;
    for (uint32_t bit = 0; bit < record.size * 8; bit++) {
        const bool length = bit / 8 >= AT_SIZE && bit / 8 < AT_SIZE + 4;
        enum record_check check;

        out[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        check = record_check(record, ORIGIN);
        out[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_true(length ? check == RECORD_TRUNCATED || check == RECORD_EXTENDED
                           : check == RECORD_GARBAGE);
    }
}

static void test_foreign_is_whole(void **state)
{
    static const uint64_t origins[] = {0, ORIGIN - 1, ORIGIN + 1, UINT64_C(1) << 63};
    uint8_t out[ROOM];
    const struct record_view record = made(out, documented, one_hop);

    (void)state;
    for (size_t i = 0; i < COUNT(origins); i++) {
        assert_int_equal(record_check(record, origins[i]), RECORD_FOREIGN);
        assert_int_equal(check_copy(out, record.size - 1, origins[i]), RECORD_TRUNCATED);
        assert_int_equal(check_copy(out, record.size + 1, origins[i]), RECORD_EXTENDED);
    }
}

static void test_garbage(void **state)
{
    static const uint8_t fills[] = {0, 1, 0x41, 0x7F, 0x80, 0xFF};
    static const uint32_t sizes[] = {1, 4, 15, 16, 39, 40, 47, 48, 188, 780, ROOM};
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(fills) * COUNT(sizes); i++) {
        memset(bytes, fills[i % COUNT(fills)], sizeof bytes);
        assert_int_equal(check_copy(bytes, sizes[i / COUNT(fills)], ORIGIN), RECORD_GARBAGE);
    }
}

/* ---- hostile: what no digest gives away ---- */

static void sign(uint8_t *bytes, uint32_t size)
{
    struct writer_cursor cursor = {bytes + size - DIGEST, DIGEST, false};

    bytes_put_u64(&cursor, bytes_digest(bytes, size - DIGEST));
}

static void write_number(uint8_t *bytes, uint32_t at, uint32_t number)
{
    struct writer_cursor cursor = {bytes + at, 4, false};

    bytes_put_u32(&cursor, number);
}

struct forgery {
    uint32_t at;
    uint32_t number;
};

static const struct forgery forgeries[] = {
    {AT_VERSION, 0},
    {AT_VERSION, 1},
    {AT_VERSION, 3},
    {AT_HOPS, 0},
    {AT_HOPS, 2},
    {AT_HOPS, 0x80000000u},
    {AT_HOPS, UINT32_MAX},
    {AT_FIRST_HOP, 0},
    {AT_FIRST_HOP, 39},
    {AT_FIRST_HOP, FIRST_HOP - 1},
    {AT_FIRST_HOP, FIRST_HOP + 1},
    {AT_FIRST_HOP, SECOND_HOP - 1},
    {AT_FIRST_HOP, SECOND_HOP},
    {AT_FIRST_HOP, SECOND_HOP + 1},
    {AT_FIRST_HOP, 780},
    {AT_FIRST_HOP, 0x7FFFFFFFu},
    {AT_FIRST_HOP, UINT32_MAX - 8},
    {AT_FIRST_HOP, UINT32_MAX - 7},
    {AT_FIRST_HOP, UINT32_MAX},
    {AT_STRIDE, 0},
    {AT_STRIDE, 23},
    {AT_STRIDE, 24},
    {AT_STRIDE, RECORD_HOP_MIN - 1},
    {AT_STRIDE, 559},
    {AT_STRIDE, 561},
    {AT_STRIDE, 593},
    {AT_STRIDE, UINT32_MAX},
    {AT_CONTEXT_SIZE, 0},
    {AT_CONTEXT_SIZE, 31},
    {AT_CONTEXT_SIZE, 33},
    {AT_CONTEXT_SIZE, 0x80000000u},
    {AT_CONTEXT_SIZE, UINT32_MAX},
};

static void test_signed_forgeries_are_garbage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forgeries); i++) {
        uint8_t out[ROOM];
        const struct record_view record = made(out, documented, one_hop);

        write_number(out, forgeries[i].at, forgeries[i].number);
        sign(out, record.size);
        assert_int_equal(check_copy(out, record.size, ORIGIN), RECORD_GARBAGE);
    }
}

/* The hop's parts add up, whatever they are; only too short a stride gives it away. */
static void test_signed_hop_must_have_its_fixed_part(void **state)
{
    (void)state;
    for (uint32_t stride = 0; stride <= 2 * RECORD_HOP_MIN; stride++) {
        uint8_t out[ROOM];
        const struct record_view record = made(out, documented, one_hop);

        write_number(out, AT_STRIDE, stride);
        write_number(out, AT_CONTEXT_SIZE, 560 + 32 - stride);
        sign(out, record.size);
        assert_int_equal(check_copy(out, record.size, ORIGIN),
                         stride < RECORD_HOP_MIN ? RECORD_GARBAGE : RECORD_VALID);
    }
}

/* A hop that starts within the frame, where the origin makes a good stride, and ends as it should.
 */
static void test_signed_hop_must_follow_the_frame(void **state)
{
    enum { AT_ORIGIN = 24, SIZE = 160 };
    uint8_t out[ROOM] = {0};

    (void)state;
    made(out, documented, one_hop);
    memset(out + 40, 0, sizeof out - 40);
    write_number(out, AT_SIZE, SIZE);
    write_number(out, AT_FIRST_HOP, AT_ORIGIN);
    write_number(out, AT_ORIGIN + 20, SIZE - DIGEST - AT_ORIGIN - ORIGIN);
    sign(out, SIZE);
    assert_int_equal(check_copy(out, SIZE, ORIGIN), RECORD_GARBAGE);
}

/* Every size that its frame may claim, however little stands behind it. */
static void test_signed_stumps(void **state)
{
    uint8_t out[ROOM];

    (void)state;
    for (uint32_t size = 24; size < 780; size++) {
        made(out, documented, one_hop);
        write_number(out, AT_SIZE, size);
        sign(out, size);
        assert_true(check_copy(out, size, ORIGIN) != RECORD_VALID);
    }
}

static uint32_t random_number(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Small numbers, numbers around the record's size, and any. */
static uint32_t random_field(uint64_t *seed, uint32_t size)
{
    switch (random_number(seed) % 4) {
    case 0:
        return random_number(seed) % 8;
    case 1:
        return size - random_number(seed) % 64;
    case 2:
        return random_number(seed) % (size + 64);
    default:
        return random_number(seed) * 2 + 1;
    }
}

static void walk_safely(const uint8_t *bytes, uint32_t size)
{
    uint8_t *copy = malloc(size);
    const struct record_view record = {copy, size};
    struct record_walk walk;
    struct record_hop hop;
    uint32_t hops = 0;
    uint32_t sum = 0;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    walk = record_walk(record);
    while (record_check(record, ORIGIN) == RECORD_VALID && record_walk_next(&walk, &hop)) {
        for (uint32_t i = 0; i < hop.context.size; i++) {
            sum += hop.context.bytes[i];
        }
        hops++;
    }
    assert_in_range(sum, 0, 255 * size);
    assert_in_range(hops, 0, size / RECORD_HOP_MIN);
    free(copy);
}

static void test_random_forgeries_are_walked_safely(void **state)
{
    static const uint32_t fields[] = {AT_HOPS,         AT_FIRST_HOP, AT_STRIDE,
                                      AT_CONTEXT_SIZE, SECOND_HOP,   SECOND_HOP + 20};
    uint64_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t out[ROOM];
        const struct record_view record = made(out, documented, three_hops);

        for (unsigned i = 1 + random_number(&seed) % 3; i > 0; i--) {
            write_number(out, fields[random_number(&seed) % COUNT(fields)],
                         random_field(&seed, record.size));
        }
        sign(out, record.size);
        walk_safely(out, record.size);
    }
}

/* ---- the layout: the same bytes on every compiler, word size and byte order ---- */

static void test_layout_is_fixed(void **state)
{
    static const uint8_t expected[40] = {
        'w', 'f', 'p', 'c', 'h', 'e', 'c', 'k', '-', 'r', 'e', 'c', 'o', 'r', 'd', 0, 2,   0, 0, 0,
        12,  3,   0,   0,   77,  0,   0,   0,   0,   0,   0,   0,   1,   0,   0,   0, 180, 0, 0, 0};
    static const uint8_t hop[28] = {48, 2, 0,    0, 1, 0, 0,  0, 0x11, 0x11, 0x11, 0x11, 0x11, 0,
                                    0,  0, 0xE9, 3, 0, 0, 32, 0, 0,    0,    78,   0,    0,    0};
    uint8_t out[ROOM];
    const struct record_view record = made(out, documented, one_hop);

    (void)state;
    assert_memory_equal(out, expected, sizeof expected);
    assert_memory_equal(out + FIRST_HOP, hop, sizeof hop);
    assert_memory_equal(out + 740, context, 32);
    assert_int_equal(record.size, 780);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_as_documented),
        cmocka_unit_test(test_append_stays_in_its_room),
        cmocka_unit_test(test_append_refuses_shapes_too_small),
        cmocka_unit_test(test_smallest_shape_works),
        cmocka_unit_test(test_walk_gives_what_was_appended),
        cmocka_unit_test(test_shapes_may_mix),
        cmocka_unit_test(test_nothing_has_no_hops),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_extended),
        cmocka_unit_test(test_altered_at_every_offset),
        cmocka_unit_test(test_foreign_is_whole),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_signed_forgeries_are_garbage),
        cmocka_unit_test(test_signed_hop_must_have_its_fixed_part),
        cmocka_unit_test(test_signed_hop_must_follow_the_frame),
        cmocka_unit_test(test_signed_stumps),
        cmocka_unit_test(test_random_forgeries_are_walked_safely),
        cmocka_unit_test(test_layout_is_fixed),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
