/* SPDX-License-Identifier: MIT */

/* An ioctl that the system carries out: what became of it is told, now or when it is collected. */

#ifndef HARNESS_LAB_DLL_IOCTL_PASSED_H
#define HARNESS_LAB_DLL_IOCTL_PASSED_H

#include "harness/lab/dll/operation.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/ioctl_call.h"

/* Makes the call. `number`: of the operation that it is, where it is overlapped. */
int ioctl_pass(const struct ioctl_call *call, const struct socket_facts *facts, uint64_t number);
/* One that was under way ended so. */
void ioctl_passed(const struct operation *operation, DWORD error, DWORD count);

#endif
