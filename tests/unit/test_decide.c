/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sim/decide.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define F(name) WFP_BIT(WFP_FACT_##name)
#define FLUSH WFP_BIT(WFP_CALL_FLUSH)
#define CANCEL WFP_BIT(WFP_CALL_CANCEL)

/* Literal answers of this file are told apart by their error alone. */
#define SAYS(number) .answer = {(number), 0, WFP_COUNT_VALUE, WFP_RETURNED}
#define KEYED(name) .source = WFP_ANSWER_KEY, .key = WFP_KEY_##name

/* ---- a world with a table of its own ---- */

static struct scene scene;
static struct wfp_rules table;

static void begin(const struct wfp_rule *rows, size_t count)
{
    table.rows = rows;
    table.count = count;
    scene_prepare(&scene);
    scene.rules = &table;
}

/* After the profile has been changed. */
static void make(void)
{
    scene_make(&scene);
}

static int clear(void **state)
{
    (void)state;
    scene_free(&scene);
    return 0;
}

static struct inquiry about(uint64_t facts)
{
    return (struct inquiry){.call = WFP_CALL_FLUSH,
                            .facts = facts,
                            .needed = 42,
                            .stored = {7, 8, WFP_COUNT_VALUE, WFP_RETURNED}};
}

/* The ids of the rules that answer, the simulator's first; "-" for none. */
static void assert_ids(uint64_t facts, const char *expected)
{
    const struct inquiry inquiry = about(facts);
    const struct decision decision = decide(scene.world, &inquiry);
    struct wfp_answer_set set = {.count = 0};
    char ids[256];

    decide_all(scene.world, &inquiry, &set);
    (void)snprintf(ids, sizeof ids, "%s:", decision.rule == NULL ? "-" : decision.rule->id);
    for (size_t i = 0; i < set.count; i++) {
        (void)snprintf(ids + strlen(ids), sizeof ids - strlen(ids), " %s", set.rules[i]->id);
    }
    assert_string_equal(ids, expected);
}

/* ---- guards ---- */

static const struct wfp_rule guarded[] = {
    {.id = "other-call", .calls = CANCEL, SAYS(1)},
    {.id = "needs", .calls = FLUSH, .needs = F(RECORD) | F(UDP), SAYS(2)},
    {.id = "bars", .calls = FLUSH, .stage = WFP_STAGE_ROOM, .bars = F(RAW) | F(BOUND), SAYS(3)},
    {.id = "both",
     .calls = FLUSH | CANCEL,
     .stage = WFP_STAGE_OUTCOME,
     .needs = F(RAW),
     .bars = F(BOUND),
     SAYS(4)},
};

static void test_guard_is_needs_without_bars(void **state)
{
    (void)state;
    begin(guarded, COUNT(guarded));
    make();
    assert_ids(0, "bars: bars");
    assert_ids(F(RECORD), "bars: bars");
    assert_ids(F(RECORD) | F(UDP), "needs: needs");
    assert_ids(F(RECORD) | F(UDP) | F(RAW), "needs: needs");
    assert_ids(F(RAW), "both: both");
    assert_ids(F(RAW) | F(BOUND), "-:");
    assert_ids(F(BOUND), "-:");
}

static void test_no_rule_is_no_answer(void **state)
{
    const struct inquiry inquiry = about(0);

    (void)state;
    begin(guarded, 2);
    make();
    assert_answer(decide(scene.world, &inquiry).answer, answer_pass);
    assert_null(decide(scene.world, &inquiry).rule);
}

/* ---- stages ---- */

static const struct wfp_rule staged[] = {
    {.id = "late", .calls = FLUSH, .stage = WFP_STAGE_OUTCOME, SAYS(1)},
    {.id = "b", .calls = FLUSH, .stage = WFP_STAGE_CODE, .needs = F(RECORD), SAYS(2)},
    {.id = "early", .calls = FLUSH, .stage = WFP_STAGE_STARTUP, .needs = F(UDP), SAYS(3)},
    {.id = "a", .calls = FLUSH, .stage = WFP_STAGE_CODE, .needs = F(RECORD) | F(RAW), SAYS(4)},
};

static void test_earliest_stage_answers(void **state)
{
    (void)state;
    begin(staged, COUNT(staged));
    make();
    assert_ids(0, "late: late");
    assert_ids(F(RECORD), "b: b");
    assert_ids(F(RECORD) | F(UDP), "early: early");
}

/* Two rules that answer in one stage are both allowed; the simulator goes by the id. */
static void test_one_stage_allows_all_that_apply(void **state)
{
    (void)state;
    begin(staged, COUNT(staged));
    make();
    assert_ids(F(RECORD) | F(RAW), "a: a b");
}

static void test_precedence_moves_the_answer(void **state)
{
    struct wfp_value *order;

    (void)state;
    begin(staged, COUNT(staged));
    order = &scene.profile.keys[WFP_KEY_ERROR_PRECEDENCE].values[0];
    order->order[WFP_STAGE_STARTUP] = WFP_STAGE_CODE;
    order->order[WFP_STAGE_CODE] = WFP_STAGE_STARTUP;
    make();
    assert_ids(F(RECORD) | F(UDP), "b: b");
    assert_ids(F(UDP), "early: early");
    assert_ids(0, "late: late");
}

static void test_open_precedence_allows_both_orders(void **state)
{
    struct wfp_choice *orders;

    (void)state;
    begin(staged, COUNT(staged));
    orders = &scene.profile.keys[WFP_KEY_ERROR_PRECEDENCE];
    orders->values[1] = orders->values[0];
    orders->values[1].order[WFP_STAGE_STARTUP] = WFP_STAGE_OUTCOME;
    orders->values[1].order[WFP_STAGE_OUTCOME] = WFP_STAGE_STARTUP;
    orders->count = 2;
    make();
    assert_ids(F(RECORD) | F(UDP), "early: early late");
    assert_ids(F(RECORD), "b: b late");
    assert_ids(0, "late: late");
}

/* ---- answers of the profile ---- */

static const struct wfp_rule keyed[] = {
    {.id = "1-key", .calls = FLUSH, .stage = WFP_STAGE_CODE, KEYED(FLUSH)},
    {.id = "2-key", .calls = FLUSH, .stage = WFP_STAGE_SOCKET, .needs = F(UDP), KEYED(SET_EMPTY)},
    {.id = "3-end", .calls = FLUSH, .stage = WFP_STAGE_OUTCOME, SAYS(9)},
};

static void test_pass_asks_the_next_rule(void **state)
{
    (void)state;
    begin(keyed, COUNT(keyed));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_pass);
    make();
    assert_ids(F(UDP), "2-key: 2-key");
    assert_ids(0, "3-end: 3-end");
}

static void test_open_key_allows_all_its_values(void **state)
{
    const struct inquiry inquiry = about(0);
    struct wfp_answer_set set = {.count = 0};

    (void)state;
    begin(keyed, COUNT(keyed));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_bytes(10, 0));
    scene_also(&scene, WFP_KEY_FLUSH, answer_needed(11));
    scene_also(&scene, WFP_KEY_FLUSH, answer_unchanged(12));
    scene_also(&scene, WFP_KEY_FLUSH, answer_died);
    make();
    decide_all(scene.world, &inquiry, &set);
    assert_int_equal(set.count, 4);
    assert_answer(set.answers[0], answer_bytes(10, 0));
    assert_answer(set.answers[1], answer_bytes(11, 42));
    assert_answer(set.answers[2], answer_unchanged(12));
    assert_answer(set.answers[3], answer_died);
    assert_answer(decide(scene.world, &inquiry).answer, answer_bytes(10, 0));
}

/* One of an open key's values is "no objection": what follows is allowed as well. */
static void test_open_pass_allows_what_follows(void **state)
{
    (void)state;
    begin(keyed, COUNT(keyed));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_bytes(10, 0));
    scene_also(&scene, WFP_KEY_FLUSH, answer_pass);
    scene_also(&scene, WFP_KEY_SET_EMPTY, answer_pass);
    make();
    assert_ids(0, "1-key: 1-key 3-end");
    assert_ids(F(UDP), "1-key: 1-key 2-key 3-end");
}

static void test_first_value_is_the_simulators(void **state)
{
    const struct inquiry inquiry = about(0);
    struct wfp_answer_set set = {.count = 0};

    (void)state;
    begin(keyed, COUNT(keyed));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_pass);
    scene_also(&scene, WFP_KEY_FLUSH, answer_bytes(10, 0));
    make();
    assert_string_equal(decide(scene.world, &inquiry).rule->id, "3-end");
    decide_all(scene.world, &inquiry, &set);
    assert_int_equal(set.count, 2);
}

/* ---- what only the call knows ---- */

static const struct wfp_rule resolved[] = {
    {.id = "needed",
     .calls = FLUSH,
     .stage = WFP_STAGE_STARTUP,
     .needs = F(RECORD),
     .answer = {5, 0, WFP_COUNT_NEEDED, WFP_RETURNED},
     .kernel = {6, 0, WFP_COUNT_NEEDED, WFP_RETURNED}},
    {.id = "stored",
     .calls = FLUSH,
     .stage = WFP_STAGE_CODE,
     .needs = F(UDP),
     .source = WFP_ANSWER_STORED},
    {.id = "key",
     .calls = FLUSH,
     .stage = WFP_STAGE_ROOM,
     KEYED(FLUSH),
     .kernel = {0xC0000001u, 0, WFP_COUNT_VALUE, WFP_RETURNED}},
};

static struct wfp_answer decided(uint64_t facts)
{
    const struct inquiry inquiry = about(facts);

    return decide(scene.world, &inquiry).answer;
}

static void test_needed_and_entry_are_put_in(void **state)
{
    (void)state;
    begin(resolved, COUNT(resolved));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_bytes(10, 3));
    make();
    assert_answer(decided(F(RECORD)), answer_bytes(5, 42));
    assert_answer(decided(F(RECORD) | F(KERNEL_ENTRY)), answer_bytes(6, 42));
    assert_answer(decided(F(UDP)), answer_bytes(7, 8));
    assert_answer(decided(0), answer_bytes(10, 3));
    assert_answer(decided(F(KERNEL_ENTRY)), answer_bytes(0xC0000001u, 0));
}

static void test_pass_is_no_status_either(void **state)
{
    (void)state;
    begin(resolved, COUNT(resolved));
    scene_decide(&scene, WFP_KEY_FLUSH, answer_pass);
    make();
    assert_answer(decided(F(KERNEL_ENTRY)), answer_pass);
}

/* ---- sets ---- */

static void test_set_has_no_repeats(void **state)
{
    const struct wfp_rule rule = {.id = "any"};
    const struct decision first = {{1, 0, WFP_COUNT_VALUE, WFP_RETURNED}, &rule};
    const struct decision second = {{1, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}, &rule};
    const struct decision none = {{2, 0, WFP_COUNT_VALUE, WFP_RETURNED}, NULL};
    struct wfp_answer_set set = {.count = 0};

    (void)state;
    decide_add(&set, first);
    decide_add(&set, second);
    decide_add(&set, first);
    decide_add(&set, none);
    assert_int_equal(set.count, 2);
    assert_answer(set.answers[0], first.answer);
    assert_answer(set.answers[1], second.answer);
}

static void test_set_stays_within_its_bounds(void **state)
{
    const struct wfp_rule rule = {.id = "any"};
    struct wfp_answer_set set = {.count = 0};

    (void)state;
    for (uint32_t i = 0; i < 2 * WFP_ANSWERS_MAX; i++) {
        const struct decision decision = {{i, 0, WFP_COUNT_VALUE, WFP_RETURNED}, &rule};

        decide_add(&set, decision);
    }
    assert_int_equal(set.count, WFP_ANSWERS_MAX);
    assert_answer(set.answers[WFP_ANSWERS_MAX - 1], answer_bytes(WFP_ANSWERS_MAX - 1, 0));
}

static void test_equal_means_all_members(void **state)
{
    static const struct wfp_answer answers[] = {
        {1, 2, WFP_COUNT_VALUE, WFP_RETURNED},     {2, 2, WFP_COUNT_VALUE, WFP_RETURNED},
        {1, 1, WFP_COUNT_VALUE, WFP_RETURNED},     {1, 2, WFP_COUNT_NEEDED, WFP_RETURNED},
        {1, 2, WFP_COUNT_UNCHANGED, WFP_RETURNED}, {1, 2, WFP_COUNT_VALUE, WFP_DIED},
        {1, 2, WFP_COUNT_VALUE, WFP_STATE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers) * COUNT(answers); i++) {
        const size_t a = i / COUNT(answers);
        const size_t b = i % COUNT(answers);

        assert_int_equal(wfp_answer_equal(answers[a], answers[b]), a == b);
    }
}

/* ---- the largest table: every row speaks of every call ---- */

static void test_largest_table_answers_every_call(void **state)
{
    static struct wfp_rule rows[WFP_RULES_MAX];
    static char ids[WFP_RULES_MAX][8];

    (void)state;
    for (uint32_t i = 0; i < WFP_RULES_MAX; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "r%03u", (unsigned)i);
        rows[i].id = ids[i];
        rows[i].calls = WFP_BIT(i % WFP_CALL_COUNT);
        rows[i].stage = WFP_STAGE_OUTCOME;
        rows[i].needs = F(ROUTINE_DUE);
        rows[i].answer = answer_bytes(1, 0);
    }
    rows[WFP_RULES_MAX - 1].calls = WFP_BIT(WFP_CALL_COUNT) - 1;
    rows[WFP_RULES_MAX - 1].needs = 0;
    begin(rows, WFP_RULES_MAX);
    make();
    for (unsigned call = 0; call < WFP_CALL_COUNT; call++) {
        struct inquiry inquiry = about(0);

        inquiry.call = (enum wfp_call)call;
        assert_ptr_equal(decide(scene.world, &inquiry).rule, &rows[WFP_RULES_MAX - 1]);
    }
}

/* ---- a table that is too large ---- */

enum { MOST = WFP_RULES_MAX + 1 };

static bool has_order(size_t count, uint64_t calls)
{
    static struct wfp_rule rows[MOST];
    static char ids[MOST][8];
    static struct rule_order order;
    const struct wfp_rules rules = {rows, count};
    struct wfp_profile profile;

    wfp_profile_documented(&profile);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "t.%03u", (unsigned)i);
        rows[i] = (struct wfp_rule){.id = ids[i], .calls = calls, .stage = WFP_STAGE_OUTCOME};
    }
    return decide_order(&rules, &profile, &order);
}

static void test_order_refuses_too_large_a_table(void **state)
{
    const uint64_t three = WFP_BIT(0) | WFP_BIT(1) | WFP_BIT(2);

    (void)state;
    assert_true(has_order(WFP_RULES_MAX, WFP_BIT(0)));
    assert_false(has_order(MOST, WFP_BIT(0)));
    assert_true(has_order(ORDER_MAX / 3, three));
    assert_false(has_order(ORDER_MAX / 3 + 1, three));
    assert_true(has_order(ORDER_MAX / 4, three | WFP_BIT(3)));
    assert_false(has_order(ORDER_MAX / 4 + 1, three | WFP_BIT(3)));
}

/* ---- looks ---- */

enum { LOOKS = WFP_KERNEL_COUNT - WFP_KERNEL_LOOK_RIGHT, PATTERNS = 4096 };

/* Any facts that no look is one of. */
static uint64_t facts_apart(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 20 & (WFP_BIT(WFP_KERNEL_LOOK_RIGHT) - 1);
}

/* What is left out where the look is said would not have answered. */
static void test_named_look_answers_alike(void **state)
{
    const struct inquiry start = {.call = WFP_CALL_LOOK, .stored = {1, 0, 0, WFP_ACTION}};
    uint64_t seed = 1;

    (void)state;
    scene_prepare(&scene);
    make();
    for (uint32_t look = 1; look <= LOOKS; look++) {
        for (unsigned pattern = 0; pattern < PATTERNS; pattern++) {
            struct inquiry named = start;
            struct inquiry plain;

            named.facts = facts_apart(&seed) | WFP_BIT(WFP_KERNEL_LOOK_RIGHT + look - 1);
            plain = named;
            named.look = look;
            assert_ptr_equal(decide(scene.world, &named).rule, decide(scene.world, &plain).rule);
        }
    }
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_teardown(test, clear)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_refuses_too_large_a_table),
        IN_WORLD(test_guard_is_needs_without_bars),
        IN_WORLD(test_no_rule_is_no_answer),
        IN_WORLD(test_earliest_stage_answers),
        IN_WORLD(test_one_stage_allows_all_that_apply),
        IN_WORLD(test_precedence_moves_the_answer),
        IN_WORLD(test_open_precedence_allows_both_orders),
        IN_WORLD(test_pass_asks_the_next_rule),
        IN_WORLD(test_open_key_allows_all_its_values),
        IN_WORLD(test_open_pass_allows_what_follows),
        IN_WORLD(test_first_value_is_the_simulators),
        IN_WORLD(test_needed_and_entry_are_put_in),
        IN_WORLD(test_pass_is_no_status_either),
        cmocka_unit_test(test_set_has_no_repeats),
        cmocka_unit_test(test_set_stays_within_its_bounds),
        cmocka_unit_test(test_equal_means_all_members),
        IN_WORLD(test_largest_table_answers_every_call),
        IN_WORLD(test_named_look_answers_alike),
    };

    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
