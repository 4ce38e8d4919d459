/* SPDX-License-Identifier: MIT */

#include "harness/platform/system.h"

#include <stdio.h>
#include <windows.h>

/* GetProcAddress gives a function of no particular type; through void (*)(void) no compiler minds.
 */
typedef void any_function(void);
typedef const char *CDECL wine_version_function(void);
typedef LONG WINAPI version_function(OSVERSIONINFOW *version);

static any_function *find_in_ntdll(const char *name)
{
    const HMODULE module = GetModuleHandleW(L"ntdll.dll");

    return module == NULL ? NULL : (any_function *)GetProcAddress(module, name);
}

/* RtlGetVersion, because GetVersionEx tells what the program's manifest asks for. */
static void describe_version(char *text)
{
    version_function *windows = (version_function *)find_in_ntdll("RtlGetVersion");
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};

    if (windows == NULL || windows(&version) != 0) {
        (void)snprintf(text, SYSTEM_TEXT_MAX, "unknown");
        return;
    }
    (void)snprintf(text, SYSTEM_TEXT_MAX, "%lu.%lu.%lu", version.dwMajorVersion,
                   version.dwMinorVersion, version.dwBuildNumber);
}

static void describe_name(struct system_description *description)
{
    wine_version_function *wine = (wine_version_function *)find_in_ntdll("wine_get_version");
    char version[SYSTEM_TEXT_MAX];

    describe_version(version);
    (void)snprintf(description->name, SYSTEM_TEXT_MAX, "%s", wine == NULL ? "Windows" : "Wine");
    if (wine == NULL) {
        (void)snprintf(description->build, SYSTEM_TEXT_MAX, "%s", version);
        return;
    }
    (void)snprintf(description->build, SYSTEM_TEXT_MAX, "%.30s, as Windows %.40s", wine(), version);
}

static const char *architecture(void)
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    switch (system.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x64";
    case PROCESSOR_ARCHITECTURE_ARM64:
        return "arm64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "x86";
    default:
        return "unknown";
    }
}

static bool is_elevated(void)
{
    TOKEN_ELEVATION elevation = {0};
    DWORD size = sizeof elevation;
    HANDLE token;
    BOOL known;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return false;
    }
    known = GetTokenInformation(token, TokenElevation, &elevation, size, &size);
    (void)CloseHandle(token);
    return known && elevation.TokenIsElevated != 0;
}

void system_describe(struct system_description *description)
{
    describe_name(description);
    (void)snprintf(description->architecture, SYSTEM_TEXT_MAX, "%s", architecture());
    description->elevated = is_elevated();
}
