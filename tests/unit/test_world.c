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

/* ---- the block ---- */

#define LIMITS(s, h, r, b, o, i)                                                                   \
    {                                                                                              \
        .sockets = (s), .handles = (h), .records = (r), .record_bytes = (b), .operations = (o),    \
        .origin = (i)                                                                              \
    }

static void test_size_holds_the_records(void **state)
{
    static const struct wfp_limits table[] = {
        LIMITS(0, 0, 0, 0, 0, 0),
        LIMITS(1, 1, 1, 1, 1, 1),
        LIMITS(16, 8, 4, 4096, 8, 1),
        LIMITS(64, 1, 1000, 65536, 1, 1),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct wfp_limits *limits = &table[i];
        struct wfp_limits more = *limits;

        assert_true(wfp_world_size(limits) > (size_t)limits->records * limits->record_bytes);
        more.sockets += 16;
        assert_true(wfp_world_size(&more) > wfp_world_size(limits));
        more.operations += 16;
        more.records += 16;
        assert_true(wfp_world_size(&more) > wfp_world_size(limits));
    }
}

/* A size that does not fit into 32 bits is told as none; never as a small one. */
static void test_size_does_not_wrap(void **state)
{
    static const struct wfp_limits table[] = {
        LIMITS(1, 1, 65536, 65536, 1, 0),
        LIMITS(1, 1, 3, 0x80000000u, 1, 0),
        LIMITS(0x10000000u, 1, 1, 1, 1, 0),
        LIMITS(1, 1, 1, 1, 0x10000000u, 0),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(wfp_world_size(&table[i]), 0);
    }
}

/* ---- lives: each opens something and closes it all ---- */

static void live_socket(struct scene *scene)
{
    const uint32_t socket = scene_open(scene, WFP_RAW, true);

    scene_close(scene, socket);
}

static void live_duplicate(struct scene *scene)
{
    const uint32_t socket = scene_listen(scene, true);
    uint32_t copy;

    assert_int_equal(wfp_socket_duplicate(scene->world, socket, &copy), WFP_OK);
    scene_close(scene, socket);
    scene_close(scene, copy);
}

static void live_filled(struct scene *scene)
{
    scene_fill(scene);
    assert_int_equal(wfp_socket_shutdown(scene->world, scene->accepted), WFP_OK);
    scene_close(scene, scene->listener);
    scene_close(scene, scene->client);
    scene_close(scene, scene->accepted);
    assert_int_equal(wfp_handle_destroy(scene->world, scene->handle), WFP_OK);
}

static void live_unaccepted(struct scene *scene)
{
    const uint32_t handle = scene_handle(scene, 3);
    const struct wfp_redirect redirect = scene_redirect(handle);
    const uint32_t listener = scene_listen(scene, false);
    const uint32_t clients[] = {scene_open(scene, WFP_TCP, true), scene_open(scene, WFP_TCP, true)};

    scene_connect(scene, clients[0], listener, &redirect);
    scene_connect(scene, clients[1], listener, &redirect);
    scene_close(scene, clients[1]);
    scene_close(scene, listener);
    scene_close(scene, clients[0]);
    assert_int_equal(wfp_handle_destroy(scene->world, handle), WFP_OK);
}

/* SET before connect, and SET again after it: two records at one socket. */
static void live_records(struct scene *scene)
{
    const uint32_t handle = scene_handle(scene, 3);
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    const uint32_t accepted = scene_accept(scene, client, handle);
    const uint32_t out = scene_open(scene, WFP_TCP, true);

    scene_hand_on(scene, accepted, out);
    scene_hand_on(scene, accepted, out);
    scene_connect(scene, out, 0, NULL);
    scene_hand_on(scene, accepted, out);
    scene_hand_on(scene, accepted, out);
    scene_close(scene, out);
    scene_close(scene, accepted);
    scene_close(scene, client);
    assert_int_equal(wfp_handle_destroy(scene->world, handle), WFP_OK);
}

static void live_operation(struct scene *scene)
{
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    struct wfp_ioctl call = scene_query(scene, WFP_SIO_FLUSH, client, 0);
    struct wfp_reply reply;

    call.overlapped = WFP_POINTER_HEAP;
    call.routine = WFP_POINTER_HEAP;
    reply = scene_call(scene, &call);
    assert_int_not_equal(reply.operation, 0);
    scene_close(scene, client);
    assert_int_equal(wfp_operation_release(scene->world, reply.operation), WFP_OK);
}

static void live_process(struct scene *scene)
{
    wfp_process_started(scene->world, false);
    wfp_process_elevated(scene->world, false);
    wfp_process_started(scene->world, true);
    wfp_process_elevated(scene->world, true);
    wfp_thread_exit(scene->world, 1);
}

/* A redirect whose context finds no room is no redirect; nothing of it stays. */
static void live_refused(struct scene *scene)
{
    static const uint8_t large[SCENE_ROOM] = {1, 2, 3};
    const uint32_t handle = scene_handle(scene, 3);
    const uint32_t listener = scene_listen(scene, true);
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    struct wfp_redirect redirect = scene_redirect(handle);
    const struct wfp_connect what = {listener, &redirect};
    struct wfp_reply reply;

    redirect.context = large;
    redirect.context_size = sizeof large;
    assert_int_equal(wfp_socket_connect(scene->world, client, &what, &reply), WFP_NO_ROOM);
    scene_close(scene, client);
    scene_close(scene, listener);
    assert_int_equal(wfp_handle_destroy(scene->world, handle), WFP_OK);
}

/* A connect that a callout has changed, and its flow. */
static void live_classified(struct scene *scene)
{
    const struct wfp_callout callout = {.layer = WFP_CONNECT_REDIRECT_V4, .filter = 1};
    const struct wfp_address to = {.bytes = {192, 0, 2, 1}, .port = 80, .family = WFP_IPV4};
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    struct wfp_classify_call call = {.call = WFP_CALL_NEXT};
    struct wfp_connected connected;
    struct wfp_reply reply;
    uint32_t number = 0;

    assert_int_equal(wfp_callout_register(scene->world, &callout, &number), WFP_OK);
    assert_int_equal(wfp_connect_begin(scene->world, client, &to, &call.classification), WFP_OK);
    assert_int_equal(wfp_classify(scene->world, &call, &reply), WFP_OK);
    (void)wfp_acquire_classify_handle(scene->world, call.classification);
    (void)wfp_acquire_writable_layer_data(scene->world, call.classification);
    (void)wfp_edit_number(scene->world, call.classification, WFP_MEMBER_TARGET_PID, 5);
    (void)wfp_apply_modified_layer_data(scene->world, call.classification, 0);
    (void)wfp_classify_out(scene->world, call.classification, WFP_ACTION_PERMIT, 1);
    (void)wfp_release_classify_handle(scene->world, call.classification);
    call.call = WFP_CALL_RETURN;
    assert_int_equal(wfp_classify(scene->world, &call, &reply), WFP_OK);
    assert_int_equal(wfp_connect_end(scene->world, call.classification, &connected, &reply),
                     WFP_OK);
    scene_close(scene, client);
    assert_int_equal(wfp_callout_unregister(scene->world, number), WFP_OK);
}

typedef void life_function(struct scene *scene);

static const struct {
    const char *name;
    life_function *live;
} lives[] = {
    {"socket", live_socket},         {"duplicate", live_duplicate}, {"filled", live_filled},
    {"unaccepted", live_unaccepted}, {"records", live_records},     {"operation", live_operation},
    {"process", live_process},       {"refused", live_refused},     {"classified", live_classified},
};

static void make_empty(struct scene *scene)
{
    scene_prepare(scene);
    scene_make(scene);
}

static void *snapshot(const struct scene *scene)
{
    void *copy = malloc(scene->size);

    assert_non_null(copy);
    memcpy(copy, scene->world, scene->size);
    return copy;
}

/* Number of the first byte that differs, for the message; the size if none does. */
static size_t first_difference(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a;
    const uint8_t *right = b;
    size_t at = 0;

    while (at < size && left[at] == right[at]) {
        at++;
    }
    return at;
}

static void assert_same_block(const struct scene *scene, const void *expected, const char *what)
{
    const size_t at = first_difference(scene->world, expected, scene->size);

    if (at != scene->size) {
        print_error("%s: byte %lu of the world: expected as it was, actual altered\n", what,
                    (unsigned long)at);
        fail();
    }
}

static void test_closing_everything_leaves_a_pristine_world(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lives); i++) {
        struct scene scene;
        void *pristine;

        make_empty(&scene);
        pristine = snapshot(&scene);
        lives[i].live(&scene);
        assert_same_block(&scene, pristine, lives[i].name);
        free(pristine);
        scene_free(&scene);
    }
}

/* Padding is anything, and no part of the limits. */
static void test_padding_of_limits_is_not_kept(void **state)
{
    struct scene scene;
    struct wfp_limits limits;
    void *first;

    (void)state;
    make_empty(&scene);
    first = snapshot(&scene);
    memset(&limits, 0x55, sizeof limits);
    limits.sockets = scene.limits.sockets;
    limits.handles = scene.limits.handles;
    limits.records = scene.limits.records;
    limits.record_bytes = scene.limits.record_bytes;
    limits.operations = scene.limits.operations;
    limits.origin = scene.limits.origin;
    limits.callouts = scene.limits.callouts;
    limits.classifications = scene.limits.classifications;
    limits.contexts = scene.limits.contexts;
    limits.context_bytes = scene.limits.context_bytes;
    wfp_world_init(scene.world, &limits, scene.rules, &scene.profile);
    assert_same_block(&scene, first, "limits with other padding");
    free(first);
    scene_free(&scene);
}

static void test_same_calls_make_the_same_bytes(void **state)
{
    struct scene scene;
    void *first;

    (void)state;
    make_empty(&scene);
    for (size_t i = 0; i < COUNT(lives); i++) {
        lives[i].live(&scene);
    }
    scene_fill(&scene);
    first = snapshot(&scene);
    memset(scene.world, 0x33, scene.size);
    wfp_world_init(scene.world, &scene.limits, scene.rules, &scene.profile);
    for (size_t i = 0; i < COUNT(lives); i++) {
        lives[i].live(&scene);
    }
    scene_fill(&scene);
    assert_same_block(&scene, first, "the same again");
    free(first);
    scene_free(&scene);
}

static void ask_both(struct scene *scene, const struct wfp_ioctl *call, struct wfp_world *copy)
{
    struct wfp_reply here;
    struct wfp_reply there;

    assert_int_equal(wfp_socket_ioctl(scene->world, call, &here), WFP_OK);
    assert_int_equal(wfp_socket_ioctl(copy, call, &there), WFP_OK);
    assert_answer(there.answer, here.answer);
    assert_ptr_equal(there.rule, here.rule);
    assert_int_equal(there.operation, here.operation);
    assert_int_equal(there.written, here.written);
}

static void test_a_copy_goes_on_alike(void **state)
{
    static const uint32_t codes[] = {WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT, WFP_SIO_FLUSH,
                                     WFP_SIO_SET_RECORDS, 0};
    struct scene *scene = *state;
    void *copy = snapshot(scene);

    for (size_t i = 0; i < COUNT(codes); i++) {
        struct wfp_ioctl call = scene_query(scene, codes[i], scene->accepted, 1024);

        call.overlapped = WFP_POINTER_HEAP;
        ask_both(scene, &call, copy);
        assert_same_block(scene, copy, "the copy");
    }
    free(copy);
}

static void test_a_restored_copy_forgets(void **state)
{
    struct scene *scene = *state;
    void *before = snapshot(scene);

    scene_close(scene, scene->accepted);
    scene_open(scene, WFP_UDP, false);
    memcpy(scene->world, before, scene->size);
    assert_int_equal(scene_record(scene, scene->accepted, scene->out), SCENE_N);
    free(before);
}

static void test_questions_change_nothing(void **state)
{
    struct scene scene;
    struct scene_cast *cast = malloc(sizeof *cast);
    void *before;

    (void)state;
    assert_non_null(cast);
    make_empty(&scene);
    scene_populate(&scene, cast);
    before = snapshot(&scene);
    for (size_t place = 0; place < SCENE_PLACES; place++) {
        struct wfp_ioctl call =
            scene_query(&scene, WFP_SIO_QUERY_RECORDS, cast->sockets[place], 1024);
        struct wfp_answer_set set;

        wfp_ioctl_allowed(scene.world, &call, &set);
        call = scene_set(&scene, cast->sockets[place], cast->blobs[SCENE_VALID], SCENE_N);
        wfp_ioctl_allowed(scene.world, &call, &set);
        assert_true(scene_untouched(&scene, 0));
    }
    assert_same_block(&scene, before, "allowed");
    free(before);
    free(cast);
    scene_free(&scene);
}

/* ---- limits: what finds no room changes nothing ---- */

enum { TIGHT = 3 };

static const struct wfp_limits tight = {.sockets = 16,
                                        .handles = TIGHT,
                                        .records = TIGHT,
                                        .record_bytes = SCENE_N,
                                        .operations = TIGHT,
                                        .origin = 0x1234};

static enum wfp_status one_more_handle(struct scene *scene)
{
    uint32_t handle = 0;

    return wfp_handle_create(scene->world, 9, &handle);
}

static enum wfp_status one_more_socket(struct scene *scene)
{
    uint32_t socket = 0;

    return wfp_socket_open(scene->world, WFP_IPV6, WFP_TCP, true, &socket);
}

static enum wfp_status one_more_duplicate(struct scene *scene)
{
    uint32_t copy = 0;

    return wfp_socket_duplicate(scene->world, scene->accepted, &copy);
}

static enum wfp_status one_more_record(struct scene *scene, uint32_t client, uint32_t context_size)
{
    static const uint8_t context[SCENE_ROOM] = {0};
    struct wfp_redirect redirect = scene_redirect(scene->handle);
    const struct wfp_connect what = {scene->listener, &redirect};
    struct wfp_reply reply;

    redirect.context = context;
    redirect.context_size = context_size;
    return wfp_socket_connect(scene->world, client, &what, &reply);
}

static enum wfp_status one_more_operation(struct scene *scene)
{
    struct wfp_ioctl call =
        scene_query(scene, WFP_SIO_QUERY_RECORDS, scene->accepted, sizeof scene->out);
    struct wfp_reply reply;
    enum wfp_status status;

    call.overlapped = WFP_POINTER_HEAP;
    status = wfp_socket_ioctl(scene->world, &call, &reply);
    assert_true(status == WFP_OK || scene_untouched(scene, 0));
    return status;
}

/* Repeats until there is no room; the call that finds none must leave the block as it was. */
static void exhaust(struct scene *scene, enum wfp_status (*one_more)(struct scene *scene),
                    unsigned expected)
{
    enum wfp_status status = WFP_OK;
    unsigned count = 0;

    while (status == WFP_OK) {
        void *before = snapshot(scene);

        status = one_more(scene);
        if (status != WFP_OK) {
            assert_same_block(scene, before, "no room");
        }
        count += status == WFP_OK;
        assert_in_range(count, 0, expected);
        free(before);
    }
    assert_int_equal(status, WFP_NO_ROOM);
    assert_int_equal(count, expected);
}

static void make_tight(struct scene *scene)
{
    scene_prepare(scene);
    scene->limits = tight;
    scene_make(scene);
    scene_fill(scene);
}

static void test_limits_are_kept(void **state)
{
    static const struct {
        enum wfp_status (*one_more)(struct scene *scene);
        unsigned expected; /* beside what a filled scene has */
    } table[] = {
        {one_more_handle, TIGHT - 1},
        {one_more_socket, 16 - 3},
        {one_more_duplicate, 16 - 3},
        {one_more_operation, TIGHT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct scene scene;

        make_tight(&scene);
        exhaust(&scene, table[i].one_more, table[i].expected);
        scene_free(&scene);
    }
}

/* Duplicates take descriptors and leave endpoints free; no socket can be made of those alone. */
static void test_sockets_need_descriptors(void **state)
{
    struct scene scene;

    (void)state;
    make_tight(&scene);
    exhaust(&scene, one_more_duplicate, 16 - 3);
    exhaust(&scene, one_more_socket, 0);
    scene_free(&scene);
}

/* Where calls pend, the one that finds no room has not failed with WSA_IO_PENDING either. */
static void test_pending_needs_room(void **state)
{
    struct scene scene;
    struct wfp_ioctl call;
    struct wfp_reply reply;
    void *before;

    (void)state;
    make_tight(&scene);
    scene_decide(&scene, WFP_KEY_OVERLAPPED, answer_unchanged(997));
    exhaust(&scene, one_more_operation, TIGHT);
    call = scene_query(&scene, WFP_SIO_QUERY_RECORDS, scene.accepted, 1024);
    call.overlapped = WFP_POINTER_HEAP;
    call.thread = 1;
    before = snapshot(&scene);
    assert_int_equal(wfp_socket_ioctl(scene.world, &call, &reply), WFP_NO_ROOM);
    assert_same_block(&scene, before, "no room to pend");
    free(before);
    scene_free(&scene);
}

static void assert_no_room_for(struct scene *scene, uint32_t client, uint32_t context_size)
{
    void *before = snapshot(scene);

    assert_int_equal(one_more_record(scene, client, context_size), WFP_NO_ROOM);
    assert_same_block(scene, before, "no room for a record");
    free(before);
}

static void test_records_need_room(void **state)
{
    struct scene scene;
    uint32_t clients[TIGHT];

    (void)state;
    make_tight(&scene);
    for (size_t i = 0; i < TIGHT; i++) {
        clients[i] = scene_open(&scene, WFP_TCP, true);
    }
    assert_no_room_for(&scene, clients[0], SCENE_CONTEXT + 1);
    assert_no_room_for(&scene, clients[0], SCENE_N);
    assert_no_room_for(&scene, clients[0], SCENE_N + 1);
    assert_int_equal(one_more_record(&scene, clients[0], SCENE_CONTEXT), WFP_OK);
    assert_int_equal(one_more_record(&scene, clients[1], 0), WFP_OK);
    assert_no_room_for(&scene, clients[2], 0);
    scene_free(&scene);
}

static void test_set_needs_room(void **state)
{
    struct scene scene;
    uint8_t bytes[SCENE_ROOM];
    struct wfp_ioctl set;
    struct wfp_reply reply;
    void *before;

    (void)state;
    make_tight(&scene);
    scene_record(&scene, scene.accepted, bytes);
    for (unsigned i = 1; i < TIGHT; i++) {
        scene_hand_on(&scene, scene.accepted, scene_open(&scene, WFP_TCP, true));
    }
    set = scene_set(&scene, scene_open(&scene, WFP_TCP, true), bytes, SCENE_N);
    before = snapshot(&scene);
    assert_int_equal(wfp_socket_ioctl(scene.world, &set, &reply), WFP_NO_ROOM);
    assert_same_block(&scene, before, "no room for a SET");
    free(before);
    scene_free(&scene);
}

/* A pending SET that finds no room when it is to finish is still pending. */
static void test_finishing_needs_room(void **state)
{
    struct scene scene;
    uint8_t bytes[SCENE_ROOM];
    struct wfp_ioctl set;
    struct wfp_reply reply;
    uint32_t operation;
    void *before;

    (void)state;
    make_tight(&scene);
    scene_record(&scene, scene.accepted, bytes);
    scene_decide(&scene, WFP_KEY_OVERLAPPED, answer_unchanged(997));
    set = scene_set(&scene, scene_open(&scene, WFP_TCP, true), bytes, SCENE_N);
    set.overlapped = WFP_POINTER_HEAP;
    operation = scene_call(&scene, &set).operation;
    for (unsigned i = 1; i < TIGHT; i++) {
        scene_hand_on(&scene, scene.accepted, scene_open(&scene, WFP_TCP, true));
    }
    before = snapshot(&scene);
    assert_int_equal(wfp_operation_finish(scene.world, operation, &set, &reply), WFP_NO_ROOM);
    assert_same_block(&scene, before, "no room to finish");
    free(before);
    scene_free(&scene);
}

static void test_arriving_needs_room(void **state)
{
    struct scene scene;
    uint32_t client;
    uint32_t ignored = 0;
    void *before;

    (void)state;
    make_tight(&scene);
    client = scene_open(&scene, WFP_TCP, true);
    exhaust(&scene, one_more_socket, 16 - 4);
    assert_no_room_for(&scene, client, 0);
    scene_close(&scene, 16);
    assert_int_equal(one_more_record(&scene, client, 0), WFP_OK);
    assert_int_equal(one_more_duplicate(&scene), WFP_OK);
    before = snapshot(&scene);
    assert_int_equal(wfp_socket_accept(scene.world, scene.listener, true, &ignored), WFP_NO_ROOM);
    assert_same_block(&scene, before, "no room to accept");
    assert_int_equal(ignored, 0);
    free(before);
    scene_free(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_holds_the_records),
        cmocka_unit_test(test_size_does_not_wrap),
        cmocka_unit_test(test_closing_everything_leaves_a_pristine_world),
        cmocka_unit_test(test_padding_of_limits_is_not_kept),
        cmocka_unit_test(test_same_calls_make_the_same_bytes),
        cmocka_unit_test_setup_teardown(test_a_copy_goes_on_alike, scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(test_a_restored_copy_forgets, scene_setup, scene_teardown),
        cmocka_unit_test(test_questions_change_nothing),
        cmocka_unit_test(test_limits_are_kept),
        cmocka_unit_test(test_sockets_need_descriptors),
        cmocka_unit_test(test_pending_needs_room),
        cmocka_unit_test(test_records_need_room),
        cmocka_unit_test(test_set_needs_room),
        cmocka_unit_test(test_finishing_needs_room),
        cmocka_unit_test(test_arriving_needs_room),
    };

    return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
