/* SPDX-License-Identifier: MIT */

/*
 * What is accepted as not covered, with the reason (vectors/coverage.json). The list may only
 * shrink: what is missing from it fails, and so does what stands in it without need.
 */

#ifndef HARNESS_BASELINE_H
#define HARNESS_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/mutation.h"
#include "harness/status.h"

struct complaints;
struct document;

struct accepted_mutant {
    const char *rule;
    enum mutation mutation;
    const char *reason;
};

struct accepted_clause {
    const char *clause;
    const char *reason;
};

struct baseline {
    size_t mutant_count;
    struct accepted_mutant *mutants;
    size_t clause_count;
    struct accepted_clause *clauses;
    struct document *document; /* owns all of this */
};

/* Loads ROOT/coverage.json; to be freed. */
enum status baseline_load(const char *root, struct complaints *complaints,
                          struct baseline **baseline);
void baseline_free(struct baseline *baseline);

/* The reason why it is accepted, or NULL: it is not. */
const char *baseline_mutant(const struct baseline *baseline, const char *rule,
                            enum mutation mutation);
const char *baseline_clause(const struct baseline *baseline, const char *clause);

#endif
