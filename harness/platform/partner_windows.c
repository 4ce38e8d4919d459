/* SPDX-License-Identifier: MIT */

#include "harness/platform/partner.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "harness/platform/command_line.h"

enum { PIPE_BYTES = 65536, NAME_MAX_CHARS = 96, UNFINISHED = 0x57460004 };

/* Our end of a pipe; only named pipes can be waited for with a limit. */
struct pipe {
    HANDLE ours, theirs;
};

/* One at a time: a child inherits whatever is inheritable at that moment, another's pipes too. */
static SRWLOCK starting = SRWLOCK_INIT;
static volatile LONG pipes_made;

static void close_if_open(HANDLE handle)
{
    if (handle != NULL && handle != INVALID_HANDLE_VALUE) {
        CloseHandle(handle);
    }
}

static void pipe_close(const struct pipe *pipe)
{
    close_if_open(pipe->ours);
    close_if_open(pipe->theirs);
}

static bool pipe_open(DWORD direction, struct pipe *pipe)
{
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    const DWORD theirs = direction == PIPE_ACCESS_INBOUND ? GENERIC_WRITE : GENERIC_READ;
    char name[NAME_MAX_CHARS];

    (void)snprintf(name, sizeof name, "\\\\.\\pipe\\wfpcheck-%lu-%ld",
                   (unsigned long)GetCurrentProcessId(), (long)InterlockedIncrement(&pipes_made));
    pipe->ours =
        CreateNamedPipeA(name, direction | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                         PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, PIPE_BYTES,
                         PIPE_BYTES, 0, NULL);
    if (pipe->ours == INVALID_HANDLE_VALUE) {
        return false;
    }
    pipe->theirs = CreateFileA(name, theirs, 0, &inherited, OPEN_EXISTING, 0, NULL);
    return pipe->theirs != INVALID_HANDLE_VALUE;
}

/* What the child starts is in the same job, and ends with it. */
static HANDLE job_open(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
        .BasicLimitInformation = {.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE}};
    HANDLE job = CreateJobObjectW(NULL, NULL);

    if (job != NULL) {
        (void)SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits,
                                      sizeof limits);
    }
    return job;
}

static HANDLE spawn(char *const *arguments, const struct pipe *to, const struct pipe *from,
                    HANDLE job)
{
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = to->theirs,
                            .hStdOutput = from->theirs,
                            .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
    PROCESS_INFORMATION process;
    wchar_t *line = command_line(arguments);
    const BOOL started =
        line != NULL && CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL,
                                       &startup, &process);

    free(line);
    if (!started) {
        return NULL;
    }
    (void)AssignProcessToJobObject(job, process.hProcess);
    ResumeThread(process.hThread);
    CloseHandle(process.hThread);
    return process.hProcess;
}

static bool start(char *const *arguments, struct partner_system *system)
{
    struct pipe to = {0};
    struct pipe from = {0};
    HANDLE job = job_open();
    HANDLE process = NULL;

    if (job != NULL && pipe_open(PIPE_ACCESS_OUTBOUND, &to) &&
        pipe_open(PIPE_ACCESS_INBOUND, &from)) {
        process = spawn(arguments, &to, &from, job);
    }
    if (process == NULL) {
        pipe_close(&to);
        pipe_close(&from);
        close_if_open(job);
        return false;
    }
    CloseHandle(to.theirs);
    CloseHandle(from.theirs);
    *system = (struct partner_system){(intptr_t)to.ours, (intptr_t)from.ours, (intptr_t)process,
                                      (intptr_t)job};
    return true;
}

bool partner_system_start(char *const *arguments, struct partner_system *system)
{
    bool started;

    AcquireSRWLockExclusive(&starting);
    started = start(arguments, system);
    ReleaseSRWLockExclusive(&starting);
    return started;
}

/* Waits for what was begun with the limit; what has come through by then counts. */
static enum partner_outcome settle(HANDLE pipe, OVERLAPPED *overlapped, BOOL begun,
                                   unsigned milliseconds, DWORD *bytes)
{
    enum partner_outcome late = PARTNER_DONE;

    if (!begun && GetLastError() != ERROR_IO_PENDING) {
        return PARTNER_ENDED;
    }
    if (!begun && WaitForSingleObject(overlapped->hEvent, milliseconds) != WAIT_OBJECT_0) {
        late = PARTNER_LATE;
        (void)CancelIoEx(pipe, overlapped);
    }
    if (!GetOverlappedResult(pipe, overlapped, bytes, TRUE)) {
        return late == PARTNER_LATE ? PARTNER_LATE : PARTNER_ENDED;
    }
    return PARTNER_DONE;
}

enum partner_outcome partner_system_read(const struct partner_system *system, char *bytes,
                                         size_t *size, unsigned milliseconds)
{
    const HANDLE pipe = (HANDLE)system->out;
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    enum partner_outcome outcome;
    DWORD got = 0;
    BOOL begun;

    if (overlapped.hEvent == NULL) {
        return PARTNER_BROKEN;
    }
    begun =
        ReadFile(pipe, bytes, *size > PIPE_BYTES ? PIPE_BYTES : (DWORD)*size, NULL, &overlapped);
    outcome = settle(pipe, &overlapped, begun, milliseconds, &got);
    CloseHandle(overlapped.hEvent);
    *size = got;
    return outcome == PARTNER_DONE && got == 0 ? PARTNER_ENDED : outcome;
}

enum partner_outcome partner_system_write(const struct partner_system *system, const char *bytes,
                                          size_t size, unsigned milliseconds)
{
    const HANDLE pipe = (HANDLE)system->in;
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    enum partner_outcome outcome;
    DWORD put = 0;
    BOOL begun;

    if (overlapped.hEvent == NULL) {
        return PARTNER_BROKEN;
    }
    begun = WriteFile(pipe, bytes, (DWORD)size, NULL, &overlapped);
    outcome = settle(pipe, &overlapped, begun, milliseconds, &put);
    CloseHandle(overlapped.hEvent);
    return outcome == PARTNER_DONE && put != size ? PARTNER_LATE : outcome;
}

struct partner_end partner_system_end(const struct partner_system *system, unsigned milliseconds)
{
    const HANDLE process = (HANDLE)system->process;
    struct partner_end told = {false, 0};
    DWORD code = 0;

    CloseHandle((HANDLE)system->in);
    told.killed = WaitForSingleObject(process, milliseconds) != WAIT_OBJECT_0;
    (void)TerminateJobObject((HANDLE)system->owner, UNFINISHED);
    (void)TerminateProcess(process, UNFINISHED);
    (void)WaitForSingleObject(process, INFINITE);
    if (!told.killed && GetExitCodeProcess(process, &code)) {
        told.code = code;
    }
    CloseHandle((HANDLE)system->out);
    CloseHandle(process);
    CloseHandle((HANDLE)system->owner);
    return told;
}
