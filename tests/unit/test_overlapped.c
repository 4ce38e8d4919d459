/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/unit/answers.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const enum wfp_channel channels[] = {WFP_CHANNEL_WSA, WFP_CHANNEL_WIN32, WFP_CHANNEL_PORT,
                                            WFP_CHANNEL_ROUTINE};

static bool is_win32(enum wfp_channel channel)
{
    return channel == WFP_CHANNEL_WIN32 || channel == WFP_CHANNEL_PORT;
}

/* A filled scene whose provider leaves overlapped calls pending. */
static int pending_setup(void **state)
{
    const int trouble = scene_setup(state);
    struct scene *scene = *state;

    if (trouble == 0) {
        scene_decide(scene, WFP_KEY_OVERLAPPED, answer_unchanged(997));
    }
    return trouble;
}

/* ---- small words ---- */

static struct wfp_ioctl overlapped_query(struct scene *scene, uint32_t socket, uint32_t size)
{
    struct wfp_ioctl call = scene_query(scene, WFP_SIO_QUERY_RECORDS, socket, size);

    call.overlapped = WFP_POINTER_HEAP;
    return call;
}

static uint32_t start(struct scene *scene, const struct wfp_ioctl *call)
{
    const struct wfp_reply reply = scene_call(scene, call);

    assert_int_not_equal(reply.operation, 0);
    return reply.operation;
}

/* A query for 1024 bytes on the accepted socket, by a thread, with a routine or without. */
static uint32_t pend(struct scene *scene, uint32_t thread, bool routine)
{
    struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);

    call.thread = thread;
    call.routine = routine ? WFP_POINTER_HEAP : WFP_POINTER_NULL;
    return start(scene, &call);
}

static void finish(struct scene *scene, uint32_t operation)
{
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    struct wfp_reply reply;

    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_OK);
}

static struct wfp_answer result(struct scene *scene, uint32_t operation, enum wfp_channel channel)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_operation_result(scene->world, operation, channel, &reply), WFP_OK);
    assert_int_equal(reply.operation, operation);
    return reply.answer;
}

static struct wfp_answer event(struct scene *scene, uint32_t operation)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_operation_event(scene->world, operation, &reply), WFP_OK);
    return reply.answer;
}

static struct wfp_answer cancel(struct scene *scene, uint32_t operation)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_operation_cancel(scene->world, operation, &reply), WFP_OK);
    return reply.answer;
}

static bool routine_runs(struct scene *scene, uint32_t thread)
{
    struct wfp_reply reply;

    wfp_alertable_wait(scene->world, thread, &reply);
    assert_answer(reply.answer, answer_unchanged(reply.answer.error == 192 ? 192 : 0));
    return reply.answer.error == 192;
}

static bool is_pending(struct scene *scene, uint32_t operation)
{
    const struct wfp_answer answer = result(scene, operation, WFP_CHANNEL_WSA);

    assert_true(answer.error != 996 || answer.count == WFP_COUNT_UNCHANGED);
    return answer.error == 996;
}

static void assert_aborted(struct scene *scene, uint32_t operation)
{
    for (size_t i = 0; i < COUNT(channels); i++) {
        assert_answer(result(scene, operation, channels[i]), answer_bytes(995, 0));
    }
}

/* ---- at once or later (OVL-01 to OVL-06) ---- */

struct beginning {
    bool overlapped;  /* an OVERLAPPED is given */
    bool attribute;   /* the socket has the attribute */
    bool pends;       /* the profile lets overlapped calls pend */
    bool plain_pends; /* ... and calls on a socket without the attribute */
    bool expected_pending;
    bool expected_operation;
};

static const struct beginning beginnings[] = {
    {false, true, true, true, false, false}, {true, true, true, false, true, true},
    {true, true, false, true, false, true},  {true, false, true, false, false, false},
    {true, false, true, true, true, true},   {true, false, false, false, false, false},
};

static void check_beginning(struct scene *scene, const struct beginning *row)
{
    const uint32_t listener = scene_listen(scene, row->attribute);
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    const struct wfp_answer pending = answer_unchanged(997);
    uint32_t socket = 0;
    struct wfp_ioctl call;
    struct wfp_reply reply;

    scene_connect(scene, scene_open(scene, WFP_TCP, true), listener, &redirect);
    assert_int_equal(wfp_socket_accept(scene->world, listener, true, &socket), WFP_OK);
    scene_decide(scene, WFP_KEY_OVERLAPPED, row->pends ? pending : answer_pass);
    scene_decide(scene, WFP_KEY_OVERLAPPED_ON_PLAIN_SOCKET,
                 row->plain_pends ? pending : answer_pass);
    call = overlapped_query(scene, socket, 1024);
    call.overlapped = row->overlapped ? WFP_POINTER_HEAP : WFP_POINTER_NULL;
    reply = scene_call(scene, &call);
    assert_answer(reply.answer, row->expected_pending ? pending : answer_bytes(0, SCENE_N));
    assert_int_equal(reply.operation != 0, row->expected_operation);
    assert_int_equal(reply.written, row->expected_pending ? 0 : SCENE_N);
    assert_true(scene_untouched(scene, reply.written));
}

static void test_profile_says_what_pends(void **state)
{
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        check_beginning(*state, &beginnings[i]);
    }
}

/* A call that fails at once leaves no operation, whatever the provider does with good ones. */
static void test_failure_at_once_is_no_operation(void **state)
{
    struct scene *scene = *state;
    const uint32_t sizes[] = {0, 3, 100};

    for (size_t i = 0; i < COUNT(sizes); i++) {
        const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, sizes[i]);
        const struct wfp_reply reply = scene_call(scene, &call);

        assert_int_not_equal(reply.answer.error, 0);
        assert_int_equal(reply.operation, 0);
    }
}

static void test_pending_is_the_threads_last_error(void **state)
{
    struct scene *scene = *state;
    struct wfp_reply reply;

    pend(scene, 2, false);
    wfp_last_error(scene->world, 2, &reply);
    assert_answer(reply.answer, answer_unchanged(997));
    wfp_last_error(scene->world, 0, &reply);
    assert_answer(reply.answer, answer_unchanged(0));
}

static void test_every_ioctl_may_pend(void **state)
{
    static const uint32_t codes[] = {WFP_SIO_QUERY_RECORDS, WFP_SIO_QUERY_CONTEXT,
                                     WFP_SIO_SET_RECORDS, WFP_SIO_FLUSH};
    struct scene *scene = *state;
    uint8_t bytes[SCENE_ROOM];
    const uint32_t size = scene_record(scene, scene->accepted, bytes);

    for (size_t i = 0; i < COUNT(codes); i++) {
        struct wfp_ioctl call = scene_set(scene, scene->accepted, bytes, size);

        call.code = codes[i];
        call.overlapped = WFP_POINTER_HEAP;
        assert_true(is_pending(scene, start(scene, &call)));
    }
}

/* ---- finishing (OVL-05, OVL-07, OVL-12) ---- */

static void test_finish_writes_and_tells_through_all_channels(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    const uint32_t operation = start(scene, &call);
    struct wfp_reply reply;

    for (size_t i = 0; i < COUNT(channels); i++) {
        assert_answer(result(scene, operation, channels[i]), answer_unchanged(996));
    }
    assert_true(scene_untouched(scene, 0));
    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_bytes(0, SCENE_N));
    assert_int_equal(reply.written, SCENE_N);
    assert_memory_equal(scene->out, "wfpcheck-record", 16);
    assert_true(scene_untouched(scene, SCENE_N));
    for (size_t i = 0; i < COUNT(channels); i++) {
        assert_answer(result(scene, operation, channels[i]), answer_bytes(0, SCENE_N));
    }
}

static void test_finish_needs_a_pending_operation(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    const uint32_t operation = start(scene, &call);
    const uint32_t none[] = {0, operation + 1, scene->limits.operations + 1, UINT32_MAX};
    struct wfp_reply reply;

    for (size_t i = 0; i < COUNT(none); i++) {
        assert_int_equal(wfp_operation_finish(scene->world, none[i], &call, &reply), WFP_BAD_STATE);
        assert_int_equal(wfp_operation_result(scene->world, none[i], WFP_CHANNEL_WSA, &reply),
                         WFP_BAD_STATE);
        assert_int_equal(wfp_operation_event(scene->world, none[i], &reply), WFP_BAD_STATE);
        assert_int_equal(wfp_operation_cancel(scene->world, none[i], &reply), WFP_BAD_STATE);
        assert_int_equal(wfp_operation_release(scene->world, none[i]), WFP_BAD_STATE);
    }
    finish(scene, operation);
    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_BAD_STATE);
}

static void test_operation_is_kept_until_released(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, false);

    assert_int_equal(wfp_operation_release(scene->world, operation), WFP_BAD_STATE);
    assert_true(is_pending(scene, operation));
    finish(scene, operation);
    assert_int_equal(wfp_operation_release(scene->world, operation), WFP_OK);
    assert_int_equal(wfp_operation_release(scene->world, operation), WFP_BAD_STATE);
    assert_int_equal(pend(scene, 0, false), operation);
    assert_true(is_pending(scene, operation));
}

static void test_set_counts_when_it_finishes(void **state)
{
    struct scene *scene = *state;
    uint8_t bytes[SCENE_ROOM];
    const uint32_t out = scene_open(scene, WFP_TCP, true);
    struct wfp_ioctl call =
        scene_set(scene, out, bytes, scene_record(scene, scene->accepted, bytes));
    struct wfp_reply reply;
    uint32_t operation;

    call.overlapped = WFP_POINTER_HEAP;
    operation = start(scene, &call);
    assert_int_equal(scene_state(scene, out, scene->handle), WFP_NOT_REDIRECTED);
    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_bytes(0, 0));
    assert_int_equal(scene_state(scene, out, scene->handle), WFP_REDIRECTED_BY_SELF);
}

/* ---- which code comes out where (UNK-42, BUF-13, ERR-20) ---- */

struct ending {
    enum wfp_key key; /* set to `answer`, if any */
    struct wfp_answer answer;
    bool record; /* the socket has one */
    uint32_t size;
    struct wfp_answer wsa;
    struct wfp_answer win32;
};

static const struct ending endings[] = {
    {WFP_KEY_NONE, BYTES(0, 0), true, 1024, BYTES(0, SCENE_N), BYTES(0, SCENE_N)},
    {WFP_KEY_NONE, BYTES(0, 0), true, 100, BYTES(122, SCENE_N), BYTES(122, SCENE_N)},
    {WFP_KEY_TOO_SMALL, NEEDED(10014), true, 100, BYTES(10014, SCENE_N), BYTES(122, SCENE_N)},
    {WFP_KEY_WIN32_TOO_SMALL, NEEDED(10014), true, 100, BYTES(122, SCENE_N), BYTES(10014, SCENE_N)},
    {WFP_KEY_NONE, BYTES(0, 0), false, 1024, BYTES(10022, 0), BYTES(10022, 0)},
    {WFP_KEY_WIN32_NO_RECORD, BYTES(1168, 0), false, 1024, BYTES(10022, 0), BYTES(1168, 0)},
    {WFP_KEY_UNSUPPORTED, BYTES(10045, 0), true, 1024, BYTES(10045, 0), BYTES(50, 0)},
};

static void check_ending(struct scene *scene, const struct ending *row)
{
    const uint32_t plain = scene_accept(scene, scene_open(scene, WFP_TCP, true), 0);
    const uint32_t socket = row->record ? scene->accepted : plain;
    const struct wfp_ioctl call = overlapped_query(scene, socket, row->size);
    uint32_t operation;
    struct wfp_reply reply;

    operation = start(scene, &call);
    if (row->key != WFP_KEY_NONE) {
        scene_decide(scene, row->key, row->answer);
    }
    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_OK);
    assert_answer(reply.answer, row->wsa);
    assert_true(scene_untouched(scene, reply.written));
    for (size_t i = 0; i < COUNT(channels); i++) {
        assert_answer(result(scene, operation, channels[i]),
                      is_win32(channels[i]) ? row->win32 : row->wsa);
    }
}

static void test_codes_by_channel(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        void *scene;

        assert_int_equal(pending_setup(&scene), 0);
        check_ending(scene, &endings[i]);
        scene_teardown(&scene);
    }
}

/* ---- aborts (OVL-08, OVL-09, UNK-43) ---- */

static void test_close_aborts(void **state)
{
    struct scene *scene = *state;
    const uint32_t operations[] = {pend(scene, 0, false), pend(scene, 1, true)};
    uint32_t copy = 0;

    assert_int_equal(wfp_socket_duplicate(scene->world, scene->accepted, &copy), WFP_OK);
    scene_close(scene, scene->client);
    scene_close(scene, copy);
    assert_true(is_pending(scene, operations[0]) && is_pending(scene, operations[1]));
    scene_close(scene, scene->accepted);
    assert_aborted(scene, operations[0]);
    assert_aborted(scene, operations[1]);
}

/* The call goes on where only one of two descriptors was closed, be it the one it was made with. */
static void test_a_duplicate_keeps_it_going(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    const uint32_t operation = start(scene, &call);
    struct wfp_reply reply;
    uint32_t copy = 0;

    assert_int_equal(wfp_socket_duplicate(scene->world, scene->accepted, &copy), WFP_OK);
    scene_close(scene, scene->accepted);
    assert_true(is_pending(scene, operation));
    assert_int_equal(wfp_operation_finish(scene->world, operation, &call, &reply), WFP_OK);
    assert_answer(reply.answer, answer_bytes(0, SCENE_N));
    assert_answer(result(scene, operation, WFP_CHANNEL_WSA), answer_bytes(0, SCENE_N));
}

static void flush(struct scene *scene, uint32_t socket, uint32_t error)
{
    const struct wfp_ioctl call = scene_query(scene, WFP_SIO_FLUSH, socket, 0);

    assert_answer(scene_call(scene, &call).answer, answer_bytes(error, 0));
}

static void test_flush_aborts(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, false);

    flush(scene, scene->client, 0);
    assert_true(is_pending(scene, operation));
    flush(scene, scene->accepted, 0);
    assert_aborted(scene, operation);
}

static void test_flush_may_abort_nothing(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, false);

    scene_decide(scene, WFP_KEY_FLUSH, answer_bytes(10045, 0));
    flush(scene, scene->accepted, 10045);
    assert_true(is_pending(scene, operation));
    scene_decide(scene, WFP_KEY_FLUSH, answer_bytes(0, 0));
    scene_decide(scene, WFP_KEY_FLUSH_PENDED, answer_pass);
    flush(scene, scene->accepted, 0);
    assert_true(is_pending(scene, operation));
    scene_close(scene, scene->accepted);
    assert_aborted(scene, operation);
}

static void test_cancel_aborts_one(void **state)
{
    struct scene *scene = *state;
    const uint32_t first = pend(scene, 0, false);
    const uint32_t second = pend(scene, 0, false);

    assert_answer(cancel(scene, first), answer_unchanged(0));
    assert_aborted(scene, first);
    assert_true(is_pending(scene, second));
    assert_answer(cancel(scene, first), answer_unchanged(1168));
    finish(scene, second);
    assert_answer(cancel(scene, second), answer_unchanged(1168));
    assert_answer(result(scene, second, WFP_CHANNEL_WSA), answer_bytes(0, SCENE_N));
}

static void test_thread_exit_aborts_its_own(void **state)
{
    struct scene *scene = *state;
    uint32_t operations[WFP_THREADS];

    for (uint32_t thread = 0; thread < WFP_THREADS; thread++) {
        operations[thread] = pend(scene, thread, false);
    }
    for (uint32_t thread = 0; thread < WFP_THREADS; thread++) {
        for (uint32_t later = thread; later < WFP_THREADS; later++) {
            assert_true(is_pending(scene, operations[later]));
        }
        wfp_thread_exit(scene->world, thread);
        assert_aborted(scene, operations[thread]);
    }
}

static void test_what_is_done_is_not_aborted(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 1, false);

    finish(scene, operation);
    flush(scene, scene->accepted, 0);
    wfp_thread_exit(scene->world, 1);
    scene_close(scene, scene->accepted);
    assert_answer(result(scene, operation, WFP_CHANNEL_WSA), answer_bytes(0, SCENE_N));
}

/* What another socket in the same place does has nothing to do with it. */
static void test_abort_is_of_the_socket_not_the_slot(void **state)
{
    struct scene *scene = *state;
    const uint32_t old = pend(scene, 0, false);
    const uint32_t before = scene->accepted;
    uint32_t operation;

    scene_close(scene, before);
    scene->accepted = scene_accept(scene, scene_open(scene, WFP_TCP, true), scene->handle);
    operation = pend(scene, 0, false);
    assert_int_not_equal(operation, old);
    assert_aborted(scene, old);
    assert_true(is_pending(scene, operation));
}

/* ---- event and routine (OVL-10, OVL-11) ---- */

static void test_event_tells_the_end(void **state)
{
    struct scene *scene = *state;
    const uint32_t finished = pend(scene, 0, false);
    const uint32_t cancelled = pend(scene, 0, false);

    assert_answer(event(scene, finished), answer_unchanged(258));
    finish(scene, finished);
    assert_answer(event(scene, finished), answer_unchanged(0));
    assert_answer(event(scene, cancelled), answer_unchanged(258));
    cancel(scene, cancelled);
    assert_answer(event(scene, cancelled), answer_unchanged(0));
    scene_decide(scene, WFP_KEY_COMPLETION_EVENT, answer_unchanged(258));
    assert_answer(event(scene, finished), answer_unchanged(258));
}

static void test_event_is_the_programs_beside_a_routine(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, true);

    assert_answer(event(scene, operation), answer_unchanged(258));
    finish(scene, operation);
    assert_answer(event(scene, operation), answer_unchanged(258));
}

static void test_routine_runs_once_on_its_own_thread(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 1, true);

    assert_false(routine_runs(scene, 1));
    finish(scene, operation);
    assert_false(routine_runs(scene, 0));
    assert_false(routine_runs(scene, 2));
    assert_false(routine_runs(scene, WFP_THREADS));
    assert_true(routine_runs(scene, 1));
    assert_false(routine_runs(scene, 1));
}

static void test_each_routine_runs(void **state)
{
    struct scene *scene = *state;
    const uint32_t operations[] = {pend(scene, 1, true), pend(scene, 2, true), pend(scene, 1, true),
                                   pend(scene, 1, false)};

    for (size_t i = 0; i < COUNT(operations); i++) {
        finish(scene, operations[i]);
    }
    assert_true(routine_runs(scene, 1));
    assert_true(routine_runs(scene, 1));
    assert_false(routine_runs(scene, 1));
    assert_true(routine_runs(scene, 2));
    assert_false(routine_runs(scene, 2));
}

static void test_routine_runs_after_an_abort(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 1, true);

    cancel(scene, operation);
    assert_true(routine_runs(scene, 1));
    assert_answer(result(scene, operation, WFP_CHANNEL_ROUTINE), answer_bytes(995, 0));
}

/* OVL-06: a call that succeeds at once completes all the same. */
static void test_success_at_once_completes(void **state)
{
    struct scene *scene = *state;
    struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    uint32_t operation;

    call.thread = 3;
    operation = start(scene, &call);
    assert_answer(event(scene, operation), answer_unchanged(0));
    assert_answer(cancel(scene, operation), answer_unchanged(1168));
    for (size_t i = 0; i < COUNT(channels); i++) {
        assert_answer(result(scene, operation, channels[i]), answer_bytes(0, SCENE_N));
    }
    call.routine = WFP_POINTER_HEAP;
    operation = start(scene, &call);
    assert_answer(event(scene, operation), answer_unchanged(258));
    assert_false(routine_runs(scene, 0));
    assert_true(routine_runs(scene, 3));
    assert_false(routine_runs(scene, 3));
}

/* Released before its routine ran: the slot is another's, and the routine is gone with it. */
static void test_release_forgets_the_routine(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 1, true);

    finish(scene, operation);
    assert_int_equal(wfp_operation_release(scene->world, operation), WFP_OK);
    assert_false(routine_runs(scene, 1));
}

/* ---- following what was recorded elsewhere ---- */

static void test_allowed_results(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, false);
    struct wfp_answer_set set;

    scene_also(scene, WFP_KEY_COMPLETION_EVENT, answer_unchanged(258));
    for (size_t i = 0; i < COUNT(channels); i++) {
        wfp_operation_result_allowed(scene->world, operation, channels[i], &set);
        assert_int_equal(set.count, 1);
        assert_answer(set.answers[0], answer_unchanged(996));
    }
    finish(scene, operation);
    wfp_operation_result_allowed(scene->world, operation, WFP_CHANNEL_PORT, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_bytes(0, SCENE_N));
    wfp_operation_event_allowed(scene->world, operation, &set);
    assert_int_equal(set.count, 2);
    assert_answer(set.answers[0], answer_unchanged(0));
    assert_answer(set.answers[1], answer_unchanged(258));
    wfp_operation_event_allowed(scene->world, operation + 1, &set);
    assert_int_equal(set.count, 0);
}

/* How a call may finish; what the simulator would say comes first, whatever the keys leave open. */
static void test_allowed_ends(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    const uint32_t operation = start(scene, &call);
    struct wfp_answer_set set;

    wfp_process_elevated(scene->world, false);
    scene_also(scene, WFP_KEY_QUERY_NEEDS_ADMIN, answer_bytes(10013, 0));
    wfp_operation_finish_allowed(scene->world, operation, &call, &set);
    assert_int_equal(set.count, 2);
    assert_answer(set.answers[0], answer_bytes(0, SCENE_N));
    assert_answer(set.answers[1], answer_bytes(10013, 0));
    finish(scene, operation);
    wfp_operation_finish_allowed(scene->world, operation, &call, &set);
    assert_int_equal(set.count, 0);
}

static void test_assumed_ends(void **state)
{
    struct scene *scene = *state;
    const struct wfp_ioctl call = overlapped_query(scene, scene->accepted, 1024);
    const uint32_t operations[] = {start(scene, &call), start(scene, &call)};
    struct wfp_reply reply;

    assert_int_equal(wfp_operation_finish_assume(scene->world, operations[0], &call,
                                                 answer_bytes(10055, 9), &reply),
                     WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(reply.written, 0);
    assert_answer(result(scene, operations[0], WFP_CHANNEL_WSA), answer_bytes(10055, 9));
    assert_int_equal(wfp_operation_finish_assume(scene->world, operations[1], &call,
                                                 answer_bytes(0, SCENE_N), &reply),
                     WFP_OK);
    assert_string_equal(reply.rule->id, "query.records");
    assert_int_equal(reply.written, SCENE_N);
    assert_int_equal(wfp_operation_finish_assume(scene->world, operations[1], &call,
                                                 answer_bytes(0, SCENE_N), &reply),
                     WFP_BAD_STATE);
}

/* Of two readings of an open profile that both allow the answer, the simulator's is taken. */
static void test_assumed_end_is_read_as_the_simulator_does(void **state)
{
    struct scene *scene = *state;
    const uint32_t second = scene_handle(scene, 2);
    const struct wfp_redirect last = scene_redirect(second);
    struct wfp_choice *context_of_last = &scene->profile.keys[WFP_KEY_CONTEXT_OF_LAST];
    const uint32_t out = scene_open(scene, WFP_TCP, true);
    struct wfp_ioctl call;
    struct wfp_reply reply;
    uint32_t operation;

    context_of_last->count = 2;
    context_of_last->values[1].number = 0;
    scene_hand_on(scene, scene->accepted, out);
    call = overlapped_query(scene, scene_accept(scene, out, second), 1024);
    call.code = WFP_SIO_QUERY_CONTEXT;
    operation = start(scene, &call);
    assert_int_equal(wfp_operation_finish_assume(scene->world, operation, &call,
                                                 answer_bytes(0, SCENE_CONTEXT), &reply),
                     WFP_OK);
    assert_memory_equal(scene->out, last.context, SCENE_CONTEXT);
}

static void test_assumed_cancel(void **state)
{
    struct scene *scene = *state;
    const uint32_t operation = pend(scene, 0, false);
    struct wfp_answer_set set;
    struct wfp_reply reply;

    wfp_operation_cancel_allowed(scene->world, operation, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_unchanged(0));
    assert_int_equal(
        wfp_operation_cancel_assume(scene->world, operation, answer_unchanged(1168), &reply),
        WFP_OK);
    assert_null(reply.rule);
    assert_true(is_pending(scene, operation));
    assert_int_equal(
        wfp_operation_cancel_assume(scene->world, operation, answer_unchanged(0), &reply), WFP_OK);
    assert_string_equal(reply.rule->id, "cancel.pending");
    assert_aborted(scene, operation);
    assert_int_equal(
        wfp_operation_cancel_assume(scene->world, operation + 1, answer_unchanged(0), &reply),
        WFP_BAD_STATE);
}

static void test_assumed_wait(void **state)
{
    struct scene *scene = *state;
    struct wfp_answer_set set;
    struct wfp_reply reply;

    finish(scene, pend(scene, 1, true));
    wfp_alertable_wait_allowed(scene->world, 1, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_unchanged(192));
    wfp_alertable_wait_assume(scene->world, 1, answer_unchanged(0), &reply);
    assert_null(reply.rule);
    wfp_alertable_wait_assume(scene->world, 1, answer_unchanged(192), &reply);
    assert_string_equal(reply.rule->id, "wait.routine");
    wfp_alertable_wait_allowed(scene->world, 1, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_unchanged(0));
    assert_false(routine_runs(scene, 1));
}

int main(void)
{
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
#define PENDING(test) cmocka_unit_test_setup_teardown(test, pending_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_profile_says_what_pends),
        WITH_SCENE(test_failure_at_once_is_no_operation),
        PENDING(test_pending_is_the_threads_last_error),
        PENDING(test_every_ioctl_may_pend),
        PENDING(test_finish_writes_and_tells_through_all_channels),
        PENDING(test_finish_needs_a_pending_operation),
        PENDING(test_operation_is_kept_until_released),
        PENDING(test_set_counts_when_it_finishes),
        cmocka_unit_test(test_codes_by_channel),
        PENDING(test_close_aborts),
        PENDING(test_a_duplicate_keeps_it_going),
        PENDING(test_flush_aborts),
        PENDING(test_flush_may_abort_nothing),
        PENDING(test_cancel_aborts_one),
        PENDING(test_thread_exit_aborts_its_own),
        PENDING(test_what_is_done_is_not_aborted),
        PENDING(test_abort_is_of_the_socket_not_the_slot),
        PENDING(test_event_tells_the_end),
        PENDING(test_event_is_the_programs_beside_a_routine),
        PENDING(test_routine_runs_once_on_its_own_thread),
        PENDING(test_each_routine_runs),
        PENDING(test_routine_runs_after_an_abort),
        WITH_SCENE(test_success_at_once_completes),
        PENDING(test_release_forgets_the_routine),
        PENDING(test_allowed_results),
        PENDING(test_allowed_ends),
        PENDING(test_assumed_ends),
        PENDING(test_assumed_end_is_read_as_the_simulator_does),
        PENDING(test_assumed_cancel),
        PENDING(test_assumed_wait),
    };

    return cmocka_run_group_tests_name("overlapped", tests, NULL, NULL);
}
