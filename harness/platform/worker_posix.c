/* SPDX-License-Identifier: MIT */

#define _POSIX_C_SOURCE 200809L

#include "harness/platform/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct worker {
    pthread_t thread;
    void (*work)(void *context, unsigned worker);
    void *context;
    unsigned number;
};

static void *start(void *argument)
{
    struct worker *worker = argument;

    worker->work(worker->context, worker->number);
    return NULL;
}

static unsigned start_all(struct worker *workers, unsigned count)
{
    unsigned started = 0;

    while (started < count &&
           pthread_create(&workers[started].thread, NULL, start, &workers[started]) == 0) {
        started++;
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
        pthread_join(workers[i].thread, NULL);
    }
    free(workers);
    return started == others;
}

unsigned workers_useful(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return processors > 0 ? (unsigned)processors : 1;
}

uint32_t worker_counter_next(struct worker_counter *counter)
{
    /* Not _Atomic: the header is shared with a compiler that has none. */
    return (uint32_t)__atomic_fetch_add(&counter->value, 1, __ATOMIC_RELAXED);
}
