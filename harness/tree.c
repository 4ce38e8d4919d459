/* SPDX-License-Identifier: MIT */

#include "harness/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/platform/console.h"
#include "harness/platform/files.h"
#include "harness/vector.h"

#ifndef WFPCHECK_SOURCE_VECTORS
#define WFPCHECK_SOURCE_VECTORS "vectors"
#endif

enum { PATH_LIMIT = 4096, ID_LIMIT = 65 };

static const char suffix[] = ".json";
enum { SUFFIX = sizeof suffix - 1 };

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

/* ---- a list of paths ---- */

struct paths {
    char **items;
    size_t count;
    size_t room;
};

static enum status paths_add(struct paths *paths, const char *path)
{
    if (paths->count == paths->room) {
        size_t room = paths->room == 0 ? 64 : paths->room * 2;
        char **items = realloc(paths->items, room * sizeof *items);
        if (items == NULL) {
            return STATUS_BROKEN;
        }
        paths->items = items;
        paths->room = room;
    }
    size_t size = strlen(path) + 1;
    char *copy = malloc(size);
    if (copy == NULL) {
        return STATUS_BROKEN;
    }
    memcpy(copy, path, size);
    paths->items[paths->count++] = copy;
    return STATUS_OK;
}

static void paths_clear(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        free(paths->items[i]);
    }
    free(paths->items);
    *paths = (struct paths){0};
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In byte order, each path once. */
static void paths_sort(struct paths *paths)
{
    if (paths->count == 0) {
        return;
    }
    qsort(paths->items, paths->count, sizeof *paths->items, compare_texts);
    size_t kept = 1;
    for (size_t i = 1; i < paths->count; i++) {
        if (strcmp(paths->items[i], paths->items[kept - 1]) == 0) {
            free(paths->items[i]);
        } else {
            paths->items[kept++] = paths->items[i];
        }
    }
    paths->count = kept;
}

/* ---- walking ---- */

struct walk {
    struct paths *paths;
    struct complaints *complaints;
    size_t skip; /* length of the folder's own path */
    size_t troubles;
};

static bool part_is(const char *part, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(part, name, length) == 0;
}

/* Folders at any depth, so that "." and a folder above the tree work too. */
static bool holds_vectors(const char *path)
{
    static const char *const others[] = {"schema",   "profiles",     "known",
                                         "recorded", "clauses.json", "coverage.json"};
    for (const char *part = path; *part != '\0';) {
        size_t length = strcspn(part, "/");
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            if (part_is(part, length, others[i])) {
                return false;
            }
        }
        part += length;
        part += *part == '/';
    }
    return true;
}

static enum status visit(void *context, const char *path, const char *trouble)
{
    struct walk *walk = context;
    if (trouble != NULL) {
        complain(walk->complaints, path, 0, "folder", "one that can be read", "%s", trouble);
        walk->troubles++;
        return STATUS_OK;
    }
    return holds_vectors(path + walk->skip) ? paths_add(walk->paths, path) : STATUS_OK;
}

static enum status walk_folder(const char *folder, struct complaints *complaints,
                               struct paths *paths, size_t *troubles)
{
    char root[PATH_LIMIT];
    size_t length = strlen(folder);
    while (length > 1 && files_is_separator(folder[length - 1])) {
        length--;
    }
    if (length >= sizeof root) {
        return STATUS_BROKEN;
    }
    memcpy(root, folder, length);
    root[length] = '\0';
    struct walk walk = {.paths = paths, .complaints = complaints, .skip = length};
    enum status status = files_walk(root, suffix, visit, &walk);
    *troubles += walk.troubles;
    return status;
}

/* ---- arguments ---- */

struct search {
    const char *root;
    struct complaints *complaints;
    struct paths all; /* of the tree at root; walked when first asked for */
    bool walked;
    size_t troubles;
};

static bool ends_in_suffix(const char *text)
{
    size_t length = strlen(text);
    return length > SUFFIX && strcmp(text + length - SUFFIX, suffix) == 0;
}

static enum status search_tree(struct search *search)
{
    if (search->walked) {
        return STATUS_OK;
    }
    search->walked = true;
    return walk_folder(search->root, search->complaints, &search->all, &search->troubles);
}

static const char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The id in "id@member[profile]"; false if it is too long for one. */
static bool id_of(const char *name, char id[ID_LIMIT])
{
    size_t length = strcspn(name, "@[");
    if (length == 0 || length >= ID_LIMIT) {
        return false;
    }
    memcpy(id, name, length);
    id[length] = '\0';
    return true;
}

/* Adds every file of that id: two of them are complained about when they are loaded. */
static enum status add_by_id(struct search *search, const char *name, struct paths *paths)
{
    char id[ID_LIMIT];
    enum status status = search_tree(search);
    bool possible = id_of(name, id);
    for (size_t i = 0; status == STATUS_OK && possible && i < search->all.count; i++) {
        const char *stem = stem_of(search->all.items[i]);
        if (part_is(stem, strlen(stem) - SUFFIX, id)) {
            status = paths_add(paths, search->all.items[i]);
        }
    }
    return status;
}

static enum status add_argument(struct search *search, const char *argument, struct paths *paths)
{
    size_t before = paths->count;
    if (ends_in_suffix(argument)) {
        return paths_add(paths, argument);
    }
    if (files_is_directory(argument)) {
        return walk_folder(argument, search->complaints, paths, &search->troubles);
    }
    enum status status = add_by_id(search, argument, paths);
    if (status != STATUS_OK || paths->count > before) {
        return status;
    }
    char below[PATH_LIMIT];
    int length = snprintf(below, sizeof below, "%s/%s", search->root, argument);
    if (length > 0 && (size_t)length < sizeof below && *argument != '\0' &&
        files_is_directory(below)) {
        return walk_folder(below, search->complaints, paths, &search->troubles);
    }
    complain(search->complaints, argument, 0, "argument",
             "a vector's file, a folder of vectors or a vector's id", "none of them");
    search->troubles++;
    return STATUS_OK;
}

static enum status find_paths(const char *root, const char *const *arguments, size_t count,
                              struct complaints *complaints, struct paths *paths, size_t *bad)
{
    struct search search = {.root = root, .complaints = complaints};
    enum status status = STATUS_OK;
    if (count == 0) {
        status = walk_folder(root, complaints, paths, &search.troubles);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = add_argument(&search, arguments[i], paths);
    }
    paths_clear(&search.all);
    paths_sort(paths);
    *bad += search.troubles;
    return status;
}

/* ---- loading ---- */

static int compare_ids(const void *a, const void *b)
{
    const struct vector *first = *(struct vector *const *)a;
    const struct vector *second = *(struct vector *const *)b;
    int order = strcmp(first->id, second->id);
    return order != 0 ? order : strcmp(first->path, second->path);
}

static bool same_file(const char *a, const char *b)
{
    char *first = files_resolve(a);
    char *second = files_resolve(b);
    bool same = first != NULL && second != NULL && strcmp(first, second) == 0;
    free(first);
    free(second);
    return same;
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
        if (!same_file(before->path, vector->path)) {
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
    enum status status = find_paths(root, arguments, count, complaints, &paths, &made.bad);
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

const struct vector *tree_vector(const struct tree *tree, const char *id)
{
    size_t low = 0;
    size_t high = tree->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tree->by_id[middle]->id, id);
        if (order == 0) {
            return tree->by_id[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

enum status tree_load_one(const char *root, const char *id, const struct key_catalogue *keys,
                          struct complaints *complaints, struct vector **vector)
{
    struct search search = {.root = root, .complaints = complaints};
    struct paths paths = {0};
    enum status status = add_by_id(&search, id, &paths);
    if (status == STATUS_OK && paths.count != 1) {
        complain(complaints, id, 0, "id", "the id of one vector", "%zu files of that name",
                 paths.count);
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = vector_load(paths.items[0], keys, complaints, vector);
    }
    paths_clear(&paths);
    paths_clear(&search.all);
    return status;
}
