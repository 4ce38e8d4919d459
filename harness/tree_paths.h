/* SPDX-License-Identifier: MIT */

/* Which files of the vectors' folder the arguments of a command lead to. */

#ifndef HARNESS_TREE_PATHS_H
#define HARNESS_TREE_PATHS_H

#include <stddef.h>

#include "harness/status.h"

struct complaints;

struct paths {
    char **items;
    size_t count;
    size_t room;
};

/*
 * As in tree_load(): in byte order, each path once. Folders that cannot be read and arguments that
 * lead to nothing are complained about and counted in `bad`. Clear the paths in any case.
 */
enum status paths_find(const char *root, const char *const *arguments, size_t count,
                       struct complaints *complaints, struct paths *paths, size_t *bad);

/* Every file of that id, or of that case's name. */
enum status paths_find_id(const char *root, const char *id, struct complaints *complaints,
                          struct paths *paths);

void paths_clear(struct paths *paths);

#endif
