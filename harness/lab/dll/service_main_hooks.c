/* SPDX-License-Identifier: MIT */

/*
 * A program that is a service: where a stand-in names it, it runs as if the service manager had
 * started it. Nobody stops or pauses it: with the lab it just ends.
 */

#include <winsock2.h>

#include <stdbool.h>
#include <string.h>

#include <windows.h>

#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/service_call.h"

/* A process is one service, or the first of several; it is begun once. */
static struct {
    LPSERVICE_MAIN_FUNCTIONA narrow_main; /* one of these two */
    LPSERVICE_MAIN_FUNCTIONW wide_main;
    char narrow_name[PRETENDED_NAME_MAX];
    wchar_t wide_name[PRETENDED_NAME_MAX];
    HANDLE stopped; /* NULL: not begun */
} own;

/* Of the service's status; a handle that the system never gave. */
static SERVICE_STATUS_HANDLE own_status(void)
{
    return (SERVICE_STATUS_HANDLE)(void *)&own;
}

/* ---- being started ---- */

static DWORD WINAPI run_main(LPVOID ignored)
{
    char *narrow[] = {own.narrow_name, NULL};
    wchar_t *wide[] = {own.wide_name, NULL};

    (void)ignored;
    if (own.wide_main != NULL) {
        own.wide_main(1, wide);
    } else {
        own.narrow_main(1, narrow);
    }
    return 0;
}

/* Comes back when the service has said that it has stopped, as the system's call does. */
static BOOL dispatch(void)
{
    HANDLE thread;

    own.stopped = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = own.stopped == NULL ? NULL : CreateThread(NULL, 0, run_main, NULL, 0, NULL);
    if (thread == NULL) {
        return FALSE;
    }
    CloseHandle(thread);
    return WaitForSingleObject(own.stopped, INFINITE) == WAIT_OBJECT_0;
}

/* True: the program is to be the service, or the call to fail. */
static bool asked(const char *function, const wchar_t *name, DWORD *error)
{
    struct service_call call = {.call = function};
    DWORD state;

    if (name == NULL) {
        return false;
    }
    service_call_name(&call, name);
    if (!service_call_ask(&call, error, &state)) {
        return false;
    }
    if (*error == 0 && own.stopped != NULL) {
        *error = ERROR_SERVICE_ALREADY_RUNNING;
    }
    return true;
}

static BOOL passed(BOOL succeeded)
{
    service_call_done(succeeded);
    return succeeded;
}

BOOL WINAPI hook_StartServiceCtrlDispatcherW(const SERVICE_TABLE_ENTRYW *table)
{
    DWORD error;

    if (!asked("StartServiceCtrlDispatcherW", table->lpServiceName, &error)) {
        return passed(StartServiceCtrlDispatcherW(table));
    }
    if (error != 0) {
        return service_call_gives(error);
    }
    own.wide_main = table->lpServiceProc;
    (void)wcsncpy(own.wide_name, table->lpServiceName, PRETENDED_NAME_MAX - 1);
    return dispatch();
}

BOOL WINAPI hook_StartServiceCtrlDispatcherA(const SERVICE_TABLE_ENTRYA *table)
{
    wchar_t wide[PRETENDED_NAME_MAX];
    const bool named = service_call_widen(table->lpServiceName, wide);
    DWORD error;

    if (!asked("StartServiceCtrlDispatcherA", named ? wide : NULL, &error)) {
        return passed(StartServiceCtrlDispatcherA(table));
    }
    if (error != 0) {
        return service_call_gives(error);
    }
    own.narrow_main = table->lpServiceProc;
    (void)strncpy(own.narrow_name, table->lpServiceName, PRETENDED_NAME_MAX - 1);
    return dispatch();
}

/* ---- running ---- */

SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerW(LPCWSTR name,
                                                              LPHANDLER_FUNCTION handler)
{
    return own.stopped != NULL ? own_status() : RegisterServiceCtrlHandlerW(name, handler);
}

SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerA(LPCSTR name,
                                                              LPHANDLER_FUNCTION handler)
{
    return own.stopped != NULL ? own_status() : RegisterServiceCtrlHandlerA(name, handler);
}

SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerExW(LPCWSTR name,
                                                                LPHANDLER_FUNCTION_EX handler,
                                                                LPVOID context)
{
    return own.stopped != NULL ? own_status()
                               : RegisterServiceCtrlHandlerExW(name, handler, context);
}

SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerExA(LPCSTR name,
                                                                LPHANDLER_FUNCTION_EX handler,
                                                                LPVOID context)
{
    return own.stopped != NULL ? own_status()
                               : RegisterServiceCtrlHandlerExA(name, handler, context);
}

BOOL WINAPI hook_SetServiceStatus(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status)
{
    if (own.stopped == NULL || handle != own_status()) {
        return SetServiceStatus(handle, status);
    }
    if (status->dwCurrentState == SERVICE_STOPPED) {
        (void)SetEvent(own.stopped);
    }
    return TRUE;
}
