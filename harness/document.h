/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_DOCUMENT_H
#define HARNESS_DOCUMENT_H

#include <jansson.h>
#include <stddef.h>

#include "harness/status.h"

struct complaints;

enum { DOCUMENT_DEPTH_MAX = 64 };

/*
 * One JSON text and what was made of it. Strings that point into `root` and memory from
 * document_keep() live as long as the document.
 */
struct document {
    char *name; /* path of the file, or what it is called in complaints */
    char *text; /* NULL where it came as a tree */
    size_t size;
    json_t *root; /* an object or an array, never deeper than DOCUMENT_DEPTH_MAX */
    struct kept *kept;
};

/*
 * Loads a file of at most `limit` bytes. STATUS_BAD_INPUT after a complaint: it is absent, too
 * large, empty, not UTF-8, not one whole JSON text, has a member twice or is too deep.
 * The caller frees the document.
 */
enum status document_load(const char *path, size_t limit, struct complaints *complaints,
                          struct document **document);

/* The same from memory, which is copied. */
enum status document_from_text(const char *name, const char *text, size_t size,
                               struct complaints *complaints, struct document **document);

/* The same from a tree that was read already; takes a reference. Complaints will have no line. */
enum status document_from_tree(const char *name, json_t *root, struct complaints *complaints,
                               struct document **document);

void document_free(struct document *document);

/* Zeroed memory that is freed with the document; NULL without memory. `size` is at least 1. */
void *document_keep(struct document *document, size_t count, size_t size);
char *document_keep_text(struct document *document, const char *text);

#endif
