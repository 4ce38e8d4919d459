/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/device.h"

#include <string.h>
#include <wchar.h>

#include "harness/lab/dll/device_pending.h"
#include "harness/lab/dll/link.h"

enum {
    PREFIX = 4,
    TEXT_MAX = 4096,
    REAL_FIRST = 1000000, /* above every pretended one */
    LOOK_AGAIN = 50       /* milliseconds */
};

/* ---- paths ---- */

bool device_is_path(const wchar_t *path)
{
    if (path == NULL ||
        (wcsncmp(path, L"\\\\.\\", PREFIX) != 0 && wcsncmp(path, L"\\\\?\\", PREFIX) != 0)) {
        return false;
    }
    path += PREFIX;
    return path[0] != L'\0' && path[1] != L':' && _wcsnicmp(path, L"pipe\\", 5) != 0 &&
           _wcsnicmp(path, L"UNC\\", 4) != 0;
}

/* ---- opening ---- */

static DWORD pretend(uint64_t number, DWORD access, DWORD share, DWORD flags, HANDLE *handle)
{
    struct socket_facts facts;

    memset(&facts, 0, sizeof facts);
    facts.device = number;
    facts.waits = (flags & FILE_FLAG_OVERLAPPED) == 0;
    *handle = CreateFileW(L"\\\\.\\NUL", access, share, NULL, OPEN_EXISTING,
                          flags & FILE_FLAG_OVERLAPPED, NULL);
    if (*handle == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    if (!socket_table_add((UINT_PTR)*handle, &facts)) {
        (void)CloseHandle(*handle);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    return 0;
}

static DWORD opened(const struct event *answer, DWORD access, DWORD share, DWORD flags,
                    HANDLE *handle)
{
    const DWORD error = (DWORD)event_number(answer, FIELD_ERROR);

    return error != 0 ? error
                      : pretend(event_number(answer, FIELD_HANDLE), access, share, flags, handle);
}

enum device_opening device_open(const wchar_t *path, DWORD access, DWORD share, DWORD flags,
                                HANDLE *handle)
{
    struct event event = {.kind = EVENT_DEVICE_OPEN};
    struct link_answer answer;
    char text[TEXT_MAX] = "";
    enum link_outcome outcome;
    DWORD error = ERROR_DEVICE_NOT_CONNECTED;

    (void)WideCharToMultiByte(CP_UTF8, 0, path, -1, text, sizeof text, NULL, NULL);
    event_set_text(&event, FIELD_TEXT, text);
    outcome = link_ask(&event, &answer);
    if (outcome == LINK_PASSED) {
        return DEVICE_REAL;
    }
    if (outcome == LINK_ANSWERED) {
        error = opened(&answer.event, access, share, flags, handle);
    }
    link_answer_free(&answer);
    if (error != 0) {
        SetLastError(error);
        return DEVICE_REFUSED;
    }
    SetLastError(0);
    return DEVICE_PRETENDED;
}

static uint64_t add_real(HANDLE handle)
{
    static LONG64 last = REAL_FIRST;
    struct socket_facts facts;

    memset(&facts, 0, sizeof facts);
    facts.device = (uint64_t)InterlockedIncrement64(&last);
    facts.real = true;
    return socket_table_add((UINT_PTR)handle, &facts) ? facts.device : 0;
}

void device_opened(HANDLE handle)
{
    const DWORD error = GetLastError();
    const bool open = handle != INVALID_HANDLE_VALUE;
    struct event done = {.kind = EVENT_DONE};

    event_set_number(&done, FIELD_KIND_OF, EVENT_DEVICE_OPEN);
    event_set_number(&done, FIELD_ERROR, open ? 0 : error);
    if (open && link_wanted()) {
        event_set_number(&done, FIELD_HANDLE, add_real(handle));
    }
    link_tell(&done);
    SetLastError(error);
}

/* ---- handles ---- */

bool device_know(HANDLE handle, struct socket_facts *facts)
{
    return socket_table_get((UINT_PTR)handle, facts) && facts->device != 0 && !facts->real;
}

bool device_know_real(HANDLE handle, struct socket_facts *facts)
{
    return socket_table_get((UINT_PTR)handle, facts) && facts->real;
}

void device_duplicated(HANDLE copy, const struct socket_facts *facts)
{
    (void)socket_table_add((UINT_PTR)copy, facts);
}

void device_closing(HANDLE handle)
{
    struct socket_facts facts;
    struct event event = {.kind = EVENT_DEVICE_CLOSE};

    if ((device_know(handle, &facts) || device_know_real(handle, &facts)) &&
        socket_table_remove((UINT_PTR)handle, &facts)) {
        (void)device_cancel(handle, NULL, 0);
        event_set_number(&event, FIELD_HANDLE, facts.device);
        link_tell(&event);
    }
}

/* ---- waiting ---- */

bool device_wait(HANDLE handle, const OVERLAPPED *overlapped, DWORD limit)
{
    const volatile ULONG_PTR *status = &overlapped->Internal;
    const ULONGLONG begin = GetTickCount64();
    struct socket_facts facts;

    if (!device_know(handle, &facts)) {
        return true;
    }
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
