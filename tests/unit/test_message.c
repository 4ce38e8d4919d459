/* SPDX-License-Identifier: MIT */

/* WSASendMsg and WSARecvMsg: what is shown, what is cut, what is handed on. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <wfp/datagram.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
    ROOM = 2048,
    SPACE_RECORD = 16 + 784, /* of SCENE_N bytes in 64 bits */
    SPACE_CONTEXT = 16 + 32
};

struct talk {
    uint32_t service;
    uint32_t client;
    uint32_t upstream;
    uint8_t data[8];
    uint8_t control[ROOM];
};

static const struct wfp_address peer = {.bytes = {203, 0, 113, 9}, .port = 53, .family = WFP_IPV4};

static void enable(struct scene *scene, uint32_t socket, uint32_t name)
{
    uint8_t one[4] = {1};
    const struct wfp_option option = {
        socket, WFP_IPPROTO_IP, name, {one, sizeof one, WFP_POINTER_HEAP}};
    struct wfp_reply reply;

    assert_int_equal(wfp_option_set(scene->world, &option, &reply), WFP_OK);
}

static uint32_t bound(struct scene *scene)
{
    const uint32_t socket = scene_open(scene, WFP_UDP, true);

    assert_int_equal(wfp_socket_bind(scene->world, socket, NULL), WFP_OK);
    return socket;
}

static struct wfp_send to_peer(uint32_t socket)
{
    const struct wfp_send send = {
        .socket = socket,
        .name = WFP_NAME_GIVEN,
        .to = peer,
        .data = {(uint8_t *)(uintptr_t) "four", 4, WFP_POINTER_HEAP},
        .control = {.pointer = WFP_POINTER_NULL},
    };

    return send;
}

/* A redirected datagram waits at the service, which has enabled both options. */
static void begin(struct scene *scene, struct talk *talk)
{
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    struct wfp_message_reply reply;
    struct wfp_send send;

    memset(talk, 0, sizeof *talk);
    talk->service = bound(scene);
    talk->client = bound(scene);
    talk->upstream = bound(scene);
    enable(scene, talk->service, WFP_REDIRECT_RECORDS);
    enable(scene, talk->service, WFP_REDIRECT_CONTEXT);
    send = to_peer(talk->client);
    send.redirect = &redirect;
    send.service = talk->service;
    assert_int_equal(wfp_message_send(scene->world, &send, &reply), WFP_OK);
    assert_answer(reply.answer, answer_bytes(0, 4));
}

static struct wfp_receive asking(struct talk *talk, uint32_t data, uint32_t control)
{
    const struct wfp_receive receive = {
        .socket = talk->service,
        .name = WFP_NAME_GIVEN,
        .data = {talk->data, data, WFP_POINTER_HEAP},
        .control = {talk->control, control, WFP_POINTER_HEAP},
    };

    memset(talk->control, SCENE_UNTOUCHED, sizeof talk->control);
    return receive;
}

static struct wfp_message_reply receive(struct scene *scene, const struct wfp_receive *call)
{
    struct wfp_message_reply reply;

    assert_int_equal(wfp_message_receive(scene->world, call, &reply), WFP_OK);
    return reply;
}

/* ---- receiving ---- */

static void test_room_for_control(void **state)
{
    static const struct {
        uint32_t room;
        uint32_t error, control, flags;
    } table[] = {
        {ROOM, 0, SPACE_RECORD + SPACE_CONTEXT, 0},
        {SPACE_RECORD + SPACE_CONTEXT, 0, SPACE_RECORD + SPACE_CONTEXT, 0},
        {SPACE_RECORD + SPACE_CONTEXT - 1, 10040, SPACE_RECORD, WFP_MSG_CTRUNC},
        {SPACE_RECORD, 10040, SPACE_RECORD, WFP_MSG_CTRUNC},
        {SPACE_RECORD - 1, 10040, SPACE_CONTEXT, WFP_MSG_CTRUNC},
        {SPACE_CONTEXT, 10040, SPACE_CONTEXT, WFP_MSG_CTRUNC},
        {SPACE_CONTEXT - 1, 10040, 0, WFP_MSG_CTRUNC},
        {0, 10040, 0, WFP_MSG_CTRUNC},
    };
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(table); i++) {
        struct talk talk;
        struct wfp_receive call;
        struct wfp_message_reply reply;

        begin(scene, &talk);
        call = asking(&talk, sizeof talk.data, table[i].room);
        reply = receive(scene, &call);
        assert_answer(reply.answer, answer_bytes(table[i].error, 4));
        assert_int_equal(reply.control, table[i].control);
        assert_int_equal(reply.flags, table[i].flags);
        for (size_t at = reply.control; at < ROOM; at++) {
            assert_int_equal(talk.control[at], SCENE_UNTOUCHED);
        }
        assert_answer(receive(scene, &call).answer, answer_unchanged(10035));
        scene_close(scene, talk.service);
        scene_close(scene, talk.client);
        scene_close(scene, talk.upstream);
    }
}

/* A part of an object never reaches beyond the room, whatever the room. */
static void test_part_of_an_object(void **state)
{
    struct scene *scene = *state;

    scene->profile.keys[WFP_KEY_CONTROL_PARTIAL].values[0].number = 1;
    for (uint32_t room = 0; room <= SPACE_RECORD; room += 7) {
        struct talk talk;
        struct wfp_receive call;
        struct wfp_message_reply reply;

        begin(scene, &talk);
        call = asking(&talk, sizeof talk.data, room);
        reply = receive(scene, &call);
        assert_in_range(reply.control, room < 16 ? 0 : 16, room);
        assert_int_equal(talk.control[room], SCENE_UNTOUCHED);
        scene_close(scene, talk.service);
        scene_close(scene, talk.client);
        scene_close(scene, talk.upstream);
    }
}

static void test_peek_leaves_all(void **state)
{
    struct scene *scene = *state;
    struct talk talk;
    struct wfp_receive call;

    begin(scene, &talk);
    call = asking(&talk, sizeof talk.data, ROOM);
    for (unsigned i = 0; i < 3; i++) {
        call.flags = i < 2 ? WFP_MSG_PEEK : 0;
        assert_int_equal(receive(scene, &call).control, SPACE_RECORD + SPACE_CONTEXT);
    }
    assert_answer(receive(scene, &call).answer, answer_unchanged(10035));
}

static void test_allowed_where_flags_are_open(void **state)
{
    struct scene *scene = *state;
    struct wfp_choice *peek = &scene->profile.keys[WFP_KEY_PEEK_SHOWS_RECORD];
    struct wfp_answer_set allowed;
    struct wfp_message_reply reply;
    struct wfp_receive call;
    struct talk talk;

    peek->count = 2;
    peek->values[1].number = 0;
    begin(scene, &talk);
    call = asking(&talk, sizeof talk.data, 16);
    call.flags = WFP_MSG_PEEK;
    wfp_message_receive_allowed(scene->world, &call, &allowed);
    assert_int_equal(allowed.count, 2);
    assert_answer(allowed.answers[0], answer_bytes(10040, 4));
    assert_answer(allowed.answers[1], answer_bytes(0, 4));
    assert_int_equal(wfp_message_receive_assume(scene->world, &call, answer_bytes(0, 4), &reply),
                     WFP_OK);
    assert_string_equal(reply.rule->id, "receive.datagram");
    assert_int_equal(reply.control, 0);
    assert_int_equal(wfp_message_receive_assume(scene->world, &call, answer_bytes(0, 3), &reply),
                     WFP_OK);
    assert_null(reply.rule);
}

/* ---- sending ---- */

static uint32_t take_record(struct scene *scene, struct talk *talk, uint8_t record[ROOM])
{
    const struct wfp_receive call = asking(talk, sizeof talk->data, ROOM);
    const struct wfp_message_reply reply = receive(scene, &call);
    struct wfp_control_walk walk = {talk->control, reply.control, 0, WFP_LAYOUT_64};
    struct wfp_control_object object;

    assert_int_equal(wfp_control_next(&walk, &object), WFP_CONTROL_OBJECT);
    assert_int_equal(object.type, WFP_REDIRECT_RECORDS);
    memcpy(record, object.data, object.size);
    return object.size;
}

static uint32_t flow_state(struct scene *scene, uint32_t socket)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_flow_redirect_state(scene->world, socket, &peer, scene->handle, &reply),
                     WFP_OK);
    return reply.answer.error;
}

static void test_record_is_handed_on(void **state)
{
    struct scene *scene = *state;
    static const enum wfp_layout layouts[] = {WFP_LAYOUT_64, WFP_LAYOUT_32};

    for (size_t i = 0; i < COUNT(layouts); i++) {
        uint8_t record[ROOM];
        uint8_t control[ROOM];
        struct talk talk;
        struct wfp_message_reply reply;
        struct wfp_control_object object = {0, WFP_IPPROTO_IP, WFP_REDIRECT_RECORDS, record, 0};
        struct wfp_send call;

        begin(scene, &talk);
        object.size = take_record(scene, &talk, record);
        assert_int_equal(object.size, SCENE_N);
        call = to_peer(talk.upstream);
        call.layout = layouts[i];
        call.control = (struct wfp_buffer){
            control, wfp_control_write(layouts[i], &object, control, ROOM), WFP_POINTER_HEAP};
        assert_int_equal(flow_state(scene, talk.upstream), WFP_NOT_REDIRECTED);
        assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
        assert_answer(reply.answer, answer_bytes(0, 4));
        assert_int_equal(flow_state(scene, talk.upstream), WFP_REDIRECTED_BY_SELF);
        assert_int_equal(flow_state(scene, talk.client), WFP_NOT_REDIRECTED);
        scene_close(scene, talk.service);
        scene_close(scene, talk.client);
        scene_close(scene, talk.upstream);
    }
}

/* A send that is refused does nothing: the record may still come with the first datagram. */
static void test_refused_sends_change_nothing(void **state)
{
    struct scene *scene = *state;
    struct talk talk;
    uint8_t control[32] = {1};
    struct wfp_message_reply reply;
    struct wfp_send call;

    begin(scene, &talk);
    call = to_peer(talk.upstream);
    call.control = (struct wfp_buffer){control, sizeof control, WFP_POINTER_HEAP};
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_unchanged(10022));
    call.control = (struct wfp_buffer){NULL, 0, WFP_POINTER_NULL};
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
    assert_string_equal(reply.rule->id, "send.first");
}

/* Control data of any bytes are refused or passed over; never is anything read beyond them. */
static void test_any_control_data(void **state)
{
    struct scene *scene = *state;
    uint32_t seed = 99;
    struct talk talk;

    begin(scene, &talk);
    for (unsigned round = 0; round < 5000; round++) {
        uint8_t control[64];
        struct wfp_message_reply reply;
        struct wfp_send call = to_peer(talk.upstream);

        for (size_t i = 0; i < sizeof control; i++) {
            seed = seed * 1664525u + 1013904223u;
            control[i] = (seed >> 28) < 10 ? 0 : (uint8_t)(seed >> 24 & 0x3F);
        }
        call.layout = round % 2 == 0 ? WFP_LAYOUT_64 : WFP_LAYOUT_32;
        call.control = (struct wfp_buffer){control, round % 65, WFP_POINTER_HEAP};
        assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
        assert_true(reply.answer.error == 0 || reply.answer.error == 10022);
    }
    assert_int_equal(flow_state(scene, talk.upstream), WFP_NOT_REDIRECTED);
}

static void test_assumed_sends(void **state)
{
    struct scene *scene = *state;
    struct talk talk;
    struct wfp_message_reply reply;
    struct wfp_send call;

    begin(scene, &talk);
    call = to_peer(talk.upstream);
    assert_int_equal(wfp_message_send_assume(scene->world, &call, answer_unchanged(10055), &reply),
                     WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(wfp_message_send_assume(scene->world, &call, answer_bytes(0, 3), &reply),
                     WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(wfp_message_send_assume(scene->world, &call, answer_bytes(0, 4), &reply),
                     WFP_OK);
    assert_string_equal(reply.rule->id, "send.later");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_room_for_control),    TEST(test_part_of_an_object),
        TEST(test_peek_leaves_all),     TEST(test_allowed_where_flags_are_open),
        TEST(test_record_is_handed_on), TEST(test_refused_sends_change_nothing),
        TEST(test_any_control_data),    TEST(test_assumed_sends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
