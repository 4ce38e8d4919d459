/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/lab/server/model.h"

enum { ROOM = 4096 };

static struct model model;
static const uint8_t context[2][32] = {{1}, {2}};
static const struct model_size size = {.sockets = 64, .context = sizeof context[0]};

static void begin(size_t services, bool reversed)
{
    struct wfp_profile profile;

    wfp_profile_documented(&profile);
    assert_int_equal(model_begin(&model, &profile, &size, services, reversed), STATUS_OK);
}

static int end(void **state)
{
    (void)state;
    model_end(&model);
    return 0;
}

static struct model_connected connect_out(uint32_t socket, bool lost)
{
    const struct model_connect call = {.socket = socket,
                                       .type = WFP_TCP,
                                       .to = {.bytes = {198, 18, 0, 1}, .port = 443},
                                       .target_pid = 1,
                                       .contexts = {context[0], context[1]},
                                       .context_sizes = {sizeof context[0], sizeof context[1]},
                                       .lost = lost};
    struct model_connected connected;

    assert_true(model_connect(&model, &call, &connected));
    return connected;
}

static uint32_t client(void)
{
    return model_socket(&model, WFP_IPV4, WFP_TCP, true, 4000);
}

static uint32_t call(uint32_t socket, uint32_t code, uint8_t *bytes, uint32_t *count)
{
    const bool sets = code == WFP_SIO_SET_RECORDS;
    const struct wfp_buffer none = {NULL, 0, WFP_POINTER_NULL};
    const struct wfp_buffer some = {bytes, sets ? *count : ROOM, WFP_POINTER_HEAP};
    const struct wfp_ioctl ioctl = {.socket = socket,
                                    .code = code,
                                    .in = sets ? some : none,
                                    .out = sets ? none : some,
                                    .byte_count = WFP_POINTER_HEAP,
                                    .overlapped = WFP_POINTER_NULL,
                                    .routine = WFP_POINTER_NULL};
    struct wfp_reply reply;

    assert_int_equal(wfp_socket_ioctl(model.world, &ioctl, &reply), WFP_OK);
    *count = sets ? *count : reply.written;
    return reply.answer.error;
}

/* What a good proxy does: the accepted socket's record goes to a new one. */
static uint32_t pass_on(uint32_t accepted)
{
    uint8_t record[ROOM];
    uint32_t count = 0;
    const uint32_t outgoing = client();

    assert_int_equal(call(accepted, WFP_SIO_QUERY_RECORDS, record, &count), 0);
    assert_int_equal(call(outgoing, WFP_SIO_SET_RECORDS, record, &count), 0);
    return outgoing;
}

static void assert_context(uint32_t accepted, unsigned service)
{
    uint8_t bytes[ROOM];
    uint32_t count = 0;

    assert_int_equal(call(accepted, WFP_SIO_QUERY_CONTEXT, bytes, &count), 0);
    assert_int_equal(count, sizeof context[0]);
    assert_memory_equal(bytes, context[service], count);
}

static void a_client_brings_record_and_context(void **state)
{
    uint32_t accepted;
    struct model_connected connected;

    (void)state;
    begin(1, false);
    connected = connect_out(client(), false);
    assert_int_equal(connected.by, 0);
    assert_int_equal(connected.told[0], WFP_NOT_REDIRECTED);
    accepted = model_accept(&model, connected.door, true);
    assert_context(accepted, 0);
    connected = connect_out(pass_on(accepted), false);
    assert_int_equal(connected.by, MODEL_NOBODY);
    assert_int_equal(connected.told[0], WFP_REDIRECTED_BY_SELF);
}

/* Without its record the dial is a new connection. */
static void a_dial_without_record_comes_back(void **state)
{
    struct model_connected connected;

    (void)state;
    begin(1, false);
    (void)model_accept(&model, connect_out(client(), false).door, true);
    connected = connect_out(client(), false);
    assert_int_equal(connected.by, 0);
    assert_int_equal(connected.told[0], WFP_NOT_REDIRECTED);
}

static void what_is_lost_or_direct_has_no_record(void **state)
{
    uint8_t bytes[ROOM];
    uint32_t count = 0;
    uint32_t door;
    uint32_t socket;

    (void)state;
    begin(1, false);
    socket = model_accept(&model, connect_out(client(), true).door, true);
    assert_int_not_equal(call(socket, WFP_SIO_QUERY_RECORDS, bytes, &count), 0);
    assert_true(model_connect_direct(&model, client(), WFP_IPV4, &door));
    socket = model_accept(&model, door, true);
    assert_int_not_equal(call(socket, WFP_SIO_QUERY_RECORDS, bytes, &count), 0);
}

/* Each service has it once, in the order of their weights. */
static void two_services_take_turns(void **state)
{
    (void)state;
    for (unsigned reversed = 0; reversed < 2; reversed++) {
        struct model_connected connected;
        uint32_t accepted;

        begin(2, reversed != 0);
        connected = connect_out(client(), false);
        assert_int_equal(connected.by, reversed);
        accepted = model_accept(&model, connected.door, true);
        assert_context(accepted, reversed);
        connected = connect_out(pass_on(accepted), false);
        assert_int_equal(connected.by, 1 - reversed);
        assert_int_equal(connected.told[reversed], WFP_REDIRECTED_BY_SELF);
        accepted = model_accept(&model, connected.door, true);
        assert_context(accepted, 1 - reversed);
        connected = connect_out(pass_on(accepted), false);
        assert_int_equal(connected.by, MODEL_NOBODY);
        assert_int_equal(connected.told[reversed], WFP_PREVIOUSLY_REDIRECTED_BY_SELF);
    }
}

/* What waits at a door is that connection, whatever the order of accept. */
static void doors_are_private(void **state)
{
    struct model_connected one;
    struct model_connected other;
    uint8_t records[2][ROOM];
    uint32_t counts[2] = {0, 0};

    (void)state;
    begin(1, false);
    one = connect_out(model_socket(&model, WFP_IPV4, WFP_TCP, true, 4001), false);
    other = connect_out(model_socket(&model, WFP_IPV4, WFP_TCP, true, 4002), false);
    assert_int_equal(
        call(model_accept(&model, other.door, true), WFP_SIO_QUERY_RECORDS, records[1], &counts[1]),
        0);
    assert_int_equal(
        call(model_accept(&model, one.door, true), WFP_SIO_QUERY_RECORDS, records[0], &counts[0]),
        0);
    assert_int_equal(counts[0], counts[1]);
    assert_memory_not_equal(records[0], records[1], counts[0]);
    assert_int_equal(model_accept(&model, one.door, true), WFP_INVALID_SOCKET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_client_brings_record_and_context, end),
        cmocka_unit_test_teardown(a_dial_without_record_comes_back, end),
        cmocka_unit_test_teardown(what_is_lost_or_direct_has_no_record, end),
        cmocka_unit_test_teardown(two_services_take_turns, end),
        cmocka_unit_test_teardown(doors_are_private, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
