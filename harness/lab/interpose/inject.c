/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/inject.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "harness/lab/interpose/import.h"

/* kernel32 stands at the same address in every process of the same bits. */
static LPTHREAD_START_ROUTINE load_library(void)
{
    shim_function *found =
        (shim_function *)GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "LoadLibraryW");

    return (LPTHREAD_START_ROUTINE)found;
}

/* Asks again and again: a wait in Wine's server would not end with it, not even by its time limit.
 */
static DWORD wait_for(HANDLE thread)
{
    const ULONGLONG began = GetTickCount64();
    DWORD waited;

    while ((waited = WaitForSingleObject(thread, 0)) == WAIT_TIMEOUT &&
           GetTickCount64() - began < INJECT_TIME_MAX) {
        Sleep(1);
    }
    return waited;
}

static DWORD run(HANDLE process, void *path)
{
    const HANDLE thread = CreateRemoteThread(process, NULL, 0, load_library(), path, 0, NULL);
    DWORD module = 0;
    DWORD waited;

    if (thread == NULL) {
        return GetLastError();
    }
    waited = wait_for(thread);
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

static bool system_has(const wchar_t *name)
{
    const HMODULE module = LoadLibraryExW(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    if (module != NULL) {
        FreeLibrary(module);
    }
    return module != NULL;
}

/* False where there is none, or the path has no room. */
static bool beside(const wchar_t *path, const wchar_t *name, wchar_t *out, size_t room)
{
    const wchar_t *slash = wcsrchr(path, L'\\');
    const size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;

    if (folder + wcslen(name) + 1 > room) {
        return false;
    }
    wmemcpy(out, path, folder);
    wcscpy(out + folder, name);
    return GetFileAttributesW(out) != INVALID_FILE_ATTRIBUTES;
}

DWORD inject_interposer(HANDLE process, const wchar_t *path)
{
    static const wchar_t name[] = L"bcryptprimitives.dll";
    wchar_t stand_in[1024];

    /* Whether it helps or not, the program shows. */
    if (!system_has(name) && beside(path, name, stand_in, sizeof stand_in / sizeof stand_in[0])) {
        (void)inject_library(process, stand_in);
    }
    return inject_library(process, path);
}
