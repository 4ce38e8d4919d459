/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LOCATE_H
#define HARNESS_LOCATE_H

#include <jansson.h>
#include <stddef.h>

struct document;

/*
 * Jansson keeps no line numbers, so a complaint about the meaning of a value finds its place by
 * searching the tree for the value's holder and then the text for the same path. Slow: on error
 * only.
 */

/* A member of an object, an item of an array, or the holder itself. */
struct place {
    json_t *holder;     /* an object or an array */
    const char *member; /* of an object; NULL: the object itself */
    size_t index;       /* of an array, from 0; SIZE_MAX: the array itself */
};

struct place place_member(json_t *object, const char *name);
struct place place_item(json_t *array, size_t index);
struct place place_whole(json_t *holder);

enum { LOCATE_FIELD_MAX = 200 };

/*
 * Writes the path of a place ("steps[3].out.size" with items counted from 1; "file" for the whole)
 * and gives its line from 1: that of the member's value, that of the holder if there is no such
 * member, 0 without a text.
 */
int locate(const struct document *document, struct place place, char *field, size_t room);

#endif
