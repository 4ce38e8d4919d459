/* SPDX-License-Identifier: MIT */

#include "harness/platform/console.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

#include "harness/platform/wide.h"

/* Not _isatty(), which says yes to the null device. */
bool console_is_terminal(FILE *stream)
{
    HANDLE handle = (HANDLE)_get_osfhandle(_fileno(stream));
    DWORD mode;

    return GetConsoleMode(handle, &mode) != 0;
}

static void understand_colours(DWORD which)
{
    HANDLE handle = GetStdHandle(which);
    DWORD mode;

    if (GetConsoleMode(handle, &mode)) {
        SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
}

void console_binary_standard_streams(void)
{
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    SetConsoleOutputCP(CP_UTF8);
    understand_colours(STD_OUTPUT_HANDLE);
    understand_colours(STD_ERROR_HANDLE);
}

static bool copy_directory(const wchar_t *path, char *buffer, size_t size)
{
    char *bytes = wide_to_utf8(path);
    bool fits = bytes != NULL && strlen(bytes) < size;

    if (fits) {
        strcpy(buffer, bytes);
    }
    free(bytes);
    return fits;
}

bool program_directory(char *buffer, size_t size)
{
    wchar_t path[4096];
    DWORD room = sizeof path / sizeof path[0];
    DWORD length = GetModuleFileNameW(NULL, path, room);
    wchar_t *separator;

    if (length == 0 || length >= room) {
        return false;
    }
    separator = wcsrchr(path, L'\\');
    if (separator == NULL) {
        return false;
    }
    *separator = L'\0';
    return copy_directory(path, buffer, size);
}

static char **convert(wchar_t *const *wide, int count)
{
    char **bytes = calloc((size_t)count + 1, sizeof *bytes);
    bool whole = bytes != NULL;

    for (int i = 0; whole && i < count; i++) {
        bytes[i] = wide_to_utf8(wide[i]);
        whole = bytes[i] != NULL;
    }
    if (whole) {
        return bytes;
    }
    /* The few converted ones stay: without memory the process is about to end. */
    free(bytes);
    return NULL;
}

bool program_arguments(int *count, char ***arguments)
{
    int found = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &found);
    char **converted = wide != NULL ? convert(wide, found) : NULL;

    LocalFree(wide);
    if (converted == NULL) {
        return false;
    }
    *count = found;
    *arguments = converted;
    return true;
}
