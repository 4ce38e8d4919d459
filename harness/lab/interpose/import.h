/* SPDX-License-Identifier: MIT */

/*
 * Import tables: what a module calls of another is a table of addresses, which can be replaced. A
 * call is known by the address that it resolves to, whatever name, number, forwarder or API set led
 * there.
 */

#ifndef HARNESS_LAB_INTERPOSE_IMPORT_H
#define HARNESS_LAB_INTERPOSE_IMPORT_H

#include <stddef.h>
#include <stdint.h>
#include <windows.h>

/* Any function; cast before it is called. */
typedef void shim_function(void);

struct import_hook {
    const char *name;           /* as exported */
    shim_function *replacement; /* called instead */
    size_t original;            /* where in a table of originals its address is kept */
};

/*
 * Looks up the originals in the modules of these names (a NULL at the end), the first that has it;
 * modules that are not loaded are passed by. `originals` gets their addresses at the hooks' places,
 * NULL where none has the function.
 */
void import_resolve(const struct import_hook *hooks, size_t count, const char *const *modules,
                    void *originals);

/* An address, and what is called in its place. */
struct import_target {
    uintptr_t address;
    shim_function *replacement;
};

/*
 * Every address that the hooks' names have in any of `modules` that is loaded: kernel32 and
 * kernelbase have different ones for the same call. Gives how many there are, at most `room`.
 */
size_t import_targets(const struct import_hook *hooks, size_t count, const char *const *modules,
                      struct import_target *targets, size_t room);

/* NULL where the address is none of them. */
shim_function *import_replacement(uintptr_t address, const struct import_target *targets,
                                  size_t count);

/*
 * Replaces these addresses in the module's import table. Gives the number of places that were
 * replaced; to call it again is harmless.
 */
size_t import_patch(HMODULE module, const struct import_target *targets, size_t count);

#endif
