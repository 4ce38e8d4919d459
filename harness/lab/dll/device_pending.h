/* SPDX-License-Identifier: MIT */

/*
 * Calls on pretended devices that are not over yet. One thread of ours asks the lab for them again,
 * or ends them when their time has come; a call without an OVERLAPPED waits for it.
 */

#ifndef HARNESS_LAB_DLL_DEVICE_PENDING_H
#define HARNESS_LAB_DLL_DEVICE_PENDING_H

#include "harness/lab/dll/device_call.h"

/* For the next call. */
uint64_t device_pending_number(void);

/*
 * Takes the call over, with `in` and what belongs to the answer. ERROR_IO_PENDING where it is
 * overlapped; else it has ended when this returns, with this error and `*count`.
 */
DWORD device_pend(const struct device_call *call, const struct socket_facts *facts,
                  uint64_t operation, void *in, struct link_answer *answer, DWORD delay,
                  DWORD *count);

/*
 * Aborts what pends on the handle: that of `overlapped` alone unless NULL, of the thread alone
 * unless 0. Gives how many there were.
 */
size_t device_cancel(HANDLE handle, const OVERLAPPED *overlapped, DWORD thread);

#endif
