/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

/* What the model says about one of its operations; false if it is none. */
static bool ask(const OVERLAPPED *overlapped, enum wfp_channel channel, bool wait,
                struct wfp_answer *answer)
{
    struct shim_operation *operation;
    struct wfp_reply reply;
    bool ours = false;

    AcquireSRWLockExclusive(&shim.lock);
    operation = shim_operation_find(overlapped);
    if (operation != NULL && wait) {
        shim_operation_finish(operation);
    }
    if (operation != NULL &&
        wfp_operation_result(shim.world, operation->id, channel, &reply) == WFP_OK) {
        *answer = reply.answer;
        ours = true;
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return ours;
}

/* As such a call returns: the count by pointer, the reason with the thread. */
static BOOL give(const struct wfp_answer *answer, LPDWORD count)
{
    const DWORD bytes = answer->bytes;

    if (answer->count == WFP_COUNT_VALUE) {
        (void)pointer_write(count, &bytes, sizeof bytes);
    }
    if (answer->error != 0) {
        SetLastError(answer->error);
    }
    return answer->error == 0;
}

BOOL WSAAPI shim_WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD count,
                                        BOOL wait, LPDWORD flags)
{
    const DWORD none = 0;
    struct wfp_answer answer;

    if (!ask(overlapped, WFP_CHANNEL_WSA, wait, &answer)) {
        return shim_originals.WSAGetOverlappedResult(socket, overlapped, count, wait, flags);
    }
    (void)pointer_write(flags, &none, sizeof none);
    return give(&answer, count);
}

BOOL WINAPI shim_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count, BOOL wait)
{
    struct wfp_answer answer;

    if (!ask(overlapped, WFP_CHANNEL_WIN32, wait, &answer)) {
        return shim_originals.GetOverlappedResult(file, overlapped, count, wait);
    }
    return give(&answer, count);
}

/* The packet itself is a real one; what it says comes from the model. */
BOOL WINAPI shim_GetQueuedCompletionStatus(HANDLE port, LPDWORD count, PULONG_PTR key,
                                           LPOVERLAPPED *overlapped, DWORD milliseconds)
{
    const BOOL done =
        shim_originals.GetQueuedCompletionStatus(port, count, key, overlapped, milliseconds);
    struct wfp_answer answer;

    if (!done || *overlapped == NULL || !ask(*overlapped, WFP_CHANNEL_PORT, false, &answer)) {
        return done;
    }
    return give(&answer, count);
}

HANDLE WINAPI shim_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    const HANDLE made = shim_originals.CreateIoCompletionPort(file, port, key, threads);
    const DWORD error = GetLastError();
    struct shim_socket *on;

    if (made != NULL && file != INVALID_HANDLE_VALUE) {
        AcquireSRWLockExclusive(&shim.lock);
        on = shim_socket_find((SOCKET)(uintptr_t)file);
        if (on != NULL) {
            on->port = made;
            on->key = key;
        }
        ReleaseSRWLockExclusive(&shim.lock);
    }
    SetLastError(error);
    return made;
}

BOOL WINAPI shim_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    struct shim_operation *operation;
    struct wfp_reply reply;
    bool ours = false;

    AcquireSRWLockExclusive(&shim.lock);
    operation = overlapped == NULL ? NULL : shim_operation_find(overlapped);
    if (operation != NULL && wfp_operation_cancel(shim.world, operation->id, &reply) == WFP_OK) {
        ours = true;
        shim_operation_sweep();
    }
    ReleaseSRWLockExclusive(&shim.lock);
    if (!ours) {
        return shim_originals.CancelIoEx(file, overlapped);
    }
    return give(&reply.answer, NULL);
}
