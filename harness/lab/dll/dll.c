/* SPDX-License-Identifier: MIT */

/* wfpcheck-shim.dll comes into a process, and goes with it. */

#include <windows.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/modules.h"
#include "harness/lab/interpose/guard.h"

/* Code that imports point to must not be unloaded. */
static BOOL stay(HMODULE module)
{
    HMODULE same;

    return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                  GET_MODULE_HANDLE_EX_FLAG_PIN,
                              (LPCWSTR)(void *)module, &same);
}

/* What the runtime library calls to end the process is the system's own, and not seen. */
static void say_end(void)
{
    struct event end = {.kind = EVENT_EXIT};

    link_tell_end(&end);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        if (!guard_open() || !stay(module)) {
            return FALSE;
        }
        modules_open();
        return TRUE;
    case DLL_PROCESS_DETACH:
        if (reserved != NULL) {
            say_end();
        }
        return TRUE;
    default:
        return TRUE;
    }
}
