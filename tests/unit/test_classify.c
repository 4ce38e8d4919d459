/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/kernel.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { PROXY_PORT = 8080, FILTER = 11, PID = 1234 };

static const struct wfp_address outside = {
    .bytes = {203, 0, 113, 10}, .port = 443, .family = WFP_IPV4};
static const struct wfp_address service = {
    .bytes = {127, 0, 0, 1}, .port = PROXY_PORT, .family = WFP_IPV4};
static const uint8_t bytes[16] = "private context";

/* ---- a world with one callout, a listener and a client ---- */

struct stage {
    struct scene scene;
    uint32_t handle;
    uint32_t listener;
    uint32_t client;
    uint32_t c; /* the classification of the client's connect */
};

static void add_callout(struct stage *stage, enum wfp_callout_layer layer, uint32_t filter,
                        uint32_t sublayer)
{
    const struct wfp_callout callout = {.layer = layer, .filter = filter, .sublayer = sublayer};
    uint32_t number = 0;

    assert_int_equal(wfp_callout_register(stage->scene.world, &callout, &number), WFP_OK);
}

static void prepare(struct stage *stage)
{
    memset(stage, 0, sizeof *stage);
    scene_prepare(&stage->scene);
    scene_make(&stage->scene);
    add_callout(stage, WFP_CONNECT_REDIRECT_V4, FILTER, 2);
    add_callout(stage, WFP_AUTH_CONNECT_V4, FILTER + 1, 1);
    stage->handle = scene_handle(&stage->scene, 1);
    stage->listener = scene_open(&stage->scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_bind(stage->scene.world, stage->listener, &service), WFP_OK);
    assert_int_equal(wfp_socket_listen(stage->scene.world, stage->listener), WFP_OK);
    stage->client = scene_open(&stage->scene, WFP_TCP, true);
}

static struct wfp_reply call(struct stage *stage, const struct wfp_classify_call *made)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_classify(stage->scene.world, made, &reply), WFP_OK);
    return reply;
}

static struct wfp_reply plain(struct stage *stage, enum wfp_call about)
{
    const struct wfp_classify_call made = {.call = about, .classification = stage->c};

    return call(stage, &made);
}

static void begin(struct stage *stage)
{
    assert_int_equal(wfp_connect_begin(stage->scene.world, stage->client, &outside, &stage->c),
                     WFP_OK);
    assert_int_equal(plain(stage, WFP_CALL_NEXT).answer.error, WFP_PRESENT);
}

static uint32_t context(struct stage *stage)
{
    uint32_t number = 0;

    assert_int_equal(wfp_context_allocate(stage->scene.world, bytes, sizeof bytes, &number),
                     WFP_OK);
    return number;
}

/* The callout that is asked redirects, decides and returns. */
static void redirect(struct stage *stage, uint32_t handle)
{
    struct wfp_world *world = stage->scene.world;
    const uint32_t pool = context(stage);

    (void)wfp_query_redirect_state(world, stage->c, handle, NULL);
    assert_answer(wfp_acquire_classify_handle(world, stage->c), answer_unchanged(0));
    assert_answer(wfp_acquire_writable_layer_data(world, stage->c), answer_unchanged(0));
    assert_answer(wfp_edit_address(world, stage->c, WFP_MEMBER_REMOTE_ADDRESS, &service),
                  answer_unchanged(0));
    assert_answer(wfp_edit_number(world, stage->c, WFP_MEMBER_TARGET_PID, PID),
                  answer_unchanged(0));
    assert_answer(wfp_edit_number(world, stage->c, WFP_MEMBER_REDIRECT_HANDLE, handle),
                  answer_unchanged(0));
    assert_answer(wfp_edit_number(world, stage->c, WFP_MEMBER_CONTEXT, pool), answer_unchanged(0));
    assert_answer(wfp_apply_modified_layer_data(world, stage->c, 0), answer_unchanged(0));
    assert_int_equal(
        wfp_classify_out(world, stage->c, WFP_ACTION_PERMIT, WFP_RIGHT_ACTION_WRITE).outcome,
        WFP_ACTION);
    assert_answer(wfp_release_classify_handle(world, stage->c), answer_unchanged(0));
    (void)plain(stage, WFP_CALL_RETURN);
}

static struct wfp_connected end(struct stage *stage)
{
    struct wfp_connected connected;
    struct wfp_reply reply;

    assert_int_equal(wfp_connect_end(stage->scene.world, stage->c, &connected, &reply), WFP_OK);
    return connected;
}

static void pass_auth(struct stage *stage)
{
    (void)plain(stage, WFP_CALL_NEXT);
    (void)plain(stage, WFP_CALL_RETURN);
    assert_int_equal(plain(stage, WFP_CALL_NEXT).answer.error, WFP_ABSENT);
}

static struct wfp_connected connect_redirected(struct stage *stage)
{
    begin(stage);
    redirect(stage, stage->handle);
    pass_auth(stage);
    return end(stage);
}

/* ---- from begin to end ---- */

static void test_redirected_to_the_listener(void **state)
{
    struct stage stage;
    struct wfp_connected connected;
    struct wfp_ioctl query;
    uint32_t accepted = 0;

    (void)state;
    prepare(&stage);
    connected = connect_redirected(&stage);
    assert_true(connected.redirected);
    assert_false(connected.blocked);
    assert_int_equal(connected.listener, stage.listener);
    assert_int_equal(connected.handle, stage.handle);
    assert_true(wfp_address_equal(&connected.remote, &service));
    assert_int_equal(wfp_socket_accept(stage.scene.world, stage.listener, true, &accepted), WFP_OK);
    query = scene_query(&stage.scene, WFP_SIO_QUERY_CONTEXT, accepted, 64);
    assert_answer(scene_call(&stage.scene, &query).answer, answer_bytes(0, sizeof bytes));
    assert_memory_equal(stage.scene.out, bytes, sizeof bytes);
    scene_free(&stage.scene);
}

static void test_left_alone_goes_outside(void **state)
{
    struct stage stage;
    struct wfp_connected connected;

    (void)state;
    prepare(&stage);
    begin(&stage);
    (void)plain(&stage, WFP_CALL_RETURN);
    pass_auth(&stage);
    connected = end(&stage);
    assert_false(connected.redirected);
    assert_int_equal(connected.listener, 0);
    assert_true(wfp_address_equal(&connected.remote, &outside));
    scene_free(&stage.scene);
}

/* Everything that a flow had goes with its socket; the block is as it was. */
static void test_the_flow_leaves_nothing_behind(void **state)
{
    struct stage stage;
    uint32_t accepted = 0;
    void *before;

    (void)state;
    prepare(&stage);
    before = malloc(stage.scene.size);
    assert_non_null(before);
    scene_close(&stage.scene, stage.client);
    memcpy(before, stage.scene.world, stage.scene.size);
    stage.client = scene_open(&stage.scene, WFP_TCP, true);
    (void)connect_redirected(&stage);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 1);
    assert_int_equal(wfp_socket_accept(stage.scene.world, stage.listener, true, &accepted), WFP_OK);
    scene_close(&stage.scene, accepted);
    scene_close(&stage.scene, stage.client);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 0);
    assert_memory_equal(before, stage.scene.world, stage.scene.size);
    free(before);
    scene_free(&stage.scene);
}

/* A blocked connect gives its context back at once, and can be tried again. */
static void test_blocked_and_tried_again(void **state)
{
    struct stage stage;
    struct wfp_connected connected;

    (void)state;
    prepare(&stage);
    begin(&stage);
    redirect(&stage, stage.handle);
    (void)plain(&stage, WFP_CALL_NEXT);
    (void)wfp_classify_out(stage.scene.world, stage.c, WFP_ACTION_BLOCK, 1);
    (void)plain(&stage, WFP_CALL_RETURN);
    connected = end(&stage);
    assert_true(connected.blocked);
    assert_int_equal(connected.listener, 0);
    assert_int_equal(wfp_contexts_owned(stage.scene.world, WFP_CONTEXT_ENGINE), 0);
    connected = connect_redirected(&stage);
    assert_int_equal(connected.listener, stage.listener);
    scene_free(&stage.scene);
}

/* ---- what a callout sees ---- */

static void test_fixed_values_and_metadata(void **state)
{
    struct stage stage;
    struct wfp_classify_fixed fixed;
    struct wfp_classify_metadata metadata;

    (void)state;
    prepare(&stage);
    assert_int_equal(wfp_socket_owner(stage.scene.world, stage.client, 7), WFP_OK);
    begin(&stage);
    assert_int_equal(wfp_classify_fixed(stage.scene.world, stage.c, &fixed), WFP_OK);
    assert_int_equal(fixed.layer, WFP_CONNECT_REDIRECT_V4);
    assert_int_equal(fixed.filter, FILTER);
    assert_int_equal(fixed.application, 7);
    assert_int_equal(fixed.rights, WFP_RIGHT_ACTION_WRITE);
    assert_true(wfp_address_equal(&fixed.remote, &outside));
    redirect(&stage, stage.handle);
    (void)plain(&stage, WFP_CALL_NEXT);
    assert_int_equal(wfp_classify_fixed(stage.scene.world, stage.c, &fixed), WFP_OK);
    assert_int_equal(fixed.layer, WFP_AUTH_CONNECT_V4);
    assert_true(wfp_address_equal(&fixed.remote, &service));
    assert_int_equal(wfp_classify_metadata(stage.scene.world, stage.c, &metadata), WFP_OK);
    assert_int_equal(metadata.conditions, WFP_CONDITION_IS_CONNECTION_REDIRECTED);
    assert_int_equal(metadata.present,
                     WFP_METADATA_LOCAL_REDIRECT_TARGET_PID | WFP_METADATA_ORIGINAL_DESTINATION);
    assert_int_equal(metadata.target_pid, PID);
    assert_true(wfp_address_equal(&metadata.destination, &outside));
    assert_int_equal(metadata.original, 7);
    scene_free(&stage.scene);
}

/* The record that the proxy SETs names who asked first (KRN-15). */
static void test_the_first_requester_is_remembered(void **state)
{
    struct stage stage;
    struct wfp_classify_metadata metadata;
    uint32_t accepted = 0;

    (void)state;
    prepare(&stage);
    assert_int_equal(wfp_socket_owner(stage.scene.world, stage.client, 7), WFP_OK);
    (void)connect_redirected(&stage);
    assert_int_equal(wfp_socket_accept(stage.scene.world, stage.listener, true, &accepted), WFP_OK);
    stage.client = scene_open(&stage.scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_owner(stage.scene.world, stage.client, 9), WFP_OK);
    scene_hand_on(&stage.scene, accepted, stage.client);
    begin(&stage);
    assert_int_equal(wfp_classify_metadata(stage.scene.world, stage.c, &metadata), WFP_OK);
    assert_int_equal(metadata.original, 7);
    assert_int_equal(metadata.conditions, WFP_CONDITION_IS_PROXY_CONNECTION);
    assert_int_equal(metadata.present, WFP_METADATA_REDIRECT_RECORD_HANDLE);
    scene_free(&stage.scene);
}

static void test_states_are_told_and_remembered(void **state)
{
    struct stage stage;
    struct wfp_buffer out = {.size = 0};
    enum wfp_redirect_state told = WFP_PREVIOUSLY_REDIRECTED_BY_SELF;
    uint8_t own[64];
    struct wfp_classify_call query;
    uint32_t accepted = 0;
    uint32_t other;

    (void)state;
    prepare(&stage);
    other = scene_handle(&stage.scene, 2);
    (void)connect_redirected(&stage);
    assert_int_equal(wfp_socket_accept(stage.scene.world, stage.listener, true, &accepted), WFP_OK);
    stage.client = scene_open(&stage.scene, WFP_TCP, true);
    scene_hand_on(&stage.scene, accepted, stage.client);
    begin(&stage);
    assert_false(wfp_classify_told(stage.scene.world, stage.c, stage.handle, &told));
    out = (struct wfp_buffer){own, sizeof own, WFP_POINTER_HEAP};
    query = (struct wfp_classify_call){.call = WFP_CALL_REDIRECT_STATE,
                                       .classification = stage.c,
                                       .handle = stage.handle,
                                       .out = out};
    assert_int_equal(call(&stage, &query).written, sizeof bytes);
    assert_memory_equal(own, bytes, sizeof bytes);
    query.handle = other;
    assert_int_equal(call(&stage, &query).written, 0);
    assert_true(wfp_classify_told(stage.scene.world, stage.c, stage.handle, &told));
    assert_int_equal(told, WFP_REDIRECTED_BY_SELF);
    assert_true(wfp_classify_told(stage.scene.world, stage.c, other, &told));
    assert_int_equal(told, WFP_REDIRECTED_BY_OTHER);
    scene_free(&stage.scene);
}

static void test_the_chain_has_a_limit(void **state)
{
    struct stage stage;
    struct wfp_world *world;
    struct wfp_version version;

    (void)state;
    prepare(&stage);
    world = stage.scene.world;
    begin(&stage);
    assert_false(wfp_classify_previous(world, stage.c, 0, &version));
    (void)wfp_acquire_classify_handle(world, stage.c);
    for (uint32_t i = 0; i < WFP_VERSIONS_MAX; i++) {
        (void)wfp_acquire_writable_layer_data(world, stage.c);
        (void)wfp_edit_number(world, stage.c, WFP_MEMBER_PORT_RESERVATION_TOKEN, i);
        assert_answer(wfp_apply_modified_layer_data(world, stage.c, 0), answer_unchanged(0));
    }
    (void)wfp_acquire_writable_layer_data(world, stage.c);
    (void)wfp_edit_number(world, stage.c, WFP_MEMBER_PORT_RESERVATION_TOKEN, 99);
    assert_int_equal(wfp_apply_modified_layer_data(world, stage.c, 0).outcome, WFP_MISUSE);
    assert_true(wfp_classify_previous(world, stage.c, 0, &version));
    assert_int_equal(version.token, WFP_VERSIONS_MAX - 1);
    assert_int_equal(version.filter, FILTER);
    assert_true(wfp_classify_previous(world, stage.c, WFP_VERSIONS_MAX - 1, &version));
    assert_int_equal(version.token, 0);
    assert_false(wfp_classify_previous(world, stage.c, WFP_VERSIONS_MAX, &version));
    scene_free(&stage.scene);
}

/* ---- once more ---- */

static void test_reauthorized_at_the_layer_of_the_profile(void **state)
{
    static const struct {
        struct wfp_answer at_redirect;
        uint32_t filter;
    } table[] = {{{0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}, FILTER},
                 {{0, 0, WFP_COUNT_UNCHANGED, WFP_PASS}, FILTER + 1}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct stage stage;
        struct wfp_classify_fixed fixed;
        struct wfp_reply reply;

        prepare(&stage);
        scene_decide(&stage.scene, WFP_KEY_REAUTHORIZE_AT_REDIRECT, table[i].at_redirect);
        (void)connect_redirected(&stage);
        assert_int_equal(wfp_reauthorize(stage.scene.world, stage.client, WFP_REASON_POLICY_CHANGE,
                                         &stage.c, &reply),
                         WFP_OK);
        (void)plain(&stage, WFP_CALL_NEXT);
        assert_int_equal(wfp_classify_fixed(stage.scene.world, stage.c, &fixed), WFP_OK);
        assert_int_equal(fixed.filter, table[i].filter);
        scene_free(&stage.scene);
    }
}

/* The connection stays where it is, and its versions with it. */
static void test_reauthorized_again_and_again(void **state)
{
    struct stage stage;
    struct wfp_reply reply;
    struct wfp_version version;

    (void)state;
    prepare(&stage);
    (void)connect_redirected(&stage);
    for (uint32_t round = 0; round < 3; round++) {
        assert_int_equal(wfp_reauthorize(stage.scene.world, stage.client, 2, &stage.c, &reply),
                         WFP_OK);
        assert_int_equal(wfp_reauthorize(stage.scene.world, stage.client, 2, &stage.c, &reply),
                         WFP_BAD_STATE);
        (void)plain(&stage, WFP_CALL_NEXT);
        assert_true(wfp_classify_previous(stage.scene.world, stage.c, 0, &version));
        assert_int_equal(version.filter, FILTER);
        assert_false(wfp_classify_previous(stage.scene.world, stage.c, 1, &version));
        (void)plain(&stage, WFP_CALL_RETURN);
        pass_auth(&stage);
        assert_int_equal(end(&stage).listener, 0);
    }
    scene_free(&stage.scene);
}

static void test_reauthorized_without_a_version(void **state)
{
    struct stage stage;
    struct wfp_reply reply;

    (void)state;
    prepare(&stage);
    assert_int_equal(wfp_reauthorize(stage.scene.world, stage.client, 1, &stage.c, &reply),
                     WFP_BAD_STATE);
    assert_int_equal(wfp_reauthorize(stage.scene.world, 99, 1, &stage.c, &reply), WFP_NO_SOCKET);
    begin(&stage);
    (void)plain(&stage, WFP_CALL_RETURN);
    pass_auth(&stage);
    (void)end(&stage);
    assert_int_equal(wfp_reauthorize(stage.scene.world, stage.client, 1, &stage.c, &reply), WFP_OK);
    (void)plain(&stage, WFP_CALL_NEXT);
    (void)plain(&stage, WFP_CALL_RETURN);
    pass_auth(&stage);
    (void)end(&stage);
    scene_close(&stage.scene, stage.client);
    scene_free(&stage.scene);
}

/* ---- what is not possible ---- */

static void test_wrong_moments(void **state)
{
    struct stage stage;
    struct wfp_classify_call made = {.call = WFP_CALL_EDIT};
    struct wfp_connected connected;
    struct wfp_reply reply;
    uint32_t other = 0;

    (void)state;
    prepare(&stage);
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_NO_SOCKET);
    assert_int_equal(wfp_connect_end(stage.scene.world, 1, &connected, &reply), WFP_NO_SOCKET);
    assert_int_equal(wfp_connect_begin(stage.scene.world, 99, &outside, &other), WFP_NO_SOCKET);
    assert_int_equal(wfp_connect_begin(stage.scene.world, stage.listener, &outside, &other),
                     WFP_BAD_STATE);
    assert_int_equal(wfp_connect_begin(stage.scene.world, stage.client, &outside, &stage.c),
                     WFP_OK);
    assert_int_equal(wfp_connect_begin(stage.scene.world, stage.client, &outside, &other),
                     WFP_BAD_STATE);
    made.classification = stage.c;
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_BAD_STATE);
    assert_int_equal(wfp_connect_end(stage.scene.world, stage.c, &connected, &reply),
                     WFP_BAD_STATE);
    (void)plain(&stage, WFP_CALL_NEXT);
    made.call = WFP_CALL_NEXT;
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_BAD_STATE);
    made.call = WFP_CALL_QUERY_RECORDS;
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_BAD_STATE);
    made = (struct wfp_classify_call){.call = WFP_CALL_EDIT,
                                      .classification = stage.c,
                                      .member = WFP_MEMBER_REDIRECT_HANDLE,
                                      .number = 77};
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_NO_HANDLE);
    made.member = WFP_MEMBER_CONTEXT;
    assert_int_equal(wfp_classify(stage.scene.world, &made, &reply), WFP_NO_HANDLE);
    scene_free(&stage.scene);
}

/* Without a function a callout cannot be run; the connect can be made another way. */
static void test_connect_to_needs_functions(void **state)
{
    struct stage stage;
    struct wfp_connected connected;
    struct wfp_reply reply;

    (void)state;
    prepare(&stage);
    assert_int_equal(
        wfp_socket_connect_to(stage.scene.world, stage.client, &outside, &connected, &reply),
        WFP_BAD_STATE);
    assert_int_equal(connect_redirected(&stage).listener, stage.listener);
    scene_free(&stage.scene);
}

/* ---- following what was answered elsewhere ---- */

static void test_assumed_is_performed(void **state)
{
    struct stage stage;
    struct wfp_answer_set set;
    struct wfp_reply reply;
    const struct wfp_answer denied = {5, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED};
    struct wfp_classify_call made;

    (void)state;
    prepare(&stage);
    begin(&stage);
    made = (struct wfp_classify_call){.call = WFP_CALL_ACQUIRE_HANDLE, .classification = stage.c};
    wfp_classify_allowed(stage.scene.world, &made, &set);
    assert_int_equal(set.count, 1);
    assert_int_equal(wfp_classify_assume(stage.scene.world, &made, denied, &reply), WFP_OK);
    assert_null(reply.rule);
    made.call = WFP_CALL_ACQUIRE_DATA;
    wfp_classify_allowed(stage.scene.world, &made, &set);
    assert_int_equal(set.answers[0].outcome, WFP_MISUSE);
    made.call = WFP_CALL_ACQUIRE_HANDLE;
    assert_int_equal(wfp_classify_assume(stage.scene.world, &made, answer_unchanged(0), &reply),
                     WFP_OK);
    assert_string_equal(reply.rule->id, "classify-handle.acquired");
    made.call = WFP_CALL_ACQUIRE_DATA;
    wfp_classify_allowed(stage.scene.world, &made, &set);
    assert_answer(set.answers[0], answer_unchanged(0));
    scene_free(&stage.scene);
}

/* ---- hostile callers ---- */

static uint32_t random_number(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static struct wfp_classify_call random_call(uint64_t *seed, uint8_t *room)
{
    static const uint32_t actions[] = {WFP_ACTION_BLOCK, WFP_ACTION_PERMIT, WFP_ACTION_CONTINUE, 0,
                                       UINT32_MAX};
    struct wfp_classify_call made = {
        .call = (enum wfp_call)(WFP_CALL_CONNECT + random_number(seed) % 18),
        .classification = random_number(seed) % 5,
        .field = (enum wfp_field)(random_number(seed) % (WFP_FIELD_COUNT + 2)),
        .back = random_number(seed) % 20,
        .compared = random_number(seed) % 2 != 0,
        .member = (enum wfp_member)(random_number(seed) % 7),
        .number = random_number(seed) % 12,
        .address = random_number(seed) % 2 != 0 ? service : outside,
        .handle = random_number(seed) % 4,
        .flags = random_number(seed) % 2,
        .decides = random_number(seed) % 2 != 0,
        .action = actions[random_number(seed) % COUNT(actions)],
        .rights = random_number(seed) % 3,
    };

    made.out = (struct wfp_buffer){room, random_number(seed) % 64,
                                   (enum wfp_pointer)(random_number(seed) % 6)};
    return made;
}

static void disturb(struct stage *stage, uint64_t *seed)
{
    struct wfp_world *world = stage->scene.world;
    struct wfp_connected connected;
    struct wfp_reply reply;
    uint32_t number = random_number(seed) % 12;

    switch (random_number(seed) % 8) {
    case 0:
        (void)wfp_connect_begin(world, number, &outside, &number);
        break;
    case 1:
        (void)wfp_connect_end(world, number % 5, &connected, &reply);
        break;
    case 2:
        (void)wfp_reauthorize(world, number, 1, &number, &reply);
        break;
    case 3:
        (void)wfp_context_allocate(world, bytes, sizeof bytes, &number);
        break;
    case 4:
        (void)wfp_context_free(world, number, &reply);
        break;
    case 5:
        (void)(number > 1 ? wfp_socket_close(world, number) : WFP_OK);
        break;
    case 6:
        (void)wfp_socket_open(world, WFP_IPV4, WFP_TCP, true, &number);
        break;
    default:
        (void)wfp_socket_accept(world, stage->listener, true, &number);
        break;
    }
}

static void test_any_order_of_calls(void **state)
{
    uint64_t seed = 20;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        struct stage stage;
        uint8_t room[64];

        prepare(&stage);
        for (unsigned i = 0; i < 1500; i++) {
            const struct wfp_classify_call made = random_call(&seed, room);
            struct wfp_answer_set set;
            struct wfp_reply reply;

            if (i % 3 == 0) {
                disturb(&stage, &seed);
            }
            wfp_classify_allowed(stage.scene.world, &made, &set);
            if (wfp_classify(stage.scene.world, &made, &reply) == WFP_OK) {
                assert_non_null(reply.rule);
                assert_in_range(set.count, 1, WFP_ANSWERS_MAX);
                assert_true(wfp_answer_equal(set.answers[0], reply.answer));
            }
        }
        scene_free(&stage.scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirected_to_the_listener),
        cmocka_unit_test(test_left_alone_goes_outside),
        cmocka_unit_test(test_the_flow_leaves_nothing_behind),
        cmocka_unit_test(test_blocked_and_tried_again),
        cmocka_unit_test(test_fixed_values_and_metadata),
        cmocka_unit_test(test_the_first_requester_is_remembered),
        cmocka_unit_test(test_states_are_told_and_remembered),
        cmocka_unit_test(test_the_chain_has_a_limit),
        cmocka_unit_test(test_reauthorized_at_the_layer_of_the_profile),
        cmocka_unit_test(test_reauthorized_again_and_again),
        cmocka_unit_test(test_reauthorized_without_a_version),
        cmocka_unit_test(test_wrong_moments),
        cmocka_unit_test(test_connect_to_needs_functions),
        cmocka_unit_test(test_assumed_is_performed),
        cmocka_unit_test(test_any_order_of_calls),
    };

    return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
