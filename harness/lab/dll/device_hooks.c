/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/device.h"
#include "harness/lab/dll/device_call.h"
#include "harness/lab/dll/device_pending.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/socket.h"

enum { PATH_ROOM = 1024, LOOK_AGAIN = 50 /* milliseconds */ };

/* ---- opening and closing ---- */

HANDLE WINAPI hook_CreateFileW(LPCWSTR path, DWORD access, DWORD share,
                               LPSECURITY_ATTRIBUTES security, DWORD how, DWORD flags,
                               HANDLE template_file)
{
    HANDLE handle = INVALID_HANDLE_VALUE;

    if (!device_is_path(path) || !link_wanted()) {
        return CreateFileW(path, access, share, security, how, flags, template_file);
    }
    if (device_open(path, access, share, flags, &handle) == DEVICE_REAL) {
        handle = CreateFileW(path, access, share, security, how, flags, template_file);
        device_done(handle);
    }
    return handle;
}

HANDLE WINAPI hook_CreateFileA(LPCSTR path, DWORD access, DWORD share,
                               LPSECURITY_ATTRIBUTES security, DWORD how, DWORD flags,
                               HANDLE template_file)
{
    wchar_t wide[PATH_ROOM];
    HANDLE handle = INVALID_HANDLE_VALUE;

    if (path == NULL || MultiByteToWideChar(CP_ACP, 0, path, -1, wide, PATH_ROOM) == 0 ||
        !device_is_path(wide) || !link_wanted()) {
        return CreateFileA(path, access, share, security, how, flags, template_file);
    }
    if (device_open(wide, access, share, flags, &handle) == DEVICE_REAL) {
        handle = CreateFileA(path, access, share, security, how, flags, template_file);
        device_done(handle);
    }
    return handle;
}

HANDLE WINAPI hook_CreateFile2(LPCWSTR path, DWORD access, DWORD share, DWORD how,
                               LPCREATEFILE2_EXTENDED_PARAMETERS more)
{
    HANDLE handle = INVALID_HANDLE_VALUE;

    if (!device_is_path(path) || !link_wanted()) {
        return CreateFile2(path, access, share, how, more);
    }
    if (device_open(path, access, share, more == NULL ? 0 : more->dwFileFlags, &handle) ==
        DEVICE_REAL) {
        handle = CreateFile2(path, access, share, how, more);
        device_done(handle);
    }
    return handle;
}

static void closing(HANDLE handle)
{
    struct socket_facts facts;

    if (!socket_table_get((UINT_PTR)handle, &facts)) {
        return;
    }
    if (facts.device != 0) {
        device_closing(handle);
    } else {
        socket_closing((SOCKET)handle);
    }
}

BOOL WINAPI hook_CloseHandle(HANDLE handle)
{
    closing(handle);
    return CloseHandle(handle);
}

BOOL WINAPI hook_DuplicateHandle(HANDLE from, HANDLE source, HANDLE to, LPHANDLE target,
                                 DWORD access, BOOL inherit, DWORD options)
{
    struct socket_facts facts;
    const bool pretended =
        GetProcessId(from) == GetCurrentProcessId() && device_know(source, &facts);

    if (pretended && (options & DUPLICATE_CLOSE_SOURCE) != 0) {
        device_closing(source);
    }
    if (!DuplicateHandle(from, source, to, target, access, inherit, options)) {
        return FALSE;
    }
    if (pretended && target != NULL && GetProcessId(to) == GetCurrentProcessId()) {
        device_duplicated(*target, &facts);
    }
    return TRUE;
}

/* ---- what is asked of a device ---- */

BOOL WINAPI hook_DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                                 DWORD out_size, LPDWORD count, LPOVERLAPPED overlapped)
{
    const struct device_call call = {"DeviceIoControl", handle, code,      in, in_size, out,
                                     out_size,          count,  overlapped};
    struct socket_facts facts;

    return device_know(handle, &facts)
               ? device_call_make(&call, &facts)
               : DeviceIoControl(handle, code, in, in_size, out, out_size, count, overlapped);
}

BOOL WINAPI hook_ReadFile(HANDLE handle, LPVOID out, DWORD out_size, LPDWORD count,
                          LPOVERLAPPED overlapped)
{
    const struct device_call call = {"ReadFile", handle,   0,     NULL,      0,
                                     out,        out_size, count, overlapped};
    struct socket_facts facts;

    return device_know(handle, &facts) ? device_call_make(&call, &facts)
                                       : ReadFile(handle, out, out_size, count, overlapped);
}

BOOL WINAPI hook_WriteFile(HANDLE handle, LPCVOID in, DWORD in_size, LPDWORD count,
                           LPOVERLAPPED overlapped)
{
    const struct device_call call = {"WriteFile", handle, 0,     in,        in_size,
                                     NULL,        0,      count, overlapped};
    struct socket_facts facts;

    return device_know(handle, &facts) ? device_call_make(&call, &facts)
                                       : WriteFile(handle, in, in_size, count, overlapped);
}

/* ---- what became of it ---- */

static BOOL cancelled(bool found)
{
    if (!found) {
        SetLastError(ERROR_NOT_FOUND);
    }
    return found;
}

BOOL WINAPI hook_CancelIo(HANDLE handle)
{
    struct socket_facts facts;

    if (!device_know(handle, &facts)) {
        return CancelIo(handle);
    }
    (void)device_cancel(handle, NULL, GetCurrentThreadId());
    return TRUE;
}

BOOL WINAPI hook_CancelIoEx(HANDLE handle, LPOVERLAPPED overlapped)
{
    struct socket_facts facts;

    return device_know(handle, &facts) ? cancelled(device_cancel(handle, overlapped, 0))
                                       : CancelIoEx(handle, overlapped);
}

/* Without an event the system would wait for the file object, which nothing signals. */
static bool wait_for(const OVERLAPPED *overlapped, DWORD limit)
{
    const volatile ULONG_PTR *status = &overlapped->Internal;
    const ULONGLONG begin = GetTickCount64();

    while (*status == STATUS_PENDING) {
        if (limit != INFINITE && GetTickCount64() - begin >= limit) {
            return false;
        }
        if (overlapped->hEvent != NULL) {
            (void)WaitForSingleObject(overlapped->hEvent, LOOK_AGAIN);
        } else {
            Sleep(1);
        }
    }
    return true;
}

BOOL WINAPI hook_GetOverlappedResult(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD count,
                                     BOOL wait)
{
    struct socket_facts facts;

    if (wait && device_know(handle, &facts)) {
        (void)wait_for(overlapped, INFINITE);
    }
    return GetOverlappedResult(handle, overlapped, count, wait);
}

BOOL WINAPI hook_GetOverlappedResultEx(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD count,
                                       DWORD limit, BOOL alertable)
{
    struct socket_facts facts;

    if (limit > 0 && !alertable && device_know(handle, &facts) && !wait_for(overlapped, limit)) {
        SetLastError(WAIT_TIMEOUT);
        return FALSE;
    }
    return GetOverlappedResultEx(handle, overlapped, count, limit, alertable);
}
