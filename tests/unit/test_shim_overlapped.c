/* SPDX-License-Identifier: MIT */

/* What a program finds of an overlapped call that was answered in the system's place. */

#include <winsock2.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/lab/dll/overlapped.h"
#include "harness/lab/dll/pending.h"

enum { KEY = 42, COUNT = 780, SOON = 20, FAR_OFF = 600000, PATIENCE = 20000 /* milliseconds */ };

struct scene {
    OVERLAPPED overlapped;
    struct overlapped_call call;
};

static void begin(struct scene *scene, HANDLE event)
{
    memset(scene, 0, sizeof *scene);
    scene->overlapped.hEvent = event;
    scene->call.overlapped = &scene->overlapped;
}

static HANDLE new_event(void)
{
    const HANDLE made = CreateEventW(NULL, TRUE, FALSE, NULL);

    assert_non_null(made);
    return made;
}

static HANDLE new_port(void)
{
    const HANDLE made = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);

    assert_non_null(made);
    return made;
}

static bool is_set(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}

static bool is_empty(HANDLE port)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD count;

    return !GetQueuedCompletionStatus(port, &count, &key, &overlapped, 0) && overlapped == NULL;
}

/* ---- at once ---- */

static void an_event_is_set(void **state)
{
    const HANDLE event = new_event();
    struct scene scene;

    (void)state;
    begin(&scene, event);
    assert_true(overlapped_succeed(&scene.call, COUNT));
    assert_true(is_set(event));
    assert_true(scene.overlapped.Internal == 0);
    assert_true(scene.overlapped.InternalHigh == COUNT);
    CloseHandle(event);
}

static void a_port_gets_key_and_count(void **state)
{
    const HANDLE port = new_port();
    OVERLAPPED *overlapped = NULL;
    struct scene scene;
    ULONG_PTR key = 0;
    DWORD count = 0;

    (void)state;
    begin(&scene, NULL);
    scene.call.place.port = port;
    scene.call.place.key = KEY;
    assert_true(overlapped_succeed(&scene.call, COUNT));
    assert_true(GetQueuedCompletionStatus(port, &count, &key, &overlapped, 0));
    assert_true(overlapped == &scene.overlapped);
    assert_true(key == KEY);
    assert_int_equal(count, COUNT);
    CloseHandle(port);
}

/* An error that no status of the system stands for reaches the program nevertheless. */
static void a_port_gets_the_error(void **state)
{
    static const DWORD errors[] = {ERROR_INSUFFICIENT_BUFFER, WSAEFAULT, WSAEINVAL, WSAENETDOWN,
                                   65535};
    const HANDLE port = new_port();

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        OVERLAPPED *overlapped = NULL;
        struct scene scene;
        ULONG_PTR key;
        DWORD count;
        DWORD error = 0;

        begin(&scene, NULL);
        scene.call.place.port = port;
        assert_true(overlapped_end(&scene.call, errors[i], 0));
        assert_false(GetQueuedCompletionStatus(port, &count, &key, &overlapped, 0));
        assert_int_equal(GetLastError(), errors[i]);
        assert_true(overlapped == &scene.overlapped);
        assert_true(overlapped_error(&scene.overlapped, &error));
        assert_int_equal(error, errors[i]);
    }
    CloseHandle(port);
}

static void who_skips_gets_no_packet_of_a_success(void **state)
{
    const HANDLE port = new_port();
    struct scene scene;

    (void)state;
    begin(&scene, NULL);
    scene.call.place.port = port;
    scene.call.place.skips = true;
    assert_true(overlapped_succeed(&scene.call, COUNT));
    assert_true(is_empty(port));
    assert_true(overlapped_end(&scene.call, 0, COUNT));
    assert_false(is_empty(port));
    CloseHandle(port);
}

static void the_low_bit_of_the_event_keeps_the_port_out(void **state)
{
    const HANDLE event = new_event();
    const HANDLE port = new_port();
    struct scene scene;

    (void)state;
    begin(&scene, (HANDLE)((uintptr_t)event | 1));
    scene.call.place.port = port;
    assert_true(overlapped_succeed(&scene.call, COUNT));
    assert_true(is_set(event));
    assert_true(is_empty(port));
    CloseHandle(port);
    CloseHandle(event);
}

/* ---- what is called ---- */

static struct {
    HANDLE done;
    DWORD error;
    DWORD count;
    LPOVERLAPPED overlapped;
    DWORD thread;
} seen;

static void note(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
    seen.error = error;
    seen.count = count;
    seen.overlapped = overlapped;
    seen.thread = GetCurrentThreadId();
    SetEvent(seen.done);
}

static void CALLBACK routine(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    assert_int_equal(flags, 0);
    note(error, count, overlapped);
}

static VOID CALLBACK bound(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
    note(error, count, overlapped);
}

static void expect_nothing(void)
{
    memset(&seen, 0, sizeof seen);
    seen.done = new_event();
}

static void assert_seen(const struct scene *scene, DWORD error)
{
    assert_int_equal(WaitForSingleObject(seen.done, PATIENCE), WAIT_OBJECT_0);
    assert_true(seen.overlapped == &scene->overlapped);
    assert_int_equal(seen.error, error);
    CloseHandle(seen.done);
}

/* In the thread that called, and not before it waits alertably. */
static void a_routine_runs_in_an_alertable_wait(void **state)
{
    struct scene scene;

    (void)state;
    expect_nothing();
    begin(&scene, NULL);
    scene.call.routine = routine;
    assert_true(overlapped_succeed(&scene.call, COUNT));
    assert_false(is_set(seen.done));
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(seen.count, COUNT);
    assert_int_equal(seen.thread, GetCurrentThreadId());
    assert_seen(&scene, 0);
}

static void a_bound_routine_runs_in_the_pool(void **state)
{
    struct scene scene;

    (void)state;
    expect_nothing();
    begin(&scene, NULL);
    scene.call.place.bound = bound;
    assert_true(overlapped_end(&scene.call, WSAEFAULT, 0));
    assert_seen(&scene, WSAEFAULT);
    assert_int_not_equal(seen.thread, GetCurrentThreadId());
}

/* ---- later ---- */

static struct pending_answer later(struct scene *scene, uint8_t *out, const char *bytes)
{
    const struct pending_answer answer = {.handle = 4,
                                          .how = scene->call,
                                          .out = out,
                                          .bytes = bytes,
                                          .size = strlen(bytes),
                                          .count = (DWORD)strlen(bytes)};

    return answer;
}

static void what_pends_ends(void **state)
{
    const HANDLE event = new_event();
    uint8_t out[8] = {0};
    struct pending_answer answer;
    struct scene scene;

    (void)state;
    begin(&scene, event);
    answer = later(&scene, out, "late");
    assert_true(pending_begin(&answer, SOON));
    assert_int_equal(WaitForSingleObject(event, PATIENCE), WAIT_OBJECT_0);
    assert_memory_equal(out, "late", 4);
    assert_true(scene.overlapped.Internal == 0);
    assert_true(scene.overlapped.InternalHigh == 4);
    CloseHandle(event);
}

static void what_pends_can_be_cancelled(void **state)
{
    const HANDLE event = new_event();
    uint8_t out[8] = {0};
    struct pending_answer answer;
    struct scene scene;
    DWORD error = 0;

    (void)state;
    begin(&scene, event);
    answer = later(&scene, out, "late");
    assert_true(pending_begin(&answer, FAR_OFF));
    assert_true(scene.overlapped.Internal == 0x103);
    assert_int_equal(pending_cancel(8, NULL), 0);
    assert_int_equal(pending_cancel(4, &scene.overlapped), 1);
    assert_true(is_set(event));
    assert_true(overlapped_error(&scene.overlapped, &error));
    assert_int_equal(error, WSA_OPERATION_ABORTED);
    assert_int_equal(out[0], 0);
    CloseHandle(event);
}

/* Memory that has gone meanwhile is not touched. */
static void buffers_that_are_gone_do_no_harm(void **state)
{
    const HANDLE event = new_event();
    uint8_t *gone = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    struct pending_answer answer;
    struct scene scene;

    (void)state;
    assert_non_null(gone);
    begin(&scene, event);
    answer = later(&scene, gone, "late");
    assert_true(pending_begin(&answer, SOON));
    assert_true(VirtualFree(gone, 0, MEM_RELEASE));
    assert_int_equal(WaitForSingleObject(event, PATIENCE), WAIT_OBJECT_0);
    CloseHandle(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_set),
        cmocka_unit_test(a_port_gets_key_and_count),
        cmocka_unit_test(a_port_gets_the_error),
        cmocka_unit_test(who_skips_gets_no_packet_of_a_success),
        cmocka_unit_test(the_low_bit_of_the_event_keeps_the_port_out),
        cmocka_unit_test(a_routine_runs_in_an_alertable_wait),
        cmocka_unit_test(a_bound_routine_runs_in_the_pool),
        cmocka_unit_test(what_pends_ends),
        cmocka_unit_test(what_pends_can_be_cancelled),
        cmocka_unit_test(buffers_that_are_gone_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
