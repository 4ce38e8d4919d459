/* SPDX-License-Identifier: MIT */

#include "harness/coverage.h"

#include <stdlib.h>
#include <string.h>

bool id_listed(const char *list, const char *id)
{
    const size_t length = strlen(id);

    for (const char *at = list; at != NULL && *at != '\0'; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, id, length) == 0 && (at[length] == '\0' || at[length] == ' ')) {
            return true;
        }
    }
    return false;
}

/* A case that proves nothing by itself: not written from a clause, or without its control. */
static bool counts(const struct plan_case *planned)
{
    return planned->vector->source.kind != SOURCE_REGRESSION && planned->controllable;
}

static bool cites_any(const struct vector *vector, const char *clauses)
{
    for (size_t i = 0; i < vector->clause_count; i++) {
        if (id_listed(clauses, vector->clauses[i])) {
            return true;
        }
    }
    return false;
}

/* Marks what case and rule both speak of; true if that was new for some clause. */
static void mark_clauses(const struct vector *vector, const struct wfp_rule *rule,
                         const struct catalogue *catalogue, struct coverage *coverage)
{
    for (size_t i = 0; i < vector->clause_count; i++) {
        const struct clause *clause = catalogue_clause(catalogue, vector->clauses[i]);

        if (clause != NULL && id_listed(rule->clauses, clause->id)) {
            coverage->clauses[clause - catalogue->clauses] = true;
        }
    }
}

/* Does the case still have something to show for this rule: a mutation, or one of its clauses? */
static bool of_interest(const struct plan_case *planned, const struct wfp_rule *rule, bool noticed,
                        const struct catalogue *catalogue, const struct coverage *coverage)
{
    if (!counts(planned) || !cites_any(planned->vector, rule->clauses)) {
        return false;
    }
    for (size_t i = 0; i < planned->vector->clause_count; i++) {
        const struct clause *clause = catalogue_clause(catalogue, planned->vector->clauses[i]);

        if (clause != NULL && id_listed(rule->clauses, clause->id) &&
            !coverage->clauses[clause - catalogue->clauses]) {
            return true;
        }
    }
    return !noticed;
}

static bool turns_red(const struct backend *backend, const struct plan_case *planned,
                      enum verdict *verdict)
{
    const struct runner runner = {.backend = backend, .options = ""};
    struct judged judged;

    runner_run(&runner, planned, &judged);
    *verdict = judged.result.verdict;
    judged_clear(&judged);
    return verdict_fails(*verdict, false);
}

/* Cases, and which of them pass with the table as shipped. */
struct suite {
    const struct plan *plan;
    bool *passes;
};

struct measuring {
    const struct catalogue *catalogue;
    struct suite shipped;
    struct suite variants;
    struct mutant mutant;
    struct coverage *coverage;
};

static void try_mutant(struct measuring *measuring, const struct suite *suite,
                       const struct backend *backend, size_t row, enum mutation mutation)
{
    const struct wfp_rule *rule = &wfp_rules_shipped()->rows[row];
    struct rule_coverage *seen = &measuring->coverage->rules[row];

    for (size_t i = 0; i < suite->plan->count; i++) {
        const struct plan_case *planned = &suite->plan->cases[i];
        enum verdict verdict;

        if (!suite->passes[i] ||
            !of_interest(planned, rule, seen->noticed[mutation], measuring->catalogue,
                         measuring->coverage) ||
            !turns_red(backend, planned, &verdict)) {
            continue;
        }
        if (!seen->noticed[mutation]) {
            seen->noticed[mutation] = true;
            seen->noticed_by[mutation] = planned->vector->id;
        }
        if (verdict != VERDICT_BROKEN) {
            mark_clauses(planned->vector, rule, measuring->catalogue, measuring->coverage);
        }
    }
}

static enum status measure_mutant(struct measuring *measuring, size_t row, enum mutation mutation)
{
    struct rule_coverage *seen = &measuring->coverage->rules[row];
    struct backend backend;

    seen->matters[mutation] = mutation_matters(wfp_rules_shipped(), row, mutation);
    if (!seen->matters[mutation]) {
        return STATUS_OK;
    }
    mutation_make(wfp_rules_shipped(), row, mutation, &measuring->mutant);
    if (backend_simulator_open(&measuring->mutant.rules, &backend) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    measuring->coverage->mutants++;
    try_mutant(measuring, &measuring->shipped, &backend, row, mutation);
    if (!seen->noticed[mutation]) {
        try_mutant(measuring, &measuring->variants, &backend, row, mutation);
    }
    backend.close(backend.state);
    return STATUS_OK;
}

/* Runs a suite with the table as shipped: who passes, and which rules answer. */
static enum status measure_suite(struct suite *suite, struct coverage *coverage)
{
    uint64_t visited[RULE_WORDS] = {0};
    struct backend backend;
    struct runner runner = {.backend = &backend, .options = "", .visited = visited};

    suite->passes = calloc(suite->plan->count + 1, sizeof(bool));
    if (suite->passes == NULL ||
        backend_simulator_open(wfp_rules_shipped(), &backend) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    for (size_t i = 0; i < suite->plan->count; i++) {
        struct judged judged;

        runner_run(&runner, &suite->plan->cases[i], &judged);
        suite->passes[i] = judged.result.verdict == VERDICT_PASS;
        coverage->red += verdict_fails(judged.result.verdict, false);
        judged_clear(&judged);
    }
    backend.close(backend.state);
    for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
        coverage->rules[row].visited |= ((visited[row / 64] >> (row % 64)) & 1) != 0;
    }
    return STATUS_OK;
}

static enum status measure_all(struct measuring *measuring)
{
    enum status status = measure_suite(&measuring->shipped, measuring->coverage);

    if (status == STATUS_OK) {
        status = measure_suite(&measuring->variants, measuring->coverage);
    }
    for (size_t i = 0; i < wfp_rules_shipped()->count * MUTATION_COUNT && status == STATUS_OK;
         i++) {
        status = measure_mutant(measuring, i / MUTATION_COUNT, (enum mutation)(i % MUTATION_COUNT));
    }
    return status;
}

enum status coverage_measure(const struct plan *shipped, const struct plan *variants,
                             const struct catalogue *catalogue, struct coverage *coverage)
{
    struct measuring *measuring = calloc(1, sizeof *measuring);
    enum status status = STATUS_BROKEN;

    memset(coverage, 0, sizeof *coverage);
    coverage->clauses = calloc(catalogue->clause_count + 1, sizeof(bool));
    coverage->cases = shipped->count + variants->count;
    if (measuring != NULL && coverage->clauses != NULL) {
        measuring->catalogue = catalogue;
        measuring->shipped.plan = shipped;
        measuring->variants.plan = variants;
        measuring->coverage = coverage;
        status = measure_all(measuring);
        free(measuring->shipped.passes);
        free(measuring->variants.passes);
    }
    free(measuring);
    return status;
}

void coverage_clear(struct coverage *coverage)
{
    free(coverage->clauses);
    memset(coverage, 0, sizeof *coverage);
}
