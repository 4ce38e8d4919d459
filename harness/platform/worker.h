/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_WORKER_H
#define HARNESS_PLATFORM_WORKER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls work(context, 0) ... work(context, count - 1), each in a thread of its own, and returns
 * when all have returned. Worker 0 is the calling thread, so a count of 1 starts none. When fewer
 * threads can be had than asked for, the others do not run and the answer is false: work that is
 * shared out by a counter is complete all the same.
 */
bool workers_run(unsigned count, void (*work)(void *context, unsigned worker), void *context);

/* How many processors the machine has running; at least 1. */
unsigned workers_useful(void);

/* Shares out 0, 1, 2 ... between workers. Starts zeroed. */
struct worker_counter {
    volatile long value;
};

/* The next number; no two calls get the same one. Orders nothing else between the threads. */
uint32_t worker_counter_next(struct worker_counter *counter);

#endif
