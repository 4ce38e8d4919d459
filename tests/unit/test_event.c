/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/lab/wire/event.h"

enum { ROOM = 4096 };

static const uint8_t payload[] = {0, 1, 2, 0xff, 0x80};

/* Every field has a value of its own. */
static void fill(struct event *event, enum event_field field)
{
    const struct wfp_address address = {
        {198, 18, 0, (uint8_t)field}, (uint16_t)(1000 + field), 0, 0};

    if (field < FIELD_NUMBERS_END) {
        event_set_number(event, field, UINT64_C(0x1122334455667700) + field);
    } else if (field < FIELD_ADDRESSES_END) {
        event_set_address(event, field, &address);
    } else {
        event_set_bytes(event, field, payload, sizeof payload - field % 3);
    }
}

static void assert_same(const struct event *expected, const struct event *actual)
{
    assert_int_equal(expected->kind, actual->kind);
    assert_true(expected->fields == actual->fields);
    assert_memory_equal(expected->numbers, actual->numbers, sizeof expected->numbers);
    assert_memory_equal(expected->addresses, actual->addresses, sizeof expected->addresses);
    for (size_t i = 0; i < EVENT_BYTES; i++) {
        assert_int_equal(expected->bytes[i].size, actual->bytes[i].size);
        if (expected->bytes[i].size > 0) {
            assert_memory_equal(expected->bytes[i].at, actual->bytes[i].at,
                                expected->bytes[i].size);
        }
    }
}

/* In a block of its very size, so that a sanitizer sees what is read beyond. */
static enum event_read read_copy(const uint8_t *bytes, size_t size, struct event *event)
{
    uint8_t *copy = malloc(size + (size == 0));
    size_t used = 0;
    enum event_read read;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    read = event_read(copy, size, event, &used);
    if (read == EVENT_READ_DONE) {
        assert_in_range(used, 1, size);
    }
    free(copy);
    return read;
}

static void assert_round_trip(const struct event *event)
{
    uint8_t bytes[ROOM];
    const size_t size = event_write(event, bytes, sizeof bytes);
    struct event read;
    size_t used = 0;

    assert_in_range(size, 16, sizeof bytes);
    assert_int_equal(event_read(bytes, size, &read, &used), EVENT_READ_DONE);
    assert_int_equal(used, size);
    assert_same(event, &read);
}

static void each_kind_and_each_field_come_back(void **state)
{
    struct event all = {.kind = EVENT_ANSWER};

    (void)state;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        struct event bare = {.kind = (enum event_kind)kind};

        assert_round_trip(&bare);
    }
    for (int field = 0; field < FIELDS_ALL; field++) {
        struct event one = {.kind = EVENT_IOCTL};

        fill(&one, (enum event_field)field);
        fill(&all, (enum event_field)field);
        assert_round_trip(&one);
    }
    assert_round_trip(&all);
}

static void what_is_not_there_is_nothing(void **state)
{
    struct event event = {.kind = EVENT_BIND};

    (void)state;
    for (int field = 0; field < FIELDS_ALL; field++) {
        assert_false(event_has(&event, (enum event_field)field));
    }
    assert_true(event_number(&event, FIELD_ERROR) == 0);
    assert_int_equal(event_address(&event, FIELD_PEER).port, 0);
    assert_int_equal(event_bytes(&event, FIELD_OUT).size, 0);
    event_set_text(&event, FIELD_NAME, "bind");
    assert_int_equal(event_bytes(&event, FIELD_NAME).size, 4);
    assert_true(event_has(&event, FIELD_NAME));
}

static void each_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVENT_KIND_COUNT; i++) {
        assert_non_null(event_kinds[i].name);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(event_kinds[i].name, event_kinds[j].name);
        }
    }
    for (size_t i = 0; i < FIELDS_ALL; i++) {
        assert_non_null(event_fields[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(event_fields[i], event_fields[j]);
        }
    }
}

/* ---- what does not fit, and what is no event ---- */

static size_t write_all(uint8_t bytes[ROOM])
{
    struct event all = {.kind = EVENT_ANSWER};

    for (int field = 0; field < FIELDS_ALL; field++) {
        fill(&all, (enum event_field)field);
    }
    return event_write(&all, bytes, ROOM);
}

static void no_part_of_an_event_is_one(void **state)
{
    uint8_t bytes[ROOM];
    const size_t size = write_all(bytes);
    struct event read;

    (void)state;
    for (size_t part = 0; part < size; part++) {
        assert_int_equal(read_copy(bytes, part, &read), EVENT_READ_MORE);
    }
    assert_int_equal(read_copy(bytes, size, &read), EVENT_READ_DONE);
}

/* The length says that it is whole, and is wrong. */
static void no_shortened_event_is_one(void **state)
{
    uint8_t bytes[ROOM];
    const size_t size = write_all(bytes);
    struct event read;

    (void)state;
    for (size_t length = 0; length < size - 4; length++) {
        bytes[0] = (uint8_t)length;
        bytes[1] = (uint8_t)(length >> 8);
        assert_int_equal(read_copy(bytes, size, &read), EVENT_READ_BAD);
    }
}

static void a_place_too_small_is_left_alone(void **state)
{
    uint8_t bytes[ROOM];
    const size_t size = write_all(bytes);
    struct event event;
    size_t used;

    (void)state;
    assert_int_equal(event_read(bytes, size, &event, &used), EVENT_READ_DONE);
    for (size_t room = 0; room < size; room++) {
        uint8_t *small = malloc(room + 1);

        assert_non_null(small);
        assert_int_equal(event_write(&event, small, room), 0);
        free(small);
    }
}

static const struct {
    size_t at;
    uint8_t value;
} spoilt[] = {
    {3, 0xff},  /* longer than any event */
    {4, 0xff},  /* no such kind */
    {5, 1},     /* the same, in the second byte */
    {15, 0x80}, /* no such field */
};

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        uint8_t bytes[ROOM];
        const size_t size = write_all(bytes);
        struct event read;

        bytes[spoilt[i].at] = spoilt[i].value;
        assert_int_equal(read_copy(bytes, size, &read), EVENT_READ_BAD);
    }
}

static void a_family_that_is_none_is_refused(void **state)
{
    struct event event = {.kind = EVENT_BIND};
    uint8_t bytes[ROOM];
    struct event read;
    size_t size;

    (void)state;
    fill(&event, FIELD_LOCAL);
    size = event_write(&event, bytes, sizeof bytes);
    bytes[size - 2] = WFP_IPV6 + 1;
    assert_int_equal(read_copy(bytes, size, &read), EVENT_READ_BAD);
}

static void what_is_left_over_is_refused(void **state)
{
    uint8_t bytes[ROOM] = {0};
    const size_t size = write_all(bytes);
    struct event read;

    (void)state;
    bytes[0] = (uint8_t)(size - 4 + 1);
    bytes[1] = (uint8_t)((size - 4 + 1) >> 8);
    assert_int_equal(read_copy(bytes, size + 1, &read), EVENT_READ_BAD);
}

/* Whatever comes is an event or none, and what one points to is inside. */
static void random_bytes_do_no_harm(void **state)
{
    uint32_t seed = 1;
    uint8_t bytes[512];
    unsigned events = 0;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct event event;
        size_t size = 0;

        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(seed >> 24);
        }
        /* A head that could be one: what follows is looked at. */
        size = 16 + bytes[0];
        bytes[0] = (uint8_t)(size - 4);
        bytes[1] = (uint8_t)((size - 4) >> 8);
        memset(bytes + 2, 0, 2);
        bytes[4] = (uint8_t)(bytes[4] % EVENT_KIND_COUNT);
        memset(bytes + 5, 0, 3);
        memset(bytes + 9, 0, 7);
        events += read_copy(bytes, size, &event) == EVENT_READ_DONE;
    }
    assert_int_not_equal(events, 20000);
}

static void only_so_many_bytes_are_told(void **state)
{
    uint8_t *large = calloc(1, EVENT_BYTES_MAX + 1);
    struct event event = {.kind = EVENT_IOCTL};

    (void)state;
    assert_non_null(large);
    event_set_bytes(&event, FIELD_IN, large, EVENT_BYTES_MAX + 1);
    assert_int_equal(event_bytes(&event, FIELD_IN).size, EVENT_BYTES_MAX);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_and_each_field_come_back),
        cmocka_unit_test(what_is_not_there_is_nothing),
        cmocka_unit_test(each_has_a_name_of_its_own),
        cmocka_unit_test(no_part_of_an_event_is_one),
        cmocka_unit_test(no_shortened_event_is_one),
        cmocka_unit_test(a_place_too_small_is_left_alone),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_family_that_is_none_is_refused),
        cmocka_unit_test(what_is_left_over_is_refused),
        cmocka_unit_test(random_bytes_do_no_harm),
        cmocka_unit_test(only_so_many_bytes_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
