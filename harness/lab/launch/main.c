/* SPDX-License-Identifier: MIT */

/*
 * wfpcheck-launch [--follow] -- PROGRAM ARG...
 *
 * Starts a program with wfpcheck-shim.dll in it, waits for its end, says its exit code on standard
 * error, and ends with it. What the program prints goes to standard output. When standard input
 * ends, whoever started this is gone: the program and its children end too. What comes there means
 * nothing, but is to come now and then: under Wine it is by this that the launcher ends, without
 * having said anything, soon after Wine's server has.
 */

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "harness/lab/interpose/inject.h"
#include "harness/lab/launch/output.h"
#include "harness/lab/launch/program.h"
#include "harness/lab/wire/launch_words.h"

enum { EXIT_OWN_FAILURE = 125, LOOK_PERIOD = 10, FINISH_LIMIT = 2000 /* milliseconds */ };

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
    const HANDLE to = GetStdHandle(STD_OUTPUT_HANDLE);

    if (output_open(&outputs[0], to) && output_open(&outputs[1], to)) {
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

struct watched {
    HANDLE process;
    HANDLE job;
    bool follow; /* what it starts is the program, too */
};

static bool has_ended(const struct watched *watched)
{
    return WaitForSingleObject(watched->process, 0) != WAIT_TIMEOUT;
}

/*
 * Reading waits outside of Wine's server. What comes is nothing but an occasion to ask that server
 * something, which ends whoever asks when it is gone.
 */
static DWORD WINAPI watch_input(LPVOID context)
{
    const struct watched *watched = context;
    const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    char ignored[64];
    DWORD count;

    while (ReadFile(input, ignored, sizeof ignored, &count, NULL) && count > 0) {
        (void)has_ended(watched);
    }
    (void)TerminateJobObject(watched->job, EXIT_OWN_FAILURE);
    return 0;
}

/* In the job, with the shim in it, and running. */
static bool let_go(const PROCESS_INFORMATION *process, struct watched *watched, const wchar_t *shim)
{
    DWORD error;

    if (watched->job == NULL || !AssignProcessToJobObject(watched->job, process->hProcess)) {
        program_complain(L"cannot be put into a job", L"the program", GetLastError());
        return false;
    }
    error = inject_interposer(process->hProcess, shim);
    if (error != 0) {
        program_complain(L"the program did not load it", shim, error);
        return false;
    }
    if (CreateThread(NULL, 0, watch_input, watched, 0, NULL) == NULL ||
        ResumeThread(process->hThread) == (DWORD)-1) {
        program_complain(L"cannot be started", L"the program", GetLastError());
        return false;
    }
    return true;
}

/* Copies what is there, and says how the livelier of the two is. */
static enum output_state pass_outputs(void)
{
    enum output_state liveliest = OUTPUT_ENDED;

    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        const enum output_state state = output_pass(&outputs[i]);

        liveliest = state < liveliest ? state : liveliest;
    }
    return liveliest;
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
static bool has_heirs(const struct watched *watched)
{
    DWORD code = EXIT_OWN_FAILURE;

    return watched->follow && GetExitCodeProcess(watched->process, &code) && code == 0 &&
           is_inhabited(watched->job);
}

/*
 * Looks now and then, and never waits in Wine's server: who does, waits for ever when it dies. Who
 * asks it something ends then. So do both threads, and with them this process: the lab learns of
 * it.
 */
static DWORD watch(const struct watched *watched)
{
    DWORD code = EXIT_OWN_FAILURE;

    while (!has_ended(watched) || has_heirs(watched)) {
        if (pass_outputs() != OUTPUT_PASSED) {
            Sleep(LOOK_PERIOD);
        }
    }
    (void)GetExitCodeProcess(watched->process, &code);
    return code;
}

/* The children of the program end with it, and so does what they could still print. */
static void finish(HANDLE job)
{
    const ULONGLONG began = GetTickCount64();
    enum output_state state;

    (void)TerminateJobObject(job, EXIT_OWN_FAILURE);
    for (state = pass_outputs(); state != OUTPUT_ENDED && GetTickCount64() - began < FINISH_LIMIT;
         state = pass_outputs()) {
        if (state == OUTPUT_SILENT) {
            Sleep(LOOK_PERIOD);
        }
    }
}

static int launch(const wchar_t *command, const wchar_t *name, bool follow)
{
    static wchar_t shim[PROGRAM_PATH_MAX];
    static wchar_t path[PROGRAM_PATH_MAX];
    static wchar_t line[PROGRAM_PATH_MAX];
    PROCESS_INFORMATION process;
    static struct watched watched; /* of a thread that outlives this call, too */
    DWORD code;

    watched.job = open_job();
    if (!find_shim(shim) || !program_find(name, path)) {
        return EXIT_OWN_FAILURE;
    }
    if (wcslen(command) >= PROGRAM_PATH_MAX) {
        program_complain(L"is too long", L"the command line", 0);
        return EXIT_OWN_FAILURE;
    }
    wcscpy(line, command);
    if (!open_outputs() || !create(path, line, &process)) {
        return EXIT_OWN_FAILURE;
    }
    watched.process = process.hProcess;
    watched.follow = follow;
    if (!let_go(&process, &watched, shim)) {
        (void)TerminateProcess(process.hProcess, EXIT_OWN_FAILURE);
        return EXIT_OWN_FAILURE;
    }
    code = watch(&watched);
    finish(watched.job);
    (void)fprintf(stderr, LAUNCH_ENDED "%08lX\n", (unsigned long)code);
    return (int)code;
}

int wmain(int count, wchar_t **words);

int wmain(int count, wchar_t **words)
{
    bool follow;
    const wchar_t *command = find_command(count, words, &follow);

    if (command == NULL) {
        return EXIT_OWN_FAILURE;
    }
    (void)fputs(LAUNCH_BEGINS "\n", stderr);
    (void)fflush(stderr);
    (void)SetEnvironmentVariableW(L"WFPCHECK_SHIM_FOLLOW", follow ? L"1" : NULL);
    /* Inherited: no box waits for a click where the program dies, and no debugger of Wine's. */
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    return launch(command, words[follow ? 3 : 2], follow);
}
