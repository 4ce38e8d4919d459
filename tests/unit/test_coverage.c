/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/coverage.h"
#include "tests/unit/vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct catalogue *catalogue;

static int open_all(void **state)
{
    struct complaints complaints = {0};

    return shipped_open(state) ||
           catalogue_load(shipped.root, &complaints, &catalogue) != STATUS_OK;
}

static int close_all(void **state)
{
    catalogue_free(catalogue);
    return shipped_close(state);
}

/* ---- ids in a list ---- */

static const struct {
    const char *list;
    const char *id;
    bool listed;
} lists[] = {
    {"QRY-06", "QRY-06", true},
    {"QRY-06", "QRY-0", false},
    {"QRY-06", "QRY-061", false},
    {"QRY-06", "RY-06", false},
    {"QRY-06 BUF-05", "QRY-06", true},
    {"QRY-06 BUF-05", "BUF-05", true},
    {"QRY-06 BUF-05 SET-02", "BUF-05", true},
    {"QRY-06 BUF-05", "BUF-0", false},
    {"QRY-06 BUF-05", "QRY-06 BUF-05", true},
    {"QRY-06 BUF-05", "06 BUF", false},
    {"", "QRY-06", false},
    {"QRY-066 QRY-06", "QRY-06", true},
};

static void test_ids_are_whole_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        if (id_listed(lists[i].list, lists[i].id) != lists[i].listed) {
            print_error("%s in %s: expected %d\n", lists[i].id, lists[i].list, lists[i].listed);
            fail();
        }
    }
}

/* ---- plans of one vector, written with ' for " ---- */

#define VECTOR(kind, size, answer)                                                                 \
    "{'id': 'measured', 'kind': 'calls', 'story': 'A script made up to try the measuring.',"       \
    "'clauses': ['QRY-06', 'SET-02'], 'source': {'kind': '" kind "', 'reference': 'A test'},"      \
    "'needs': ['redirect'], 'steps': [{'do': 'redirected-accept', 'as': 'proxy'},"                 \
    "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': " size "},"           \
    "'expect': {'answer': '" answer "', 'by': ['QRY-06']}}],"                                      \
    "'control': {'kind': 'success', 'of': 2, 'replace': [{'step': 2, 'by': {'do': 'ioctl',"        \
    "'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 4096}}}]}}"

/* Measures one vector as a shipped case, or as a variant. NULL: none at all. */
static void measure(const char *text, bool variant, struct coverage *coverage)
{
    static const struct plan_filter all;
    struct vector *vector = text == NULL ? NULL : vector_quoted(text);
    struct plan none = {0};
    struct plan plan = {0};

    if (vector != NULL) {
        assert_int_equal(
            plan_add(&plan, vector, shipped.documented, &all, &shipped.backend, &shipped.backend),
            STATUS_OK);
    }
    assert_int_equal(
        coverage_measure(variant ? &none : &plan, variant ? &plan : &none, catalogue, coverage),
        STATUS_OK);
    assert_int_equal(coverage->cases, plan.count);
    for (size_t row = 0; row < WFP_RULES_MAX; row++) {
        for (size_t i = 0; i < MUTATION_COUNT; i++) {
            coverage->rules[row].noticed_by[i] = NULL;
        }
    }
    plan_clear(&plan);
    vector_free(vector);
}

static const struct rule_coverage *rule_named(const struct coverage *coverage, const char *id)
{
    for (size_t row = 0; row < wfp_rules_shipped()->count; row++) {
        if (strcmp(wfp_rules_shipped()->rows[row].id, id) == 0) {
            return &coverage->rules[row];
        }
    }
    fail();
    return NULL;
}

static bool clause_covered(const struct coverage *coverage, const char *id)
{
    const struct clause *clause = catalogue_clause(catalogue, id);

    assert_non_null(clause);
    return coverage->clauses[clause - catalogue->clauses];
}

static size_t covered(const struct coverage *coverage)
{
    size_t count = 0;

    for (size_t i = 0; i < catalogue->clause_count; i++) {
        count += coverage->clauses[i];
    }
    return count;
}

static size_t noticed(const struct coverage *coverage)
{
    size_t count = 0;

    for (size_t i = 0; i < WFP_RULES_MAX * (size_t)MUTATION_COUNT; i++) {
        count += coverage->rules[i / MUTATION_COUNT].noticed[i % MUTATION_COUNT];
    }
    return count;
}

static size_t visited(const struct coverage *coverage)
{
    size_t count = 0;

    for (size_t row = 0; row < WFP_RULES_MAX; row++) {
        count += coverage->rules[row].visited;
    }
    return count;
}

/* ---- what is covered ---- */

static void test_a_vector_notices_what_it_speaks_of(void **state)
{
    static const char *const clauses[] = {"QRY-06"};
    struct coverage coverage;
    const struct rule_coverage *rule;

    (void)state;
    measure(VECTOR("documented", "100", "ERROR_INSUFFICIENT_BUFFER/N"), false, &coverage);
    rule = rule_named(&coverage, "query.too-small");
    assert_int_equal(coverage.red, 0);
    assert_true(rule->visited);
    assert_true(rule->noticed[MUTATION_ANSWER] && rule->noticed[MUTATION_GUARD_FALSE]);
    assert_false(rule_named(&coverage, "set.garbage")->visited);
    assert_false(rule_named(&coverage, "set.garbage")->noticed[MUTATION_ANSWER]);
    assert_true(clause_covered(&coverage, clauses[0]));
    coverage_clear(&coverage);
}

/* QRY-06 says nothing of the record's rule, whose mutants turn the case red as well. */
static void test_a_clause_is_not_covered_by_anothers_rule(void **state)
{
    struct coverage coverage;

    (void)state;
    measure(VECTOR("documented", "100", "ERROR_INSUFFICIENT_BUFFER/N"), false, &coverage);
    assert_false(clause_covered(&coverage, "SET-02"));
    assert_false(clause_covered(&coverage, "BUF-05"));
    assert_int_equal(covered(&coverage), 1);
    coverage_clear(&coverage);
}

static void test_variants_count_where_the_shipped_notice_nothing(void **state)
{
    struct coverage coverage;

    (void)state;
    measure(VECTOR("documented", "100", "ERROR_INSUFFICIENT_BUFFER/N"), true, &coverage);
    assert_true(rule_named(&coverage, "query.too-small")->noticed[MUTATION_ANSWER]);
    assert_true(rule_named(&coverage, "query.too-small")->visited);
    coverage_clear(&coverage);
}

/* ---- what counts for nothing ---- */

static void test_no_case_covers_nothing(void **state)
{
    struct coverage coverage;

    (void)state;
    measure(NULL, false, &coverage);
    assert_int_equal(visited(&coverage) + noticed(&coverage) + covered(&coverage), 0);
    assert_int_equal(coverage.red, 0);
    assert_true(coverage.mutants > wfp_rules_shipped()->count);
    coverage_clear(&coverage);
    assert_null(coverage.clauses);
}

/* A case that fails with the table as shipped shows nothing when it fails with a mutant. */
static void test_a_red_case_covers_nothing(void **state)
{
    struct coverage coverage;

    (void)state;
    measure(VECTOR("documented", "100", "WSAEFAULT/N"), false, &coverage);
    assert_int_equal(coverage.red, 1);
    assert_int_equal(noticed(&coverage) + covered(&coverage), 0);
    assert_int_not_equal(visited(&coverage), 0);
    coverage_clear(&coverage);
}

/* Written from what the model said, not from a clause. */
static void test_a_regression_covers_nothing(void **state)
{
    struct coverage coverage;

    (void)state;
    measure(VECTOR("regression", "100", "ERROR_INSUFFICIENT_BUFFER/N"), false, &coverage);
    assert_int_equal(coverage.red, 0);
    assert_int_equal(noticed(&coverage) + covered(&coverage), 0);
    coverage_clear(&coverage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_whole_words),
        cmocka_unit_test(test_a_vector_notices_what_it_speaks_of),
        cmocka_unit_test(test_a_clause_is_not_covered_by_anothers_rule),
        cmocka_unit_test(test_variants_count_where_the_shipped_notice_nothing),
        cmocka_unit_test(test_no_case_covers_nothing),
        cmocka_unit_test(test_a_red_case_covers_nothing),
        cmocka_unit_test(test_a_regression_covers_nothing),
    };

    return cmocka_run_group_tests_name("coverage", tests, open_all, close_all);
}
