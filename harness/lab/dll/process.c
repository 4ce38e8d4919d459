/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/process.h"

#include <winternl.h>

/* PROCESS_BASIC_INFORMATION; the SDK and mingw-w64 name its members differently. */
enum { BASIC_INFORMATION_WORDS = 6, INHERITED_FROM = 5 };

DWORD process_parent(void)
{
    ULONG_PTR about[BASIC_INFORMATION_WORDS];

    if (NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, about, sizeof about,
                                  NULL) != 0) {
        return 0;
    }
    return (DWORD)about[INHERITED_FROM];
}

DWORD process_handles(void)
{
    DWORD count = 0;

    return GetProcessHandleCount(GetCurrentProcess(), &count) ? count : 0;
}

HMODULE process_own_module(void)
{
    static const char inside = 0;
    HMODULE found = NULL;

    (void)GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                 GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                             (LPCWSTR)(const void *)&inside, &found);
    return found;
}

const char *process_module_path(HMODULE module, char path[PROCESS_PATH_MAX])
{
    wchar_t wide[PROCESS_PATH_MAX / 4] = L"";

    (void)GetModuleFileNameW(module, wide, sizeof wide / sizeof wide[0]);
    wide[sizeof wide / sizeof wide[0] - 1] = L'\0';
    if (WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, PROCESS_PATH_MAX, NULL, NULL) == 0) {
        path[0] = '\0';
    }
    return path;
}
