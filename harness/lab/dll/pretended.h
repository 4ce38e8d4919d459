/* SPDX-License-Identifier: MIT */

/*
 * Handles of services and of the filter engine that are only pretended. Each is the address of a
 * block of ours, as the system's own are of its: no other handle is the same.
 */

#ifndef HARNESS_LAB_DLL_PRETENDED_H
#define HARNESS_LAB_DLL_PRETENDED_H

#include <stdbool.h>

enum pretended_kind { PRETENDED_MANAGER, PRETENDED_SERVICE, PRETENDED_ENGINE };
enum { PRETENDED_NAME_MAX = 1024 };

/*
 * NULL without memory. `name` in UTF-8, for services; `real` is what the system gave for the same,
 * or NULL.
 */
void *pretended_add(enum pretended_kind kind, const char *name, void *real);
/* `name` (NULL: not wanted) has room for PRETENDED_NAME_MAX. */
bool pretended_know(const void *handle, enum pretended_kind kind, char *name, void **real);
/* Frees the block. False where it is none. */
bool pretended_remove(void *handle);

#endif
