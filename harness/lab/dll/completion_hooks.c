/* SPDX-License-Identifier: MIT */

/* Where completions are to arrive, and where the program takes them. */

#include <winsock2.h>

#include <stdbool.h>

#include <winternl.h>

#include "harness/lab/dll/collect.h"
#include "harness/lab/dll/device.h"
#include "harness/lab/dll/device_pending.h"
#include "harness/lab/dll/overlapped.h"
#include "harness/lab/dll/pending.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/pointer.h"

/* ---- where they are to arrive ---- */

/* The facts of a handle that may be a socket, to be changed; NULL if it is none. */
static struct socket_facts *facts_of(HANDLE file)
{
    return socket_table_lock((UINT_PTR)file);
}

HANDLE WINAPI hook_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads)
{
    const HANDLE made = CreateIoCompletionPort(file, port, key, threads);
    struct socket_facts *facts = made == NULL ? NULL : facts_of(file);

    if (facts != NULL) {
        facts->completion.port = made;
        facts->completion.key = key;
        socket_table_unlock();
    }
    return made;
}

BOOL WINAPI hook_SetFileCompletionNotificationModes(HANDLE file, UCHAR flags)
{
    const BOOL done = SetFileCompletionNotificationModes(file, flags);
    struct socket_facts *facts = done ? facts_of(file) : NULL;

    if (facts != NULL) {
        facts->completion.skips |= (flags & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
        socket_table_unlock();
    }
    return done;
}

/* ---- where they are taken ---- */

static BOOL give(DWORD error)
{
    if (error == 0) {
        return TRUE;
    }
    SetLastError(error);
    return FALSE;
}

BOOL WINAPI hook_GetQueuedCompletionStatus(HANDLE port, LPDWORD count, PULONG_PTR key,
                                           LPOVERLAPPED *overlapped, DWORD milliseconds)
{
    const BOOL done = GetQueuedCompletionStatus(port, count, key, overlapped, milliseconds);
    const DWORD error = done ? 0 : GetLastError();

    return *overlapped == NULL ? done : give(collect(*overlapped, error, *count));
}

/* In an entry stands a status; what the lab says stands there as one of ours. */
static void collect_entry(OVERLAPPED_ENTRY *entry)
{
    const NTSTATUS status = (NTSTATUS)entry->Internal;
    const DWORD error = NT_SUCCESS(status) ? 0 : RtlNtStatusToDosError(status);
    DWORD told;

    if (entry->lpOverlapped == NULL) {
        return;
    }
    told = collect(entry->lpOverlapped, error, entry->dwNumberOfBytesTransferred);
    if (told != error) {
        entry->Internal = overlapped_status(told);
    }
}

BOOL WINAPI hook_GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room,
                                             PULONG removed, DWORD milliseconds, BOOL alertable)
{
    const BOOL done =
        GetQueuedCompletionStatusEx(port, entries, room, removed, milliseconds, alertable);

    for (ULONG i = 0; done && i < *removed; i++) {
        collect_entry(&entries[i]);
    }
    return done;
}

/* ---- results ---- */

static bool is_not_yet(DWORD error)
{
    return error == ERROR_IO_INCOMPLETE || error == WAIT_TIMEOUT || error == WAIT_IO_COMPLETION;
}

/* What was answered here has an error that the system would translate in its own way. */
static BOOL result(BOOL done, const OVERLAPPED *overlapped, const DWORD *count)
{
    DWORD error = done ? 0 : GetLastError();

    if (is_not_yet(error)) {
        return done;
    }
    if (!overlapped_error(overlapped, &error)) {
        error = collect(overlapped, error, done ? *count : 0);
    }
    return give(error);
}

BOOL WSAAPI hook_WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD count,
                                        BOOL wait, LPDWORD flags)
{
    const BOOL done = WSAGetOverlappedResult(socket, overlapped, count, wait, flags);

    return result(done, overlapped, count);
}

BOOL WINAPI hook_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count, BOOL wait)
{
    BOOL done;

    (void)device_wait(file, overlapped, wait ? INFINITE : 0);
    done = GetOverlappedResult(file, overlapped, count, wait);
    return result(done, overlapped, count);
}

BOOL WINAPI hook_GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count,
                                       DWORD milliseconds, BOOL alertable)
{
    BOOL done;

    if (!alertable && !device_wait(file, overlapped, milliseconds)) {
        return give(milliseconds == 0 ? ERROR_IO_INCOMPLETE : WAIT_TIMEOUT);
    }
    done = GetOverlappedResultEx(file, overlapped, count, milliseconds, alertable);
    return result(done, overlapped, count);
}

/* ---- cancelling ---- */

/* What was under way here only is cancelled, though the system knows nothing of it. */
BOOL WINAPI hook_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    struct socket_facts facts;
    size_t cancelled;
    DWORD error;
    BOOL done;

    if (device_know(file, &facts)) {
        return give(device_cancel(file, overlapped, 0) > 0 ? 0 : ERROR_NOT_FOUND);
    }
    cancelled = pending_cancel((UINT_PTR)file, overlapped);
    error = GetLastError();
    done = CancelIoEx(file, overlapped);
    if (cancelled > 0) {
        SetLastError(error);
        return TRUE;
    }
    return done;
}

BOOL WINAPI hook_CancelIo(HANDLE file)
{
    (void)pending_cancel((UINT_PTR)file, NULL);
    (void)device_cancel(file, NULL, GetCurrentThreadId());
    return CancelIo(file);
}
