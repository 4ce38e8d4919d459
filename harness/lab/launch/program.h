/* SPDX-License-Identifier: MIT */

/* What the launcher finds out about a program before it starts it. */

#ifndef HARNESS_LAB_LAUNCH_PROGRAM_H
#define HARNESS_LAB_LAUNCH_PROGRAM_H

#include <stdbool.h>
#include <windows.h>

enum { PROGRAM_PATH_MAX = 32768 };

/*
 * The file of a program as it is named in a command: with or without a folder and ".exe", looked
 * for as the system looks for it. False, with a sentence on standard error, when there is none,
 * when it is no program, or one for another kind of processor than this launcher's.
 */
bool program_find(const wchar_t *name, wchar_t path[PROGRAM_PATH_MAX]);

/* What follows the first argument of a command line, without the space between. */
const wchar_t *program_rest(const wchar_t *line);

/* LAUNCH_ERROR and this on standard error; `error` of the system, or 0. */
void program_complain(const wchar_t *what, const wchar_t *name, DWORD error);

#endif
