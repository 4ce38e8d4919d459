/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/collect.h"

#include <stdlib.h>

#include "harness/lab/dll/accept_ex.h"
#include "harness/lab/dll/datagram.h"
#include "harness/lab/dll/ioctl_passed.h"
#include "harness/lab/dll/operation.h"

static DWORD ended(struct operation *operation, DWORD error, DWORD count)
{
    switch (operation->kind) {
    case OPERATION_ACCEPT:
        if (error == 0) {
            accept_ex_told(operation);
        }
        return error;
    case OPERATION_IOCTL:
        ioctl_passed(operation, error, count);
        return error;
    case OPERATION_RECEIVE:
        return datagram_received(operation, error, count);
    }
    return error;
}

DWORD collect(const OVERLAPPED *overlapped, DWORD error, DWORD count)
{
    const DWORD last = GetLastError();
    struct operation *operation = operation_take(overlapped);

    if (operation != NULL) {
        error = ended(operation, error, count);
        free(operation);
    }
    SetLastError(last);
    return error;
}

void CALLBACK collect_routine(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    struct operation *operation = operation_take(overlapped);
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;

    if (operation != NULL) {
        routine = operation->routine;
        error = ended(operation, error, count);
        free(operation);
        routine(error, count, overlapped, flags);
    }
}
