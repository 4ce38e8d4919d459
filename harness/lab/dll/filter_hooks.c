/* SPDX-License-Identifier: MIT */

/*
 * The filter engine (fwpuclnt.dll). The originals are looked up when they are needed: a program
 * that calls them has loaded the module, and this DLL must not be the reason that it is.
 */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/pretended.h"
#include "harness/lab/interpose/import.h"

typedef DWORD(WINAPI *engine_open)(const wchar_t *, UINT32, void *, const void *, HANDLE *);
typedef DWORD(WINAPI *of_engine)(HANDLE);
typedef DWORD(WINAPI *of_number)(HANDLE, UINT32);
typedef DWORD(WINAPI *of_id)(HANDLE, UINT64);
typedef DWORD(WINAPI *of_object)(HANDLE, const void *);
typedef DWORD(WINAPI *adds)(HANDLE, const void *, void *);
typedef DWORD(WINAPI *adds_number)(HANDLE, const void *, void *, UINT32 *);
typedef DWORD(WINAPI *adds_id)(HANDLE, const void *, void *, UINT64 *);

enum { RPC_GONE = RPC_S_SERVER_UNAVAILABLE };

static shim_function *original(const char *name)
{
    const HMODULE module = GetModuleHandleW(L"fwpuclnt.dll");

    return module == NULL ? NULL : (shim_function *)GetProcAddress(module, name);
}

/* ---- asking ---- */

/* False: it is to be passed. */
static bool ask(const char *name, DWORD *error, UINT64 *number)
{
    struct event event = {.kind = EVENT_FILTER_CALL};
    struct link_answer answer;
    enum link_outcome outcome;

    event_set_text(&event, FIELD_NAME, name);
    outcome = link_ask(&event, &answer);
    *error = RPC_GONE;
    if (outcome == LINK_ANSWERED) {
        *error = (DWORD)event_number(&answer.event, FIELD_ERROR);
        *number = event_number(&answer.event, FIELD_NUMBER);
    }
    link_answer_free(&answer);
    return outcome != LINK_PASSED;
}

/*
 * What is asked of an engine that is pretended cannot be passed: nothing stands behind it. True: it
 * is answered, with `*error`.
 */
static bool answered(HANDLE engine, const char *name, DWORD *error, UINT64 *number)
{
    if (ask(name, error, number)) {
        return true;
    }
    *error = ERROR_NOT_SUPPORTED;
    return pretended_know(engine, PRETENDED_ENGINE, NULL, NULL);
}

static DWORD done(DWORD error)
{
    link_done(EVENT_FILTER_CALL, 0, error, 0);
    return error;
}

#define PASS(type, name, ...)                                                                      \
    {                                                                                              \
        const type found = (type)original(name);                                                   \
                                                                                                   \
        return done(found == NULL ? ERROR_PROC_NOT_FOUND : found(__VA_ARGS__));                    \
    }

/* ---- the engine ---- */

DWORD WINAPI hook_FwpmEngineOpen0(const wchar_t *server, UINT32 authentication, void *identity,
                                  const void *session, HANDLE *engine)
{
    UINT64 number = 0;
    DWORD error;

    if (!ask("FwpmEngineOpen0", &error, &number)) {
        PASS(engine_open, "FwpmEngineOpen0", server, authentication, identity, session, engine)
    }
    if (error == 0 && engine == NULL) {
        return ERROR_INVALID_PARAMETER;
    }
    if (error == 0) {
        *engine = pretended_add(PRETENDED_ENGINE, "", NULL);
        error = *engine == NULL ? ERROR_NOT_ENOUGH_MEMORY : 0;
    }
    return error;
}

DWORD WINAPI hook_FwpmEngineClose0(HANDLE engine)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, "FwpmEngineClose0", &error, &number)) {
        PASS(of_engine, "FwpmEngineClose0", engine)
    }
    (void)pretended_remove(engine);
    return error;
}

/* ---- calls that differ in their names only ---- */

static DWORD call_engine(const char *name, HANDLE engine)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, name, &error, &number)) {
        PASS(of_engine, name, engine)
    }
    return error;
}

static DWORD call_number(const char *name, HANDLE engine, UINT32 value)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, name, &error, &number)) {
        PASS(of_number, name, engine, value)
    }
    return error;
}

static DWORD call_id(const char *name, HANDLE engine, UINT64 id)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, name, &error, &number)) {
        PASS(of_id, name, engine, id)
    }
    return error;
}

static DWORD call_object(const char *name, HANDLE engine, const void *key)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, name, &error, &number)) {
        PASS(of_object, name, engine, key)
    }
    return error;
}

static DWORD call_add(const char *name, HANDLE engine, const void *object, void *security)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, name, &error, &number)) {
        PASS(adds, name, engine, object, security)
    }
    return error;
}

DWORD WINAPI hook_FwpmTransactionBegin0(HANDLE engine, UINT32 flags)
{
    return call_number("FwpmTransactionBegin0", engine, flags);
}

DWORD WINAPI hook_FwpmTransactionCommit0(HANDLE engine)
{
    return call_engine("FwpmTransactionCommit0", engine);
}

DWORD WINAPI hook_FwpmTransactionAbort0(HANDLE engine)
{
    return call_engine("FwpmTransactionAbort0", engine);
}

DWORD WINAPI hook_FwpmProviderAdd0(HANDLE engine, const void *provider, void *security)
{
    return call_add("FwpmProviderAdd0", engine, provider, security);
}

DWORD WINAPI hook_FwpmProviderDeleteByKey0(HANDLE engine, const void *key)
{
    return call_object("FwpmProviderDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmSubLayerAdd0(HANDLE engine, const void *sublayer, void *security)
{
    return call_add("FwpmSubLayerAdd0", engine, sublayer, security);
}

DWORD WINAPI hook_FwpmSubLayerDeleteByKey0(HANDLE engine, const void *key)
{
    return call_object("FwpmSubLayerDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmCalloutDeleteByKey0(HANDLE engine, const void *key)
{
    return call_object("FwpmCalloutDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmCalloutDeleteById0(HANDLE engine, UINT32 id)
{
    return call_number("FwpmCalloutDeleteById0", engine, id);
}

DWORD WINAPI hook_FwpmFilterDeleteByKey0(HANDLE engine, const void *key)
{
    return call_object("FwpmFilterDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmFilterDeleteById0(HANDLE engine, UINT64 id)
{
    return call_id("FwpmFilterDeleteById0", engine, id);
}

/* ---- what gets an id ---- */

DWORD WINAPI hook_FwpmCalloutAdd0(HANDLE engine, const void *callout, void *security, UINT32 *id)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, "FwpmCalloutAdd0", &error, &number)) {
        PASS(adds_number, "FwpmCalloutAdd0", engine, callout, security, id)
    }
    if (error == 0 && id != NULL) {
        *id = (UINT32)number;
    }
    return error;
}

DWORD WINAPI hook_FwpmFilterAdd0(HANDLE engine, const void *filter, void *security, UINT64 *id)
{
    UINT64 number = 0;
    DWORD error;

    if (!answered(engine, "FwpmFilterAdd0", &error, &number)) {
        PASS(adds_id, "FwpmFilterAdd0", engine, filter, security, id)
    }
    if (error == 0 && id != NULL) {
        *id = number;
    }
    return error;
}
