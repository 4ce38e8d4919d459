/* SPDX-License-Identifier: MIT */

/* What is done before the device is opened: the service, and the filters. */

#include "tests/proxies/hooks/driver.h"

#include <stdbool.h>
#include <stdio.h>
#include <windows.h>

#include <fwpmu.h>

#define SERVICE L"WfpcheckExample"

/* ---- the service ---- */

static SC_HANDLE create(SC_HANDLE manager)
{
    return CreateServiceW(manager, SERVICE, SERVICE, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
                          SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, L"C:\\no\\such.sys", NULL,
                          NULL, NULL, NULL, NULL);
}

static const char *start(SC_HANDLE service)
{
    SERVICE_STATUS_PROCESS process;
    SERVICE_STATUS status;
    DWORD needed;
    if (!QueryServiceStatus(service, &status) || status.dwCurrentState != SERVICE_STOPPED) {
        return "a new service is not stopped";
    }
    if (!StartServiceW(service, 0, NULL)) {
        return "the service does not start";
    }
    if (StartServiceA(service, 0, NULL) || GetLastError() != ERROR_SERVICE_ALREADY_RUNNING) {
        return "a service can be started twice";
    }
    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&process, sizeof process,
                              &needed) ||
        process.dwCurrentState != SERVICE_RUNNING) {
        return "the service does not run";
    }
    return NULL;
}

static const char *try_manager(SC_HANDLE manager)
{
    SC_HANDLE service = OpenServiceW(manager, SERVICE, SERVICE_ALL_ACCESS);
    if (service || GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST) {
        return "the service was there before";
    }
    if (OpenServiceA(manager, "WfpcheckNobody", SERVICE_QUERY_STATUS)) {
        return "there is a service that nobody named";
    }
    service = create(manager);
    if (!service) {
        return "the service cannot be created";
    }
    const char *wrong = start(service);
    if (!CloseServiceHandle(service)) {
        wrong = "a service's handle cannot be closed";
    }
    return wrong;
}

const char *service_try(void)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    if (!manager) {
        return "no service manager";
    }
    const char *wrong = try_manager(manager);
    if (!CloseServiceHandle(manager)) {
        wrong = "the manager's handle cannot be closed";
    }
    return wrong;
}

/* ---- the filters ---- */

static const GUID key = {0x5f4a3c21, 0x9b1d, 0x4e6f, {1, 2, 3, 4, 5, 6, 7, 8}};

static const char *add(HANDLE engine)
{
    FWPM_PROVIDER0 provider = {.providerKey = key};
    FWPM_SUBLAYER0 sublayer = {.subLayerKey = key};
    FWPM_CALLOUT0 callout = {.calloutKey = key};
    FWPM_FILTER0 filter = {.filterKey = key};
    FWPM_SUBLAYER0 *there = NULL;
    UINT32 callout_id = 0;
    UINT64 filter_id = 0;
    if (FwpmSubLayerGetByKey0(engine, &key, &there) != (DWORD)FWP_E_SUBLAYER_NOT_FOUND) {
        return "the sublayer was there before";
    }
    if (FwpmTransactionBegin0(engine, 0) != 0) {
        return "no transaction";
    }
    if (FwpmProviderAdd0(engine, &provider, NULL) != 0 ||
        FwpmSubLayerAdd0(engine, &sublayer, NULL) != 0) {
        return "no provider, or no sublayer";
    }
    if (FwpmCalloutAdd0(engine, &callout, NULL, &callout_id) != 0 || callout_id == 0) {
        return "no callout";
    }
    if (FwpmFilterAdd0(engine, &filter, NULL, &filter_id) != 0 || filter_id == 0) {
        return "no filter";
    }
    return FwpmTransactionCommit0(engine) == 0 ? NULL : "the transaction is not committed";
}

/* Looked up, as programs do that run where there is no filter engine, too. */
static const char *remove_again(HANDLE engine)
{
    typedef DWORD(WINAPI * by_key)(HANDLE, const GUID *);
    HMODULE module = LoadLibraryW(L"fwpuclnt.dll");
    by_key remove_filter = (by_key)(void (*)(void))GetProcAddress(module, "FwpmFilterDeleteByKey0");
    return remove_filter && remove_filter(engine, &key) == 0 ? NULL : "the filter stays";
}

static const char *name_program(void)
{
    WCHAR path[MAX_PATH];
    FWP_BYTE_BLOB *app = NULL;
    GetModuleFileNameW(NULL, path, MAX_PATH);
    if (FwpmGetAppIdFromFileName0(path, &app) != 0 || app->size < wcslen(path) * sizeof *path) {
        return "the program has no name for filters";
    }
    FwpmFreeMemory0((void **)&app);
    return app == NULL ? NULL : "the program's name stays";
}

typedef void any_call(void);
typedef DWORD(WINAPI *begins)(HANDLE, const void *, HANDLE *);
typedef DWORD(WINAPI *enumerates)(HANDLE, HANDLE, UINT32, void ***, UINT32 *);
typedef DWORD(WINAPI *ends)(HANDLE, HANDLE);
typedef DWORD(WINAPI *adds_id)(HANDLE, const void *, void *, UINT64 *);
typedef DWORD(WINAPI *deletes_id)(HANDLE, UINT64);

static any_call *filter_call(const char *object, const char *verb)
{
    char name[64];
    snprintf(name, sizeof name, "Fwpm%s%s0", object, verb);
    return (any_call *)GetProcAddress(GetModuleHandleW(L"fwpuclnt.dll"), name);
}

static bool is_empty(HANDLE engine, const char *object)
{
    begins begin = (begins)filter_call(object, "CreateEnumHandle");
    enumerates next = (enumerates)filter_call(object, "Enum");
    ends end = (ends)filter_call(object, "DestroyEnumHandle");
    HANDLE begun = NULL;
    void **found = NULL;
    UINT32 count = 1;
    return begin && next && end && begin(engine, NULL, &begun) == 0 && begun &&
           next(engine, begun, 100, &found, &count) == 0 && count == 0 && end(engine, begun) == 0;
}

static const char *enumerate(HANDLE engine)
{
    static const char *const objects[] = {"Filter", "Callout", "SubLayer", "Provider", "Layer"};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (!is_empty(engine, objects[i])) {
            return "there are objects before any is added";
        }
    }
    return NULL;
}

static const char *keep_context(HANDLE engine)
{
    adds_id keep = (adds_id)filter_call("ProviderContext", "Add");
    deletes_id drop = (deletes_id)filter_call("ProviderContext", "DeleteById");
    FWPM_PROVIDER_CONTEXT0 context = {.providerContextKey = key};
    UINT64 id = 0;
    if (!keep || !drop || keep(engine, &context, NULL, &id) != 0 || id == 0 ||
        drop(engine, id) != 0) {
        return "no context of a provider";
    }
    return NULL;
}

const char *filters_try(void)
{
    HANDLE engine = NULL;
    if (FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, NULL, &engine) != 0 || !engine) {
        return "no filter engine";
    }
    const char *wrong = name_program();
    wrong = wrong ? wrong : enumerate(engine);
    wrong = wrong ? wrong : keep_context(engine);
    wrong = wrong ? wrong : add(engine);
    wrong = wrong ? wrong : remove_again(engine);
    if (FwpmEngineClose0(engine) != 0) {
        wrong = "the engine cannot be closed";
    }
    return wrong;
}
