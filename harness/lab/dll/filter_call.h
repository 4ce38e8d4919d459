/* SPDX-License-Identifier: MIT */

/*
 * Calls of the filter engine (fwpuclnt.dll), by the shape of their parameters: asked of the lab, or
 * passed to the original of this name. That is looked up when it is needed: a program that calls it
 * has loaded the module, and this DLL must not be the reason that it is. What is asked of an engine
 * that is pretended cannot be passed: ERROR_NOT_SUPPORTED.
 */

#ifndef HARNESS_LAB_DLL_FILTER_CALL_H
#define HARNESS_LAB_DLL_FILTER_CALL_H

#include <stdbool.h>
#include <windows.h>

/* True: it is answered, with `*error`, and an id for what is added. False: it is to be passed. */
bool filter_answered(HANDLE engine, const char *name, DWORD *error, UINT64 *id);
/* ERROR_PROC_NOT_FOUND where the module has no such call; told as done. */
DWORD filter_passed(DWORD error);
FARPROC filter_original(const char *name);

DWORD filter_of_engine(const char *name, HANDLE engine);
DWORD filter_of_number(const char *name, HANDLE engine, UINT32 number);
DWORD filter_of_id(const char *name, HANDLE engine, UINT64 id);
DWORD filter_of_object(const char *name, HANDLE engine, const void *object);
DWORD filter_of_option(const char *name, HANDLE engine, UINT32 option, const void *value);
DWORD filter_add(const char *name, HANDLE engine, const void *object, void *security);
DWORD filter_find(const char *name, HANDLE engine, const void *key, void **found);
/* Of a pretended engine there is nothing to enumerate. */
DWORD filter_enum_begin(const char *name, HANDLE engine, const void *what, HANDLE *begun);
DWORD filter_enum(const char *name, HANDLE engine, HANDLE begun, UINT32 wanted, void ***entries,
                  UINT32 *count);

#endif
