/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/record.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct wfp_answer ask(struct scene *scene, uint32_t code, uint32_t socket)
{
    const struct wfp_ioctl query = scene_query(scene, code, socket, sizeof scene->out);

    return scene_call(scene, &query).answer;
}

static uint32_t accept_one(struct scene *scene, uint32_t listener)
{
    uint32_t accepted = 0;

    assert_int_equal(wfp_socket_accept(scene->world, listener, true, &accepted), WFP_OK);
    return accepted;
}

/* ---- what cannot be connected ---- */

static enum wfp_status try_connect(struct scene *scene, uint32_t socket, uint32_t listener,
                                   uint32_t handle)
{
    const struct wfp_redirect redirect = scene_redirect(handle);
    const struct wfp_connect what = {listener, &redirect};
    struct wfp_reply reply;

    return wfp_socket_connect(scene->world, socket, &what, &reply);
}

static void test_refusals(void **state)
{
    struct scene *scene = *state;
    const uint32_t fresh = scene_open(scene, WFP_TCP, true);
    const uint32_t bound = scene_open(scene, WFP_TCP, true);
    const uint32_t doomed = scene_handle(scene, 2);
    const struct {
        uint32_t socket;
        uint32_t listener;
        uint32_t handle;
        enum wfp_status expected;
    } table[] = {
        {0, scene->listener, 1, WFP_NO_SOCKET},
        {99, scene->listener, 1, WFP_NO_SOCKET},
        {fresh, 99, 1, WFP_NO_SOCKET},
        {scene->client, scene->listener, 1, WFP_BAD_STATE},
        {scene->accepted, scene->listener, 1, WFP_BAD_STATE},
        {scene->listener, scene->listener, 1, WFP_BAD_STATE},
        {fresh, fresh, 1, WFP_BAD_STATE},
        {fresh, bound, 1, WFP_BAD_STATE},
        {fresh, scene->client, 1, WFP_BAD_STATE},
        {fresh, scene->listener, 0, WFP_NO_HANDLE},
        {fresh, scene->listener, doomed, WFP_NO_HANDLE},
        {fresh, scene->listener, 99, WFP_NO_HANDLE},
        {fresh, scene->listener, 1, WFP_OK},
        {bound, scene->listener, 1, WFP_OK},
        {fresh, scene->listener, 1, WFP_BAD_STATE},
    };

    assert_int_equal(wfp_socket_bind(scene->world, bound, NULL), WFP_OK);
    assert_int_equal(wfp_handle_destroy(scene->world, doomed), WFP_OK);
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(try_connect(scene, table[i].socket, table[i].listener, table[i].handle),
                         table[i].expected);
    }
}

/* ---- redirect handles ---- */

static void test_handles_are_numbered_from_one(void **state)
{
    struct scene scene;
    uint32_t none = 0;

    (void)state;
    scene_prepare(&scene);
    scene_make(&scene);
    for (uint32_t handle = 1; handle <= scene.limits.handles; handle++) {
        assert_int_equal(scene_handle(&scene, 5), handle);
    }
    assert_int_equal(wfp_handle_create(scene.world, 5, &none), WFP_NO_ROOM);
    assert_int_equal(wfp_handle_destroy(scene.world, 2), WFP_OK);
    assert_int_equal(wfp_handle_destroy(scene.world, 2), WFP_NO_HANDLE);
    assert_int_equal(wfp_handle_destroy(scene.world, 0), WFP_NO_HANDLE);
    assert_int_equal(wfp_handle_destroy(scene.world, scene.limits.handles + 1), WFP_NO_HANDLE);
    assert_int_equal(wfp_handle_create(scene.world, 0, &none), WFP_BAD_STATE);
    assert_int_equal(none, 0);
    assert_int_equal(scene_handle(&scene, 6), 2);
    scene_free(&scene);
}

/* ---- which redirects leave a record (QRY-03, QRY-19, UNK-47, UNK-48) ---- */

struct kind {
    enum wfp_layer layer;
    bool remote;
    bool lost;
    uint32_t bind_key;
    uint32_t remote_key;
    bool record;
};

static const struct kind kinds[] = {
    {WFP_LAYER_CONNECT_REDIRECT, false, false, 0, 0, true},
    {WFP_LAYER_CONNECT_REDIRECT, false, true, 1, 1, false},
    {WFP_LAYER_BIND_REDIRECT, false, false, 0, 1, false},
    {WFP_LAYER_BIND_REDIRECT, false, false, 1, 0, true},
    {WFP_LAYER_BIND_REDIRECT, false, true, 1, 0, false},
    {WFP_LAYER_CONNECT_REDIRECT, true, false, 1, 0, false},
    {WFP_LAYER_CONNECT_REDIRECT, true, false, 0, 1, true},
};

static void test_only_some_redirects_leave_a_record(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct wfp_redirect redirect = scene_redirect(scene->handle);

        redirect.layer = kinds[i].layer;
        redirect.remote = kinds[i].remote;
        redirect.lost = kinds[i].lost;
        scene->profile.keys[WFP_KEY_BIND_REDIRECT_RECORD].values[0].number = kinds[i].bind_key;
        scene->profile.keys[WFP_KEY_REMOTE_REDIRECT_RECORD].values[0].number = kinds[i].remote_key;
        scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
        assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accept_one(scene, scene->listener)),
                      kinds[i].record ? answer_bytes(0, SCENE_N) : answer_bytes(10022, 0));
    }
}

static void test_without_redirect_no_record(void **state)
{
    struct scene *scene = *state;
    const uint32_t accepted = scene_accept(scene, scene_open(scene, WFP_TCP, true), 0);

    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accepted), answer_bytes(10022, 0));
    assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, accepted), answer_bytes(10022, 0));
}

/* RED-10 */
static void test_target_pid_must_be_given(void **state)
{
    struct scene *scene = *state;
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    struct wfp_redirect redirect = scene_redirect(scene->handle);
    struct wfp_reply reply;
    uint32_t accepted = 0;

    redirect.target_pid = 0;
    reply = scene_connect(scene, client, scene->listener, &redirect);
    assert_answer(reply.answer, answer_unchanged(10013));
    assert_string_equal(reply.rule->id, "connect.target-pid-zero");
    assert_int_equal(wfp_socket_accept(scene->world, scene->listener, true, &accepted),
                     WFP_BAD_STATE);
    redirect.remote = true;
    reply = scene_connect(scene, client, scene->listener, &redirect);
    assert_answer(reply.answer, answer_unchanged(0));
    assert_string_equal(reply.rule->id, "connect.made");
    accept_one(scene, scene->listener);
}

/* ---- accepting ---- */

static void test_oldest_connection_comes_first(void **state)
{
    struct scene *scene = *state;
    struct wfp_redirect redirect = scene_redirect(scene->handle);

    for (uint32_t size = 10; size < 14; size++) {
        redirect.context_size = size;
        scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
    }
    for (uint32_t size = 10; size < 14; size++) {
        assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, accept_one(scene, scene->listener)),
                      answer_bytes(0, size));
    }
}

/* QRY-18: the record is the accepted child's; the listener has none, now or before. */
static void test_listener_has_no_record(void **state)
{
    struct scene *scene = *state;
    const struct wfp_redirect redirect = scene_redirect(scene->handle);

    scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, scene->listener), answer_bytes(10057, 0));
    scene_decide(scene, WFP_KEY_LISTENING, answer_pass);
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, scene->listener), answer_bytes(10022, 0));
    accept_one(scene, scene->listener);
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, scene->listener), answer_bytes(10022, 0));
}

static void test_client_has_no_record(void **state)
{
    struct scene *scene = *state;

    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, scene->client), answer_bytes(10022, 0));
    assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, scene->client), answer_bytes(10022, 0));
}

/* UNK-36: AcceptEx without SO_UPDATE_ACCEPT_CONTEXT is what the profile makes of it. */
static void test_accept_may_be_left_without_update(void **state)
{
    struct scene *scene = *state;
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    uint32_t accepted = 0;

    scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
    assert_int_equal(wfp_socket_accept(scene->world, scene->listener, false, &accepted), WFP_OK);
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accepted), answer_bytes(0, SCENE_N));
    scene_decide(scene, WFP_KEY_ACCEPT_NOT_UPDATED, answer_bytes(10057, 0));
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accepted), answer_bytes(10057, 0));
    assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, accepted), answer_bytes(10057, 0));
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, scene->accepted), answer_bytes(0, SCENE_N));
}

/* OVL-01: an accepted socket is overlapped if its listener is. */
static void test_accepted_socket_takes_after_its_listener(void **state)
{
    struct scene *scene = *state;
    const struct wfp_redirect redirect = scene_redirect(scene->handle);

    scene_decide(scene, WFP_KEY_OVERLAPPED, answer_unchanged(997));
    for (unsigned overlapped = 0; overlapped < 2; overlapped++) {
        const uint32_t listener = scene_listen(scene, overlapped != 0);
        struct wfp_ioctl call;

        scene_connect(scene, scene_open(scene, WFP_TCP, overlapped == 0), listener, &redirect);
        call = scene_query(scene, WFP_SIO_QUERY_RECORDS, accept_one(scene, listener), 1024);
        call.overlapped = WFP_POINTER_HEAP;
        assert_answer(scene_call(scene, &call).answer,
                      overlapped ? answer_unchanged(997) : answer_bytes(0, SCENE_N));
    }
}

/* ---- the record that a redirect makes (ST-06, T2) ---- */

static void check_record(struct scene *scene, uint32_t socket, const uint32_t *handles)
{
    uint8_t bytes[SCENE_ROOM];
    const struct record_view record = {bytes, scene_record(scene, socket, bytes)};
    struct record_walk walk = record_walk(record);
    struct record_hop hop;

    assert_int_equal(record_check(record, scene->limits.origin), RECORD_VALID);
    for (; *handles != 0; handles++) {
        const struct wfp_redirect redirect = scene_redirect(*handles);

        assert_true(record_walk_next(&walk, &hop));
        assert_int_equal(hop.handle, *handles);
        assert_true(hop.provider == *handles);
        assert_int_equal(hop.target_pid, redirect.target_pid);
        assert_int_equal(hop.context.size, SCENE_CONTEXT);
        assert_memory_equal(hop.context.bytes, redirect.context, SCENE_CONTEXT);
    }
    assert_false(record_walk_next(&walk, &hop));
}

static void test_each_redirect_adds_a_hop(void **state)
{
    static const uint32_t hops[][4] = {{1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 1}};
    struct scene *scene = *state;
    uint32_t accepted = scene->accepted;

    scene_handle(scene, 2);
    scene_handle(scene, 3);
    for (size_t i = 0; i < COUNT(hops); i++) {
        uint32_t handles[5] = {0};
        uint32_t out;

        memcpy(handles, hops[i], sizeof hops[i]);
        check_record(scene, accepted, handles);
        out = scene_open(scene, WFP_TCP, true);
        scene_hand_on(scene, accepted, out);
        accepted = scene_accept(scene, out, i + 1 < COUNT(hops) ? hops[i + 1][i + 1] : 0);
    }
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accepted), answer_bytes(10022, 0));
}

static void test_context_is_copied(void **state)
{
    struct scene *scene = *state;
    uint8_t context[] = {1, 2, 3, 4};
    struct wfp_redirect redirect = scene_redirect(scene->handle);

    redirect.context = context;
    redirect.context_size = sizeof context;
    scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
    memset(context, 0, sizeof context);
    assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, accept_one(scene, scene->listener)),
                  answer_bytes(0, sizeof context));
    assert_memory_equal(scene->out, "\1\2\3\4", sizeof context);
}

/* UNK-19: the last redirect's context, unless the profile says the first one's. */
static void test_context_is_that_of_the_last_redirect(void **state)
{
    struct scene *scene = *state;
    const uint32_t second = scene_handle(scene, 2);
    const uint32_t out = scene_open(scene, WFP_TCP, true);
    uint32_t accepted;

    scene_hand_on(scene, scene->accepted, out);
    accepted = scene_accept(scene, out, second);
    for (uint32_t last = 0; last < 2; last++) {
        const struct wfp_redirect redirect = scene_redirect(last ? second : scene->handle);

        scene->profile.keys[WFP_KEY_CONTEXT_OF_LAST].values[0].number = last;
        assert_answer(ask(scene, WFP_SIO_QUERY_CONTEXT, accepted), answer_bytes(0, SCENE_CONTEXT));
        assert_memory_equal(scene->out, redirect.context, SCENE_CONTEXT);
    }
}

/* ---- following what was recorded elsewhere ---- */

static void test_allowed_connects(void **state)
{
    struct scene *scene = *state;
    struct wfp_redirect redirect = scene_redirect(scene->handle);
    const struct wfp_connect what = {scene->listener, &redirect};
    struct wfp_answer_set set;

    scene_decide(scene, WFP_KEY_TARGET_PID_ZERO, answer_pass);
    scene_also(scene, WFP_KEY_TARGET_PID_ZERO, answer_unchanged(10013));
    wfp_socket_connect_allowed(scene->world, &what, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_unchanged(0));
    redirect.target_pid = 0;
    wfp_socket_connect_allowed(scene->world, &what, &set);
    assert_int_equal(set.count, 2);
    assert_answer(set.answers[0], answer_unchanged(0)); /* the simulator's */
    assert_answer(set.answers[1], answer_unchanged(10013));
}

static void test_assumed_connects(void **state)
{
    struct scene *scene = *state;
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    struct wfp_redirect redirect = scene_redirect(scene->handle);
    const struct wfp_connect what = {scene->listener, &redirect};
    struct wfp_reply reply;

    redirect.target_pid = 0;
    assert_int_equal(
        wfp_socket_connect_assume(scene->world, client, &what, answer_unchanged(10060), &reply),
        WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(wfp_socket_shutdown(scene->world, client), WFP_BAD_STATE);
    assert_int_equal(
        wfp_socket_connect_assume(scene->world, client, &what, answer_unchanged(0), &reply),
        WFP_OK);
    assert_null(reply.rule);
    assert_answer(ask(scene, WFP_SIO_QUERY_RECORDS, accept_one(scene, scene->listener)),
                  answer_bytes(0, SCENE_N));
    assert_int_equal(
        wfp_socket_connect_assume(scene->world, client, &what, answer_unchanged(0), &reply),
        WFP_BAD_STATE);
}

int main(void)
{
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_refusals),
        cmocka_unit_test(test_handles_are_numbered_from_one),
        WITH_SCENE(test_only_some_redirects_leave_a_record),
        WITH_SCENE(test_without_redirect_no_record),
        WITH_SCENE(test_target_pid_must_be_given),
        WITH_SCENE(test_oldest_connection_comes_first),
        WITH_SCENE(test_listener_has_no_record),
        WITH_SCENE(test_client_has_no_record),
        WITH_SCENE(test_accept_may_be_left_without_update),
        WITH_SCENE(test_accepted_socket_takes_after_its_listener),
        WITH_SCENE(test_each_redirect_adds_a_hop),
        WITH_SCENE(test_context_is_copied),
        WITH_SCENE(test_context_is_that_of_the_last_redirect),
        WITH_SCENE(test_allowed_connects),
        WITH_SCENE(test_assumed_connects),
    };

    return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
