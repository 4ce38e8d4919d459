/* SPDX-License-Identifier: MIT */

#define _XOPEN_SOURCE 700

#include "harness/platform/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum files_kind files_kind(const char *path)
{
    struct stat target, entry;

    if (stat(path, &target) != 0) {
        return FILES_ABSENT;
    }
    if (S_ISREG(target.st_mode)) {
        return FILES_REGULAR;
    }
    if (!S_ISDIR(target.st_mode)) {
        return FILES_OTHER;
    }
    if (lstat(path, &entry) != 0) {
        return FILES_ABSENT;
    }
    return S_ISLNK(entry.st_mode) ? FILES_LINKED_DIRECTORY : FILES_DIRECTORY;
}

bool files_is_separator(char character)
{
    return character == '/';
}

FILE *files_open(const char *path, const char *mode)
{
    return fopen(path, mode);
}

FILE *files_create(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    return file >= 0 ? fdopen(file, "wb") : NULL;
}

bool files_replace(const char *temporary, const char *final)
{
    return rename(temporary, final) == 0;
}

bool files_remove(const char *path)
{
    return unlink(path) == 0;
}

bool files_make_directory(const char *path)
{
    if (mkdir(path, 0777) == 0) {
        return true;
    }
    return errno == EEXIST && files_is_directory(path);
}

char *files_resolve(const char *path)
{
    char *resolved = realpath(path, NULL);
    size_t size = strlen(path) + 1;

    if (resolved != NULL) {
        return resolved;
    }
    resolved = malloc(size);
    return resolved != NULL ? memcpy(resolved, path, size) : NULL;
}

bool files_same(const char *a, const char *b)
{
    char *first = files_resolve(a);
    char *second = files_resolve(b);
    const bool same = first != NULL && second != NULL && strcmp(first, second) == 0;

    free(first);
    free(second);
    return same;
}

/* The next name that is not the folder itself or the one above; NULL at the end or with errno. */
static const char *next_name(DIR *folder)
{
    const struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(folder);
        if (entry == NULL) {
            return NULL;
        }
    } while (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    return entry->d_name;
}

bool files_list(const char *folder, bool (*entry)(void *context, const char *name), void *context)
{
    DIR *opened = opendir(folder);
    const char *name;
    int error = 0;

    if (opened == NULL) {
        return false;
    }
    while ((name = next_name(opened)) != NULL && entry(context, name)) {
        ;
    }
    if (name == NULL) {
        error = errno;
    }
    closedir(opened);
    errno = error;
    return error == 0;
}
