/* SPDX-License-Identifier: MIT */

#include "harness/platform/worker.h"

#include <process.h>
#include <stdlib.h>
#include <windows.h>

struct worker {
    HANDLE thread;
    void (*work)(void *context, unsigned worker);
    void *context;
    unsigned number;
};

static unsigned __stdcall start(void *argument)
{
    struct worker *worker = argument;

    worker->work(worker->context, worker->number);
    return 0;
}

/* _beginthreadex and not CreateThread: the C library keeps data of its own for each thread. */
static unsigned start_all(struct worker *workers, unsigned count)
{
    unsigned started = 0;

    while (started < count) {
        uintptr_t thread = _beginthreadex(NULL, 0, start, &workers[started], 0, NULL);
        if (thread == 0) {
            break;
        }
        workers[started++].thread = (HANDLE)thread;
    }
    return started;
}

bool workers_run(unsigned count, void (*work)(void *context, unsigned worker), void *context)
{
    unsigned others = count > 0 ? count - 1 : 0;
    unsigned started = 0;
    struct worker *workers = others > 0 ? calloc(others, sizeof *workers) : NULL;

    for (unsigned i = 0; workers != NULL && i < others; i++) {
        workers[i] = (struct worker){.work = work, .context = context, .number = i + 1};
    }
    if (workers != NULL) {
        started = start_all(workers, others);
    }
    if (count > 0) {
        work(context, 0);
    }
    for (unsigned i = 0; i < started; i++) {
        WaitForSingleObject(workers[i].thread, INFINITE);
        CloseHandle(workers[i].thread);
    }
    free(workers);
    return started == others;
}

unsigned workers_useful(void)
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    return system.dwNumberOfProcessors > 0 ? (unsigned)system.dwNumberOfProcessors : 1;
}

uint32_t worker_counter_next(struct worker_counter *counter)
{
    return (uint32_t)InterlockedExchangeAdd(&counter->value, 1);
}
