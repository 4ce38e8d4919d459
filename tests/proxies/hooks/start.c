/* SPDX-License-Identifier: MIT */

/*
 * The reference proxy, started as other programs are. `--until-enter`: it ends when somebody
 * presses Enter. `--service`: it is a service, WfpcheckExample. `--child`: it serves in a process
 * that it starts outside its job, and waits for. `--again`: it starts itself again, and ends.
 */

#include <winsock2.h>

#include <process.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "tests/proxies/hooks/child.h"
#include "tests/proxies/reference/proxy.h"

static int word_count;
static char **all_words;

static unsigned __stdcall serve(void *unused)
{
    (void)unused;
    return (unsigned)proxy_run(&reference_steps, word_count, all_words);
}

static HANDLE serve_in_thread(void)
{
    return (HANDLE)_beginthreadex(NULL, 0, serve, NULL, 0, NULL);
}

/* ---- until Enter is pressed ---- */

static int until_enter(void)
{
    serve_in_thread();
    puts("press Enter to end");
    fflush(stdout);
    return getchar() == EOF ? 3 : 0;
}

/* ---- a service ---- */

static SERVICE_STATUS_HANDLE service;

static void tell(DWORD state)
{
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state};
    if (!SetServiceStatus(service, &status)) {
        fprintf(stderr, "the service has no status: error %lu\n", GetLastError());
    }
}

static DWORD WINAPI control(DWORD code, DWORD kind, void *data, void *context)
{
    (void)code, (void)kind, (void)data, (void)context;
    return ERROR_CALL_NOT_IMPLEMENTED;
}

static void WINAPI service_main(DWORD count, wchar_t **words)
{
    service = RegisterServiceCtrlHandlerExW(words[count - 1], control, NULL);
    if (!service) {
        fprintf(stderr, "the service has no handler: error %lu\n", GetLastError());
        return;
    }
    tell(SERVICE_RUNNING);
    WaitForSingleObject(serve_in_thread(), INFINITE);
    tell(SERVICE_STOPPED);
}

static int be_service(void)
{
    static wchar_t name[] = L"WfpcheckExample";
    SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    if (!StartServiceCtrlDispatcherW(table)) {
        fprintf(stderr, "no service: error %lu\n", GetLastError());
        return 2;
    }
    return 1;
}

/* ---- in another process ---- */

/* With the same words but the first, which said how to start. */
static bool start_again(HANDLE *child)
{
    const wchar_t *rest = wcsstr(GetCommandLineW(), L"--listen");
    return child_start(rest ? rest : L"", child);
}

static int in_child(void)
{
    HANDLE child;
    if (!start_again(&child)) {
        return 2;
    }
    WaitForSingleObject(child, INFINITE);
    return 1;
}

static int again(void)
{
    HANDLE child;
    return start_again(&child) ? 0 : 2;
}

/* ---- */

static const struct {
    const char *word;
    int (*run)(void);
} ways[] = {
    {"--until-enter", until_enter},
    {"--service", be_service},
    {"--child", in_child},
    {"--again", again},
};

int main(int count, char **words)
{
    word_count = count - 1;
    all_words = words + 1;
    for (size_t i = 0; count > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(words[1], ways[i].word) == 0) {
            return ways[i].run();
        }
    }
    return proxy_run(&reference_steps, count, words);
}
