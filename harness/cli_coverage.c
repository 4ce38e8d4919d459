/* SPDX-License-Identifier: MIT */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "harness/baseline.h"
#include "harness/catalogue.h"
#include "harness/cli.h"
#include "harness/command.h"
#include "harness/coverage.h"
#include "harness/json_line.h"
#include "harness/variant.h"

static const char *const formats[] = {"human", "jsonl", NULL};

static const struct option table[] = {
    {.name = "format", .help = "how to print", .kind = OPTION_CHOICE, .choices = formats},
};

static const struct command command = {
    .name = "wfpcheck coverage",
    .summary = "Alters every rule of the model in four ways, runs the vectors against each, and "
               "tells which clauses and rules they cover. Fails if a clause or a mutation goes "
               "unnoticed that vectors/coverage.json does not list, or if it lists one too many.",
    .options = table,
    .option_count = 1,
};

struct report {
    const struct catalogue *catalogue;
    const struct baseline *baseline;
    struct coverage coverage;
    bool human;
    size_t faults; /* what makes the command fail */
};

static void print_row(const struct report *report, const char *kind, const char *id,
                      const char *state, const char *why)
{
    json_t *json;

    if (report->human) {
        (void)printf("  %-10s %-44s %s%s%s\n", state, id, kind, why == NULL ? "" : ": ",
                     why == NULL ? "" : why);
        return;
    }
    json = json_pack("{s:s, s:s, s:s, s:o}", "kind", kind, "id", id, "state", state, "why",
                     why == NULL ? json_null() : json_string(why));
    json_line_print(json, 0, stdout);
}

/*
 * One thing that should be covered. What is accepted though it is covered, or not accepted though
 * it is not, is a fault; people see faults and accepted gaps, programs see all.
 */
static void report_item(struct report *report, const char *kind, const char *id, bool covered,
                        const char *accepted, const char *by)
{
    if (covered == (accepted != NULL)) {
        report->faults++;
        print_row(report, kind, id, "FAULT",
                  covered ? "is covered now; take it out of vectors/coverage.json"
                          : "is not covered, and vectors/coverage.json does not list it");
    } else if (!covered) {
        print_row(report, kind, id, "accepted", accepted);
    } else if (!report->human) {
        print_row(report, kind, id, "covered", by);
    }
}

static size_t report_clauses(struct report *report, size_t *wanted)
{
    const struct catalogue *catalogue = report->catalogue;
    size_t covered = 0;

    *wanted = 0;
    for (size_t i = 0; i < catalogue->clause_count; i++) {
        const struct clause *clause = &catalogue->clauses[i];

        if (clause->family->in_scope && clause->uncoverable_reason != NULL) {
            char reason[160];

            (void)snprintf(reason, sizeof reason, "%s: %s", clause->uncoverable_reason,
                           clause->uncoverable_why);
            print_row(report, "clause", clause->id, "no vector", reason);
        } else if (clause_must_be_covered(clause)) {
            (*wanted)++;
            covered += report->coverage.clauses[i];
            report_item(report, "clause", clause->id, report->coverage.clauses[i],
                        baseline_clause(report->baseline, clause->id), NULL);
        }
    }
    return covered;
}

static size_t report_rules(struct report *report)
{
    const struct wfp_rules *rules = wfp_rules_shipped();
    size_t noticed = 0;

    for (size_t row = 0; row < rules->count; row++) {
        const struct rule_coverage *seen = &report->coverage.rules[row];

        for (unsigned m = 0; m < MUTATION_COUNT; m++) {
            char id[96];

            if (!seen->matters[m]) {
                continue;
            }
            (void)snprintf(id, sizeof id, "%s %s", rules->rows[row].id,
                           mutation_name((enum mutation)m));
            noticed += seen->noticed[m];
            report_item(report, "mutant", id, seen->noticed[m],
                        baseline_mutant(report->baseline, rules->rows[row].id, (enum mutation)m),
                        seen->noticed_by[m]);
        }
        if (!seen->noticed[MUTATION_ANSWER] && !seen->visited) {
            report->faults++;
            print_row(report, "rule", rules->rows[row].id, "FAULT", "no case gets its answer");
        }
    }
    return noticed;
}

static void report_stale(struct report *report)
{
    for (size_t i = 0; i < report->baseline->mutant_count; i++) {
        const char *id = report->baseline->mutants[i].rule;
        bool known = false;

        for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
            known = known || strcmp(wfp_rules_shipped()->rows[row].id, id) == 0;
        }
        if (!known) {
            report->faults++;
            print_row(report, "mutant", id, "FAULT", "vectors/coverage.json names no such rule");
        }
    }
}

static void print_report(struct report *report)
{
    size_t wanted;
    const size_t clauses = report_clauses(report, &wanted);
    const size_t mutants = report_rules(report);

    report_stale(report);
    if (report->coverage.red > 0) {
        report->faults++;
        print_row(report, "suite", "cases", "FAULT", "some fail with the table as shipped");
    }
    if (report->human) {
        (void)printf("%zu of %zu MUST and SHOULD clauses in scope covered · %zu of %zu mutants "
                     "noticed · %zu rules · %zu cases · %zu faults\n",
                     clauses, wanted, mutants, report->coverage.mutants, wfp_rules_shipped()->count,
                     report->coverage.cases, report->faults);
    }
}

static enum status measure_planned(struct session *session, struct report *report)
{
    struct variants variants = {0};
    enum status status = STATUS_OK;

    for (size_t p = 0; p < session->profile_count && status == STATUS_OK; p++) {
        /* One that extends another is a provider's own: changed in one key it is nobody's. */
        if (session->profiles[p]->chain_count > 1) {
            continue;
        }
        status = variants_add(&variants, session->profiles[p], session->keys, &session->tree,
                              &session->reference);
    }
    if (status == STATUS_OK) {
        status =
            coverage_measure(&session->plan, &variants.plan, report->catalogue, &report->coverage);
    }
    variants_clear(&variants);
    return status;
}

static enum status measure(struct session *session, struct report *report)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    enum status status = session_add_profile(session, "all");

    if (status == STATUS_OK) {
        status = session_open_backend(session, "sim");
    }
    if (status == STATUS_OK) {
        status = session_load(session, NULL, 0);
    }
    if (status == STATUS_OK && session->tree.bad > 0) {
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = session_plan(session, &all);
    }
    return status == STATUS_OK ? measure_planned(session, report) : status;
}

static enum status run_coverage(struct session *session, struct report *report)
{
    struct catalogue *catalogue = NULL;
    struct baseline *baseline = NULL;
    enum status status = catalogue_load(session->root, &session->complaints, &catalogue);

    if (status == STATUS_OK) {
        status = baseline_load(session->root, &session->complaints, &baseline);
    }
    report->catalogue = catalogue;
    report->baseline = baseline;
    if (status == STATUS_OK) {
        status = measure(session, report);
    }
    if (status == STATUS_OK) {
        print_report(report);
    }
    coverage_clear(&report->coverage);
    if (baseline != NULL) {
        baseline_free(baseline);
    }
    if (catalogue != NULL) {
        catalogue_free(catalogue);
    }
    return status;
}

int cli_coverage(int argc, char **argv)
{
    struct session session = {0};
    struct report report = {0};
    struct options options;
    enum status status;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    report.human = options_text(&options, 0, "human")[0] == 'h';
    status = session_open(&session);
    if (status == STATUS_OK) {
        status = run_coverage(&session, &report);
    }
    code = command_end(&options, &session, status);
    return code == EXIT_WELL && report.faults > 0 ? EXIT_VERDICTS : code;
}
