/* SPDX-License-Identifier: MIT */

#include "harness/tree_paths.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/platform/files.h"

enum { PATH_LIMIT = 4096, ID_LIMIT = 65 };

static const char suffix[] = ".json";
enum { SUFFIX = sizeof suffix - 1 };

/* ---- a list of paths ---- */

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

void paths_clear(struct paths *paths)
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
    static const char *const others[] = {
        "schema",  "profiles",  "known",        "recorded",      "proxy",
        "recipes", "stand-ins", "clauses.json", "coverage.json", "example-policy.json"};
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

enum status paths_find(const char *root, const char *const *arguments, size_t count,
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

enum status paths_find_id(const char *root, const char *id, struct complaints *complaints,
                          struct paths *paths)
{
    struct search search = {.root = root, .complaints = complaints};
    enum status status = add_by_id(&search, id, paths);
    paths_clear(&search.all);
    return status;
}
