/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/lab/context/stand_in_missing.h"

static struct event call(enum event_kind kind, enum event_by by, const char *name, const char *text)
{
    struct event event = {.kind = kind};

    event_set_number(&event, FIELD_PROCESS, 1);
    event_set_number(&event, FIELD_THREAD, 7);
    event_set_number(&event, FIELD_BY, by);
    event_set_text(&event, FIELD_NAME, name);
    event_set_text(&event, FIELD_TEXT, text);
    return event;
}

static void add_call(struct trace *trace, enum event_kind kind, enum event_by by, const char *name,
                     const char *text)
{
    const struct event event = call(kind, by, name, text);

    assert_true(trace_add(trace, &event));
}

static void add_done(struct trace *trace, uint64_t thread, uint64_t error)
{
    struct event event = {.kind = EVENT_DONE};

    event_set_number(&event, FIELD_PROCESS, 1);
    event_set_number(&event, FIELD_THREAD, thread);
    event_set_number(&event, FIELD_ERROR, error);
    assert_true(trace_add(trace, &event));
}

static void add_open(struct trace *trace, const char *path, uint64_t handle)
{
    struct event event = call(EVENT_DEVICE_OPEN, EVENT_BY_SHIM, "", path);

    event_set_number(&event, FIELD_HANDLE, handle);
    assert_true(trace_add(trace, &event));
}

static void add_control(struct trace *trace, uint64_t handle, uint32_t code, uint64_t flags)
{
    struct event event = call(EVENT_DEVICE_CONTROL, EVENT_BY_SHIM, "DeviceIoControl", "");

    event_set_number(&event, FIELD_HANDLE, handle);
    event_set_number(&event, FIELD_CODE, code);
    event_set_number(&event, FIELD_IN_SIZE, 8);
    event_set_number(&event, FIELD_OUT_SIZE, 4);
    event_set_number(&event, FIELD_FLAGS, flags);
    assert_true(trace_add(trace, &event));
}

static void expect(const struct trace *trace, const char *expected)
{
    struct text text = {0};

    stand_in_missing(trace, &text);
    assert_string_equal(text_bytes(&text), expected);
    text_clear(&text);
}

static void test_what_is_passed_is_listed_once(void **state)
{
    struct trace *trace = trace_new();
    (void)state;

    for (unsigned round = 0; round < 2; round++) {
        add_call(trace, EVENT_DEVICE_OPEN, EVENT_BY_PROVIDER, "", "\\\\.\\One");
        add_done(trace, 8, 5); /* of another thread */
        add_done(trace, 7, 2);
        add_call(trace, EVENT_SERVICE_CALL, EVENT_BY_PROVIDER, "OpenServiceW", "One");
        add_done(trace, 7, 1060);
        add_call(trace, EVENT_SERVICE_CALL, EVENT_BY_PROVIDER, "OpenSCManagerW", "");
        add_done(trace, 7, 0);
        add_call(trace, EVENT_SERVICE_CALL, EVENT_BY_SHIM, "OpenServiceW", "Two");
        add_call(trace, EVENT_CONNECT, EVENT_BY_PROVIDER, "connect", "");
    }
    add_call(trace, EVENT_FILTER_CALL, EVENT_BY_PROVIDER, "FwpmEngineOpen0", "");
    expect(trace, "device \\\\.\\One: passed to the system, error 2\n"
                  "service manager OpenServiceW One: passed to the system, error 1060\n"
                  "service manager OpenSCManagerW: passed to the system, error 0\n"
                  "filter engine FwpmEngineOpen0: passed to the system\n");
    trace_free(trace);
}

static void test_a_control_is_listed_with_its_device(void **state)
{
    struct trace *trace = trace_new();
    (void)state;

    add_open(trace, "\\\\.\\One", 1);
    add_open(trace, "\\\\.\\T\x1bwo", 2);
    add_control(trace, 1, 0x222000, 0);
    add_control(trace, 1, 0x222004, EVENT_DEVICE_UNNAMED);
    add_control(trace, 2, 0x222008, EVENT_DEVICE_UNNAMED | EVENT_DEVICE_PENDS);
    expect(trace,
           "device \\\\.\\One: DeviceIoControl 0x00222004 with 8 bytes in and room for 4 is "
           "not named\n"
           "device \\\\.\\T?wo: DeviceIoControl 0x00222008 with 8 bytes in and room for 4 is "
           "not named\n");
    trace_free(trace);
}

static void add_real(struct trace *trace, uint64_t handle)
{
    struct event event = {.kind = EVENT_DONE};

    event_set_number(&event, FIELD_PROCESS, 1);
    event_set_number(&event, FIELD_THREAD, 7);
    event_set_number(&event, FIELD_KIND_OF, EVENT_DEVICE_OPEN);
    event_set_number(&event, FIELD_HANDLE, handle);
    add_call(trace, EVENT_DEVICE_OPEN, EVENT_BY_PROVIDER, "", "\\\\.\\Real");
    assert_true(trace_add(trace, &event));
}

static void test_a_real_device_is_listed_with_what_it_was_asked(void **state)
{
    struct trace *trace = trace_new();
    struct event event = call(EVENT_DEVICE_CONTROL, EVENT_BY_PROVIDER, "DeviceIoControl", "");
    (void)state;

    add_open(trace, "\\\\.\\One", 1);
    add_real(trace, 1000001);
    add_open(trace, "\\\\.\\Two", 2);
    event_set_number(&event, FIELD_HANDLE, 1000001);
    event_set_number(&event, FIELD_CODE, 0x222000);
    assert_true(trace_add(trace, &event));
    add_done(trace, 7, 0);
    expect(trace, "device \\\\.\\Real: passed to the system, error 0\n"
                  "device \\\\.\\Real: DeviceIoControl 0x00222000 with 0 bytes in and room for 0: "
                  "passed to the system, error 0\n");
    trace_free(trace);
}

static void test_what_is_too_much_is_counted(void **state)
{
    struct trace *trace = trace_new();
    struct text text = {0};
    size_t lines = 0;
    (void)state;

    add_open(trace, "\\\\.\\One", 1);
    for (uint32_t code = 0; code < 130; code++) {
        add_control(trace, 1, code, EVENT_DEVICE_UNNAMED);
    }
    stand_in_missing(trace, &text);
    for (const char *at = text_bytes(&text); *at != '\0'; at++) {
        lines += *at == '\n';
    }
    assert_int_equal(lines, 101);
    assert_non_null(strstr(text_bytes(&text), "and 30 more of a driver\n"));
    text_clear(&text);
    trace_free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_passed_is_listed_once),
        cmocka_unit_test(test_a_control_is_listed_with_its_device),
        cmocka_unit_test(test_a_real_device_is_listed_with_what_it_was_asked),
        cmocka_unit_test(test_what_is_too_much_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
