/* SPDX-License-Identifier: MIT */

/* The modules of the process: which of them are the program's, and that their calls are ours. */

#ifndef HARNESS_LAB_DLL_MODULES_H
#define HARNESS_LAB_DLL_MODULES_H

#include <windows.h>

/*
 * Patches every module of the program that is loaded, and each that is loaded later. Under the
 * loader's lock; sends nothing.
 */
void modules_open(void);

#endif
