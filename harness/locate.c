/* SPDX-License-Identifier: MIT */

#include "harness/locate.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/document.h"

struct place place_member(json_t *object, const char *name)
{
    return (struct place){.holder = object, .member = name};
}

struct place place_item(json_t *array, size_t index)
{
    return (struct place){.holder = array, .index = index};
}

struct place place_whole(json_t *holder)
{
    return (struct place){.holder = holder, .index = SIZE_MAX};
}

struct path {
    size_t depth;
    struct place steps[DOCUMENT_DEPTH_MAX + 2];
};

/* ---- in the tree: the path from the root to a holder ---- */

static bool find_holder(json_t *value, json_t *wanted, struct path *path)
{
    if (value == wanted) {
        return true;
    }
    if (path->depth == DOCUMENT_DEPTH_MAX) {
        return false;
    }
    struct place *step = &path->steps[path->depth++];
    json_t *child;
    *step = (struct place){.holder = value};
    json_object_foreach(value, step->member, child) {
        if (find_holder(child, wanted, path)) {
            return true;
        }
    }
    json_array_foreach(value, step->index, child) {
        if (find_holder(child, wanted, path)) {
            return true;
        }
    }
    path->depth--;
    return false;
}

/* ---- in the text: the same path again; the text is known to be well-formed ---- */

struct cursor {
    const char *at;
    const char *end;
    int line;
};

static char peek(const struct cursor *cursor)
{
    return cursor->at < cursor->end ? *cursor->at : '\0';
}

static void advance(struct cursor *cursor)
{
    if (cursor->at == cursor->end) {
        return;
    }
    cursor->line += *cursor->at == '\n';
    cursor->at++;
}

static void skip_to_token(struct cursor *cursor)
{
    while (cursor->at < cursor->end && strchr(" \t\r\n,:", *cursor->at) != NULL) {
        advance(cursor);
    }
}

static void skip_string(struct cursor *cursor)
{
    advance(cursor);
    while (cursor->at < cursor->end && peek(cursor) != '"') {
        if (peek(cursor) == '\\') {
            advance(cursor);
        }
        advance(cursor);
    }
    advance(cursor);
}

static void skip_scalar(struct cursor *cursor)
{
    if (peek(cursor) == '"') {
        skip_string(cursor);
        return;
    }
    while (cursor->at < cursor->end && strchr(" \t\r\n,:]}", *cursor->at) == NULL) {
        advance(cursor);
    }
}

static void skip_value(struct cursor *cursor)
{
    size_t depth = 0;
    do {
        skip_to_token(cursor);
        char c = peek(cursor);
        if (c == '{' || c == '[') {
            depth++;
            advance(cursor);
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
            advance(cursor);
        } else {
            skip_scalar(cursor);
        }
    } while (depth > 0 && cursor->at < cursor->end);
}

static bool name_is(const struct cursor *cursor, const char *name)
{
    size_t length = strlen(name);
    size_t left = (size_t)(cursor->end - cursor->at);
    return left > length + 1 && memcmp(cursor->at + 1, name, length) == 0 &&
           cursor->at[length + 1] == '"';
}

static bool enter_member(struct cursor *cursor, const char *name)
{
    advance(cursor);
    for (;;) {
        skip_to_token(cursor);
        if (peek(cursor) != '"') {
            return false;
        }
        bool found = name_is(cursor, name);
        skip_string(cursor);
        skip_to_token(cursor);
        if (found) {
            return true;
        }
        skip_value(cursor);
    }
}

static bool enter_item(struct cursor *cursor, size_t index)
{
    advance(cursor);
    skip_to_token(cursor);
    for (size_t i = 0; i < index && cursor->at < cursor->end; i++) {
        skip_value(cursor);
        skip_to_token(cursor);
    }
    return cursor->at < cursor->end && peek(cursor) != ']';
}

static bool enter(struct cursor *cursor, const struct place *step)
{
    if (json_is_object(step->holder)) {
        return step->member != NULL && enter_member(cursor, step->member);
    }
    return step->index != SIZE_MAX && enter_item(cursor, step->index);
}

static int find_line(const struct document *document, const struct path *path)
{
    if (document->text == NULL) {
        return 0;
    }
    struct cursor cursor = {document->text, document->text + document->size, 1};
    skip_to_token(&cursor);
    for (size_t i = 0; i < path->depth; i++) {
        struct cursor before = cursor;
        if (!enter(&cursor, &path->steps[i])) {
            return before.line;
        }
    }
    return cursor.line;
}

/* ---- both ---- */

static void print_path(const struct path *path, char *field, size_t room)
{
    size_t used = 0;
    field[0] = '\0';
    for (size_t i = 0; i < path->depth && used < room; i++) {
        const struct place *step = &path->steps[i];
        int length = 0;
        if (json_is_array(step->holder) && step->index != SIZE_MAX) {
            length = snprintf(field + used, room - used, "[%zu]", step->index + 1);
        } else if (step->member != NULL) {
            length = snprintf(field + used, room - used, "%s%s", used > 0 ? "." : "", step->member);
        }
        used += length > 0 ? (size_t)length : 0;
    }
    if (used == 0) {
        snprintf(field, room, "file");
    }
}

int locate(const struct document *document, struct place place, char *field, size_t room)
{
    struct path path = {0};
    if (!find_holder(document->root, place.holder, &path)) {
        path.depth = 0;
    }
    path.steps[path.depth++] = place;
    print_path(&path, field, room);
    return find_line(document, &path);
}
