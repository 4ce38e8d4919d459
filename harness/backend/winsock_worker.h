/* SPDX-License-Identifier: MIT */

/*
 * The worker: a process of the same program that performs the steps of the Winsock backend, so that
 * a call which ends its process ends only this one.
 */

#ifndef HARNESS_BACKEND_WINSOCK_WORKER_H
#define HARNESS_BACKEND_WINSOCK_WORKER_H

/* How a worker that could not go on tells why: its exit code. */
enum winsock_exit {
    WINSOCK_EXIT_HUNG = 0x57460001,  /* a step did not come back in time */
    WINSOCK_EXIT_FAULT = 0x57460002, /* an exception in our own code, outside any call under test */
    WINSOCK_EXIT_PIPE = 0x57460003   /* what it was told could not be read */
};

/* What is passed to the program to make it a worker. */
#define WINSOCK_WORKER_COMMAND "winsock-worker"

/*
 * Performs the orders that arrive on standard input and answers on standard output
 * (harness/backend/winsock_message.h) until the input ends. Both must pass bytes unchanged. Gives
 * the exit code of the process.
 */
int winsock_worker(void);

#endif
