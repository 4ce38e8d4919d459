/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/complaint.h"
#include "harness/document.h"
#include "harness/path_text.h"
#include "harness/path_vector.h"
#include "harness/runner.h"
#include "tests/unit/vectors.h"

#define HEAD                                                                                       \
    "{'id': 'x', 'kind': 'path', 'story': 'Somebody connects through two proxies.',"               \
    " 'clauses': ['LOOP-04'], 'source': {'kind': 'inferred', 'reference': 'test'},"                \
    " 'needs': ['kernel-face'], "
#define SERVICES "'services': [{'name': 'A'}, {'name': 'B', 'propagates': 'never'}]"
#define LOOPS "{'path': ['app', 'A'], 'end': 'loop', 'loop': ['A'], 'by': ['LOOP-05']}"
#define ARRIVES "{'path': ['app', 'A', 'destination'], 'end': 'reached', 'by': ['LOOP-04']}"

#define CONTROL(set) " 'control': {'kind': 'contrast', 'set': {" set "}}"

/* ---- reading ---- */

static void test_a_control_sets_its_fields(void **state)
{
    struct vector *vector = vector_quoted(HEAD SERVICES ", 'expect': " LOOPS "," CONTROL(
        "'B.propagates': 'late', 'journey.dials': 'ipv6'") "}");
    const struct path_claim *claim = vector->route;
    const struct path_scene *scene = path_claim_control(claim, NULL);

    (void)state;
    assert_int_equal(claim->control->count, 2);
    assert_string_equal(claim->control->settings[0].text, "B.propagates=late");
    assert_int_equal(scene->topology.services[0].propagation, WFP_PATH_CORRECTLY);
    assert_int_equal(scene->topology.services[1].propagation, WFP_PATH_LATE);
    assert_int_equal(scene->journey.to, WFP_PATH_IPV6);
    assert_int_equal(claim->scene.topology.services[1].propagation, WFP_PATH_NEVER);
    assert_int_equal(claim->scene.journey.to, WFP_PATH_IPV4);
    vector_free(vector);
}

static void test_each_member_has_its_control(void **state)
{
    struct vector *vector = vector_quoted(
        HEAD SERVICES ", 'family': {'of': ['B.propagates', 'journey.dials'], 'bands': ["
                      "{'band': 'b', 'members': [['late', ['ipv4', 'ipv6']]], 'expect': " LOOPS
                      "}]}," CONTROL("'B.propagates': 'correctly'") "}");
    const struct band *band = &vector_sweep(vector)->bands[0];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct path_scene *scene = path_claim_control(vector->route, &band->members[i]);

        assert_int_equal(scene->topology.services[1].propagation, WFP_PATH_CORRECTLY);
        assert_int_equal(scene->journey.to, i == 0 ? WFP_PATH_IPV4 : WFP_PATH_IPV6);
    }
    vector_free(vector);
}

static void test_without_control_there_is_no_scene(void **state)
{
    struct vector *vector = vector_quoted(HEAD SERVICES ", 'expect': " ARRIVES "}");

    (void)state;
    assert_null(path_claim_control(vector->route, NULL));
    vector_free(vector);
}

/* ---- running ---- */

static void run_case(const char *text, struct judged *judged, struct vector **vector)
{
    static const struct learned none = {{false}, {0}};
    const struct runner runner = {
        .backend = &shipped.backend,
        .keys = shipped.keys,
        .options = "",
    };
    struct plan_case planned = {.profile = shipped.observed, .learned = &none};

    *vector = vector_quoted(text);
    planned.vector = *vector;
    planned.controllable = true;
    runner_run(&runner, &planned, judged);
}

/* The weight of a lone service changes nothing of its loop. */
static void test_a_control_without_contrast_is_undecided(void **state)
{
    struct judged judged;
    struct vector *vector;

    (void)state;
    run_case(HEAD "'services': [{'name': 'A', 'propagates': 'never'}], 'expect': " LOOPS
                  "," CONTROL("'A.weight': 1") "}",
             &judged, &vector);
    assert_int_equal(judged.result.verdict, VERDICT_UNDECIDED);
    assert_string_equal(judged.result.message,
                        "control failed: expected another outcome than the tested path's, "
                        "actual app > A, loop of A");
    judged_clear(&judged);
    vector_free(vector);
}

/* Here the callout is told states where it was not before, but the way is the same. */
static void test_states_alone_are_no_contrast(void **state)
{
    struct judged judged;
    struct vector *vector;

    (void)state;
    run_case(HEAD "'services': [{'name': 'A', 'without-query': true}], 'expect': " LOOPS
                  "," CONTROL("'A.without-query': false,"
                              " 'A.deeds.REDIRECTED_BY_SELF': 'redirect'") "}",
             &judged, &vector);
    assert_int_equal(judged.result.verdict, VERDICT_UNDECIDED);
    judged_clear(&judged);
    vector_free(vector);
}

static size_t planned_controls(const struct profile *profile, bool *controllable)
{
    static const struct plan_filter all = {NULL, NULL, 0};
    struct vector *vector =
        vector_quoted(HEAD SERVICES ", 'expect': {'profile': {'documented': " LOOPS
                                    "}}," CONTROL("'B.propagates': 'correctly'") "}");
    struct plan plan = {0};
    const size_t before = plan.count;

    assert_int_equal(plan_add(&plan, vector, profile, &all, &shipped.backend, &shipped.backend),
                     STATUS_OK);
    *controllable = plan.cases[before].controllable;
    const size_t count = plan.count;
    plan_clear(&plan);
    vector_free(vector);
    return count;
}

/* Without the ioctls the first proxy refuses whatever the second does. */
static void test_a_profile_may_allow_no_contrast(void **state)
{
    bool controllable;

    (void)state;
    assert_int_equal(planned_controls(shipped.observed, &controllable), 1);
    assert_true(controllable);
    assert_int_equal(planned_controls(shipped.unsupported, &controllable), 1);
    assert_false(controllable);
}

/* ---- showing ---- */

static void test_the_control_is_shown(void **state)
{
    struct vector *vector = vector_quoted(HEAD SERVICES ", 'expect': " ARRIVES "," CONTROL(
        "'*.handle': 'per-filter', 'A.cap': 1") "}");
    struct text text = {0};

    (void)state;
    path_claim_text(vector->route, &text);
    assert_non_null(strstr(text_bytes(&text), "  control: with *.handle=per-filter A.cap=1 the "
                                              "connection must fare otherwise\n"));
    text_clear(&text);
    vector_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_control_sets_its_fields),
        cmocka_unit_test(test_each_member_has_its_control),
        cmocka_unit_test(test_without_control_there_is_no_scene),
        cmocka_unit_test(test_a_control_without_contrast_is_undecided),
        cmocka_unit_test(test_states_alone_are_no_contrast),
        cmocka_unit_test(test_a_profile_may_allow_no_contrast),
        cmocka_unit_test(test_the_control_is_shown),
    };
    return cmocka_run_group_tests(tests, shipped_open, shipped_close);
}
