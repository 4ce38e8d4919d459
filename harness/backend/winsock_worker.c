/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_worker.h"

#include <process.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/backend/winsock_machine.h"

/* Read by the exception filter and the watchdog, which no argument can reach. */
static volatile LONG calls_under_way;
static volatile LONG64 busy_since; /* milliseconds; 0: nothing to do */

enum { STEP_LIMIT = 10000, WATCH_EVERY = 250 }; /* milliseconds */

void call_begins(void)
{
    (void)InterlockedIncrement(&calls_under_way);
}

void call_ends(void)
{
    (void)InterlockedDecrement(&calls_under_way);
}

static void end_process(DWORD code)
{
    TerminateProcess(GetCurrentProcess(), code);
}

/*
 * Nobody handled it. Ends the process at once with the exception as its exit code, without a dialog
 * and without Wine's debugger. Not a vectored handler: that would also see the exceptions which a
 * provider raises and handles itself.
 */
static LONG WINAPI last_words(EXCEPTION_POINTERS *exception)
{
    end_process(calls_under_way > 0 ? exception->ExceptionRecord->ExceptionCode
                                    : (DWORD)WINSOCK_EXIT_FAULT);
    return EXCEPTION_EXECUTE_HANDLER;
}

static bool too_long(void)
{
    const LONG64 since = InterlockedCompareExchange64(&busy_since, 0, 0);

    return since != 0 && (LONG64)GetTickCount64() - since > STEP_LIMIT;
}

static unsigned __stdcall watch(void *argument)
{
    (void)argument;
    while (!too_long()) {
        Sleep(WATCH_EVERY);
    }
    end_process(WINSOCK_EXIT_HUNG);
    return 0;
}

static bool hello(struct machine *machine, struct winsock_answer *answer)
{
    if (!machine_start(machine, answer)) {
        return false;
    }
    answer->raw_sockets = socket_raw_possible();
    return machine_stop(machine, answer);
}

static bool thread_exit(struct machine *machine, const struct winsock_order *order)
{
    struct machine_thread *thread = &machine->threads[order->thread];

    if (thread->handle != NULL) {
        shim_thread_exit(GetThreadId(thread->handle));
    }
    thread_end(thread);
    operation_forget_stack(machine, order->thread);
    return true;
}

static uint32_t thread_for(const struct machine *machine, const struct winsock_order *order)
{
    const bool waits_for_routine =
        order->verb == STEP_RESULT && order->channel == WFP_CHANNEL_ROUTINE && order->wait != 0;

    return waits_for_routine ? operation_thread(machine, order) : order->thread;
}

static bool obey(struct machine *machine, const struct winsock_order *order,
                 struct winsock_answer *answer)
{
    if (order->verb >= WINSOCK_VERB_COUNT || order->thread >= WFP_THREADS) {
        return machine_trouble(machine, answer, "no such order");
    }
    switch (order->verb) {
    case WINSOCK_HELLO:
        return hello(machine, answer);
    case WINSOCK_BEGIN:
        return machine_begin(machine, order, answer);
    case WINSOCK_END:
        return machine_end(machine, answer);
    case WINSOCK_PREPARE:
        return redirected_prepare(machine, order, answer);
    case WINSOCK_REDIRECT:
        return shimmed_redirect(machine, order, answer);
    case STEP_THREAD_EXIT:
        return thread_exit(machine, order);
    default:
        return thread_perform(machine, thread_for(machine, order), order, answer);
    }
}

static bool serve_one(struct machine *machine, const struct winsock_order *order)
{
    struct winsock_answer answer = {0};
    bool written;

    (void)InterlockedExchange64(&busy_since, (LONG64)GetTickCount64());
    (void)obey(machine, order, &answer);
    (void)InterlockedExchange64(&busy_since, 0);
    written = winsock_answer_write(stdout, &answer);
    winsock_answer_clear(&answer);
    return written;
}

static int serve(struct machine *machine)
{
    struct winsock_order order;
    bool served = true;

    while (served && winsock_order_read(stdin, &order)) {
        served = serve_one(machine, &order);
        winsock_order_clear(&order);
    }
    return served && feof(stdin) ? 0 : WINSOCK_EXIT_PIPE;
}

int winsock_worker(void)
{
    struct machine *machine = calloc(1, sizeof *machine);
    uintptr_t watchdog;
    int code;

    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    (void)SetUnhandledExceptionFilter(last_words);
    /* Ctrl-C is for the parent; it ends this process by ending the input. */
    (void)SetConsoleCtrlHandler(NULL, TRUE);
    watchdog = _beginthreadex(NULL, 0, watch, NULL, 0, NULL);
    if (machine == NULL || watchdog == 0 || !machine_open(machine)) {
        (void)fprintf(stderr, "wfpcheck: no memory for a Winsock worker\n");
        free(machine);
        return WINSOCK_EXIT_FAULT;
    }
    code = serve(machine);
    /* Not freed: threads may still run in it, and the process ends now. */
    return code;
}
