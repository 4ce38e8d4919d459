/* SPDX-License-Identifier: MIT */

/* Whatever a program can do with a device, once each. */

#include "tests/proxies/hooks/driver.h"

#define DEVICE "\\\\.\\WfpcheckExample"

static HANDLE open_again(DWORD flags)
{
    return CreateFileA(DEVICE, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
}

static const char *try_names(void)
{
    if (CreateFileA("\\\\.\\WfpcheckNobody", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
        INVALID_HANDLE_VALUE) {
        return "there is a device that nobody named";
    }
    if (CreateFileW(L"\\\\.\\wfpchecklocked", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
            INVALID_HANDLE_VALUE ||
        GetLastError() != ERROR_ACCESS_DENIED) {
        return "a locked device can be opened";
    }
    return NULL;
}

static const char *try_waiting(HANDLE device)
{
    DWORD count = 99, version = 0, in = 0x11223344, out = 0;
    if (!DeviceIoControl(device, CODE_VERSION, NULL, 0, &version, 4, &count, NULL) || count != 4 ||
        version != 3) {
        return "no version";
    }
    if (DeviceIoControl(device, CODE_VERSION, NULL, 0, &version, 3, &count, NULL) ||
        GetLastError() != ERROR_INSUFFICIENT_BUFFER) {
        return "a version in three bytes";
    }
    if (!DeviceIoControl(device, CODE_SET_TARGET, &in, sizeof in, NULL, 0, &count, NULL) || count) {
        return "no target";
    }
    if (DeviceIoControl(device, CODE_UNKNOWN, NULL, 0, NULL, 0, &count, NULL) ||
        GetLastError() != ERROR_NOT_SUPPORTED) {
        return "an answer to an unknown code";
    }
    if (!DeviceIoControl(device, CODE_SLOW, &in, sizeof in, &out, sizeof out, &count, NULL) ||
        out != in) {
        return "no late answer";
    }
    if (!WriteFile(device, &in, sizeof in, &count, NULL) || count != sizeof in) {
        return "nothing can be written";
    }
    if (ReadFile(device, &out, sizeof out, &count, NULL) ||
        GetLastError() != ERROR_INVALID_FUNCTION) {
        return "something can be read";
    }
    return NULL;
}

static const char *try_overlapped(HANDLE device)
{
    DWORD count = 0, version = 0;
    UINT32 in = 5, out = 0;
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    if (!DeviceIoControl(device, CODE_VERSION, NULL, 0, &version, 4, NULL, &overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
        return "no overlapped version";
    }
    if (!GetOverlappedResult(device, &overlapped, &count, TRUE) || version != 3) {
        return "the overlapped version does not come";
    }
    if (DeviceIoControl(device, CODE_SLOW, &in, sizeof in, &out, sizeof out, NULL, &overlapped) ||
        GetLastError() != ERROR_IO_PENDING) {
        return "a slow answer at once";
    }
    if (WaitForSingleObject(overlapped.hEvent, 10000) != WAIT_OBJECT_0 ||
        !GetOverlappedResult(device, &overlapped, &count, FALSE) || count != 4 || out != 5) {
        return "a slow answer does not come";
    }
    CloseHandle(overlapped.hEvent);
    return NULL;
}

static const char *try_cancelling(HANDLE device)
{
    DWORD count = 0;
    OVERLAPPED first = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    OVERLAPPED second = {.hEvent = NULL};
    if (DeviceIoControl(device, CODE_UNLOADING, NULL, 0, NULL, 0, NULL, &first) ||
        DeviceIoControl(device, CODE_UNLOADING, NULL, 0, NULL, 0, NULL, &second)) {
        return "an end that has not come";
    }
    if (GetOverlappedResult(device, &first, &count, FALSE) ||
        GetLastError() != ERROR_IO_INCOMPLETE) {
        return "a result too early";
    }
    if (!CancelIoEx(device, &first) || GetOverlappedResult(device, &first, &count, TRUE) ||
        GetLastError() != ERROR_OPERATION_ABORTED) {
        return "the first is not aborted";
    }
    if (!CancelIo(device) || GetOverlappedResult(device, &second, &count, TRUE) ||
        GetLastError() != ERROR_OPERATION_ABORTED) {
        return "the second is not aborted";
    }
    if (CancelIoEx(device, NULL) || GetLastError() != ERROR_NOT_FOUND) {
        return "something was left";
    }
    CloseHandle(first.hEvent);
    return NULL;
}

static VOID CALLBACK pool_called(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                 ULONG error, ULONG_PTR count, PTP_IO io)
{
    (void)instance, (void)overlapped, (void)io;
    if (error == 0 && count == sizeof(UINT32)) {
        SetEvent(context);
    }
}

static const char *try_pool(HANDLE device)
{
    UINT32 in = 6, out = 0;
    OVERLAPPED overlapped = {.hEvent = NULL};
    HANDLE called = CreateEventW(NULL, TRUE, FALSE, NULL);
    PTP_IO io = CreateThreadpoolIo(device, pool_called, called, NULL);
    if (!io) {
        return "no thread pool";
    }
    StartThreadpoolIo(io);
    if (DeviceIoControl(device, CODE_SLOW, &in, sizeof in, &out, sizeof out, NULL, &overlapped) ||
        GetLastError() != ERROR_IO_PENDING) {
        return "a slow answer at once, in a pool";
    }
    if (WaitForSingleObject(called, 10000) != WAIT_OBJECT_0 || out != in) {
        return "a slow answer does not come to the pool";
    }
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CloseThreadpoolIo(io);
    CloseHandle(called);
    return NULL;
}

/* The system has this one. */
static const char *try_real(void)
{
    BYTE out[64];
    DWORD count;
    HANDLE null = CreateFileA("\\\\.\\NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    if (null == INVALID_HANDLE_VALUE) {
        return "no null device";
    }
    if (DeviceIoControl(null, CODE_VERSION, NULL, 0, out, sizeof out, &count, NULL)) {
        return "the null device has a version";
    }
    return CloseHandle(null) ? NULL : "the null device cannot be closed";
}

static const char *try_handle(HANDLE device)
{
    HANDLE self = GetCurrentProcess(), copy = NULL;
    DWORD version = 0, count;
    if (WaitForSingleObject(device, 0) == WAIT_FAILED ||
        !SetHandleInformation(device, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) ||
        (GetFileType(device) == FILE_TYPE_UNKNOWN && GetLastError() != 0)) {
        return "the handle is none";
    }
    if (!DuplicateHandle(self, device, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) ||
        !DeviceIoControl(copy, CODE_VERSION, NULL, 0, &version, 4, &count, NULL) || version != 3) {
        return "a copy of the handle is another device";
    }
    return CloseHandle(copy) ? NULL : "a copy of the handle cannot be closed";
}

const char *device_try(void)
{
    HANDLE waiting = open_again(0), overlapped = open_again(FILE_FLAG_OVERLAPPED);
    HANDLE pooled = open_again(FILE_FLAG_OVERLAPPED);
    if (waiting == INVALID_HANDLE_VALUE || overlapped == INVALID_HANDLE_VALUE ||
        pooled == INVALID_HANDLE_VALUE) {
        return "the device cannot be opened";
    }
    const char *wrong = try_names();
    wrong = wrong ? wrong : try_real();
    wrong = wrong ? wrong : try_waiting(waiting);
    wrong = wrong ? wrong : try_overlapped(overlapped);
    wrong = wrong ? wrong : try_cancelling(overlapped);
    wrong = wrong ? wrong : try_handle(waiting);
    wrong = wrong ? wrong : try_pool(pooled);
    if (!CloseHandle(waiting) || !CloseHandle(overlapped) || !CloseHandle(pooled)) {
        return "the device cannot be closed";
    }
    return wrong;
}
