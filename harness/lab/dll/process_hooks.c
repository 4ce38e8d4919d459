/* SPDX-License-Identifier: MIT */

/* Children of the program, its end, and handles that it copies or closes as handles. */

#include <winsock2.h>

#include <stdbool.h>
#include <stdlib.h>

#include "harness/lab/dll/child.h"
#include "harness/lab/dll/device.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"

/* ---- children ---- */

/* What the lab ends, it ends with all that it started: a child stays in the job. */
static DWORD flags_of(DWORD flags)
{
    return (flags & ~(DWORD)CREATE_BREAKAWAY_FROM_JOB) | CREATE_SUSPENDED;
}

/* It is told before its code runs, and its suspension is the program's matter. */
static void created(BOOL done, PROCESS_INFORMATION *process, DWORD flags, const char *line)
{
    const DWORD error = GetLastError();

    if (done) {
        child_created(process, line);
        if ((flags & CREATE_SUSPENDED) == 0) {
            (void)ResumeThread(process->hThread);
        }
    }
    SetLastError(error);
}

BOOL WINAPI hook_CreateProcessA(LPCSTR program, LPSTR line, LPSECURITY_ATTRIBUTES process_security,
                                LPSECURITY_ATTRIBUTES thread_security, BOOL inherits, DWORD flags,
                                LPVOID environment, LPCSTR folder, LPSTARTUPINFOA start,
                                LPPROCESS_INFORMATION process)
{
    const BOOL done = CreateProcessA(program, line, process_security, thread_security, inherits,
                                     flags_of(flags), environment, folder, start, process);

    created(done, process, flags, line == NULL ? program : line);
    return done;
}

BOOL WINAPI hook_CreateProcessW(LPCWSTR program, LPWSTR line,
                                LPSECURITY_ATTRIBUTES process_security,
                                LPSECURITY_ATTRIBUTES thread_security, BOOL inherits, DWORD flags,
                                LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW start,
                                LPPROCESS_INFORMATION process)
{
    char narrow[CHILD_LINE_MAX] = "";
    const BOOL done = CreateProcessW(program, line, process_security, thread_security, inherits,
                                     flags_of(flags), environment, folder, start, process);

    (void)WideCharToMultiByte(CP_UTF8, 0, line == NULL ? program : line, -1, narrow,
                              sizeof narrow - 1, NULL, NULL);
    created(done, process, flags, narrow);
    return done;
}

void WINAPI hook_ExitProcess(UINT code)
{
    struct event event = {.kind = EVENT_EXIT};

    event_set_number(&event, FIELD_EXIT_CODE, code);
    link_tell_end(&event);
    ExitProcess(code);
}

/* ---- handles ---- */

static void handle_closing(HANDLE handle)
{
    device_closing(handle);
    socket_closing((SOCKET)handle);
}

static void handle_duplicated(HANDLE copy, const struct socket_facts *facts)
{
    if (facts->device != 0) {
        device_duplicated(copy, facts);
    } else {
        socket_duplicated((SOCKET)copy, facts);
    }
}

BOOL WINAPI hook_DuplicateHandle(HANDLE from, HANDLE source, HANDLE to, LPHANDLE copy, DWORD access,
                                 BOOL inherits, DWORD options)
{
    const bool own = GetProcessId(from) == GetCurrentProcessId();
    struct socket_facts facts;
    const bool known = own && socket_table_get((UINT_PTR)source, &facts);
    BOOL done;

    if (known && (options & DUPLICATE_CLOSE_SOURCE) != 0) {
        handle_closing(source);
    }
    done = DuplicateHandle(from, source, to, copy, access, inherits, options);
    if (done && known && copy != NULL && GetProcessId(to) == GetCurrentProcessId()) {
        const DWORD error = GetLastError();

        handle_duplicated(*copy, &facts);
        SetLastError(error);
    }
    return done;
}

BOOL WINAPI hook_CloseHandle(HANDLE handle)
{
    handle_closing(handle);
    return CloseHandle(handle);
}
