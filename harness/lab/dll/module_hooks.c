/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/replaced.h"

#include "harness/lab/dll/hooks.h"

/* By name or by number: what counts is the address that the system gives. */
FARPROC WINAPI hook_GetProcAddress(HMODULE module, LPCSTR name)
{
    const FARPROC found = GetProcAddress(module, name);

    return found == NULL ? NULL : (FARPROC)hooks_replacement((shim_function *)found);
}
