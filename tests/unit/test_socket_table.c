/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/lab/dll/socket_table.h"

enum { HANDLES = 10000, STEP = 4, ROUNDS = 20000 };

static UINT_PTR handle_of(size_t index)
{
    return (index + 1) * STEP;
}

static struct socket_facts numbered(uint64_t number)
{
    const struct socket_facts facts = {.number = number, .type = 1};

    return facts;
}

static int empty(void **state)
{
    struct socket_facts gone;

    (void)state;
    for (size_t i = 0; i < HANDLES; i++) {
        (void)socket_table_remove(handle_of(i), &gone);
    }
    return socket_table_count() == 0 ? 0 : -1;
}

static void assert_number(UINT_PTR handle, uint64_t number)
{
    struct socket_facts facts;

    assert_true(socket_table_get(handle, &facts));
    assert_true(facts.number == number);
}

static void nothing_is_known_at_first(void **state)
{
    struct socket_facts facts;

    (void)state;
    assert_false(socket_table_get(handle_of(0), &facts));
    assert_false(socket_table_remove(handle_of(0), &facts));
    assert_null(socket_table_lock(handle_of(0)));
}

/* 0 marks a free row. */
static void no_handle_is_never_known(void **state)
{
    const struct socket_facts facts = numbered(1);
    struct socket_facts found;

    (void)state;
    assert_false(socket_table_add(0, &facts));
    assert_false(socket_table_get(0, &found));
    assert_null(socket_table_lock(0));
}

static void ten_thousand_are_kept_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < HANDLES; i++) {
        const struct socket_facts facts = numbered(i + 1);

        assert_true(socket_table_add(handle_of(i), &facts));
    }
    assert_int_equal(socket_table_count(), HANDLES);
    for (size_t i = 0; i < HANDLES; i++) {
        assert_number(handle_of(i), i + 1);
    }
}

static void a_handle_that_comes_again_is_another_socket(void **state)
{
    const struct socket_facts before = numbered(1);
    const struct socket_facts after = numbered(2);

    (void)state;
    assert_true(socket_table_add(handle_of(0), &before));
    assert_true(socket_table_add(handle_of(0), &after));
    assert_number(handle_of(0), 2);
    assert_int_equal(socket_table_count(), 1);
}

static void a_change_stays(void **state)
{
    const struct socket_facts facts = numbered(1);
    struct socket_facts *known;
    struct socket_facts found;

    (void)state;
    assert_true(socket_table_add(handle_of(0), &facts));
    known = socket_table_lock(handle_of(0));
    assert_non_null(known);
    known->listens = true;
    socket_table_unlock();
    assert_true(socket_table_get(handle_of(0), &found));
    assert_true(found.listens);
}

/* Beside a list that is as simple as can be: rows that were pushed on must still be found. */
static void what_is_removed_leaves_no_gap(void **state)
{
    static uint64_t expected[256];
    uint32_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct socket_facts facts = numbered(round + 1);
        size_t at;

        seed = seed * 1664525 + 1013904223;
        at = seed >> 24;
        if (expected[at] == 0) {
            assert_true(socket_table_add(handle_of(at), &facts));
            expected[at] = round + 1;
        } else {
            assert_true(socket_table_remove(handle_of(at), &facts));
            assert_true(facts.number == expected[at]);
            expected[at] = 0;
        }
        at = (seed >> 16) & 0xff;
        assert_int_equal(socket_table_get(handle_of(at), &facts), expected[at] != 0);
    }
}

static void numbers_are_never_used_again(void **state)
{
    const uint64_t first = socket_table_number();

    (void)state;
    assert_true(socket_table_number() == first + 1);
}

/* ---- from several threads ---- */

static DWORD WINAPI add_and_remove(LPVOID argument)
{
    const size_t of = (size_t)(uintptr_t)argument;
    DWORD wrong = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        struct socket_facts facts = numbered(of);
        const UINT_PTR handle = handle_of(of * 1000 + i % 100);

        wrong += !socket_table_add(handle, &facts);
        wrong += !socket_table_remove(handle, &facts) || facts.number != of;
    }
    return wrong;
}

static void threads_do_not_disturb_each_other(void **state)
{
    HANDLE threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        threads[i] = CreateThread(NULL, 0, add_and_remove, (LPVOID)(uintptr_t)(i + 1), 0, NULL);
        assert_non_null(threads[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        DWORD wrong = 1;

        WaitForSingleObject(threads[i], INFINITE);
        assert_true(GetExitCodeThread(threads[i], &wrong));
        assert_int_equal(wrong, 0);
        CloseHandle(threads[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_is_known_at_first, empty),
        cmocka_unit_test_teardown(no_handle_is_never_known, empty),
        cmocka_unit_test_teardown(ten_thousand_are_kept_apart, empty),
        cmocka_unit_test_teardown(a_handle_that_comes_again_is_another_socket, empty),
        cmocka_unit_test_teardown(a_change_stays, empty),
        cmocka_unit_test_teardown(what_is_removed_leaves_no_gap, empty),
        cmocka_unit_test_teardown(numbers_are_never_used_again, empty),
        cmocka_unit_test_teardown(threads_do_not_disturb_each_other, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
