/* SPDX-License-Identifier: MIT */

/* The names of a vector: defined before they are used, each once, whatever they name. */

#ifndef HARNESS_SCOPE_H
#define HARNESS_SCOPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/locate.h"
#include "harness/vector.h"

struct reader;

enum name_kind {
    NAME_NONE,
    NAME_SOCKET,
    NAME_HANDLE,
    NAME_OPERATION,
    NAME_BLOB,
    NAME_INVALID,
    NAME_CALLOUT,
    NAME_CONTEXT,
    NAME_REQUEST
};
enum { SCOPE_NAMES_MAX = 2 + 2 * VECTOR_STEPS_MAX };

struct scope {
    size_t count;
    const char *names[SCOPE_NAMES_MAX];
    enum name_kind kinds[SCOPE_NAMES_MAX];
};

/* With what is predefined: the handle `self` and the socket `invalid`. */
void scope_begin(struct scope *scope);
/* NAME_NONE when nothing has that name. */
enum name_kind scope_find(const struct scope *scope, const char *name);
/* Checks what the step uses, then adds what it defines. `value` is the step as it was read. */
bool scope_step(struct reader *reader, json_t *value, const struct step *step, struct scope *scope);
/* Does the name stand for one of these? NAME_INVALID: for a socket or `invalid`. */
bool scope_check(struct reader *reader, struct place place, const char *name, enum name_kind names,
                 const struct scope *scope);

#endif
