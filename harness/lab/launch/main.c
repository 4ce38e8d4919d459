/* SPDX-License-Identifier: MIT */

/*
 * wfpcheck-launch [--follow] -- PROGRAM ARG...
 *
 * Starts a program with wfpcheck-shim.dll in it, waits for its end, and ends with its exit code.
 * When standard input ends, whoever started this is gone: the program and its children end too.
 */

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "harness/lab/interpose/inject.h"
#include "harness/lab/launch/output.h"
#include "harness/lab/launch/program.h"

enum { EXIT_OWN_FAILURE = 125, LOOK_PERIOD = 10 /* milliseconds */ };

static const wchar_t shim_name[] = L"wfpcheck-shim.dll";

static struct output outputs[2];

/* ---- the arguments ---- */

/* The command behind "--", as it was written; NULL with a sentence when there is none. */
static const wchar_t *find_command(int count, wchar_t **words, bool *follow)
{
    const wchar_t *line = program_rest(GetCommandLineW());
    int at = 1;

    *follow = count > 1 && wcscmp(words[1], L"--follow") == 0;
    if (*follow) {
        line = program_rest(line);
        at++;
    }
    if (at + 1 >= count || wcscmp(words[at], L"--") != 0) {
        (void)fputs("usage: wfpcheck-launch [--follow] -- PROGRAM ARG...\n", stderr);
        return NULL;
    }
    return program_rest(line);
}

/* In the folder of this program. */
static bool find_shim(wchar_t path[PROGRAM_PATH_MAX])
{
    const DWORD length = GetModuleFileNameW(NULL, path, PROGRAM_PATH_MAX);
    wchar_t *slash = wcsrchr(path, L'\\');

    if (slash == NULL || length + sizeof shim_name / sizeof shim_name[0] >= PROGRAM_PATH_MAX) {
        program_complain(L"its own folder is not known", shim_name, GetLastError());
        return false;
    }
    memcpy(slash + 1, shim_name, sizeof shim_name);
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        program_complain(L"must stand beside wfpcheck-launch.exe", path, GetLastError());
        return false;
    }
    return true;
}

/* ---- the process ---- */

/* With this process every process in the job ends. */
static HANDLE open_job(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    const HANDLE job = CreateJobObjectW(NULL, NULL);

    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job != NULL &&
        !SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits)) {
        CloseHandle(job);
        return NULL;
    }
    return job;
}

/*
 * Our own standard input says when to end, and is not for the program. It gets one into which
 * nobody types, and which has no end: many a program runs until somebody presses Enter.
 */
static HANDLE silent_input(void)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE read = NULL;
    HANDLE write;

    if (CreatePipe(&read, &write, &inherited, 0)) {
        (void)SetHandleInformation(write, HANDLE_FLAG_INHERIT, 0);
    }
    return read;
}

static bool open_outputs(void)
{
    if (output_open(&outputs[0], STD_OUTPUT_HANDLE) && output_open(&outputs[1], STD_ERROR_HANDLE)) {
        return true;
    }
    program_complain(L"cannot be made", L"a pipe", GetLastError());
    return false;
}

static bool create(const wchar_t *path, wchar_t *command, PROCESS_INFORMATION *process)
{
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    BOOL created;

    start.hStdInput = silent_input();
    start.hStdOutput = outputs[0].write;
    start.hStdError = outputs[1].write;
    (void)SetHandleInformation(GetStdHandle(STD_INPUT_HANDLE), HANDLE_FLAG_INHERIT, 0);
    created = CreateProcessW(path, command, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start,
                             process);
    if (!created) {
        program_complain(L"cannot be started", path, GetLastError());
    }
    CloseHandle(start.hStdInput);
    output_handed_over(&outputs[0]);
    output_handed_over(&outputs[1]);
    return created;
}

static bool prepare(const PROCESS_INFORMATION *process, HANDLE job, const wchar_t *shim)
{
    DWORD error;

    if (job == NULL || !AssignProcessToJobObject(job, process->hProcess)) {
        program_complain(L"cannot be put into a job", L"the program", GetLastError());
        return false;
    }
    error = inject_interposer(process->hProcess, shim);
    if (error != 0) {
        program_complain(L"the program did not load it", shim, error);
    }
    return error == 0;
}

static DWORD WINAPI watch_input(LPVOID job)
{
    const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    char ignored[64];
    DWORD count;

    while (ReadFile(input, ignored, sizeof ignored, &count, NULL) && count > 0) {
    }
    (void)TerminateJobObject(job, EXIT_OWN_FAILURE);
    return 0;
}

/* One process at the least is still there. */
static bool is_inhabited(HANDLE job)
{
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION counts = {0};

    return QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &counts,
                                     sizeof counts, NULL) &&
           counts.ActiveProcesses > 0;
}

/* A program that has ended well may have started itself again: that one is the program then. */
static void wait_for_heirs(HANDLE job)
{
    while (is_inhabited(job)) {
        Sleep(LOOK_PERIOD);
    }
}

/* An exit code that is the status of an exception is what the program died of. */
static void say_end(DWORD code)
{
    if (code >> 30 == 3) {
        (void)fprintf(stderr, "wfpcheck-launch: died: 0x%08lX\n", (unsigned long)code);
    } else {
        (void)fprintf(stderr, "wfpcheck-launch: ended: %lu\n", (unsigned long)code);
    }
}

static int run(const PROCESS_INFORMATION *process, HANDLE job, bool follow)
{
    const HANDLE watcher = CreateThread(NULL, 0, watch_input, job, 0, NULL);
    DWORD code = EXIT_OWN_FAILURE;

    if (watcher == NULL || ResumeThread(process->hThread) == (DWORD)-1) {
        program_complain(L"cannot be started", L"the program", GetLastError());
        return EXIT_OWN_FAILURE;
    }
    (void)WaitForSingleObject(process->hProcess, INFINITE);
    (void)GetExitCodeProcess(process->hProcess, &code);
    if (follow && code == 0) {
        wait_for_heirs(job);
    }
    return (int)code;
}

/* The children of the program end with it, and so does what they could still print. */
static void finish(HANDLE job)
{
    (void)TerminateJobObject(job, EXIT_OWN_FAILURE);
    output_finish(&outputs[0]);
    output_finish(&outputs[1]);
}

static int launch(const wchar_t *command, const wchar_t *name, bool follow)
{
    static wchar_t shim[PROGRAM_PATH_MAX];
    static wchar_t path[PROGRAM_PATH_MAX];
    static wchar_t line[PROGRAM_PATH_MAX];
    PROCESS_INFORMATION process;
    const HANDLE job = open_job();
    int code;

    if (!find_shim(shim) || !program_find(name, path) || wcslen(command) >= PROGRAM_PATH_MAX) {
        return EXIT_OWN_FAILURE;
    }
    wcscpy(line, command);
    if (!open_outputs() || !create(path, line, &process)) {
        return EXIT_OWN_FAILURE;
    }
    if (!prepare(&process, job, shim)) {
        (void)TerminateProcess(process.hProcess, EXIT_OWN_FAILURE);
        return EXIT_OWN_FAILURE;
    }
    code = run(&process, job, follow);
    finish(job);
    say_end((DWORD)code);
    return code;
}

int wmain(int count, wchar_t **words);

int wmain(int count, wchar_t **words)
{
    bool follow;
    const wchar_t *command = find_command(count, words, &follow);

    if (command == NULL) {
        return EXIT_OWN_FAILURE;
    }
    (void)SetEnvironmentVariableW(L"WFPCHECK_SHIM_FOLLOW", follow ? L"1" : NULL);
    /* Inherited: no box waits for a click where the program dies, and no debugger of Wine's. */
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    return launch(command, words[follow ? 3 : 2], follow);
}
