/* SPDX-License-Identifier: MIT */

#include "harness/platform/files.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { READ_FIRST = 16 * 1024, NAMES_TRIED = 100 };

bool files_is_directory(const char *path)
{
    enum files_kind kind = files_kind(path);

    return kind == FILES_DIRECTORY || kind == FILES_LINKED_DIRECTORY;
}

/* ---- reading ---- */

/* At most limit + 1 bytes, so that a file which is too large is told from one that just fits. */
static enum status read_stream(FILE *stream, size_t limit, char **text, size_t *size)
{
    size_t room = limit < READ_FIRST ? limit + 1 : READ_FIRST;
    size_t length = 0;
    char *bytes = malloc(room + 1);

    while (bytes != NULL) {
        char *larger;
        length += fread(bytes + length, 1, room - length, stream);
        if (length < room || length > limit) {
            break;
        }
        room = room < (limit + 1) / 2 ? room * 2 : limit + 1;
        larger = realloc(bytes, room + 1);
        if (larger == NULL) {
            free(bytes);
        }
        bytes = larger;
    }
    if (bytes == NULL) {
        return STATUS_BROKEN;
    }
    bytes[length] = '\0';
    *text = bytes;
    *size = length;
    return STATUS_OK;
}

static enum status read_checked(FILE *stream, size_t limit, char **text, size_t *size)
{
    char *bytes = NULL;
    size_t length = 0;
    enum status status = read_stream(stream, limit, &bytes, &length);

    if (status != STATUS_OK) {
        return status;
    }
    if (ferror(stream) || length > limit) {
        if (!ferror(stream)) {
            errno = EFBIG;
        }
        free(bytes);
        return STATUS_BAD_INPUT;
    }
    *text = bytes;
    *size = length;
    return STATUS_OK;
}

enum status files_read(const char *path, size_t limit, char **text, size_t *size)
{
    FILE *stream;
    enum status status;
    int error;

    if (files_is_directory(path)) {
        errno = EISDIR;
        return STATUS_BAD_INPUT;
    }
    stream = files_open(path, "rb");
    if (stream == NULL) {
        return STATUS_BAD_INPUT;
    }
    status = read_checked(stream, limit < SIZE_MAX / 4 ? limit : SIZE_MAX / 4, text, size);
    error = errno;
    fclose(stream);
    errno = error;
    return status;
}

/* ---- a new file beside another ---- */

FILE *files_create_beside(const char *path, char **temporary)
{
    size_t room = strlen(path) + sizeof ".part-00";
    char *name = malloc(room);
    FILE *stream = NULL;

    for (unsigned i = 0; name != NULL && i < NAMES_TRIED; i++) {
        snprintf(name, room, "%s.part-%02u", path, i);
        stream = files_create(name);
        if (stream != NULL || errno != EEXIST) {
            break;
        }
    }
    if (stream == NULL) {
        free(name);
        return NULL;
    }
    *temporary = name;
    return stream;
}
