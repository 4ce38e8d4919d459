/* SPDX-License-Identifier: MIT */

/*
 * Import tables: what a module calls of another is a table of addresses, which can be replaced. A
 * call is known by the address that it resolves to, whatever name, number, forwarder or API set led
 * there.
 */

#ifndef HARNESS_LAB_INTERPOSE_IMPORT_H
#define HARNESS_LAB_INTERPOSE_IMPORT_H

#include <stddef.h>
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

/*
 * Replaces in the module's import table every address that a hook's name has in any of `modules`.
 * Gives the number of places that were replaced; to call it again is harmless.
 */
size_t import_patch(HMODULE module, const struct import_hook *hooks, size_t count,
                    const char *const *modules);

#endif
