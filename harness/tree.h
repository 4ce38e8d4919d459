/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_TREE_H
#define HARNESS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/status.h"

struct complaints;
struct key_catalogue;
struct vector;

/*
 * The vectors' folder: every *.json below it is a vector, but for clauses.json, coverage.json and
 * what lies below schema, profiles, known and recorded. A vector's id is its file's stem and unique
 * in the tree.
 */

struct tree {
    size_t count;
    struct vector **vectors; /* in the byte order of their paths */
    struct vector **by_id;   /* the same, in the order of their ids */
    size_t bad;              /* files that could not be loaded, arguments that lead to nothing */
};

/*
 * The installed vectors (../share/wfpcheck/vectors beside the program's folder), else those of the
 * source tree. False, with `path` untouched, when there are none or `size` bytes do not hold it.
 */
bool tree_default_root(char *path, size_t size);

/*
 * Loads what the arguments lead to, each vector once; without any, the whole tree at `root`. An
 * argument is a file (ends in ".json"), a folder, a folder below `root`, a vector's id, or the name
 * of a case ("id@member[profile]"), which loads its vector. What is wrong with a file or an
 * argument goes to `complaints`, is counted in `bad`, and does not keep the others from being
 * loaded; so the status is STATUS_OK or, without memory, STATUS_BROKEN. The caller clears the tree.
 */
enum status tree_load(const char *root, const char *const *arguments, size_t count,
                      const struct key_catalogue *keys, struct complaints *complaints,
                      struct tree *tree);
void tree_clear(struct tree *tree);

/* Where the loaded vector of that id stands in by_id; false when there is none. */
bool tree_place(const struct tree *tree, const char *id, size_t *place);

/*
 * Loads the one vector of that id (or of that case's name) without loading the others.
 * STATUS_BAD_INPUT after a complaint when there is none or it is bad. The caller frees the vector.
 */
enum status tree_load_one(const char *root, const char *id, const struct key_catalogue *keys,
                          struct complaints *complaints, struct vector **vector);

#endif
