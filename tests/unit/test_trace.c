/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/lab/trace/trace.h"

enum { MANY = 5000 };

static void fill(struct event *event, uint32_t number)
{
    static const uint8_t bytes[600] = {1, 2, 3};

    memset(event, 0, sizeof *event);
    event->kind = EVENT_IOCTL;
    event_set_number(event, FIELD_SOCKET, number);
    event_set_bytes(event, FIELD_IN, bytes, number % sizeof bytes);
}

static void test_gives_back_what_was_added(void **state)
{
    struct trace *trace = trace_new();
    struct event event;

    (void)state;
    assert_non_null(trace);
    for (uint32_t i = 0; i < MANY; i++) {
        fill(&event, i);
        assert_true(trace_add(trace, &event));
    }
    assert_int_equal(trace_count(trace), MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        trace_get(trace, i, &event);
        assert_int_equal(event.kind, EVENT_IOCTL);
        assert_int_equal(event_number(&event, FIELD_SOCKET), i);
        assert_int_equal(event_bytes(&event, FIELD_IN).size, i % 600);
    }
    trace_free(trace);
}

static void test_bytes_stay_where_they_are(void **state)
{
    struct trace *trace = trace_new();
    struct event first;
    struct event event;

    (void)state;
    assert_non_null(trace);
    fill(&event, 3);
    assert_true(trace_add(trace, &event));
    trace_get(trace, 0, &first);
    for (uint32_t i = 0; i < MANY; i++) {
        fill(&event, 599);
        assert_true(trace_add(trace, &event));
    }
    assert_memory_equal(event_bytes(&first, FIELD_IN).at, "\1\2\3", 3);
    trace_free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_back_what_was_added),
        cmocka_unit_test(test_bytes_stay_where_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
