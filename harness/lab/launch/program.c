/* SPDX-License-Identifier: MIT */

#include "harness/lab/launch/program.h"

#include <stdio.h>
#include <string.h>

#include "harness/lab/wire/launch_words.h"

/* In a 64-bit launcher that of x64 or ARM64, in a 32-bit one that of x86. */
static WORD own_machine(void)
{
    const char *base = (const void *)GetModuleHandleW(NULL);
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *headers = (const void *)(base + dos->e_lfanew);

    return headers->FileHeader.Machine;
}

static const wchar_t *machine_name(WORD machine)
{
    switch (machine) {
    case IMAGE_FILE_MACHINE_I386:
        return L"32-bit x86";
    case IMAGE_FILE_MACHINE_AMD64:
        return L"64-bit x86";
    case IMAGE_FILE_MACHINE_ARM64:
        return L"64-bit ARM";
    default:
        return L"another processor";
    }
}

void program_complain(const wchar_t *what, const wchar_t *name, DWORD error)
{
    wchar_t text[512] = L"";
    DWORD length = 0;

    if (error != 0) {
        length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                error, 0, text, sizeof text / sizeof text[0], NULL);
    }
    while (length > 0 && wcschr(L"\r\n .", text[length - 1]) != NULL) {
        text[--length] = L'\0';
    }
    if (error == 0) {
        (void)fprintf(stderr, LAUNCH_ERROR "%ls: %ls\n", name, what);
    } else {
        (void)fprintf(stderr, LAUNCH_ERROR "%ls: %ls: error %lu: %ls\n", name, what,
                      (unsigned long)error, text);
    }
}

/* False where the file has no such bytes. */
static bool read_at(HANDLE file, LONG offset, void *into, DWORD size)
{
    DWORD count = 0;

    return SetFilePointer(file, offset, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER &&
           ReadFile(file, into, size, &count, NULL) && count == size;
}

static bool read_machine(HANDLE file, WORD *machine)
{
    IMAGE_DOS_HEADER dos;
    struct {
        DWORD signature;
        IMAGE_FILE_HEADER header;
    } image;

    if (!read_at(file, 0, &dos, sizeof dos) || dos.e_magic != IMAGE_DOS_SIGNATURE ||
        !read_at(file, dos.e_lfanew, &image, sizeof image) ||
        image.signature != IMAGE_NT_SIGNATURE ||
        (image.header.Characteristics & IMAGE_FILE_DLL) != 0) {
        return false;
    }
    *machine = image.header.Machine;
    return true;
}

static bool check(const wchar_t *path)
{
    const HANDLE file =
        CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    wchar_t what[128];
    WORD machine = 0;
    bool program;

    if (file == INVALID_HANDLE_VALUE) {
        program_complain(L"cannot be read", path, GetLastError());
        return false;
    }
    program = read_machine(file, &machine);
    CloseHandle(file);
    if (!program) {
        program_complain(L"expected a Windows program, found none", path, 0);
        return false;
    }
    if (machine == own_machine()) {
        return true;
    }
    (void)swprintf(what, sizeof what / sizeof what[0],
                   L"is a program for %ls; this launcher starts those for %ls",
                   machine_name(machine), machine_name(own_machine()));
    program_complain(what, path, 0);
    return false;
}

bool program_find(const wchar_t *name, wchar_t path[PROGRAM_PATH_MAX])
{
    const DWORD length = SearchPathW(NULL, name, L".exe", PROGRAM_PATH_MAX, path, NULL);

    if (length == 0 || length >= PROGRAM_PATH_MAX) {
        program_complain(L"no such program", name, length == 0 ? GetLastError() : 0);
        return false;
    }
    return check(path);
}

/* A quotation mark after an odd number of backslashes is a letter. */
const wchar_t *program_rest(const wchar_t *line)
{
    bool quoted = false;
    size_t backslashes = 0;

    for (; *line != L'\0' && (quoted || (*line != L' ' && *line != L'\t')); line++) {
        if (*line == L'"' && backslashes % 2 == 0) {
            quoted = !quoted;
        }
        backslashes = *line == L'\\' ? backslashes + 1 : 0;
    }
    while (*line == L' ' || *line == L'\t') {
        line++;
    }
    return line;
}
