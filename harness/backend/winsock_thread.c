/* SPDX-License-Identifier: MIT */

#include <process.h>

#include "harness/backend/winsock_machine.h"

enum { STACK_RESERVE = MACHINE_STACK + 2097152, STACK_ALIGNMENT = 16 };

static void serve_with_stack(struct machine_thread *thread);

static void perform(struct machine_thread *thread)
{
    (void)machine_perform(thread->machine, thread, thread->order, thread->answer);
    SetEvent(thread->done);
}

static bool wants_stack(const struct machine_thread *thread)
{
    const struct winsock_order *order = thread->order;

    return thread->stack == NULL && order->verb == STEP_IOCTL &&
           (order->in_pointer == WFP_POINTER_STACK || order->out_pointer == WFP_POINTER_STACK);
}

/* Not an alertable wait: completion routines are to run only where the script waits for them. */
static void serve(struct machine_thread *thread)
{
    while (WaitForSingleObject(thread->go, INFINITE) == WAIT_OBJECT_0 && thread->order != NULL) {
        if (wants_stack(thread)) {
            serve_with_stack(thread);
            return;
        }
        perform(thread);
    }
}

/* Goes on serving from within, so that the buffers live as long as the thread. */
static void serve_with_stack(struct machine_thread *thread)
{
    uint8_t room[MACHINE_STACK];

    thread->stack = room;
    thread->stack_used = 0;
    perform(thread);
    serve(thread);
    thread->stack = NULL;
}

static unsigned __stdcall start(void *argument)
{
    serve(argument);
    return 0;
}

uint8_t *thread_stack(struct machine_thread *thread, uint32_t size)
{
    const size_t rounded = ((size_t)size + STACK_ALIGNMENT - 1) / STACK_ALIGNMENT * STACK_ALIGNMENT;
    uint8_t *at;

    if (thread->stack == NULL || rounded > MACHINE_STACK - thread->stack_used) {
        return NULL;
    }
    at = thread->stack + thread->stack_used;
    thread->stack_used += rounded;
    return at;
}

/* _beginthreadex and not CreateThread: the C library keeps data of its own for each thread. */
static bool run(struct machine_thread *thread)
{
    if (thread->handle == NULL) {
        thread->handle = (HANDLE)_beginthreadex(NULL, STACK_RESERVE, start, thread,
                                                STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    }
    return thread->handle != NULL;
}

bool thread_perform(struct machine *machine, uint32_t number, const struct winsock_order *order,
                    struct winsock_answer *answer)
{
    struct machine_thread *thread = &machine->threads[number];

    thread->order = order;
    thread->answer = answer;
    if (!run(thread)) {
        return machine_trouble(machine, answer, "thread %u cannot be started", number);
    }
    SetEvent(thread->go);
    WaitForSingleObject(thread->done, INFINITE);
    return answer->trouble == NULL;
}

void thread_end(struct machine_thread *thread)
{
    if (thread->handle == NULL) {
        return;
    }
    thread->order = NULL;
    SetEvent(thread->go);
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    thread->handle = NULL;
    thread->last_error = 0;
}
