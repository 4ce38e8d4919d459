/* SPDX-License-Identifier: MIT */

/* The service manager: drivers that a program installs and starts as services. */

#include "harness/lab/dll/replaced.h"

#include <string.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/pretended.h"
#include "harness/lab/dll/service_call.h"

/* ---- handles ---- */

static SC_HANDLE open_pretended(enum pretended_kind kind, const char *name, SC_HANDLE real,
                                DWORD error)
{
    SC_HANDLE made = error == 0 ? (SC_HANDLE)pretended_add(kind, name, real) : NULL;

    (void)service_call_gives(error == 0 && made == NULL ? ERROR_NOT_ENOUGH_MEMORY : error);
    return made;
}

/* What the system knows the manager by. */
static SC_HANDLE real_manager(SC_HANDLE manager)
{
    void *real = manager;

    (void)pretended_know(manager, PRETENDED_MANAGER, NULL, &real);
    return real;
}

static SC_HANDLE passed(SC_HANDLE handle)
{
    service_call_done(handle != NULL);
    return handle;
}

SC_HANDLE WINAPI hook_OpenSCManagerW(LPCWSTR machine, LPCWSTR database, DWORD access)
{
    const struct service_call question = {"OpenSCManagerW", ""};
    DWORD error;
    DWORD state;

    if (!service_call_ask(&question, &error, &state)) {
        return passed(OpenSCManagerW(machine, database, access));
    }
    /* Other services than those that are pretended are asked of the system. */
    return open_pretended(PRETENDED_MANAGER, "", OpenSCManagerW(machine, database, access), error);
}

SC_HANDLE WINAPI hook_OpenSCManagerA(LPCSTR machine, LPCSTR database, DWORD access)
{
    const struct service_call question = {"OpenSCManagerA", ""};
    DWORD error;
    DWORD state;

    if (!service_call_ask(&question, &error, &state)) {
        return passed(OpenSCManagerA(machine, database, access));
    }
    return open_pretended(PRETENDED_MANAGER, "", OpenSCManagerA(machine, database, access), error);
}

static SC_HANDLE open_service(const char *call, SC_HANDLE manager, LPCWSTR name, DWORD access)
{
    struct service_call question = {.call = call};
    DWORD error;
    DWORD state;

    service_call_name(&question, name);
    if (!service_call_ask(&question, &error, &state)) {
        return passed(OpenServiceW(real_manager(manager), name, access));
    }
    return open_pretended(PRETENDED_SERVICE, question.service, NULL, error);
}

SC_HANDLE WINAPI hook_OpenServiceW(SC_HANDLE manager, LPCWSTR name, DWORD access)
{
    return open_service("OpenServiceW", manager, name, access);
}

SC_HANDLE WINAPI hook_OpenServiceA(SC_HANDLE manager, LPCSTR name, DWORD access)
{
    wchar_t wide[PRETENDED_NAME_MAX];

    return open_service("OpenServiceA", manager, service_call_widen(name, wide) ? wide : NULL,
                        access);
}

SC_HANDLE WINAPI hook_CreateServiceW(SC_HANDLE manager, LPCWSTR name, LPCWSTR display, DWORD access,
                                     DWORD type, DWORD start, DWORD control, LPCWSTR path,
                                     LPCWSTR group, LPDWORD tag, LPCWSTR dependencies, LPCWSTR user,
                                     LPCWSTR password)
{
    struct service_call question = {.call = "CreateServiceW"};
    DWORD error;
    DWORD state;

    service_call_name(&question, name);
    if (!service_call_ask(&question, &error, &state)) {
        return passed(CreateServiceW(real_manager(manager), name, display, access, type, start,
                                     control, path, group, tag, dependencies, user, password));
    }
    return open_pretended(PRETENDED_SERVICE, question.service, NULL, error);
}

SC_HANDLE WINAPI hook_CreateServiceA(SC_HANDLE manager, LPCSTR name, LPCSTR display, DWORD access,
                                     DWORD type, DWORD start, DWORD control, LPCSTR path,
                                     LPCSTR group, LPDWORD tag, LPCSTR dependencies, LPCSTR user,
                                     LPCSTR password)
{
    struct service_call question = {.call = "CreateServiceA"};
    wchar_t wide[PRETENDED_NAME_MAX];
    DWORD error;
    DWORD state;

    service_call_name(&question, service_call_widen(name, wide) ? wide : NULL);
    if (!service_call_ask(&question, &error, &state)) {
        return passed(CreateServiceA(real_manager(manager), name, display, access, type, start,
                                     control, path, group, tag, dependencies, user, password));
    }
    return open_pretended(PRETENDED_SERVICE, question.service, NULL, error);
}

BOOL WINAPI hook_CloseServiceHandle(SC_HANDLE handle)
{
    void *real = NULL;

    if (pretended_know(handle, PRETENDED_SERVICE, NULL, NULL)) {
        return pretended_remove(handle);
    }
    if (!pretended_know(handle, PRETENDED_MANAGER, NULL, &real)) {
        return CloseServiceHandle(handle);
    }
    if (real != NULL) {
        (void)CloseServiceHandle(real);
    }
    return pretended_remove(handle);
}

/* ---- one service ---- */

/* True: the service is pretended, and the call is answered. */
static bool answered(SC_HANDLE service, const char *call, DWORD *error, DWORD *state)
{
    struct service_call question = {.call = call};

    if (!pretended_know(service, PRETENDED_SERVICE, question.service, NULL)) {
        link_passed(call);
        return false;
    }
    if (!service_call_ask(&question, error, state)) {
        *error = ERROR_CALL_NOT_IMPLEMENTED;
    }
    return true;
}

BOOL WINAPI hook_StartServiceW(SC_HANDLE service, DWORD count, LPCWSTR *words)
{
    DWORD error;
    DWORD state;

    return answered(service, "StartServiceW", &error, &state)
               ? service_call_gives(error)
               : StartServiceW(service, count, words);
}

BOOL WINAPI hook_StartServiceA(SC_HANDLE service, DWORD count, LPCSTR *words)
{
    DWORD error;
    DWORD state;

    return answered(service, "StartServiceA", &error, &state)
               ? service_call_gives(error)
               : StartServiceA(service, count, words);
}

BOOL WINAPI hook_DeleteService(SC_HANDLE service)
{
    DWORD error;
    DWORD state;

    return answered(service, "DeleteService", &error, &state) ? service_call_gives(error)
                                                              : DeleteService(service);
}

static SERVICE_STATUS status_of(DWORD state)
{
    return (SERVICE_STATUS){.dwServiceType = SERVICE_KERNEL_DRIVER,
                            .dwCurrentState = state,
                            .dwControlsAccepted =
                                state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0};
}

static BOOL give_status(DWORD error, DWORD state, LPSERVICE_STATUS status)
{
    if (error == 0 && status == NULL) {
        error = ERROR_INVALID_ADDRESS;
    }
    if (error == 0) {
        *status = status_of(state);
    }
    return service_call_gives(error);
}

BOOL WINAPI hook_ControlService(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status)
{
    const char *call = control == SERVICE_CONTROL_STOP ? "StopService" : "QueryServiceStatus";
    DWORD error;
    DWORD state;

    return answered(service, call, &error, &state) ? give_status(error, state, status)
                                                   : ControlService(service, control, status);
}

BOOL WINAPI hook_QueryServiceStatus(SC_HANDLE service, LPSERVICE_STATUS status)
{
    DWORD error;
    DWORD state;

    return answered(service, "QueryServiceStatus", &error, &state)
               ? give_status(error, state, status)
               : QueryServiceStatus(service, status);
}

static BOOL give_process(DWORD error, DWORD state, LPBYTE out, DWORD room, LPDWORD needed)
{
    const SERVICE_STATUS status = status_of(state);
    SERVICE_STATUS_PROCESS process;

    memset(&process, 0, sizeof process);
    memcpy(&process, &status, sizeof status);
    if (needed != NULL) {
        *needed = sizeof process;
    }
    if (error == 0 && (out == NULL || room < sizeof process)) {
        error = ERROR_INSUFFICIENT_BUFFER;
    }
    if (error == 0) {
        memcpy(out, &process, sizeof process);
    }
    return service_call_gives(error);
}

BOOL WINAPI hook_QueryServiceStatusEx(SC_HANDLE service, SC_STATUS_TYPE type, LPBYTE out,
                                      DWORD room, LPDWORD needed)
{
    DWORD error;
    DWORD state;

    return answered(service, "QueryServiceStatusEx", &error, &state)
               ? give_process(error, state, out, room, needed)
               : QueryServiceStatusEx(service, type, out, room, needed);
}

BOOL WINAPI hook_ChangeServiceConfigW(SC_HANDLE service, DWORD type, DWORD start, DWORD control,
                                      LPCWSTR path, LPCWSTR group, LPDWORD tag,
                                      LPCWSTR dependencies, LPCWSTR user, LPCWSTR password,
                                      LPCWSTR display)
{
    DWORD error;
    DWORD state;

    return answered(service, "ChangeServiceConfigW", &error, &state)
               ? service_call_gives(error)
               : ChangeServiceConfigW(service, type, start, control, path, group, tag, dependencies,
                                      user, password, display);
}

BOOL WINAPI hook_ChangeServiceConfig2W(SC_HANDLE service, DWORD level, LPVOID info)
{
    DWORD error;
    DWORD state;

    return answered(service, "ChangeServiceConfig2W", &error, &state)
               ? service_call_gives(error)
               : ChangeServiceConfig2W(service, level, info);
}
