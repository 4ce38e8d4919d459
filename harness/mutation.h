/* SPDX-License-Identifier: MIT */

/* Altered copies of the table of rules: does any vector notice? */

#ifndef HARNESS_MUTATION_H
#define HARNESS_MUTATION_H

#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

enum mutation {
    MUTATION_GUARD_TRUE,  /* the rule applies to every call of its kinds */
    MUTATION_GUARD_FALSE, /* the rule never applies */
    MUTATION_ANSWER,      /* it answers something else */
    MUTATION_STAGE,       /* it is looked at first, or, if it was among the first, last */
    MUTATION_COUNT
};

struct words;

/* "guard-true" ... */
extern const struct words mutation_words;
const char *mutation_name(enum mutation mutation);

/*
 * Could the mutation show at all? Not where it changes nothing: a guard that always holds made
 * true, or a rule moved past none of the rules that can apply to the same call.
 */
bool mutation_matters(const struct wfp_rules *rules, size_t row, enum mutation mutation);

/* A table of its own, to be filled by mutation_make(). */
struct mutant {
    struct wfp_rule rows[WFP_RULES_MAX];
    struct wfp_rules rules;
};

/* Copies `rules` with row `row` altered. */
void mutation_make(const struct wfp_rules *rules, size_t row, enum mutation mutation,
                   struct mutant *mutant);

#endif
