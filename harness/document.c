/* SPDX-License-Identifier: MIT */

#include "harness/document.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/platform/files.h"

enum { CHUNK_UNITS = 500 };

/* What everything is aligned for; not every C library has max_align_t. */
union unit {
    uint64_t integer;
    double real;
    void *pointer;
};

struct kept {
    struct kept *next;
    size_t used; /* units */
    size_t room;
    union unit units[];
};

static struct kept *kept_new(size_t room)
{
    struct kept *kept = calloc(1, sizeof *kept + room * sizeof kept->units[0]);
    if (kept != NULL) {
        kept->room = room;
    }
    return kept;
}

void *document_keep(struct document *document, size_t count, size_t size)
{
    if (count == 0 || count > (SIZE_MAX / 2) / size) {
        return NULL;
    }
    size_t wanted = (count * size + sizeof(union unit) - 1) / sizeof(union unit);
    struct kept *kept = document->kept;
    if (kept == NULL || kept->room - kept->used < wanted) {
        kept = kept_new(wanted > CHUNK_UNITS ? wanted : CHUNK_UNITS);
        if (kept == NULL) {
            return NULL;
        }
        kept->next = document->kept;
        document->kept = kept;
    }
    void *memory = kept->units + kept->used;
    kept->used += wanted;
    return memory;
}

char *document_keep_text(struct document *document, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = document_keep(document, size, 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

static char *copy_bytes(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy != NULL) {
        memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

static struct document *document_new(const char *name)
{
    struct document *document = calloc(1, sizeof *document);
    if (document == NULL) {
        return NULL;
    }
    document->name = copy_bytes(name, strlen(name));
    if (document->name == NULL) {
        free(document);
        return NULL;
    }
    return document;
}

void document_free(struct document *document)
{
    if (document == NULL) {
        return;
    }
    while (document->kept != NULL) {
        struct kept *next = document->kept->next;
        free(document->kept);
        document->kept = next;
    }
    json_decref(document->root);
    free(document->text);
    free(document->name);
    free(document);
}

static bool too_deep(json_t *value, unsigned left)
{
    if (!json_is_object(value) && !json_is_array(value)) {
        return false;
    }
    if (left == 0) {
        return true;
    }
    const char *name;
    json_t *child;
    size_t index;
    json_object_foreach(value, name, child) {
        if (too_deep(child, left - 1)) {
            return true;
        }
    }
    json_array_foreach(value, index, child) {
        if (too_deep(child, left - 1)) {
            return true;
        }
    }
    return false;
}

static enum status check_depth(const struct document *document, struct complaints *complaints)
{
    if (!too_deep(document->root, DOCUMENT_DEPTH_MAX)) {
        return STATUS_OK;
    }
    complain(complaints, document->name, 1, "JSON", "at most 64 levels", "more");
    return STATUS_BAD_INPUT;
}

static enum status parse(struct document *document, struct complaints *complaints)
{
    json_error_t error;
    document->root = json_loadb(document->text, document->size, JSON_REJECT_DUPLICATES, &error);
    if (document->root != NULL) {
        return check_depth(document, complaints);
    }
    if (json_error_code(&error) == json_error_out_of_memory) {
        return STATUS_BROKEN;
    }
    int line = error.line > 0 ? error.line : 1;
    complain(complaints, document->name, line, "JSON", "one whole JSON text in UTF-8", "%s",
             document->size == 0 ? "an empty file" : error.text);
    return STATUS_BAD_INPUT;
}

/* Takes `text` in any case. */
static enum status document_from_owned(const char *name, char *text, size_t size,
                                       struct complaints *complaints, struct document **document)
{
    struct document *made = document_new(name);
    if (made == NULL) {
        free(text);
        return STATUS_BROKEN;
    }
    made->text = text;
    made->size = size;
    enum status status = parse(made, complaints);
    if (status != STATUS_OK) {
        document_free(made);
        return status;
    }
    *document = made;
    return STATUS_OK;
}

enum status document_load(const char *path, size_t limit, struct complaints *complaints,
                          struct document **document)
{
    char *text;
    size_t size;
    enum status status = files_read(path, limit, &text, &size);
    if (status == STATUS_BAD_INPUT) {
        char expected[64];
        snprintf(expected, sizeof expected, "a readable file of at most %zu bytes", limit);
        complain(complaints, path, 0, "file", expected, "none");
    }
    if (status != STATUS_OK) {
        return status;
    }
    return document_from_owned(path, text, size, complaints, document);
}

enum status document_from_text(const char *name, const char *text, size_t size,
                               struct complaints *complaints, struct document **document)
{
    char *copy = copy_bytes(text, size);
    if (copy == NULL) {
        return STATUS_BROKEN;
    }
    return document_from_owned(name, copy, size, complaints, document);
}

enum status document_from_tree(const char *name, json_t *root, struct complaints *complaints,
                               struct document **document)
{
    struct document *made = document_new(name);
    if (made == NULL) {
        return STATUS_BROKEN;
    }
    made->root = json_incref(root);
    enum status status = check_depth(made, complaints);
    if (status != STATUS_OK) {
        document_free(made);
        return status;
    }
    *document = made;
    return STATUS_OK;
}
