/* SPDX-License-Identifier: MIT */

/* The program again, as a process of its own. */

#ifndef TESTS_PROXIES_HOOKS_CHILD_H
#define TESTS_PROXIES_HOOKS_CHILD_H

#include <stdbool.h>
#include <windows.h>

/* With these words and all that can be inherited, outside the job. False, and the reason is
 * printed. */
bool child_start(const wchar_t *words, HANDLE *child);

#endif
