/* SPDX-License-Identifier: MIT */

#include "harness/platform/child.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <windows.h>

#include "harness/platform/command_line.h"

struct pipes {
    HANDLE to_read, to_write, from_read, from_write;
};

static void close_if_open(HANDLE handle)
{
    if (handle != NULL) {
        CloseHandle(handle);
    }
}

static void pipes_close(const struct pipes *pipes)
{
    close_if_open(pipes->to_read);
    close_if_open(pipes->to_write);
    close_if_open(pipes->from_read);
    close_if_open(pipes->from_write);
}

/* Only the child's ends are inherited: else its input would never end. */
static bool pipes_open(struct pipes *pipes)
{
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};

    return CreatePipe(&pipes->to_read, &pipes->to_write, &inherited, 0) &&
           CreatePipe(&pipes->from_read, &pipes->from_write, &inherited, 0) &&
           SetHandleInformation(pipes->to_write, HANDLE_FLAG_INHERIT, 0) &&
           SetHandleInformation(pipes->from_read, HANDLE_FLAG_INHERIT, 0);
}

static HANDLE spawn(char *const *arguments, const struct pipes *pipes)
{
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = pipes->to_read,
                            .hStdOutput = pipes->from_write,
                            .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
    PROCESS_INFORMATION process;
    wchar_t *line = command_line(arguments);
    BOOL started = line != NULL &&
                   CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process);

    free(line);
    if (!started) {
        return NULL;
    }
    CloseHandle(process.hThread);
    return process.hProcess;
}

static FILE *stream_on(HANDLE handle, int flags, const char *mode)
{
    return _fdopen(_open_osfhandle((intptr_t)handle, flags | _O_BINARY), mode);
}

bool child_start(char *const *arguments, struct child *child)
{
    struct pipes pipes = {0};
    HANDLE process = pipes_open(&pipes) ? spawn(arguments, &pipes) : NULL;
    struct child started = {.process = (intptr_t)process};

    if (process == NULL) {
        pipes_close(&pipes);
        errno = ENOENT;
        return false;
    }
    CloseHandle(pipes.to_read);
    CloseHandle(pipes.from_write);
    started.in = stream_on(pipes.to_write, _O_WRONLY, "wb");
    started.out = stream_on(pipes.from_read, _O_RDONLY, "rb");
    if (started.in == NULL || started.out == NULL) {
        return false;
    }
    *child = started;
    return true;
}

bool child_wait(struct child *child, int *code)
{
    HANDLE process = (HANDLE)child->process;
    DWORD ended = 0;
    bool told;

    fclose(child->in);
    fclose(child->out);
    WaitForSingleObject(process, INFINITE);
    told = GetExitCodeProcess(process, &ended) != 0;
    CloseHandle(process);
    if (told) {
        *code = (int)ended;
    }
    return told;
}
