/* SPDX-License-Identifier: MIT */

/* A call on a pretended device, as the program made it. */

#ifndef HARNESS_LAB_DLL_DEVICE_CALL_H
#define HARNESS_LAB_DLL_DEVICE_CALL_H

#include <winsock2.h>

#include <stdbool.h>
#include <windows.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/socket_table.h"

struct device_call {
    const char *name; /* DeviceIoControl, ReadFile, WriteFile */
    HANDLE handle;
    DWORD code; /* of DeviceIoControl */
    const void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD *count;           /* NULL: none */
    OVERLAPPED *overlapped; /* NULL: none */
};

/* Makes it: the lab answers, now or later. Fails as these three calls do. */
BOOL device_call_make(const struct device_call *call, const struct socket_facts *facts);

/* DeviceIoControl on a real device, which is made as it is: tells the lab before and after. */
uint64_t device_call_begins(const struct device_call *call, const struct socket_facts *facts);
void device_call_ended(const struct device_call *call, const struct socket_facts *facts,
                       uint64_t operation, BOOL done);

/*
 * Asks the lab about it. `in` is a copy of what is handed in, or NULL; `again`: it was pending.
 * Gives the error where there is no answer, else 0. link_answer_free() in any case.
 */
DWORD device_call_ask(const struct device_call *call, const struct socket_facts *facts,
                      uint64_t operation, const void *in, bool again, struct link_answer *answer);

/* Does it pend, or end after a while? `*delay` is INFINITE for what only a cancellation ends. */
bool device_answer_pends(const struct event *answer, DWORD *delay);
/* Is it known what it will end with? */
bool device_answer_ends(const struct event *answer);

/* Gives the program what the lab answered; the error is the call's. */
DWORD device_call_give(const struct device_call *call, const struct event *answer, DWORD *count);

#endif
