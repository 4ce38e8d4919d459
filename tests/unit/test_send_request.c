/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/datagram.h>

#include "tests/unit/scene.h"

enum { PORT = 9000, OTHER_PORT = 9001, PID = 77, ROOM = 2048 };

static const struct wfp_address peer = {.bytes = {203, 0, 113, 9}, .port = 53, .family = WFP_IPV4};
static uint8_t payload[2] = "q";

/* ---- a service for datagrams, its callout at both layers, and a client ---- */

struct stage {
    struct scene scene;
    struct wfp_policy policy;
    uint32_t callouts[2];
    uint32_t service;
    uint32_t client;
    uint8_t control[ROOM];
    uint32_t control_size;
};

static void add_callouts(struct stage *stage)
{
    static const enum wfp_callout_layer layers[] = {WFP_CONNECT_REDIRECT_V4, WFP_AUTH_CONNECT_V4};

    for (size_t i = 0; i < 2; i++) {
        const struct wfp_callout callout = {.layer = layers[i],
                                            .filter = 1,
                                            .classify = wfp_policy_classify,
                                            .context = &stage->policy};

        assert_int_equal(wfp_callout_register(stage->scene.world, &callout, &stage->callouts[i]),
                         WFP_OK);
    }
}

static uint32_t open_service(struct stage *stage, enum wfp_type type, uint16_t port)
{
    const struct wfp_address local = {.port = port, .family = WFP_IPV4};
    const uint32_t socket = scene_open(&stage->scene, type, true);
    uint8_t on[4] = {1};
    const struct wfp_option option = {
        socket, WFP_IPPROTO_IP, WFP_REDIRECT_RECORDS, {on, sizeof on, WFP_POINTER_HEAP}};
    struct wfp_reply reply;

    assert_int_equal(wfp_socket_bind(stage->scene.world, socket, &local), WFP_OK);
    assert_int_equal(wfp_option_set(stage->scene.world, &option, &reply), WFP_OK);
    return socket;
}

static uint32_t open_client(struct stage *stage, enum wfp_type type)
{
    const uint32_t socket = scene_open(&stage->scene, type, true);

    assert_int_equal(wfp_socket_bind(stage->scene.world, socket, NULL), WFP_OK);
    return socket;
}

static void prepare(struct stage *stage, enum wfp_type type)
{
    memset(stage, 0, sizeof *stage);
    scene_prepare(&stage->scene);
    scene_make(&stage->scene);
    wfp_policy_recommended(&stage->policy);
    stage->policy.handle = scene_handle(&stage->scene, 1);
    stage->policy.service.port = PORT;
    stage->policy.target_pid = PID;
    add_callouts(stage);
    stage->service = open_service(stage, type, PORT);
    stage->client = open_client(stage, type);
}

static struct wfp_send sending(const struct stage *stage, uint32_t socket)
{
    struct wfp_send call = {.socket = socket,
                            .name = WFP_NAME_GIVEN,
                            .to = peer,
                            .data = {payload, 1, WFP_POINTER_HEAP},
                            .byte_count = WFP_POINTER_HEAP};

    call.control.pointer = WFP_POINTER_NULL;
    if (stage->control_size > 0) {
        call.control = (struct wfp_buffer){(uint8_t *)(uintptr_t)stage->control,
                                           stage->control_size, WFP_POINTER_HEAP};
    }
    return call;
}

static struct wfp_message_reply send_from(struct stage *stage, uint32_t socket)
{
    const struct wfp_send call = sending(stage, socket);
    struct wfp_message_reply reply;

    assert_int_equal(wfp_message_send_classified(stage->scene.world, &call, &reply), WFP_OK);
    return reply;
}

/* What waits at the service; its control data go to stage->control. */
static struct wfp_message_reply receive(struct stage *stage)
{
    uint8_t data[sizeof payload];
    const struct wfp_receive call = {.socket = stage->service,
                                     .data = {data, sizeof data, WFP_POINTER_HEAP},
                                     .control = {stage->control, ROOM, WFP_POINTER_HEAP},
                                     .byte_count = WFP_POINTER_HEAP};
    struct wfp_message_reply reply;

    assert_int_equal(wfp_message_receive(stage->scene.world, &call, &reply), WFP_OK);
    stage->control_size = reply.control;
    return reply;
}

static uint32_t state_of(struct stage *stage, uint32_t socket)
{
    struct wfp_reply reply;

    assert_int_equal(
        wfp_flow_redirect_state(stage->scene.world, socket, &peer, stage->policy.handle, &reply),
        WFP_OK);
    return reply.answer.error;
}

/* ---- redirected ---- */

static void test_first_is_redirected(void **state)
{
    static const enum wfp_type types[] = {WFP_UDP, WFP_RAW};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stage stage;
        struct wfp_message_reply sent;

        prepare(&stage, types[i]);
        sent = send_from(&stage, stage.client);
        assert_answer(sent.answer, answer_bytes(0, 1));
        assert_true(sent.connected.redirected);
        assert_int_equal(sent.connected.listener, stage.service);
        assert_int_equal(sent.connected.handle, stage.policy.handle);
        assert_answer(receive(&stage).answer, answer_bytes(0, 1));
        assert_true(stage.control_size > 0);
        scene_free(&stage.scene);
    }
}

/* UDP-03: nobody is asked again, and the later datagram brings nothing. */
static void test_later_is_not_classified(void **state)
{
    struct stage stage;
    struct wfp_send call;
    uint32_t classification = 1;

    (void)state;
    prepare(&stage, WFP_UDP);
    (void)send_from(&stage, stage.client);
    (void)receive(&stage);
    stage.control_size = 0;
    call = sending(&stage, stage.client);
    assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &classification), WFP_OK);
    assert_int_equal(classification, 0);
    assert_false(send_from(&stage, stage.client).connected.redirected);
    assert_answer(receive(&stage).answer, answer_bytes(0, 1));
    assert_int_equal(stage.control_size, 0);
    scene_free(&stage.scene);
}

static void test_connect_is_classified(void **state)
{
    struct stage stage;
    struct wfp_send call;
    struct wfp_message_reply reply;

    (void)state;
    prepare(&stage, WFP_UDP);
    call = sending(&stage, stage.client);
    assert_int_equal(wfp_datagram_connect_classified(stage.scene.world, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_unchanged(0));
    assert_true(reply.connected.redirected);
    (void)send_from(&stage, stage.client);
    assert_answer(receive(&stage).answer, answer_bytes(0, 1));
    assert_true(stage.control_size > 0);
    scene_free(&stage.scene);
}

/* UDP-05, ST-02: with the record in its control data the service is told that it was itself. */
static void test_record_is_the_list(void **state)
{
    struct stage stage;
    struct wfp_message_reply sent;
    uint32_t upstream;

    (void)state;
    prepare(&stage, WFP_UDP);
    (void)send_from(&stage, stage.client);
    (void)receive(&stage);
    upstream = open_client(&stage, WFP_UDP);
    sent = send_from(&stage, upstream);
    assert_answer(sent.answer, answer_bytes(0, 1));
    assert_false(sent.connected.redirected);
    assert_int_equal(state_of(&stage, upstream), WFP_REDIRECTED_BY_SELF);
    scene_free(&stage.scene);
}

static void test_without_record_it_loops(void **state)
{
    struct stage stage;
    uint32_t upstream;

    (void)state;
    prepare(&stage, WFP_UDP);
    (void)send_from(&stage, stage.client);
    (void)receive(&stage);
    stage.control_size = 0;
    upstream = open_client(&stage, WFP_UDP);
    assert_int_equal(send_from(&stage, upstream).connected.listener, stage.service);
    assert_int_equal(state_of(&stage, upstream), WFP_NOT_REDIRECTED);
    scene_free(&stage.scene);
}

/* MET-02, MET-05: a call with a record is that of a proxy. */
static void test_record_shows_in_metadata(void **state)
{
    struct stage stage;

    (void)state;
    prepare(&stage, WFP_UDP);
    for (unsigned with_record = 0; with_record < 2; with_record++) {
        const struct wfp_send call = sending(&stage, open_client(&stage, WFP_UDP));
        struct wfp_classify_call next = {.call = WFP_CALL_NEXT};
        struct wfp_classify_metadata metadata;
        struct wfp_reply reply;

        assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &next.classification),
                         WFP_OK);
        assert_int_equal(wfp_classify(stage.scene.world, &next, &reply), WFP_OK);
        assert_int_equal(wfp_classify_metadata(stage.scene.world, next.classification, &metadata),
                         WFP_OK);
        assert_int_equal(metadata.present & WFP_METADATA_REDIRECT_RECORD_HANDLE,
                         with_record ? WFP_METADATA_REDIRECT_RECORD_HANDLE : 0);
        assert_int_equal(metadata.conditions & WFP_CONDITION_IS_PROXY_CONNECTION,
                         with_record ? WFP_CONDITION_IS_PROXY_CONNECTION : 0);
        scene_close(&stage.scene, call.socket);
        (void)send_from(&stage, stage.client);
        (void)receive(&stage);
    }
    scene_free(&stage.scene);
}

/* ---- refused, or not asked at all ---- */

static void test_block_is_the_answer(void **state)
{
    struct stage stage;
    struct wfp_message_reply sent;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.deeds[WFP_NOT_REDIRECTED] = WFP_DEED_BLOCK;
    sent = send_from(&stage, stage.client);
    assert_answer(sent.answer, answer_unchanged(10013));
    assert_string_equal(sent.rule->id, "connect.blocked");
    assert_true(sent.connected.blocked);
    stage.policy.deeds[WFP_NOT_REDIRECTED] = WFP_DEED_PERMIT;
    sent = send_from(&stage, stage.client);
    assert_answer(sent.answer, answer_bytes(0, 1));
    assert_false(sent.connected.redirected);
    scene_free(&stage.scene);
}

static void test_block_through_the_kernel_entry(void **state)
{
    struct stage stage;
    struct wfp_message_reply reply;
    struct wfp_send call;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.at_auth_connect[WFP_NOT_REDIRECTED] = WFP_DEED_BLOCK;
    call = sending(&stage, stage.client);
    call.entry = WFP_MESSAGE_WSK;
    assert_int_equal(wfp_message_send_classified(stage.scene.world, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_unchanged(0xC0000022u));
    scene_free(&stage.scene);
}

/* RED-10: the one rule for connections and for datagrams. */
static void test_target_pid_zero(void **state)
{
    struct stage stage;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.target_pid = 0;
    assert_string_equal(send_from(&stage, stage.client).rule->id, "connect.target-pid-zero");
    scene_free(&stage.scene);
}

/* RED-09: without a redirect handle the datagram arrives, and no record. */
static void test_without_handle_no_record(void **state)
{
    struct stage stage;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.handle = 0;
    stage.policy.without_query = true;
    assert_int_equal(send_from(&stage, stage.client).connected.listener, stage.service);
    assert_answer(receive(&stage).answer, answer_bytes(0, 1));
    assert_int_equal(stage.control_size, 0);
    scene_free(&stage.scene);
}

static void test_nobody_at_the_service(void **state)
{
    struct stage stage;
    struct wfp_message_reply sent;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.service.port = OTHER_PORT;
    sent = send_from(&stage, stage.client);
    assert_answer(sent.answer, answer_bytes(0, 1));
    assert_true(sent.connected.redirected);
    assert_int_equal(sent.connected.listener, 0);
    scene_free(&stage.scene);
}

static void test_failing_call_asks_nobody(void **state)
{
    struct stage stage;
    struct wfp_send call;
    uint32_t classification = 1;

    (void)state;
    prepare(&stage, WFP_UDP);
    call = sending(&stage, stage.client);
    call.flags = WFP_MSG_PEEK;
    assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &classification), WFP_OK);
    assert_int_equal(classification, 0);
    scene_free(&stage.scene);
}

/* ---- step by step ---- */

static void test_send_waits_for_callouts(void **state)
{
    struct stage stage;
    struct wfp_send call;
    struct wfp_message_reply reply;
    struct wfp_classify_call next = {.call = WFP_CALL_NEXT};
    struct wfp_connected connected;
    struct wfp_reply given;

    (void)state;
    prepare(&stage, WFP_UDP);
    call = sending(&stage, stage.client);
    assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &call.classification),
                     WFP_OK);
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    next.classification = call.classification;
    assert_int_equal(wfp_classify(stage.scene.world, &next, &given), WFP_OK);
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    assert_int_equal(wfp_connect_end(stage.scene.world, call.classification, &connected, &given),
                     WFP_BAD_STATE);
    scene_close(&stage.scene, stage.client);
    assert_int_equal(wfp_classify(stage.scene.world, &next, &given), WFP_NO_SOCKET);
    scene_free(&stage.scene);
}

/* The classification of one flow is not good for another. */
static void test_other_flow_or_none(void **state)
{
    struct stage stage;
    struct wfp_send call;
    struct wfp_message_reply reply;

    (void)state;
    prepare(&stage, WFP_UDP);
    assert_int_equal(wfp_callout_unregister(stage.scene.world, stage.callouts[0]), WFP_OK);
    assert_int_equal(wfp_callout_unregister(stage.scene.world, stage.callouts[1]), WFP_OK);
    call = sending(&stage, stage.client);
    assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &call.classification),
                     WFP_OK);
    call.to.port++;
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    call.to.port--;
    call.socket = open_client(&stage, WFP_UDP);
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    call.socket = stage.client;
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_OK);
    assert_int_equal(wfp_message_send(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    scene_free(&stage.scene);
}

static void test_callout_without_function(void **state)
{
    struct stage stage;
    struct wfp_send call;
    struct wfp_message_reply reply;
    uint32_t number;
    const struct wfp_callout callout = {.layer = WFP_CONNECT_REDIRECT_V4, .sublayer = 9};

    (void)state;
    prepare(&stage, WFP_UDP);
    assert_int_equal(wfp_callout_register(stage.scene.world, &callout, &number), WFP_OK);
    call = sending(&stage, stage.client);
    assert_int_equal(wfp_message_send_classified(stage.scene.world, &call, &reply), WFP_BAD_STATE);
    assert_int_equal(wfp_callout_unregister(stage.scene.world, number), WFP_OK);
    assert_answer(send_from(&stage, stage.client).answer, answer_bytes(0, 1));
    scene_free(&stage.scene);
}

/* ---- what a follower sees ---- */

static void test_allowed_and_assumed(void **state)
{
    static const uint32_t errors[] = {10013, 0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct wfp_answer answer =
            errors[i] == 0 ? answer_bytes(0, 1) : answer_unchanged(10013);
        struct stage stage;
        struct wfp_send call;
        struct wfp_answer_set set;
        struct wfp_message_reply reply;

        prepare(&stage, WFP_UDP);
        assert_int_equal(wfp_callout_unregister(stage.scene.world, stage.callouts[0]), WFP_OK);
        assert_int_equal(wfp_callout_unregister(stage.scene.world, stage.callouts[1]), WFP_OK);
        call = sending(&stage, stage.client);
        assert_int_equal(wfp_message_send_begin(stage.scene.world, &call, &call.classification),
                         WFP_OK);
        wfp_message_send_allowed(stage.scene.world, &call, &set);
        assert_int_equal(set.count, 1);
        assert_answer(set.answers[0], answer_bytes(0, 1));
        assert_int_equal(wfp_message_send_assume(stage.scene.world, &call, answer, &reply), WFP_OK);
        assert_int_equal(reply.connected.blocked, errors[i] != 0);
        assert_int_equal(reply.rule == NULL, errors[i] != 0);
        scene_free(&stage.scene);
    }
}

/* ---- the life of versions and contexts ---- */

static void test_context_lives_as_the_flow(void **state)
{
    static const uint8_t bytes[16] = "private";
    struct stage stage;

    (void)state;
    prepare(&stage, WFP_UDP);
    stage.policy.context = bytes;
    stage.policy.context_size = sizeof bytes;
    (void)send_from(&stage, stage.client);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 1);
    wfp_clock_advance(stage.scene.world, 61 * WFP_SECOND);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 0);
    (void)send_from(&stage, stage.client);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 1);
    scene_close(&stage.scene, stage.client);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 0);
    scene_free(&stage.scene);
}

static void test_flow_is_reauthorized(void **state)
{
    struct stage stage;
    struct wfp_version version;
    struct wfp_reply reply;
    uint32_t classification = 0;

    (void)state;
    prepare(&stage, WFP_UDP);
    assert_int_equal(wfp_flow_reauthorize(stage.scene.world, stage.client, &peer,
                                          WFP_REASON_POLICY_CHANGE, &classification, &reply),
                     WFP_BAD_STATE);
    (void)send_from(&stage, stage.client);
    assert_int_equal(wfp_flow_reauthorize(stage.scene.world, stage.client, &peer,
                                          WFP_REASON_POLICY_CHANGE, &classification, &reply),
                     WFP_OK);
    assert_true(wfp_classify_previous(stage.scene.world, classification, 0, &version));
    assert_int_equal(version.handle, stage.policy.handle);
    assert_int_equal(wfp_flow_reauthorize(stage.scene.world, stage.client, &peer,
                                          WFP_REASON_POLICY_CHANGE, &classification, &reply),
                     WFP_BAD_STATE);
    scene_free(&stage.scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_is_redirected),
        cmocka_unit_test(test_later_is_not_classified),
        cmocka_unit_test(test_connect_is_classified),
        cmocka_unit_test(test_record_is_the_list),
        cmocka_unit_test(test_without_record_it_loops),
        cmocka_unit_test(test_record_shows_in_metadata),
        cmocka_unit_test(test_block_is_the_answer),
        cmocka_unit_test(test_block_through_the_kernel_entry),
        cmocka_unit_test(test_target_pid_zero),
        cmocka_unit_test(test_without_handle_no_record),
        cmocka_unit_test(test_nobody_at_the_service),
        cmocka_unit_test(test_failing_call_asks_nobody),
        cmocka_unit_test(test_send_waits_for_callouts),
        cmocka_unit_test(test_other_flow_or_none),
        cmocka_unit_test(test_callout_without_function),
        cmocka_unit_test(test_allowed_and_assumed),
        cmocka_unit_test(test_context_lives_as_the_flow),
        cmocka_unit_test(test_flow_is_reauthorized),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
