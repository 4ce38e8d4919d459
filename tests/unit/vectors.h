/* SPDX-License-Identifier: MIT */

/* What is shipped with the vectors, opened for a test program; and vectors written in a test. */

#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include "harness/backend.h"
#include "harness/key.h"
#include "harness/profile.h"
#include "harness/vector.h"

struct shipped {
    char root[4096]; /* the folder of the vectors */
    struct key_catalogue *keys;
    struct profile *documented;
    struct profile *observed;
    struct profile *unsupported;
    struct backend backend; /* the model */
};

/* Between the two below. */
extern struct shipped shipped;

/* For cmocka, of a group. */
int shipped_open(void **state);
int shipped_close(void **state);

/* A good vector, written with ' for "; the caller frees it. */
struct vector *vector_quoted(const char *text);

#endif
