/* SPDX-License-Identifier: MIT */

#include "harness/platform/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What errno cannot say; no errno is negative. */
enum { TOO_DEEP = -1, TOO_MANY = -2 };

struct found {
    char *path;
    int error;      /* 0, errno or one of the above */
    unsigned depth; /* of a folder that is still to be listed, the root's being 1; else 0 */
};

struct walk {
    struct found *found;
    size_t count;
    size_t room;
    size_t listed; /* the entry whose folder is being listed */
    const char *suffix;
    enum status status;
};

static char *join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    bool separated = length > 0 && files_is_separator(folder[length - 1]);
    size_t room = length + strlen(name) + 2;
    char *path = malloc(room);

    if (path != NULL) {
        snprintf(path, room, "%s%s%s", folder, separated ? "" : "/", name);
    }
    return path;
}

static bool grow(struct walk *walk)
{
    size_t room = walk->room > 0 ? walk->room * 2 : 256;
    struct found *larger;

    if (walk->count < walk->room) {
        return true;
    }
    larger = realloc(walk->found, room * sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    walk->found = larger;
    walk->room = room;
    return true;
}

/* Takes `path`; false without memory. */
static bool add(struct walk *walk, char *path, int error, unsigned depth)
{
    if (path == NULL || !grow(walk)) {
        free(path);
        walk->status = STATUS_BROKEN;
        return false;
    }
    walk->found[walk->count++] = (struct found){path, error, depth};
    return walk->count <= FILES_COUNT;
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t wanted = suffix != NULL ? strlen(suffix) : 0;

    return length >= wanted && (wanted == 0 || strcmp(name + length - wanted, suffix) == 0);
}

/* False ends the listing. */
static bool sort_out(void *context, const char *name)
{
    struct walk *walk = context;
    const struct found *folder = &walk->found[walk->listed];
    char *path;

    if (name[0] == '.') {
        return true;
    }
    path = join(folder->path, name);
    if (path == NULL) {
        return add(walk, NULL, 0, 0);
    }
    switch (files_kind(path)) {
    case FILES_DIRECTORY:
        return add(walk, path, 0, folder->depth + 1);
    case FILES_REGULAR:
        if (ends_in(name, walk->suffix)) {
            return add(walk, path, 0, 0);
        }
        break;
    case FILES_ABSENT:
        if (ends_in(name, walk->suffix)) {
            return add(walk, path, errno, 0);
        }
        break;
    case FILES_LINKED_DIRECTORY:
    case FILES_OTHER:
        break;
    }
    free(path);
    return true;
}

/* A folder is replaced by what goes wrong with it, or else stays in the list with depth > 0. */
static void list(struct walk *walk, size_t index)
{
    struct found *folder = &walk->found[index];
    const char *path = folder->path;
    bool listed;

    if (folder->depth > FILES_DEPTH + 1) {
        *folder = (struct found){folder->path, TOO_DEEP, 0};
        return;
    }
    walk->listed = index;
    errno = 0;
    listed = files_list(path, sort_out, walk);
    /* The list may have moved. */
    if (!listed) {
        walk->found[index] = (struct found){walk->found[index].path, errno, 0};
    }
}

static void collect(struct walk *walk, const char *root)
{
    enum files_kind kind = files_kind(root);
    int error = kind == FILES_ABSENT ? errno : 0;
    size_t size = strlen(root) + 1;
    char *path = malloc(size);

    if (path != NULL) {
        memcpy(path, root, size);
    }
    add(walk, path, error, kind == FILES_DIRECTORY || kind == FILES_LINKED_DIRECTORY);
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->status != STATUS_OK || walk->count > FILES_COUNT) {
            return;
        }
        if (walk->found[i].depth > 0) {
            list(walk, i);
        }
    }
}

static int by_path(const void *a, const void *b)
{
    const struct found *left = a, *right = b;

    return strcmp(left->path, right->path);
}

static const char *sentence(int error)
{
    if (error == 0) {
        return NULL;
    }
    if (error == TOO_DEEP) {
        return "folders are nested too deep";
    }
    return error == TOO_MANY ? "too many files" : strerror(error);
}

static enum status visit_all(struct walk *walk, files_visit *visit, void *context)
{
    enum status status = STATUS_OK;

    qsort(walk->found, walk->count, sizeof *walk->found, by_path);
    for (size_t i = 0; i < walk->count && status == STATUS_OK; i++) {
        const struct found *found = &walk->found[i];
        if (found->depth == 0) {
            status = visit(context, found->path, sentence(found->error));
        }
    }
    return status;
}

enum status files_walk(const char *root, const char *suffix, files_visit *visit, void *context)
{
    struct walk walk = {.suffix = suffix, .status = STATUS_OK};
    enum status status;

    collect(&walk, root);
    status = walk.status;
    if (status == STATUS_OK && walk.count > FILES_COUNT) {
        status = visit(context, root, sentence(TOO_MANY));
    } else if (status == STATUS_OK) {
        status = visit_all(&walk, visit, context);
    }
    for (size_t i = 0; i < walk.count; i++) {
        free(walk.found[i].path);
    }
    free(walk.found);
    return status;
}
