/* SPDX-License-Identifier: MIT */

/* The filter engine: what programs do with filters from user mode. */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/filter_call.h"
#include "harness/lab/dll/filter_memory.h"
#include "harness/lab/dll/pretended.h"

typedef DWORD(WINAPI *opens)(const wchar_t *, UINT32, void *, const void *, HANDLE *);
typedef DWORD(WINAPI *adds_number)(HANDLE, const void *, void *, UINT32 *);
typedef DWORD(WINAPI *adds_id)(HANDLE, const void *, void *, UINT64 *);
typedef DWORD(WINAPI *gives_app_id)(const wchar_t *, struct filter_blob **);
typedef void(WINAPI *frees)(void **);

/* ---- the engine ---- */

DWORD WINAPI hook_FwpmEngineOpen0(const wchar_t *server, UINT32 authentication, void *identity,
                                  const void *session, HANDLE *engine)
{
    opens original;
    UINT64 id;
    DWORD error;

    if (!filter_answered(NULL, "FwpmEngineOpen0", &error, &id)) {
        original = (opens)(void (*)(void))filter_original("FwpmEngineOpen0");
        return filter_passed(original == NULL
                                 ? ERROR_PROC_NOT_FOUND
                                 : original(server, authentication, identity, session, engine));
    }
    if (error == 0) {
        *engine = pretended_add(PRETENDED_ENGINE, "", NULL);
        error = *engine == NULL ? ERROR_NOT_ENOUGH_MEMORY : 0;
    }
    return error;
}

DWORD WINAPI hook_FwpmEngineClose0(HANDLE engine)
{
    const DWORD error = filter_of_engine("FwpmEngineClose0", engine);

    (void)pretended_remove(engine);
    return error;
}

DWORD WINAPI hook_FwpmEngineSetOption0(HANDLE engine, UINT32 option, const void *value)
{
    return filter_of_option("FwpmEngineSetOption0", engine, option, value);
}

DWORD WINAPI hook_FwpmTransactionBegin0(HANDLE engine, UINT32 flags)
{
    return filter_of_number("FwpmTransactionBegin0", engine, flags);
}

DWORD WINAPI hook_FwpmTransactionCommit0(HANDLE engine)
{
    return filter_of_engine("FwpmTransactionCommit0", engine);
}

DWORD WINAPI hook_FwpmTransactionAbort0(HANDLE engine)
{
    return filter_of_engine("FwpmTransactionAbort0", engine);
}

/* ---- adding ---- */

DWORD WINAPI hook_FwpmProviderAdd0(HANDLE engine, const void *provider, void *security)
{
    return filter_add("FwpmProviderAdd0", engine, provider, security);
}

DWORD WINAPI hook_FwpmSubLayerAdd0(HANDLE engine, const void *sublayer, void *security)
{
    return filter_add("FwpmSubLayerAdd0", engine, sublayer, security);
}

DWORD WINAPI hook_FwpmCalloutAdd0(HANDLE engine, const void *callout, void *security,
                                  UINT32 *number)
{
    adds_number original;
    UINT64 id;
    DWORD error;

    if (!filter_answered(engine, "FwpmCalloutAdd0", &error, &id)) {
        original = (adds_number)(void (*)(void))filter_original("FwpmCalloutAdd0");
        return filter_passed(original == NULL ? ERROR_PROC_NOT_FOUND
                                              : original(engine, callout, security, number));
    }
    if (error == 0 && number != NULL) {
        *number = (UINT32)id;
    }
    return error;
}

static DWORD add_with_id(const char *name, HANDLE engine, const void *object, void *security,
                         UINT64 *id)
{
    adds_id original;
    UINT64 given;
    DWORD error;

    if (!filter_answered(engine, name, &error, &given)) {
        original = (adds_id)(void (*)(void))filter_original(name);
        return filter_passed(original == NULL ? ERROR_PROC_NOT_FOUND
                                              : original(engine, object, security, id));
    }
    if (error == 0 && id != NULL) {
        *id = given;
    }
    return error;
}

DWORD WINAPI hook_FwpmFilterAdd0(HANDLE engine, const void *filter, void *security, UINT64 *id)
{
    return add_with_id("FwpmFilterAdd0", engine, filter, security, id);
}

/* The four have one shape: what differs is the struct, which is not looked into. */
#define ADDS_CONTEXT(version)                                                                      \
    DWORD WINAPI hook_FwpmProviderContextAdd##version(HANDLE engine, const void *context,          \
                                                      void *security, UINT64 *id)                  \
    {                                                                                              \
        return add_with_id("FwpmProviderContextAdd" #version, engine, context, security, id);      \
    }

ADDS_CONTEXT(0)
ADDS_CONTEXT(1)
ADDS_CONTEXT(2)
ADDS_CONTEXT(3)

/* ---- removing ---- */

DWORD WINAPI hook_FwpmProviderDeleteByKey0(HANDLE engine, const void *key)
{
    return filter_of_object("FwpmProviderDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmSubLayerDeleteByKey0(HANDLE engine, const void *key)
{
    return filter_of_object("FwpmSubLayerDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmCalloutDeleteByKey0(HANDLE engine, const void *key)
{
    return filter_of_object("FwpmCalloutDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmCalloutDeleteById0(HANDLE engine, UINT32 number)
{
    return filter_of_number("FwpmCalloutDeleteById0", engine, number);
}

DWORD WINAPI hook_FwpmFilterDeleteByKey0(HANDLE engine, const void *key)
{
    return filter_of_object("FwpmFilterDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmFilterDeleteById0(HANDLE engine, UINT64 id)
{
    return filter_of_id("FwpmFilterDeleteById0", engine, id);
}

DWORD WINAPI hook_FwpmProviderContextDeleteByKey0(HANDLE engine, const void *key)
{
    return filter_of_object("FwpmProviderContextDeleteByKey0", engine, key);
}

DWORD WINAPI hook_FwpmProviderContextDeleteById0(HANDLE engine, UINT64 id)
{
    return filter_of_id("FwpmProviderContextDeleteById0", engine, id);
}

/* ---- looking up ---- */

DWORD WINAPI hook_FwpmProviderGetByKey0(HANDLE engine, const void *key, void **found)
{
    return filter_find("FwpmProviderGetByKey0", engine, key, found);
}

DWORD WINAPI hook_FwpmSubLayerGetByKey0(HANDLE engine, const void *key, void **found)
{
    return filter_find("FwpmSubLayerGetByKey0", engine, key, found);
}

DWORD WINAPI hook_FwpmCalloutGetByKey0(HANDLE engine, const void *key, void **found)
{
    return filter_find("FwpmCalloutGetByKey0", engine, key, found);
}

DWORD WINAPI hook_FwpmFilterGetByKey0(HANDLE engine, const void *key, void **found)
{
    return filter_find("FwpmFilterGetByKey0", engine, key, found);
}

/* ---- memory ---- */

DWORD WINAPI hook_FwpmGetAppIdFromFileName0(const wchar_t *path, struct filter_blob **app)
{
    gives_app_id original;
    UINT64 id;
    DWORD error;

    if (!filter_answered(NULL, "FwpmGetAppIdFromFileName0", &error, &id)) {
        original = (gives_app_id)(void (*)(void))filter_original("FwpmGetAppIdFromFileName0");
        return filter_passed(original == NULL ? ERROR_PROC_NOT_FOUND : original(path, app));
    }
    if (error == 0) {
        *app = filter_app_id(path);
        error = *app == NULL ? ERROR_NOT_ENOUGH_MEMORY : 0;
    }
    return error;
}

void WINAPI hook_FwpmFreeMemory0(void **memory)
{
    const frees original = (frees)(void (*)(void))filter_original("FwpmFreeMemory0");

    if (memory != NULL && filter_memory_free(*memory)) {
        *memory = NULL;
    } else if (original != NULL) {
        original(memory);
    }
}
