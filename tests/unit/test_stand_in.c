/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/lab/context/stand_in.h"
#include "harness/platform/files.h"
#include "harness/recording.h"
#include "harness/tree.h"
#include "tests/unit/quoted.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_NAME "test_stand_in.json"
#define PATH "\\\\\\\\.\\\\" /* as JSON has it */

enum { PATH_ROOM = 4200 };

static struct complaints complaints;

static struct stand_in *loaded(const char *path)
{
    struct stand_in *stand_in = NULL;
    const enum status status = stand_in_load(path, &complaints, &stand_in);

    complaints_print(&complaints, stderr);
    complaints_clear(&complaints);
    assert_int_equal(status, STATUS_OK);
    return stand_in;
}

static struct stand_in *shipped(const char *name)
{
    char root[PATH_ROOM / 2];
    char path[PATH_ROOM];

    assert_true(tree_default_root(root, sizeof root));
    (void)snprintf(path, sizeof path, "%s/stand-ins/%s.json", root, name);
    return loaded(path);
}

/* ---- a lab with as many clients as the test says ---- */

static bool client_accepted(void *lab, uint64_t number, struct recipe_facts *facts)
{
    const uint64_t *accepted = lab;

    if (number >= *accepted) {
        return false;
    }
    *facts = (struct recipe_facts){
        .destination = {{198, 18, 0, (uint8_t)(number + 1)}, 443, WFP_IPV4, 0},
        .source = {{127, 0, 0, 1}, (uint16_t)(50001 + number), WFP_IPV4, 0},
        .protocol = 6,
        .process = 4242,
        .connection = number + 1,
    };
    return true;
}

static bool client_of_port(void *lab, uint16_t port, struct recipe_facts *facts)
{
    return port > 50000 && client_accepted(lab, (uint64_t)port - 50001, facts);
}

static uint64_t accepted;

static struct event ask(struct stand_in *stand_in, const struct event *asked)
{
    const struct stand_in_facts facts = {&accepted, client_of_port, client_accepted, 1337, 0};
    struct event answer;

    stand_in_answer(stand_in, asked, &facts, &answer);
    return answer;
}

static struct event open_device(struct stand_in *stand_in, const char *path)
{
    struct event asked = {.kind = EVENT_DEVICE_OPEN};

    event_set_text(&asked, FIELD_TEXT, path);
    return ask(stand_in, &asked);
}

static struct event control(struct stand_in *stand_in, uint32_t code, const char *name,
                            const void *in, size_t in_size)
{
    struct event asked = {.kind = EVENT_DEVICE_CONTROL};

    event_set_number(&asked, FIELD_HANDLE, 1);
    event_set_number(&asked, FIELD_CODE, code);
    event_set_text(&asked, FIELD_NAME, name);
    event_set_bytes(&asked, FIELD_IN, in, in_size);
    event_set_number(&asked, FIELD_IN_SIZE, in_size);
    event_set_number(&asked, FIELD_OUT_SIZE, 1024);
    return ask(stand_in, &asked);
}

static void expect_bytes(const struct event *answer, const char *expected)
{
    const struct event_bytes out = event_bytes(answer, FIELD_OUT);
    char actual[1024];

    assert_int_equal(answer->kind, EVENT_ANSWER);
    assert_int_equal(event_number(answer, FIELD_ERROR), 0);
    assert_int_equal(event_number(answer, FIELD_COUNT), strlen(expected) / 2);
    assert_true(2 * (size_t)out.size < sizeof actual);
    actual[0] = '\0';
    recording_hex(out.at, out.size, actual);
    assert_string_equal(actual, expected);
}

static void expect_error(const struct event *answer, uint32_t error)
{
    assert_int_equal(answer->kind, EVENT_ANSWER);
    assert_int_equal(event_number(answer, FIELD_ERROR), error);
}

static void expect_pending(const struct event *answer, bool again)
{
    assert_int_equal(answer->kind, EVENT_ANSWER);
    assert_int_equal(event_number(answer, FIELD_FLAGS), EVENT_DEVICE_PENDS);
    assert_int_equal(event_has(answer, FIELD_DELAY), again);
}

/* ---- devices ---- */

static void test_a_device_is_known_by_its_name(void **state)
{
    static const struct {
        const char *path;
        enum event_kind kind;
    } rows[] = {
        {"\\\\.\\ExampleRedirect", EVENT_ANSWER}, {"\\\\?\\ExampleRedirect", EVENT_ANSWER},
        {"\\\\.\\exampleREDIRECT", EVENT_ANSWER}, {"\\\\.\\ExampleRedirect2", EVENT_PASS},
        {"\\\\.\\ExampleRedirec", EVENT_PASS},    {"\\\\.\\", EVENT_PASS},
        {"C:\\ExampleRedirect", EVENT_PASS},      {"", EVENT_PASS},
    };
    struct stand_in *stand_in = shipped("redirect-device");
    (void)state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct event answer = open_device(stand_in, rows[i].path);

        assert_int_equal(answer.kind, rows[i].kind);
        assert_int_equal(event_number(&answer, FIELD_HANDLE), rows[i].kind == EVENT_ANSWER);
    }
    stand_in_free(stand_in);
    assert_int_equal(open_device(NULL, "\\\\.\\ExampleRedirect").kind, EVENT_PASS);
}

static void test_controls_are_answered_by_their_codes(void **state)
{
    struct stand_in *stand_in = shipped("redirect-device");
    struct event answer = control(stand_in, 0x80002000, "DeviceIoControl", NULL, 0);
    (void)state;

    expect_bytes(&answer, "0300000008000000");
    answer = control(stand_in, 0x80002008, "DeviceIoControl", "x", 1);
    expect_bytes(&answer, "");
    assert_int_equal(event_number(&answer, FIELD_FLAGS), 0);
    answer = control(stand_in, 0x80002abc, "DeviceIoControl", NULL, 0);
    expect_error(&answer, 1);
    assert_int_equal(event_number(&answer, FIELD_FLAGS), EVENT_DEVICE_UNNAMED);
    answer = control(stand_in, 0, "ReadFile", NULL, 0);
    expect_error(&answer, 1);
    assert_int_equal(event_number(&answer, FIELD_FLAGS), EVENT_DEVICE_UNNAMED);
    stand_in_free(stand_in);
}

static void test_what_does_not_fit_is_refused(void **state)
{
    struct stand_in *stand_in = shipped("redirect-device");
    struct event asked = {.kind = EVENT_DEVICE_CONTROL};
    struct event answer;
    (void)state;

    event_set_number(&asked, FIELD_HANDLE, 1);
    event_set_number(&asked, FIELD_CODE, 0x80002000);
    event_set_number(&asked, FIELD_OUT_SIZE, 7);
    answer = ask(stand_in, &asked);
    expect_error(&answer, 122);
    assert_int_equal(event_number(&answer, FIELD_COUNT), 0);
    event_set_number(&asked, FIELD_OUT_SIZE, 8);
    answer = ask(stand_in, &asked);
    expect_error(&answer, 0);
    event_set_number(&asked, FIELD_HANDLE, 2);
    assert_int_equal(ask(stand_in, &asked).kind, EVENT_PASS);
    stand_in_free(stand_in);
}

static void test_a_call_pends_until_a_client_is_accepted(void **state)
{
    struct stand_in *stand_in = shipped("flow-events");
    struct event answer;
    (void)state;

    accepted = 0;
    answer = control(stand_in, 0x0012e004, "DeviceIoControl", NULL, 0);
    expect_pending(&answer, true);
    answer = control(stand_in, 0x0012e00c, "DeviceIoControl", NULL, 0);
    expect_pending(&answer, false);
    accepted = 2;
    for (unsigned round = 0; round < 2; round++) {
        answer = control(stand_in, 0, "ReadFile", NULL, 0);
        expect_bytes(&answer, "0100000000000000");
        answer = control(stand_in, 0, "ReadFile", NULL, 0);
        expect_bytes(&answer, "0200000000000000");
        answer = control(stand_in, 0, "ReadFile", NULL, 0);
        expect_pending(&answer, true);
        stand_in_begin(stand_in);
    }
    answer = control(stand_in, 0x0012e004, "DeviceIoControl", NULL, 0);
    assert_int_equal(event_number(&answer, FIELD_COUNT), 264);
    assert_memory_equal(event_bytes(&answer, FIELD_OUT).at, "\x06\0\0\0\x92\x10\0\0\x02\0\xC3\x51",
                        12);
    answer = control(stand_in, 0x0012e00c, "DeviceIoControl", NULL, 0);
    expect_pending(&answer, false);
    stand_in_free(stand_in);
}

static void test_a_client_is_found_by_its_port(void **state)
{
    static const uint8_t second[] = {2, 0, 0x52, 0xC3}; /* 50002 */
    static const uint8_t nobody[] = {2, 0, 0x50, 0xC3}; /* 50000 */
    struct stand_in *stand_in = shipped("flow-events");
    struct event answer;
    (void)state;

    accepted = 2;
    answer = control(stand_in, 0x0012e008, "DeviceIoControl", second, sizeof second);
    expect_bytes(&answer, "020052c3"
                          "0100"
                          "bb01"
                          "c6120002000000000000000000000000");
    answer = control(stand_in, 0x0012e008, "DeviceIoControl", nobody, sizeof nobody);
    expect_error(&answer, 1168);
    answer = control(stand_in, 0x0012e008, "DeviceIoControl", second, sizeof second - 1);
    expect_error(&answer, 1168);
    answer = control(stand_in, 0x0012e010, "DeviceIoControl", NULL, 0);
    expect_error(&answer, 50);
    assert_int_equal(event_number(&answer, FIELD_FLAGS), EVENT_DEVICE_UNNAMED);
    answer = control(stand_in, 0, "WriteFile", second, sizeof second);
    expect_error(&answer, 0);
    assert_int_equal(event_number(&answer, FIELD_COUNT), sizeof second);
    stand_in_free(stand_in);
}

static void test_an_answer_can_be_late(void **state)
{
    struct stand_in *stand_in;
    struct event answer;
    (void)state;

    write_quoted(FILE_NAME,
                 "{'story': 'What a test needs.', 'devices': [{'path': '" PATH "A', 'open': 5},\n"
                 "{'path': '" PATH "B', 'controls': [{'code': 1, 'delay': 40, 'error': 31}]}]}");
    stand_in = loaded(FILE_NAME);
    answer = open_device(stand_in, "\\\\.\\A");
    expect_error(&answer, 5);
    answer = open_device(stand_in, "\\\\.\\B");
    assert_int_equal(event_number(&answer, FIELD_HANDLE), 2);
    stand_in_free(stand_in);

    write_quoted(FILE_NAME,
                 "{'story': 'What a test needs.', 'devices': [\n"
                 "{'path': '" PATH "B', 'controls': [{'code': 1, 'delay': 40, 'error': 31}]}]}");
    stand_in = loaded(FILE_NAME);
    answer = control(stand_in, 1, "DeviceIoControl", NULL, 0);
    expect_error(&answer, 31);
    assert_int_equal(event_number(&answer, FIELD_DELAY), 40);
    stand_in_free(stand_in);
}

/* ---- services and filters ---- */

static const struct {
    const char *call, *service;
    uint32_t error, becomes;
    bool passed;
} service_calls[] = {
    {"OpenSCManagerW", "", 0, 0, false},
    {"OpenServiceW", "ExampleRedirect", 1060, 0, false},
    {"CreateServiceW", "exampleredirect", 0, 1, false},
    {"CreateServiceA", "ExampleRedirect", 1073, 1, false},
    {"OpenServiceA", "ExampleRedirect", 0, 1, false},
    {"QueryServiceStatusEx", "ExampleRedirect", 0, 1, false},
    {"StopService", "ExampleRedirect", 1062, 1, false},
    {"StartServiceW", "ExampleRedirect", 0, 4, false},
    {"StartServiceW", "ExampleRedirect", 1056, 4, false},
    {"StopService", "ExampleRedirect", 0, 1, false},
    {"DeleteService", "ExampleRedirect", 0, 0, false},
    {"StartServiceW", "ExampleRedirect", 1060, 0, false},
    {"OpenServiceW", "Another", 0, 0, true},
    {"LockServiceDatabase", "ExampleRedirect", 0, 0, true},
    /* The program is that service: the manager has started it. */
    {"StartServiceCtrlDispatcherA", "ExampleRedirect", 0, 4, false},
    {"StartServiceCtrlDispatcherW", "Another", 0, 0, true},
    {"DeleteService", "ExampleRedirect", 0, 0, false},
    {"CreateServiceW", "ExampleRedirect", 0, 1, false}, /* so that it does not end as it began */
};

static void test_a_service_goes_through_its_states(void **state)
{
    struct stand_in *stand_in = shipped("redirect-device");
    (void)state;

    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(service_calls); i++) {
            struct event asked = {.kind = EVENT_SERVICE_CALL};
            struct event answer;

            event_set_text(&asked, FIELD_NAME, service_calls[i].call);
            event_set_text(&asked, FIELD_TEXT, service_calls[i].service);
            answer = ask(stand_in, &asked);
            assert_int_equal(answer.kind, service_calls[i].passed ? EVENT_PASS : EVENT_ANSWER);
            assert_int_equal(event_number(&answer, FIELD_ERROR), service_calls[i].error);
            assert_int_equal(event_number(&answer, FIELD_NUMBER), service_calls[i].becomes);
        }
        stand_in_begin(stand_in);
    }
    stand_in_free(stand_in);
}

static void expect_filter(struct stand_in *stand_in, const char *call, uint64_t id)
{
    struct event asked = {.kind = EVENT_FILTER_CALL};
    struct event answer;

    event_set_text(&asked, FIELD_NAME, call);
    answer = ask(stand_in, &asked);
    assert_int_equal(answer.kind, id > 0 ? EVENT_ANSWER : EVENT_PASS);
    assert_int_equal(event_number(&answer, FIELD_NUMBER), id);
}

static void expect_lookup(struct stand_in *stand_in, const char *call, uint32_t error)
{
    struct event asked = {.kind = EVENT_FILTER_CALL};
    struct event answer;

    event_set_text(&asked, FIELD_NAME, call);
    answer = ask(stand_in, &asked);
    expect_error(&answer, error);
}

static void test_filters_are_added_where_they_are_named(void **state)
{
    struct stand_in *stand_in = shipped("redirect-device");
    (void)state;

    expect_filter(stand_in, "FwpmEngineOpen0", 1);
    expect_filter(stand_in, "FwpmFilterAdd0", 2);
    expect_lookup(stand_in, "FwpmProviderGetByKey0", 0x80320005);
    expect_lookup(stand_in, "FwpmProviderDeleteByKey0", 0);
    stand_in_free(stand_in);
    write_quoted(FILE_NAME,
                 "{'story': 'What a test needs.', 'filters': ['FwpmFilterAdd0', 'FwpmEngine*']}");
    stand_in = loaded(FILE_NAME);
    expect_filter(stand_in, "FwpmEngineOpen0", 1);
    expect_filter(stand_in, "FwpmFilterAdd0", 2);
    expect_filter(stand_in, "FwpmFilterAdd", 0);
    expect_filter(stand_in, "FwpmCalloutAdd0", 0);
    stand_in_free(stand_in);
}

/* ---- what cannot be ---- */

#define STORY "{'story': 'What a test needs.', "
#define DEVICE(members) STORY "'devices': [{'path': '" PATH "A', " members "}]}"
#define CONTROL(members) DEVICE("'controls': [{'code': 1, " members "}]")

static const struct {
    const char *text;
    const char *complaint; /* behind the file's name */
} refused[] = {
    {STORY "'devices': [{'path': 'C:\\\\A'}]}", ":1: devices[1].path: expected a device's path"},
    {STORY "'devices': [{'path': '" PATH "C:'}]}", ":1: devices[1].path: expected a device's path"},
    {STORY "'devices': [{'path': '" PATH "A'},\n{'path': '\\\\\\\\?\\\\a'}]}",
     ":2: devices[2].path: expected each device once, found \"\\\\\\\\?\\\\a\""},
    {DEVICE("'controls': [{'code': 1},\n{'code': '0x1'}]"),
     ":2: devices[1].controls[2].code: expected each code once, found 0x00000001 again"},
    {DEVICE("'controls': [{'code': '0x100000000'}]"),
     ":1: devices[1].controls[1].code: expected a control code of 32 bits"},
    {CONTROL("'delay': 5, 'until': 'exit'"),
     ":1: devices[1].controls[1].delay: expected either a delay or what is waited for, found both"},
    {CONTROL("'missing': 5"), ":1: devices[1].controls[1].missing: expected none"},
    {CONTROL("'client-port': {'at': 0, 'width': 3, 'order': 'big'}"),
     ":1: devices[1].controls[1].client-port.width: expected 2 | 4, found 3"},
    {CONTROL("'until': 'client-accepted', 'client-port': {'at': 0, 'width': 2, 'order': 'big'}"),
     ":1: devices[1].controls[1].client-port: expected the client of a port"},
    {CONTROL("'out': [{'is': 'process', 'width': 4}]"),
     ":1: devices[1].controls[1].out[1].is: expected what needs no client"},
    {CONTROL("'error': 'ERROR_NO_SUCH'"),
     ":1: devices[1].controls[1].error: expected the number of a Win32 error"},
    {CONTROL("'out': [{'is': 'zero', 'width': 65537}]"),
     ":1: devices[1].controls[1].out[1].width: expected a whole number from 1 to 65536"},
    {STORY "'services': [{'name': 'A', 'begins': 'late'}]}",
     ":1: services[1].begins: expected absent | stopped | running, found \"late\""},
    {STORY "'services': [{'name': 'A', 'begins': 'absent'}, {'name': 'a', 'begins': 'running'}]}",
     ":1: services[2].name: expected each service once, found \"a\""},
    {STORY "'filters': ['Fwp*']}", ":1: filters[1]: expected the name of a call that begins"},
};

static void test_what_cannot_be_is_explained(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(refused); i++) {
        struct stand_in *stand_in = NULL;

        write_quoted(FILE_NAME, refused[i].text);
        assert_int_equal(stand_in_load(FILE_NAME, &complaints, &stand_in), STATUS_BAD_INPUT);
        assert_null(stand_in);
        expect_complaint(&complaints, refused[i].complaint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_device_is_known_by_its_name),
        cmocka_unit_test(test_controls_are_answered_by_their_codes),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
        cmocka_unit_test(test_a_call_pends_until_a_client_is_accepted),
        cmocka_unit_test(test_a_client_is_found_by_its_port),
        cmocka_unit_test(test_an_answer_can_be_late),
        cmocka_unit_test(test_a_service_goes_through_its_states),
        cmocka_unit_test(test_filters_are_added_where_they_are_named),
        cmocka_unit_test(test_what_cannot_be_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
