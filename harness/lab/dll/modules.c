/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/modules.h"

#include <stdbool.h>
#include <wchar.h>

#include <psapi.h>
#include <winternl.h>

#include "harness/lab/dll/hooks.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/process.h"

/* ntdll's; documented, and in no header. */
enum { LOADED = 1, MODULES_MAX = 1024 /* before any of its code has run */ };

struct notification {
    ULONG flags;
    const UNICODE_STRING *path;
    const UNICODE_STRING *name;
    PVOID base;
    ULONG size;
};

typedef VOID(CALLBACK *notified)(ULONG reason, const struct notification *what, PVOID context);
typedef NTSTATUS(NTAPI *registration)(ULONG flags, notified function, PVOID context, PVOID *cookie);

/* Below the system's folder, but with programs' code in them: what .NET runs. */
static const wchar_t *const runtimes[] = {L"\\Microsoft.NET\\", L"\\assembly\\"};

static wchar_t windows[MAX_PATH]; /* without a backslash at its end */

static bool begins_with(const wchar_t *text, const wchar_t *with)
{
    return _wcsnicmp(text, with, wcslen(with)) == 0;
}

static bool is_systems(const wchar_t *path)
{
    const wchar_t *below;

    if (!begins_with(path, windows)) {
        return false;
    }
    below = path + wcslen(windows);
    if (*below != L'\\') {
        return false;
    }
    for (size_t i = 0; i < sizeof runtimes / sizeof runtimes[0]; i++) {
        if (begins_with(below, runtimes[i])) {
            return false;
        }
    }
    return true;
}

/* The program itself counts wherever it stands. */
static bool is_programs(HMODULE module)
{
    wchar_t path[PROCESS_PATH_MAX / 4];
    const DWORD length = GetModuleFileNameW(module, path, sizeof path / sizeof path[0]);

    if (module == process_own_module() || length == 0) {
        return false;
    }
    return module == GetModuleHandleW(NULL) || length >= sizeof path / sizeof path[0] ||
           !is_systems(path);
}

static void tell(HMODULE module, size_t patched)
{
    struct event event = {.kind = EVENT_MODULE};
    char path[PROCESS_PATH_MAX];

    event_set_number(&event, FIELD_THREAD, GetCurrentThreadId());
    event_set_text(&event, FIELD_TEXT, process_module_path(module, path));
    event_set_number(&event, FIELD_SIZE, patched);
    (void)link_defer(&event);
}

static void patch(HMODULE module)
{
    if (is_programs(module)) {
        tell(module, hooks_patch(module));
    }
}

static VOID CALLBACK module_loaded(ULONG reason, const struct notification *what, PVOID context)
{
    (void)context;
    if (reason == LOADED) {
        hooks_resolve();
        patch((HMODULE)what->base);
    }
}

static void patch_loaded(void)
{
    HMODULE loaded[MODULES_MAX];
    DWORD size = 0;

    (void)K32EnumProcessModules(GetCurrentProcess(), loaded, sizeof loaded, &size);
    for (DWORD i = 0; i < size / sizeof loaded[0] && i < MODULES_MAX; i++) {
        patch(loaded[i]);
    }
}

void modules_open(void)
{
    const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    const registration found =
        (registration)(shim_function *)GetProcAddress(ntdll, "LdrRegisterDllNotification");
    PVOID cookie;

    (void)GetWindowsDirectoryW(windows, MAX_PATH);
    hooks_resolve();
    patch_loaded();
    if (found != NULL) {
        (void)found(0, module_loaded, NULL, &cookie);
    }
}
