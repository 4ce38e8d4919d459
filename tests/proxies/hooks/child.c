/* SPDX-License-Identifier: MIT */
#include "tests/proxies/hooks/child.h"

#include <stdio.h>

bool child_start(const wchar_t *words, HANDLE *child)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    wchar_t path[MAX_PATH], line[1024];
    DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH);
    swprintf(line, sizeof line / sizeof line[0], L"proxy %ls", words);
    if (length == 0 || !CreateProcessW(path, line, NULL, NULL, TRUE, CREATE_BREAKAWAY_FROM_JOB,
                                       NULL, NULL, &start, &process)) {
        fprintf(stderr, "no child: error %lu\n", GetLastError());
        return false;
    }
    CloseHandle(process.hThread);
    *child = process.hProcess;
    return true;
}
