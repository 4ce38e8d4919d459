/* SPDX-License-Identifier: MIT */

#include "harness/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/platform/files.h"

static enum status refuse(const char *path, struct complaints *complaints)
{
    complain(complaints, path, 0, "output", "a file that can be written", "%s", strerror(errno));
    return STATUS_BAD_INPUT;
}

static bool names_a_file(const char *path)
{
    size_t length = strlen(path);

    errno = length > 0 ? EISDIR : ENOENT;
    return length > 0 && !files_is_separator(path[length - 1]);
}

/* Opens the stream; false with errno. */
static bool open_stream(struct output_file *output)
{
    if (!names_a_file(output->final)) {
        return false;
    }
    switch (files_kind(output->final)) {
    case FILES_DIRECTORY:
    case FILES_LINKED_DIRECTORY:
        errno = EISDIR;
        return false;
    case FILES_OTHER:
        output->stream = files_open(output->final, "wb");
        break;
    case FILES_ABSENT:
    case FILES_REGULAR:
        output->stream = files_create_beside(output->final, &output->temporary);
        break;
    }
    return output->stream != NULL;
}

enum status output_open(const char *path, struct complaints *complaints, struct output_file *output)
{
    struct output_file opened = {.stream = stdout};
    enum status status = STATUS_OK;

    if (path != NULL) {
        opened.final = files_resolve(path);
        if (opened.final == NULL) {
            return STATUS_BROKEN;
        }
        if (!open_stream(&opened)) {
            status = refuse(path, complaints);
        }
    }
    if (status != STATUS_OK) {
        free(opened.final);
        return status;
    }
    *output = opened;
    return STATUS_OK;
}

static void release(struct output_file *output)
{
    free(output->final);
    free(output->temporary);
    *output = (struct output_file){0};
}

/* Flushes, and closes what was opened; false when something got lost, with errno or with 0 in it.
 */
static bool finish(struct output_file *output)
{
    bool lost = ferror(output->stream) != 0;
    int error = 0;

    errno = 0;
    if (fflush(output->stream) != 0) {
        error = errno;
    }
    if (output->final != NULL && fclose(output->stream) != 0 && error == 0) {
        error = errno;
    }
    errno = error;
    return !lost && error == 0;
}

enum status output_commit(struct output_file *output, struct complaints *complaints)
{
    const char *place = output->final != NULL ? output->final : "standard output";
    bool whole = finish(output);

    if (whole && output->temporary != NULL) {
        whole = files_replace(output->temporary, output->final);
    }
    if (!whole) {
        complain(complaints, place, 0, "output", "all of it written", "%s",
                 errno != 0 ? strerror(errno) : "a write error");
        if (output->temporary != NULL) {
            files_remove(output->temporary);
        }
    }
    release(output);
    return whole ? STATUS_OK : STATUS_BROKEN;
}

void output_abandon(struct output_file *output)
{
    finish(output);
    if (output->temporary != NULL) {
        files_remove(output->temporary);
    }
    release(output);
}
