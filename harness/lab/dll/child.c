/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/child.h"

#include <stdbool.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/process.h"
#include "harness/lab/interpose/inject.h"

static bool is_followed(void)
{
    wchar_t value[2];

    return GetEnvironmentVariableW(L"WFPCHECK_SHIM_FOLLOW", value, 2) == 1 && value[0] == L'1';
}

/* Code of other bits would not load this DLL. */
static bool same_bits(HANDLE process)
{
    BOOL theirs = FALSE;
    BOOL ours = FALSE;

    return IsWow64Process(process, &theirs) && IsWow64Process(GetCurrentProcess(), &ours) &&
           theirs == ours;
}

static bool follow(HANDLE process)
{
    wchar_t path[PROCESS_PATH_MAX / 4];
    const DWORD length =
        GetModuleFileNameW(process_own_module(), path, sizeof path / sizeof path[0]);

    return length > 0 && length < sizeof path / sizeof path[0] && same_bits(process) &&
           inject_interposer(process, path) == 0;
}

void child_created(const PROCESS_INFORMATION *process, const char *line)
{
    struct event event = {.kind = EVENT_CHILD};
    const bool followed = is_followed() && follow(process->hProcess);

    event_set_number(&event, FIELD_SYSTEM_PROCESS, process->dwProcessId);
    event_set_number(&event, FIELD_FLAGS, followed);
    if (line != NULL) {
        event_set_text(&event, FIELD_TEXT, line);
    }
    link_tell(&event);
}
