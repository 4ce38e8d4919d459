/* SPDX-License-Identifier: MIT */

/*
 * The one table of replaced calls (hooks.c), and what is done with it. The replacements stand in
 * *_hooks.c by topic. This DLL itself is never patched: what it calls by name is the original.
 */

#ifndef HARNESS_LAB_DLL_HOOKS_H
#define HARNESS_LAB_DLL_HOOKS_H

#include <stddef.h>

#include "harness/lab/interpose/import.h"

/*
 * Looks up what the names resolve to in the modules that are loaded by now; to be called again when
 * one of the system's own has been loaded.
 */
void hooks_resolve(void);
/* Gives how many imports of the module were replaced. */
size_t hooks_patch(HMODULE module);
/* What is called in place of this function; itself where nothing is. */
shim_function *hooks_replacement(shim_function *function);

#endif
