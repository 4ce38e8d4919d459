/* SPDX-License-Identifier: MIT */

/* A DLL in a process that was created suspended, before any of its own code runs. */

#ifndef HARNESS_LAB_INTERPOSE_INJECT_H
#define HARNESS_LAB_INTERPOSE_INJECT_H

#include <windows.h>

enum { INJECT_TIME_MAX = 30000 /* milliseconds; the loader of a large program takes seconds */ };

/*
 * Has the process load the DLL of this path and waits for it. The process must be of this process's
 * bits, and stays suspended. 0, or the system's error: ERROR_TIMEOUT when it did not load it in
 * time, ERROR_DLL_INIT_FAILED when it would not have it.
 */
DWORD inject_library(HANDLE process, const wchar_t *path);

/*
 * As inject_library(), for the interposer: before it, where this system has no bcryptprimitives.dll
 * (Wine 8), the one beside `path`. Programs in Go end at their start without it, and ask the system
 * for it by its bare name, which a module that is there already answers.
 */
DWORD inject_interposer(HANDLE process, const wchar_t *path);

#endif
