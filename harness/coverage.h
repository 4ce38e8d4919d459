/* SPDX-License-Identifier: MIT */

/*
 * What the vectors cover. A rule is visited if it gave an answer in some case. A mutation of a rule
 * is noticed if it turns a case red that cites one of the rule's clauses. A clause is covered if a
 * mutation of a rule that implements it turns a case red that cites it.
 */

#ifndef HARNESS_COVERAGE_H
#define HARNESS_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/catalogue.h"
#include "harness/mutation.h"
#include "harness/plan.h"
#include "harness/runner.h"
#include "harness/status.h"

/* What one rule came to. */
struct rule_coverage {
    bool visited;
    bool matters[MUTATION_COUNT]; /* mutation_matters() */
    bool noticed[MUTATION_COUNT];
    const char *noticed_by[MUTATION_COUNT]; /* id of the first vector that turned red */
};

struct coverage {
    struct rule_coverage rules[WFP_RULES_MAX]; /* by row of wfp_rules_shipped() */
    bool *clauses;                             /* by index in the catalogue */
    size_t cases;
    size_t red; /* cases that fail already with the table as shipped; they show nothing */
    size_t mutants;
};

/*
 * Runs the cases against the table as shipped and against every mutant of it: those of the shipped
 * profiles and, for what they leave unnoticed, those of the variants. STATUS_BROKEN without memory.
 */
enum status coverage_measure(const struct plan *shipped, const struct plan *variants,
                             const struct catalogue *catalogue, struct coverage *coverage);
void coverage_clear(struct coverage *coverage);

/* Is `id` among ids that are separated by one space? */
bool id_listed(const char *list, const char *id);

#endif
