/* SPDX-License-Identifier: MIT */

/* An overlapped call that a thread waits for, however its end is reported. */

#ifndef TESTS_PROXIES_HOOKS_OPERATION_H
#define TESTS_PROXIES_HOOKS_OPERATION_H

#include <winsock2.h>

#include <stdbool.h>

struct operation {
    OVERLAPPED overlapped; /* first: its address is the operation's */
    HANDLE ended;
    DWORD error;
    DWORD count;
};

bool operation_begin(struct operation *operation);
/* Called where the end is reported: by a completion port, or by the thread pool. */
void operation_report(OVERLAPPED *overlapped, DWORD error, DWORD count);
/* The error of the call that was just made: at once, or when its end has been reported. */
DWORD operation_end(struct operation *operation, bool done_at_once);

#endif
