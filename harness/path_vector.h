/* SPDX-License-Identifier: MIT */

/*
 * A path vector: a topology of services, a journey through it, and what is allowed. It may be a
 * family: fields of the topology vary, each combination is a member with a name of its own, and
 * each member falls into one band, whose expectation somebody wrote.
 */

#ifndef HARNESS_PATH_VECTOR_H
#define HARNESS_PATH_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/path_outcome.h"
#include "harness/vector.h"

enum { PATH_AXES_MAX = 6, PATH_AXIS_VALUES_MAX = 16, PATH_BANDS_MAX = 16, PATH_MEMBERS_MAX = 512 };

/* One case: of a family a member, else all that the vector is. */
struct path_case {
    struct sweep_member member; /* its name and band; name NULL outside a family */
    struct topology topology;
    struct topology control; /* with the control's changes, where there is one */
    const struct expectation *expect;
};

struct path_control {
    enum control_kind kind; /* SUCCESS: the path must be reached; CONTRAST: must end differently */
    json_t *set;
};

struct path_vector {
    struct topology topology; /* as written, nothing varied */
    size_t case_count;
    struct path_case *cases;
    bool is_family;
    const struct path_control *control; /* NULL: none */
    json_t *bands;                      /* as they stand in the file; NULL outside a family */
};

/* The case of a member; NULL is the one of a vector that is no family. */
const struct path_case *path_case_of(const struct vector *vector,
                                     const struct sweep_member *member);

/* The members of a family, from 0; of any other vector there are none. */
size_t path_member_count(const struct vector *vector);
const struct sweep_member *path_member(const struct vector *vector, size_t index);

/* Visits every alternative of every band, until `visit` gives false. */
void path_each_expected(const struct path_vector *path,
                        bool (*visit)(void *context, const struct expected *expected),
                        void *context);
bool path_asks(const struct path_vector *path, enum wfp_key key);

/* ---- while it is loaded ---- */

struct vector_load;

struct path_row {
    json_t *topology;
    json_t *journey;
    json_t *expect;
    json_t *vary;
    json_t *bands;
    json_t *control;
};

/* Reads the members that a path vector has beside its head. False after a complaint. */
bool path_vector_read(struct vector_load *load, const struct path_row *row);

/* path_family.c: the cases of a family, each with its band's expectation. */
bool path_family_read(struct vector_load *load, const struct path_row *row,
                      struct path_vector *made);

#endif
