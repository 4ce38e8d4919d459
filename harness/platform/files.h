/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PLATFORM_FILES_H
#define HARNESS_PLATFORM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/status.h"

/*
 * Files and folders. Paths are UTF-8 everywhere; '/' separates on every system. Where a call fails,
 * errno says why (strerror(errno) is the sentence), also on Windows.
 */

enum { FILES_DEPTH = 8, FILES_COUNT = 100000 };

enum files_kind {
    FILES_ABSENT, /* or not to be seen; errno says why */
    FILES_REGULAR,
    FILES_DIRECTORY,
    FILES_LINKED_DIRECTORY, /* a link, or on Windows a junction, to a folder */
    FILES_OTHER             /* a device, a pipe ... */
};

enum files_kind files_kind(const char *path);
bool files_is_directory(const char *path);
bool files_is_separator(char character);

/*
 * One file of a walk, or with `trouble` (a sentence; else NULL) a place where the walk cannot go
 * on. Any answer but STATUS_OK ends the walk and becomes its answer.
 */
typedef enum status files_visit(void *context, const char *path, const char *trouble);

/*
 * Visits the regular files below the folder `root` whose name ends in `suffix` (NULL: every file),
 * in the byte order of their whole path, which starts with `root` as given. A root that is a file
 * is visited whatever its name. Hidden entries (a leading dot) and links to folders are passed by.
 * Told as trouble: what is absent or unreadable, folders nested deeper than FILES_DEPTH and, at the
 * root, more than FILES_COUNT files and folders. STATUS_BROKEN without memory.
 */
enum status files_walk(const char *root, const char *suffix, files_visit *visit, void *context);

/*
 * Reads a whole file of at most `limit` bytes. `*text` is to be freed, is followed by a NUL that
 * `*size` does not count, and may hold others. STATUS_BAD_INPUT when it is absent, unreadable, a
 * folder (EISDIR) or larger (EFBIG); STATUS_BROKEN without memory.
 */
enum status files_read(const char *path, size_t limit, char **text, size_t *size);

/* fopen() with an UTF-8 path; modes "rb", "wb", "ab". */
FILE *files_open(const char *path, const char *mode);

/* Creates a file for binary writing; NULL with EEXIST when there is something of that name. */
FILE *files_create(const char *path);

/*
 * Creates a new file beside `path`, in the same folder, whose name starts like it. `*temporary` is
 * its path, to be freed. NULL when that cannot be done.
 */
FILE *files_create_beside(const char *path, char **temporary);

/* Gives the file the other name in one step, in place of what may have had it; false if not. */
bool files_replace(const char *temporary, const char *final);

bool files_remove(const char *path);

/* Makes one folder; true also when it is there already. */
bool files_make_directory(const char *path);

/* Where a path leads when links are followed, or the path itself. To be freed; NULL: no memory. */
char *files_resolve(const char *path);

/* Do both paths lead to the same file, however they are written? */
bool files_same(const char *a, const char *b);

/* Calls `entry` with each name in a folder but "." and ".." until it says false. */
bool files_list(const char *folder, bool (*entry)(void *context, const char *name), void *context);

#endif
