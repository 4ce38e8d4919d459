/* SPDX-License-Identifier: MIT */

/* What the interposer knows of the process that it is in. */

#ifndef HARNESS_LAB_DLL_PROCESS_H
#define HARNESS_LAB_DLL_PROCESS_H

#include <windows.h>

enum { PROCESS_PATH_MAX = 4096 };

/* The system's number of the process that this one came from; 0 where that is not known. */
DWORD process_parent(void);
/* How many handles it has open, of all kinds; 0 where the system does not count them, as Wine 8. */
DWORD process_handles(void);
/* The module that this code is in: the DLL. */
HMODULE process_own_module(void);
/* The file of a module in UTF-8, cut where it is too long; NULL: the program's. Gives `path`. */
const char *process_module_path(HMODULE module, char path[PROCESS_PATH_MAX]);

#endif
