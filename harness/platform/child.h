/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_CHILD_H
#define HARNESS_PLATFORM_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A child process whose standard input and output are pipes to us; its standard error is ours. */
struct child {
    FILE *in;         /* what the child reads; buffered: fflush() before waiting for an answer */
    FILE *out;        /* what the child writes */
    intptr_t process; /* the system's name for it */
};

/*
 * Starts arguments[0] (a path, or a name that is searched for as the shell does) with the arguments
 * up to a NULL, all UTF-8. Both pipes are binary. From then on writing to a process that has ended
 * is an error of the stream and no longer ends this process (SIGPIPE). False, with `child`
 * untouched and errno set, when it cannot be started; a program that cannot be found may instead
 * start and end with code 127.
 */
bool child_start(char *const *arguments, struct child *child);

/*
 * Closes both pipes, waits for the child to end and says with which exit code (128 + number when a
 * signal ended it). False, with `code` untouched, when the system does not tell.
 */
bool child_wait(struct child *child, int *code);

#endif
