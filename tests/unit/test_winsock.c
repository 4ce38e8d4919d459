/* SPDX-License-Identifier: MIT */

/* The winsock backend's own machinery: what is left open is noticed, and a mute worker given up. */

#include <winsock2.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <cmocka.h>

#include "harness/backend/winsock_machine.h"
#include "harness/backend/winsock_parent.h"
#include "harness/platform/partner.h"

static char *program; /* this one */

static struct machine *machine_of_a_run(void)
{
    struct machine *machine = calloc(1, sizeof *machine);
    const struct winsock_order begin = {.verb = WINSOCK_BEGIN};
    struct winsock_answer answer = {0};

    assert_non_null(machine);
    assert_true(machine_open(machine));
    assert_true(machine_begin(machine, &begin, &answer));
    return machine;
}

static SOCKET opened(struct machine *machine, const char *name)
{
    struct machine_socket wanted = {.family = WFP_IPV4, .type = WFP_TCP, .overlapped = true};
    struct winsock_answer answer = {0};
    SOCKET socket = INVALID_SOCKET;

    machine_name(name, wanted.name);
    assert_true(socket_open(machine, &wanted, &socket, &answer));
    return socket;
}

static void run_that_closes_all_leaves_nothing(void **state)
{
    struct machine *machine = machine_of_a_run();
    struct winsock_answer answer = {0};

    (void)state;
    (void)opened(machine, "proxy");
    assert_true(machine_end(machine, &answer));
    assert_null(answer.trouble);
    free(machine);
}

static void socket_left_open_is_named(void **state)
{
    struct machine *machine = machine_of_a_run();
    struct winsock_answer answer = {0};
    const SOCKET socket = opened(machine, "proxy");

    (void)state;
    machine->sockets[machine->socket_count - 1].closed = true; /* but it is not */
    assert_false(machine_end(machine, &answer));
    assert_non_null(strstr(answer.trouble, "1 sockets are left open"));
    assert_non_null(strstr(answer.trouble, "proxy"));
    assert_int_equal(answer.absent, 0);
    closesocket(socket);
    assert_true(machine_end(machine, &answer));
    free(machine);
}

static void handles_that_pile_up_are_noticed(void **state)
{
    struct machine *machine = machine_of_a_run();
    const struct winsock_order begin = {.verb = WINSOCK_BEGIN};
    struct winsock_answer answer = {0};
    HANDLE handles[40];
    bool ended = true;

    (void)state;
    assert_true(machine_end(machine, &answer));
    for (size_t i = 0; i < 40; i++) {
        handles[i] = CreateEventW(NULL, TRUE, FALSE, NULL);
    }
    for (size_t runs = 0; ended && runs < 100; runs++) {
        assert_true(machine_begin(machine, &begin, &answer));
        ended = machine_end(machine, &answer);
    }
    assert_false(ended);
    assert_non_null(strstr(answer.trouble, "handles are left open"));
    for (size_t i = 0; i < 40; i++) {
        CloseHandle(handles[i]);
    }
    free(machine);
}

static void mute_worker_is_given_up(void **state)
{
    char how[] = "mute";
    char *const arguments[] = {program, how, NULL};
    const struct winsock_order order = {.verb = WINSOCK_HELLO};
    struct winsock winsock = {.patience = 200};
    char trouble[BACKEND_TROUBLE_MAX] = "";
    struct winsock_answer answer;

    (void)state;
    assert_true(partner_start(arguments, &winsock.worker));
    assert_int_equal(winsock_ask(&winsock, &order, &answer, trouble), WINSOCK_ENDED);
    assert_non_null(strstr(trouble, "no answer from the worker within 200 ms"));
    assert_null(winsock.worker);
}

static void worker_that_ends_is_told_with_its_code(void **state)
{
    char how[] = "ends";
    char *const arguments[] = {program, how, NULL};
    const struct winsock_order order = {.verb = WINSOCK_HELLO};
    struct winsock winsock = {.patience = 20000};
    char trouble[BACKEND_TROUBLE_MAX] = "";
    struct winsock_answer answer;

    (void)state;
    assert_true(partner_start(arguments, &winsock.worker));
    assert_int_equal(winsock_ask(&winsock, &order, &answer, trouble), WINSOCK_ENDED);
    assert_non_null(strstr(trouble, "exit code 0x00000011"));
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_that_closes_all_leaves_nothing),
        cmocka_unit_test(socket_left_open_is_named),
        cmocka_unit_test(handles_that_pile_up_are_noticed),
        cmocka_unit_test(mute_worker_is_given_up),
        cmocka_unit_test(worker_that_ends_is_told_with_its_code),
    };

    if (count > 1 && strcmp(arguments[1], "mute") == 0) {
        Sleep(60000);
    }
    if (count > 1) {
        return 0x11;
    }
    program = arguments[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
