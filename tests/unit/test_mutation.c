/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/mutation.h"
#include "harness/word.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define F(name) WFP_BIT(WFP_FACT_##name)

static struct mutant mutant;

/* ---- names ---- */

static void test_names_lead_back(void **state)
{
    static const char *const names[] = {"guard-true", "guard-false", "answer", "stage"};

    (void)state;
    assert_int_equal(COUNT(names), MUTATION_COUNT);
    for (unsigned i = 0; i < MUTATION_COUNT; i++) {
        assert_string_equal(mutation_name((enum mutation)i), names[i]);
        assert_int_equal(word_find(&mutation_words, names[i])->value, i);
    }
}

static void test_other_names_are_none(void **state)
{
    static const char *const names[] = {"", "guard", "guard-truee", "Answer", "stage "};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_null(word_find(&mutation_words, names[i]));
    }
}

/* ---- every mutation of every rule ---- */

/* Everything but what the mutation is about. */
static bool same_elsewhere(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->clauses, b->clauses) == 0 &&
           a->calls == b->calls && a->effect == b->effect;
}

static bool same_guard(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return a->needs == b->needs && a->bars == b->bars;
}

static bool same_answer(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return a->source == b->source && wfp_answer_equal(a->answer, b->answer) &&
           wfp_answer_equal(a->kernel, b->kernel);
}

/* What the mutation altered is altered, and nothing else. */
static void check_altered(const struct wfp_rule *before, const struct wfp_rule *after,
                          enum mutation mutation)
{
    const bool guard = mutation == MUTATION_GUARD_TRUE || mutation == MUTATION_GUARD_FALSE;

    assert_true(same_elsewhere(before, after));
    assert_true(guard || same_guard(before, after));
    assert_int_equal(mutation == MUTATION_ANSWER, !same_answer(before, after));
    assert_int_equal(mutation == MUTATION_STAGE, before->stage != after->stage);
    assert_true(mutation != MUTATION_GUARD_TRUE || (after->needs | after->bars) == 0);
    assert_true(mutation != MUTATION_GUARD_FALSE || (after->needs & after->bars) != 0);
    assert_true(after->stage < WFP_STAGE_COUNT);
}

static void check_mutant(const struct wfp_rules *rules, size_t row, enum mutation mutation)
{
    mutation_make(rules, row, mutation, &mutant);
    assert_int_equal(mutant.rules.count, rules->count);
    assert_ptr_equal(mutant.rules.rows, mutant.rows);
    for (size_t i = 0; i < rules->count; i++) {
        if (i == row) {
            check_altered(&rules->rows[i], &mutant.rows[i], mutation);
        } else {
            assert_memory_equal(&mutant.rows[i], &rules->rows[i], sizeof mutant.rows[i]);
        }
    }
}

static void test_one_row_is_altered_in_one_way(void **state)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    (void)state;
    for (size_t i = 0; i < rules->count * MUTATION_COUNT; i++) {
        check_mutant(rules, i / MUTATION_COUNT, (enum mutation)(i % MUTATION_COUNT));
    }
}

/* An altered answer must not be one that the table could give anyway. */
static void test_altered_answer_is_nobodys(void **state)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    (void)state;
    for (size_t row = 0; row < rules->count; row++) {
        mutation_make(rules, row, MUTATION_ANSWER, &mutant);
        assert_int_equal(mutant.rows[row].source, WFP_ANSWER_LITERAL);
        for (size_t other = 0; other < rules->count; other++) {
            assert_true(mutant.rows[row].answer.outcome == WFP_STATE ||
                        !wfp_answer_equal(mutant.rows[row].answer, rules->rows[other].answer));
        }
    }
}

static void test_altered_state_is_another_state(void **state)
{
    struct wfp_rule rule = {.id = "state.any", .clauses = "ST-06"};
    const struct wfp_rules rules = {&rule, 1};

    (void)state;
    for (uint32_t i = 0; i <= WFP_PREVIOUSLY_REDIRECTED_BY_SELF; i++) {
        rule.answer = (struct wfp_answer){i, 0, WFP_COUNT_UNCHANGED, WFP_STATE};
        mutation_make(&rules, 0, MUTATION_ANSWER, &mutant);
        assert_int_equal(mutant.rows[0].answer.outcome, WFP_STATE);
        assert_int_not_equal(mutant.rows[0].answer.error, i);
        assert_in_range(mutant.rows[0].answer.error, 0, WFP_PREVIOUSLY_REDIRECTED_BY_SELF);
    }
}

/* First, unless it was among the first; then last. */
static void test_stage_is_moved_far(void **state)
{
    struct wfp_rule rule = {.id = "any.rule", .clauses = "API-01"};
    const struct wfp_rules rules = {&rule, 1};

    (void)state;
    for (unsigned stage = 0; stage < WFP_STAGE_COUNT; stage++) {
        const enum wfp_stage expected =
            stage < WFP_STAGE_HANDLE ? WFP_STAGE_OUTCOME : WFP_STAGE_STARTUP;

        rule.stage = (enum wfp_stage)stage;
        mutation_make(&rules, 0, MUTATION_STAGE, &mutant);
        assert_int_equal(mutant.rows[0].stage, expected);
    }
}

/* ---- mutations that could not show ---- */

enum { FLUSH = 1 << WFP_CALL_FLUSH, CANCEL = 1 << WFP_CALL_CANCEL };

static const struct wfp_rule few[] = {
    {.id = "a.unguarded", .calls = FLUSH, .stage = WFP_STAGE_CODE},
    {.id = "b.alone", .calls = CANCEL, .stage = WFP_STAGE_ROOM, .needs = F(UDP)},
    {.id = "c.needs", .calls = FLUSH, .stage = WFP_STAGE_OUTCOME, .needs = F(RAW)},
    {.id = "d.bars", .calls = CANCEL, .stage = WFP_STAGE_OUTCOME, .bars = F(UDP)},
};

static void test_what_cannot_show_does_not_matter(void **state)
{
    /* guard-true, guard-false, answer, stage */
    static const bool expected[COUNT(few)][MUTATION_COUNT] = {
        {false, true, true, false},
        {true, true, true, false},
        {true, true, true, true},
        {true, true, true, false},
    };
    const struct wfp_rules rules = {few, COUNT(few)};

    (void)state;
    for (size_t i = 0; i < COUNT(few) * MUTATION_COUNT; i++) {
        const size_t row = i / MUTATION_COUNT;
        const size_t mutation = i % MUTATION_COUNT;

        assert_int_equal(mutation_matters(&rules, row, (enum mutation)mutation),
                         expected[row][mutation]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_lead_back),
        cmocka_unit_test(test_other_names_are_none),
        cmocka_unit_test(test_one_row_is_altered_in_one_way),
        cmocka_unit_test(test_altered_answer_is_nobodys),
        cmocka_unit_test(test_altered_state_is_another_state),
        cmocka_unit_test(test_stage_is_moved_far),
        cmocka_unit_test(test_what_cannot_show_does_not_matter),
    };

    return cmocka_run_group_tests_name("mutation", tests, NULL, NULL);
}
