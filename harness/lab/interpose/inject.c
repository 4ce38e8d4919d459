/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/inject.h"

#include <string.h>

#include "harness/lab/interpose/import.h"

/* kernel32 stands at the same address in every process of the same bits. */
static LPTHREAD_START_ROUTINE load_library(void)
{
    shim_function *found =
        (shim_function *)GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "LoadLibraryW");

    return (LPTHREAD_START_ROUTINE)found;
}

static DWORD run(HANDLE process, void *path)
{
    const HANDLE thread = CreateRemoteThread(process, NULL, 0, load_library(), path, 0, NULL);
    DWORD module = 0;
    DWORD waited;

    if (thread == NULL) {
        return GetLastError();
    }
    waited = WaitForSingleObject(thread, INJECT_TIME_MAX);
    (void)GetExitCodeThread(thread, &module);
    CloseHandle(thread);
    if (waited != WAIT_OBJECT_0) {
        return ERROR_TIMEOUT;
    }
    return module == 0 ? ERROR_DLL_INIT_FAILED : 0;
}

DWORD inject_library(HANDLE process, const wchar_t *path)
{
    const size_t size = (wcslen(path) + 1) * sizeof *path;
    void *there = VirtualAllocEx(process, NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    DWORD error;

    if (there == NULL) {
        return GetLastError();
    }
    error =
        WriteProcessMemory(process, there, path, size, NULL) ? run(process, there) : GetLastError();
    /* A thread that is late still reads its path. */
    if (error != ERROR_TIMEOUT) {
        (void)VirtualFreeEx(process, there, 0, MEM_RELEASE);
    }
    return error;
}
