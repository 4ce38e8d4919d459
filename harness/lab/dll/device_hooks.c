/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/device.h"
#include "harness/lab/dll/device_call.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/payload.h"

enum { PATH_ROOM = 1024 };

/* ---- opening ---- */

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
        device_opened(handle);
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
        device_opened(handle);
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
        device_opened(handle);
    }
    return handle;
}

/* ---- what is asked of a device ---- */

BOOL WINAPI hook_DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                                 DWORD out_size, LPDWORD count, LPOVERLAPPED overlapped)
{
    const struct device_call call = {"DeviceIoControl", handle, code,      in, in_size, out,
                                     out_size,          count,  overlapped};
    struct socket_facts facts;
    uint64_t operation;
    BOOL done;

    if (device_know(handle, &facts)) {
        return device_call_make(&call, &facts);
    }
    if (!device_know_real(handle, &facts)) {
        return DeviceIoControl(handle, code, in, in_size, out, out_size, count, overlapped);
    }
    operation = device_call_begins(&call, &facts);
    done = DeviceIoControl(handle, code, in, in_size, out, out_size, count, overlapped);
    device_call_ended(&call, &facts, operation, done);
    return done;
}

BOOL WINAPI hook_ReadFile(HANDLE handle, LPVOID out, DWORD out_size, LPDWORD count,
                          LPOVERLAPPED overlapped)
{
    const struct device_call call = {"ReadFile", handle,   0,     NULL,      0,
                                     out,        out_size, count, overlapped};
    struct socket_facts facts;

    if (device_know(handle, &facts)) {
        return device_call_make(&call, &facts);
    }
    payload_file_is_read(handle);
    return ReadFile(handle, out, out_size, count, overlapped);
}

BOOL WINAPI hook_WriteFile(HANDLE handle, LPCVOID in, DWORD in_size, LPDWORD count,
                           LPOVERLAPPED overlapped)
{
    const struct device_call call = {"WriteFile", handle, 0,     in,        in_size,
                                     NULL,        0,      count, overlapped};
    struct socket_facts facts;

    if (device_know(handle, &facts)) {
        return device_call_make(&call, &facts);
    }
    payload_file_is_written(handle);
    return WriteFile(handle, in, in_size, count, overlapped);
}

/* ---- what is not followed ---- */

static BOOL refuse(const char *name)
{
    link_passed(name);
    SetLastError(ERROR_NOT_SUPPORTED);
    return FALSE;
}

BOOL WINAPI hook_ReadFileEx(HANDLE handle, LPVOID out, DWORD size, LPOVERLAPPED overlapped,
                            LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct socket_facts facts;

    return device_know(handle, &facts) ? refuse("ReadFileEx")
                                       : ReadFileEx(handle, out, size, overlapped, routine);
}

BOOL WINAPI hook_WriteFileEx(HANDLE handle, LPCVOID in, DWORD size, LPOVERLAPPED overlapped,
                             LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct socket_facts facts;

    return device_know(handle, &facts) ? refuse("WriteFileEx")
                                       : WriteFileEx(handle, in, size, overlapped, routine);
}
