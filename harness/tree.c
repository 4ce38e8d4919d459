/* SPDX-License-Identifier: MIT */

#include "harness/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/platform/console.h"
#include "harness/platform/files.h"
#include "harness/tree_paths.h"
#include "harness/vector.h"

#ifndef WFPCHECK_SOURCE_VECTORS
#define WFPCHECK_SOURCE_VECTORS "vectors"
#endif

enum { PATH_LIMIT = 4096 };

bool tree_default_root(char *path, size_t size)
{
    char program[PATH_LIMIT];
    char installed[PATH_LIMIT + 32];
    const char *found = WFPCHECK_SOURCE_VECTORS;
    if (program_directory(program, sizeof program)) {
        snprintf(installed, sizeof installed, "%s/../share/wfpcheck/vectors", program);
        found = files_is_directory(installed) ? installed : found;
    }
    if (strlen(found) >= size || !files_is_directory(found)) {
        return false;
    }
    memcpy(path, found, strlen(found) + 1);
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    const struct vector *first = *(struct vector *const *)a;
    const struct vector *second = *(struct vector *const *)b;
    int order = strcmp(first->id, second->id);
    return order != 0 ? order : strcmp(first->path, second->path);
}

static int compare_paths(const void *a, const void *b)
{
    const struct vector *first = *(struct vector *const *)a;
    const struct vector *second = *(struct vector *const *)b;
    return strcmp(first->path, second->path);
}

/* Of two with one id the first in byte order stays. */
static void drop_repeated(struct tree *tree, struct complaints *complaints)
{
    size_t kept = 0;
    for (size_t i = 0; i < tree->count; i++) {
        struct vector *vector = tree->by_id[i];
        struct vector *before = kept > 0 ? tree->by_id[kept - 1] : NULL;
        if (before == NULL || strcmp(before->id, vector->id) != 0) {
            tree->by_id[kept++] = vector;
            continue;
        }
        if (!files_same(before->path, vector->path)) {
            complain(complaints, vector->path, 0, "id", "one that no other vector has",
                     "%s, as in %s", vector->id, before->path);
            tree->bad++;
        }
        vector_free(vector);
    }
    tree->count = kept;
    memcpy(tree->vectors, tree->by_id, kept * sizeof(struct vector *));
    qsort(tree->vectors, kept, sizeof(struct vector *), compare_paths);
}

static enum status load_paths(const struct paths *paths, const struct key_catalogue *keys,
                              struct complaints *complaints, struct tree *tree)
{
    size_t room = paths->count > 0 ? paths->count : 1;
    tree->vectors = calloc(room, sizeof(struct vector *));
    tree->by_id = calloc(room, sizeof(struct vector *));
    if (tree->vectors == NULL || tree->by_id == NULL) {
        return STATUS_BROKEN;
    }
    for (size_t i = 0; i < paths->count; i++) {
        enum status status =
            vector_load(paths->items[i], keys, complaints, &tree->vectors[tree->count]);
        if (status == STATUS_BROKEN) {
            return status;
        }
        tree->count += status == STATUS_OK;
        tree->bad += status != STATUS_OK;
    }
    memcpy(tree->by_id, tree->vectors, tree->count * sizeof(struct vector *));
    qsort(tree->by_id, tree->count, sizeof(struct vector *), compare_ids);
    drop_repeated(tree, complaints);
    return STATUS_OK;
}

enum status tree_load(const char *root, const char *const *arguments, size_t count,
                      const struct key_catalogue *keys, struct complaints *complaints,
                      struct tree *tree)
{
    struct paths paths = {0};
    struct tree made = {0};
    enum status status = paths_find(root, arguments, count, complaints, &paths, &made.bad);
    if (status == STATUS_OK) {
        status = load_paths(&paths, keys, complaints, &made);
    }
    paths_clear(&paths);
    if (status != STATUS_OK) {
        tree_clear(&made);
        return status;
    }
    *tree = made;
    return STATUS_OK;
}

void tree_clear(struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        vector_free(tree->vectors[i]);
    }
    free(tree->vectors);
    free(tree->by_id);
    *tree = (struct tree){0};
}

bool tree_place(const struct tree *tree, const char *id, size_t *place)
{
    size_t low = 0;
    size_t high = tree->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tree->by_id[middle]->id, id);
        if (order == 0) {
            *place = middle;
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

enum status tree_load_one(const char *root, const char *id, const struct key_catalogue *keys,
                          struct complaints *complaints, struct vector **vector)
{
    struct paths paths = {0};
    enum status status = paths_find_id(root, id, complaints, &paths);
    if (status == STATUS_OK && paths.count != 1) {
        complain(complaints, id, 0, "id", "the id of one vector", "%zu files of that name",
                 paths.count);
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = vector_load(paths.items[0], keys, complaints, vector);
    }
    paths_clear(&paths);
    return status;
}
