/* SPDX-License-Identifier: MIT */

/*
 * Profiles that differ from a shipped one in one key, and the cases of the vectors that speak of
 * that key: what the vectors claim about values that no shipped profile has.
 */

#ifndef HARNESS_VARIANT_H
#define HARNESS_VARIANT_H

#include <stddef.h>

#include "harness/plan.h"
#include "harness/profile.h"
#include "harness/status.h"
#include "harness/tree.h"

struct variants {
    struct plan plan;
    size_t count;
    struct profile **profiles; /* copies; what they name belongs to the shipped ones */
};

/*
 * Adds the variants of one profile: each legal value of each key that it does not have itself.
 * `backend` is the model as shipped. STATUS_BROKEN without memory.
 */
enum status variants_add(struct variants *variants, const struct profile *base,
                         const struct key_catalogue *keys, const struct tree *tree,
                         const struct backend *backend);
void variants_clear(struct variants *variants);

#endif
