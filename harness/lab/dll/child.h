/* SPDX-License-Identifier: MIT */

/* A process that the program has created; it is suspended. */

#ifndef HARNESS_LAB_DLL_CHILD_H
#define HARNESS_LAB_DLL_CHILD_H

#include <windows.h>

enum { CHILD_LINE_MAX = 4096 };

/* Told, and where WFPCHECK_SHIM_FOLLOW is set this DLL comes into it. `line`: its command. */
void child_created(const PROCESS_INFORMATION *process, const char *line);

#endif
