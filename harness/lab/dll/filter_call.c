/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/filter_call.h"

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/pretended.h"

typedef DWORD(WINAPI *of_engine)(HANDLE);
typedef DWORD(WINAPI *of_number)(HANDLE, UINT32);
typedef DWORD(WINAPI *of_id)(HANDLE, UINT64);
typedef DWORD(WINAPI *of_object)(HANDLE, const void *);
typedef DWORD(WINAPI *of_option)(HANDLE, UINT32, const void *);
typedef DWORD(WINAPI *adds)(HANDLE, const void *, void *);
typedef DWORD(WINAPI *finds)(HANDLE, const void *, void **);
typedef DWORD(WINAPI *begins)(HANDLE, const void *, HANDLE *);
typedef DWORD(WINAPI *enumerates)(HANDLE, HANDLE, UINT32, void ***, UINT32 *);

FARPROC filter_original(const char *name)
{
    const HMODULE module = GetModuleHandleW(L"fwpuclnt.dll");

    return module == NULL ? NULL : GetProcAddress(module, name);
}

/* ---- asking ---- */

static bool ask(const char *name, DWORD *error, UINT64 *id)
{
    struct event event = {.kind = EVENT_FILTER_CALL};
    struct link_answer answer;
    enum link_outcome outcome;

    event_set_text(&event, FIELD_NAME, name);
    outcome = link_ask(&event, &answer);
    *error = RPC_S_SERVER_UNAVAILABLE;
    *id = 0;
    if (outcome == LINK_ANSWERED) {
        *error = (DWORD)event_number(&answer.event, FIELD_ERROR);
        *id = event_number(&answer.event, FIELD_NUMBER);
    }
    link_answer_free(&answer);
    return outcome != LINK_PASSED;
}

bool filter_answered(HANDLE engine, const char *name, DWORD *error, UINT64 *id)
{
    if (ask(name, error, id)) {
        return true;
    }
    *error = ERROR_NOT_SUPPORTED;
    return pretended_know(engine, PRETENDED_ENGINE, NULL, NULL);
}

DWORD filter_passed(DWORD error)
{
    link_done(EVENT_FILTER_CALL, 0, error, 0);
    return error;
}

/* ---- shapes ---- */

/* The rest of a function of this shape: answered, or the original called with the arguments. */
#define ANSWER_OR_CALL(type, name, engine, arguments)                                              \
    UINT64 id;                                                                                     \
    DWORD error;                                                                                   \
    type original;                                                                                 \
                                                                                                   \
    if (filter_answered(engine, name, &error, &id)) {                                              \
        return error;                                                                              \
    }                                                                                              \
    original = (type)(void (*)(void))filter_original(name);                                        \
    return filter_passed(original == NULL ? ERROR_PROC_NOT_FOUND : original arguments)

DWORD filter_of_engine(const char *name, HANDLE engine)
{
    ANSWER_OR_CALL(of_engine, name, engine, (engine));
}

DWORD filter_of_number(const char *name, HANDLE engine, UINT32 number)
{
    ANSWER_OR_CALL(of_number, name, engine, (engine, number));
}

DWORD filter_of_id(const char *name, HANDLE engine, UINT64 wanted)
{
    ANSWER_OR_CALL(of_id, name, engine, (engine, wanted));
}

DWORD filter_of_object(const char *name, HANDLE engine, const void *object)
{
    ANSWER_OR_CALL(of_object, name, engine, (engine, object));
}

DWORD filter_of_option(const char *name, HANDLE engine, UINT32 option, const void *value)
{
    ANSWER_OR_CALL(of_option, name, engine, (engine, option, value));
}

DWORD filter_add(const char *name, HANDLE engine, const void *object, void *security)
{
    ANSWER_OR_CALL(adds, name, engine, (engine, object, security));
}

DWORD filter_find(const char *name, HANDLE engine, const void *key, void **found)
{
    ANSWER_OR_CALL(finds, name, engine, (engine, key, found));
}

DWORD filter_enum_begin(const char *name, HANDLE engine, const void *what, HANDLE *begun)
{
    if (pretended_know(engine, PRETENDED_ENGINE, NULL, NULL)) {
        *begun = engine; /* any that is not NULL */
    }
    ANSWER_OR_CALL(begins, name, engine, (engine, what, begun));
}

DWORD filter_enum(const char *name, HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                  UINT32 *count)
{
    if (pretended_know(engine, PRETENDED_ENGINE, NULL, NULL)) {
        *entries = NULL;
        *count = 0;
    }
    ANSWER_OR_CALL(enumerates, name, engine, (engine, begun, wanted, entries, count));
}
