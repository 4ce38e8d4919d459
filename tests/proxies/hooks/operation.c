/* SPDX-License-Identifier: MIT */
#include "tests/proxies/hooks/operation.h"

bool operation_begin(struct operation *operation)
{
    *operation = (struct operation){.ended = CreateEvent(NULL, TRUE, FALSE, NULL)};
    return operation->ended != NULL;
}

void operation_report(OVERLAPPED *overlapped, DWORD error, DWORD count)
{
    struct operation *operation = (void *)overlapped;
    operation->error = error;
    operation->count = count;
    SetEvent(operation->ended);
}

DWORD operation_end(struct operation *operation, bool done_at_once)
{
    DWORD error = done_at_once ? 0 : (DWORD)WSAGetLastError();
    if (error == WSA_IO_PENDING) {
        WaitForSingleObject(operation->ended, INFINITE);
        error = operation->error;
    }
    CloseHandle(operation->ended);
    return error;
}
