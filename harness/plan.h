/* SPDX-License-Identifier: MIT */

/* Which cases a run consists of: vector by profile by member of the sweep. */

#ifndef HARNESS_PLAN_H
#define HARNESS_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/backend.h"
#include "harness/play.h"
#include "harness/status.h"
#include "harness/vector.h"

struct profile;

struct plan_case {
    const struct vector *vector;
    const struct profile *profile;
    const struct sweep_member *member; /* NULL outside a sweep */
    const struct learned *learned;
    bool controllable; /* the model, under this profile, lets its control come out as it must */
};

struct plan {
    size_t count;
    struct plan_case *cases;
    size_t vectors; /* that have a case */
    size_t room;
    size_t learned_count;
    struct learned **learned;
};

/* What is taken from a vector: NULL takes all. */
struct plan_filter {
    const char *select;       /* a glob over "vector" and "vector@member" */
    const char *const *names; /* of a vector that one of them names with a member, only those */
    size_t name_count;
};

/*
 * Adds the cases of one vector under one profile. N is learnt on `backend`; members that are equal
 * after that are one case, members outside their band's range none. `reference` is the model as
 * shipped: it tells which controls the profile allows. STATUS_BROKEN without memory.
 */
enum status plan_add(struct plan *plan, const struct vector *vector, const struct profile *profile,
                     const struct plan_filter *filter, const struct backend *backend,
                     const struct backend *reference);
void plan_clear(struct plan *plan);

enum { CASE_NAME_MAX = 192 };

/* "vector@member[profile]". */
void plan_case_name(const struct plan_case *planned, char *buffer, size_t size);

/* '*' stands for any characters, '?' for one. */
bool glob_matches(const char *glob, const char *text);

#endif
