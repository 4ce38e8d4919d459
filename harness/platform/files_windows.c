/* SPDX-License-Identifier: MIT */

#include "harness/platform/files.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#include "harness/platform/wide.h"

static const struct {
    DWORD windows;
    int standard;
} errors[] = {{ERROR_FILE_NOT_FOUND, ENOENT},
              {ERROR_PATH_NOT_FOUND, ENOENT},
              {ERROR_INVALID_NAME, ENOENT},
              {ERROR_BAD_NETPATH, ENOENT},
              {ERROR_BAD_NET_NAME, ENOENT},
              {ERROR_INVALID_DRIVE, ENOENT},
              {ERROR_ACCESS_DENIED, EACCES},
              {ERROR_SHARING_VIOLATION, EACCES},
              {ERROR_LOCK_VIOLATION, EACCES},
              {ERROR_FILE_EXISTS, EEXIST},
              {ERROR_ALREADY_EXISTS, EEXIST},
              {ERROR_DISK_FULL, ENOSPC},
              {ERROR_HANDLE_DISK_FULL, ENOSPC},
              {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
              {ERROR_WRITE_PROTECT, EROFS},
              {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
              {ERROR_DIRECTORY, ENOTDIR},
              {ERROR_NOT_SAME_DEVICE, EXDEV},
              {ERROR_NO_UNICODE_TRANSLATION, EILSEQ}};

static int last_error(void)
{
    DWORD error = GetLastError();

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].windows == error) {
            return errors[i].standard;
        }
    }
    return EIO;
}

/* Passes a success on and translates the last error otherwise. */
static bool told(BOOL success)
{
    if (!success) {
        errno = last_error();
    }
    return success != 0;
}

static bool is_on_disk(const wchar_t *path)
{
    HANDLE file = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    bool on_disk = file == INVALID_HANDLE_VALUE || GetFileType(file) == FILE_TYPE_DISK;

    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    return on_disk;
}

static enum files_kind kind_of(const wchar_t *path)
{
    DWORD attributes = path != NULL ? GetFileAttributesW(path) : INVALID_FILE_ATTRIBUTES;

    if (attributes == INVALID_FILE_ATTRIBUTES) {
        errno = last_error();
        return FILES_ABSENT;
    }
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return is_on_disk(path) ? FILES_REGULAR : FILES_OTHER;
    }
    if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        return FILES_LINKED_DIRECTORY;
    }
    return FILES_DIRECTORY;
}

enum files_kind files_kind(const char *path)
{
    wchar_t *wide = wide_from_utf8(path);
    enum files_kind kind = kind_of(wide);

    free(wide);
    return kind;
}

bool files_is_separator(char character)
{
    return character == '/' || character == '\\';
}

FILE *files_open(const char *path, const char *mode)
{
    wchar_t *wide = wide_from_utf8(path);
    wchar_t *wide_mode = wide_from_utf8(mode);
    FILE *stream = NULL;

    if (wide != NULL && wide_mode != NULL) {
        stream = _wfopen(wide, wide_mode);
    } else {
        errno = last_error();
    }
    free(wide);
    free(wide_mode);
    return stream;
}

FILE *files_create(const char *path)
{
    wchar_t *wide = wide_from_utf8(path);
    int file = -1;

    if (wide != NULL) {
        file = _wopen(wide, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                      _S_IREAD | _S_IWRITE);
    } else {
        errno = last_error();
    }
    free(wide);
    return file >= 0 ? _fdopen(file, "wb") : NULL;
}

bool files_replace(const char *temporary, const char *final)
{
    wchar_t *from = wide_from_utf8(temporary);
    wchar_t *to = wide_from_utf8(final);
    bool replaced = told(from != NULL && to != NULL &&
                         MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH));

    free(from);
    free(to);
    return replaced;
}

bool files_remove(const char *path)
{
    wchar_t *wide = wide_from_utf8(path);
    bool removed = told(wide != NULL && DeleteFileW(wide));

    free(wide);
    return removed;
}

bool files_make_directory(const char *path)
{
    wchar_t *wide = wide_from_utf8(path);
    bool made = told(wide != NULL && CreateDirectoryW(wide, NULL));

    free(wide);
    return made || (errno == EEXIST && files_is_directory(path));
}

/* Links to files are rare here, and MoveFileEx replaces the link itself. */
char *files_resolve(const char *path)
{
    size_t size = strlen(path) + 1;
    char *copy = malloc(size);

    return copy != NULL ? memcpy(copy, path, size) : NULL;
}

static wchar_t *full_path(const char *path)
{
    wchar_t *wide = wide_from_utf8(path);
    const DWORD room = wide != NULL ? GetFullPathNameW(wide, 0, NULL, NULL) : 0;
    wchar_t *full = room > 0 ? malloc(room * sizeof *full) : NULL;

    if (full != NULL && GetFullPathNameW(wide, room, full, NULL) == 0) {
        free(full);
        full = NULL;
    }
    free(wide);
    return full;
}

bool files_same(const char *a, const char *b)
{
    wchar_t *first = full_path(a);
    wchar_t *second = full_path(b);
    const bool same = first != NULL && second != NULL && _wcsicmp(first, second) == 0;

    free(first);
    free(second);
    return same;
}

/* "folder/" followed by an asterisk: what FindFirstFile wants. */
static wchar_t *search_pattern(const char *folder)
{
    size_t room = strlen(folder) + 3;
    char *pattern = malloc(room);
    wchar_t *wide;

    if (pattern == NULL) {
        return NULL;
    }
    snprintf(pattern, room, "%s/*", folder);
    wide = wide_from_utf8(pattern);
    free(pattern);
    return wide;
}

static bool is_dots(const wchar_t *name)
{
    return wcscmp(name, L".") == 0 || wcscmp(name, L"..") == 0;
}

static bool pass_on(const wchar_t *wide, bool (*entry)(void *context, const char *name),
                    void *context)
{
    char name[3 * MAX_PATH + 1];

    if (is_dots(wide)) {
        return true;
    }
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, sizeof name, NULL, NULL);
    return entry(context, name);
}

bool files_list(const char *folder, bool (*entry)(void *context, const char *name), void *context)
{
    wchar_t *pattern = search_pattern(folder);
    WIN32_FIND_DATAW found;
    HANDLE search = pattern != NULL ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;
    bool more = true;

    free(pattern);
    if (search == INVALID_HANDLE_VALUE) {
        return told(FALSE);
    }
    while (more && pass_on(found.cFileName, entry, context)) {
        more = FindNextFileW(search, &found) != 0;
    }
    more = more || GetLastError() == ERROR_NO_MORE_FILES;
    told(more);
    FindClose(search);
    return more;
}
