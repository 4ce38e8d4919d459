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

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define HEAD                                                                                       \
    "{'id': 'x', 'kind': 'path', 'story': 'Somebody connects through two proxies.',"               \
    " 'clauses': ['LOOP-04'], 'source': {'kind': 'inferred', 'reference': 'test'},"                \
    " 'needs': ['kernel-face'], "
#define SERVICES "'services': [{'name': 'A'}, {'name': 'B', 'propagates': 'never'}]"
#define ARRIVES "{'path': ['app', 'A', 'destination'], 'end': 'reached', 'by': ['LOOP-04']}"

#define CONTROL(set) " 'control': {'kind': 'contrast', 'set': {" set "}}"

/* ---- reading ---- */

static void test_reads_a_service(void **state)
{
    struct vector *vector = vector_quoted(
        HEAD "'services': [{'name': 'A', 'families': 'ipv6', 'handle': 'per-filter',"
             " 'propagates': 'late', 'dials': 'mapped', 'refuses': false, 'chain': 'newest',"
             " 'deeds': {'REDIRECTED_BY_OTHER': 'block'}, 'weight': 5, 'sublayer': 9,"
             " 'keeps-right': true, 'context': 64, 'cap': 1}],"
             " 'journey': {'dials': 'ipv6', 'reauthorizations': 2}, 'expect': " ARRIVES "}");
    const struct path_scene *scene = &vector->route->scene;
    const struct wfp_path_service *service = &scene->topology.services[0];

    (void)state;
    assert_int_equal(vector->kind, VECTOR_PATH);
    assert_int_equal(vector->needs, NEED_BIT(NEED_KERNEL_FACE));
    assert_int_equal(scene->topology.count, 1);
    assert_string_equal(scene->names[0], "A");
    assert_int_equal(service->families, WFP_PATH_V6);
    assert_int_equal(service->handle, WFP_PATH_HANDLE_PER_FILTER);
    assert_int_equal(service->propagation, WFP_PATH_LATE);
    assert_int_equal(service->outgoing, WFP_PATH_MAPPED);
    assert_false(service->refuses);
    assert_int_equal(service->weight, 5);
    assert_int_equal(service->sublayer, 9);
    assert_int_equal(service->policy.chain, WFP_CHAIN_NEWEST);
    assert_int_equal(service->policy.deeds[WFP_REDIRECTED_BY_OTHER], WFP_DEED_BLOCK);
    assert_int_equal(service->policy.deeds[WFP_NOT_REDIRECTED], WFP_DEED_REDIRECT);
    assert_true(service->policy.keeps_right);
    assert_int_equal(service->policy.context_size, 64);
    assert_int_equal(service->policy.cap, 1);
    assert_int_equal(scene->journey.to, WFP_PATH_IPV6);
    assert_int_equal(scene->journey.reauthorizations, 2);
    vector_free(vector);
}

static void test_what_is_not_given_is_recommended(void **state)
{
    struct vector *vector = vector_quoted(HEAD SERVICES ", 'expect': " ARRIVES "}");
    const struct wfp_path_topology *topology = &vector->route->scene.topology;

    (void)state;
    assert_int_equal(topology->services[0].families, WFP_PATH_V4 | WFP_PATH_V6);
    assert_int_equal(topology->services[0].propagation, WFP_PATH_CORRECTLY);
    assert_true(topology->services[0].refuses);
    assert_true(topology->services[0].sublayer > topology->services[1].sublayer);
    assert_int_equal(vector->route->scene.journey.to, WFP_PATH_IPV4);
    vector_free(vector);
}

/* ---- families ---- */

static void test_lists_side_by_side_make_a_product(void **state)
{
    static const char *const names[] = {"1+never+ipv4", "1+never+ipv6", "1+late+ipv4",
                                        "1+late+ipv6", "2+lost+mapped"};
    struct vector *vector = vector_quoted(
        HEAD SERVICES ", 'family': {'of': ['services', '*.propagates', 'journey.dials'], 'bands': ["
                      "{'band': 'one', 'members': [[1, ['never', 'late'], ['ipv4', 'ipv6']],"
                      " [2, 'lost', 'mapped']], 'expect': " ARRIVES "}]}}");
    const struct band *band = &vector_sweep(vector)->bands[0];
    const struct path_scene *last;

    (void)state;
    assert_int_equal(band->count, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(band->members[i].text, names[i]);
        assert_ptr_equal(vector_member(vector, names[i]), &band->members[i]);
    }
    assert_int_equal(band->members[3].scene->topology.count, 1);
    assert_int_equal(band->members[3].scene->topology.services[0].propagation, WFP_PATH_LATE);
    assert_int_equal(band->members[3].scene->journey.to, WFP_PATH_IPV6);
    last = band->members[4].scene;
    assert_int_equal(last->topology.count, 2);
    assert_int_equal(last->topology.services[1].propagation, WFP_PATH_LOST);
    assert_ptr_equal(path_claim_scene(vector->route, &band->members[4]), last);
    assert_null(vector_member(vector, "1+never"));
    vector_free(vector);
}

static void test_a_deed_can_vary(void **state)
{
    struct vector *vector = vector_quoted(
        HEAD SERVICES ", 'family': {'of': ['B.deeds.REDIRECTED_BY_OTHER'], 'bands': ["
                      "{'band': 'b', 'members': ['block', 'permit'], 'expect': " ARRIVES "}]}}");
    const struct band *band = &vector_sweep(vector)->bands[0];

    (void)state;
    assert_int_equal(band->members[0].scene->topology.services[1].policy.deeds[2], WFP_DEED_BLOCK);
    assert_int_equal(band->members[1].scene->topology.services[1].policy.deeds[2], WFP_DEED_PERMIT);
    assert_int_equal(band->members[1].scene->topology.services[0].policy.deeds[2],
                     WFP_DEED_REDIRECT);
    vector_free(vector);
}

/* ---- comparing ---- */

static struct path_outcome arrived(void)
{
    struct path_outcome outcome = {.end = WFP_PATH_REACHED,
                                   .count = 3,
                                   .stations = {STATION_APPLICATION, 1, STATION_DESTINATION},
                                   .told_hops = 2,
                                   .did_hops = 2,
                                   .condition_hops = 2};

    for (size_t i = 0; i < 2; i++) {
        path_outcome_fill(&outcome.hops[i], TOLD_NOT_ASKED, DID_NOT_ASKED);
    }
    outcome.hops[1].told[0] = WFP_REDIRECTED_BY_SELF;
    outcome.hops[1].did[0] = WFP_DEED_PERMIT;
    return outcome;
}

static void differs(const struct path_outcome *expected, enum outcome_part part, size_t hop)
{
    const struct path_outcome actual = arrived();
    const struct outcome_mismatch found = path_outcome_compare(expected, &actual);

    assert_int_equal(found.part, part);
    assert_int_equal(found.hop, hop);
}

static void test_every_part_is_compared(void **state)
{
    struct path_outcome expected = arrived();

    (void)state;
    differs(&expected, OUTCOME_SAME, 1);
    expected.stations[1] = 2;
    differs(&expected, OUTCOME_PATH, 0);
    expected = arrived();
    expected.count = 2;
    differs(&expected, OUTCOME_PATH, 1);
    expected = arrived();
    expected.end = WFP_PATH_NO_ROOM;
    differs(&expected, OUTCOME_END, 1);
    expected = arrived();
    expected.by = 1;
    differs(&expected, OUTCOME_BY, 1);
    expected = arrived();
    expected.loop_count = 1;
    differs(&expected, OUTCOME_LOOP, 1);
    expected = arrived();
    expected.hops[1].told[0] = WFP_NOT_REDIRECTED;
    differs(&expected, OUTCOME_TOLD, 1);
    expected = arrived();
    expected.hops[1].did[0] = WFP_DEED_BLOCK;
    differs(&expected, OUTCOME_DID, 1);
    expected = arrived();
    expected.hops[0].told_again[7][1] = WFP_NOT_REDIRECTED;
    differs(&expected, OUTCOME_TOLD, 0);
    expected = arrived();
    expected.hops[0].did_again[0][7] = DID_NOTHING;
    differs(&expected, OUTCOME_DID, 0);
    expected = arrived();
    expected.hops[0].conditions = WFP_CONDITION_IS_PROXY_CONNECTION;
    differs(&expected, OUTCOME_CONDITIONS, 0);
}

static void test_what_is_not_said_is_open(void **state)
{
    struct path_outcome expected = arrived();

    (void)state;
    expected.hops[1].told[0] = TOLD_UNSAID;
    expected.hops[1].did[0] = DID_UNSAID;
    expected.condition_hops = 0;
    differs(&expected, OUTCOME_SAME, 1);
    expected.told_hops = 0;
    expected.did_hops = 0;
    differs(&expected, OUTCOME_SAME, 1);
}

/* ---- running ---- */

static void run_case(const char *text, struct judged *judged, struct vector **vector)
{
    static const struct learned none = {{false}, {0}};
    const struct runner runner = {.backend = &shipped.backend,
                                  .keys = shipped.keys,
                                  .options = "",
                                  .details = true,
                                  .traces = true};
    struct plan_case planned = {.profile = shipped.observed, .learned = &none};

    *vector = vector_quoted(text);
    planned.vector = *vector;
    planned.controllable = true;
    runner_run(&runner, &planned, judged);
}

static void test_a_loop_passes(void **state)
{
    struct judged judged;
    struct vector *vector;

    (void)state;
    run_case(HEAD "'services': [{'name': 'A', 'propagates': 'never', 'refuses': false}],"
                  " 'expect': {'path': ['app', 'A'], 'end': 'loop', 'loop': ['A'],"
                  " 'by': ['LOOP-05']}," CONTROL("'A.propagates': 'correctly'") "}",
             &judged, &vector);
    assert_int_equal(judged.result.verdict, VERDICT_PASS);
    assert_false(judged.result.uncontrolled);
    assert_string_equal(judged.result.actual, "app > A, loop of A");
    assert_non_null(strstr(judged.result.trace, "\"party\":\"A\""));
    judged_clear(&judged);
    vector_free(vector);
}

static void test_a_failure_is_described(void **state)
{
    static const char *const parts[] = {
        "x[observed]   LOOP-04   inferred   simulator",
        "Somebody connects through two proxies.",
        "      A   sublayer=8 weight=8 propagates=correctly\n",
        "      1  app ipv4 without a record > A",
        "  >   2  A ipv4 with a record > destination",
        "         expected         app > A, blocked by A   LOOP-11\n",
        "         actual           app > A > destination, reached",
        "         the model        rules ",
        "  again: wfpcheck run x --profile observed\n",
    };
    struct judged judged;
    struct vector *vector;

    (void)state;
    run_case(HEAD
             "'services': [{'name': 'A'}], 'expect': {'path': ['app', 'A'],"
             " 'end': 'blocked', 'ended-by': 'A', 'by': ['LOOP-11']}," CONTROL("'A.weight': 1") "}",
             &judged, &vector);
    assert_int_equal(judged.result.verdict, VERDICT_FAIL);
    assert_string_equal(judged.result.message, "hop 2: path: expected app > A, blocked by A, "
                                               "actual app > A > destination, reached");
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (strstr(judged.result.detail, parts[i]) == NULL) {
            fail_msg("no \"%s\" in\n%s", parts[i], judged.result.detail);
        }
    }
    judged_clear(&judged);
    vector_free(vector);
}

static void test_a_silent_vector_is_undecided(void **state)
{
    struct judged judged;
    struct vector *vector;

    (void)state;
    run_case(HEAD "'services': [{'name': 'A'}], 'expect': {'profile': {'nobody': " ARRIVES "}}}",
             &judged, &vector);
    assert_int_equal(judged.result.verdict, VERDICT_UNDECIDED);
    assert_string_equal(judged.result.message, "the vector says nothing about profile observed");
    judged_clear(&judged);
    vector_free(vector);
}

static void test_the_claim_is_shown(void **state)
{
    struct vector *vector = vector_quoted(HEAD SERVICES ", 'expect': " ARRIVES "}");
    struct text text = {0};

    (void)state;
    path_claim_text(vector->route, &text);
    assert_null(strstr(text_bytes(&text), "control"));
    assert_non_null(strstr(text_bytes(&text), "B   sublayer=7 weight=7 propagates=never\n"));
    assert_non_null(strstr(text_bytes(&text), "app > A > destination, reached"));
    text_clear(&text);
    vector_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_a_service),
        cmocka_unit_test(test_what_is_not_given_is_recommended),
        cmocka_unit_test(test_lists_side_by_side_make_a_product),
        cmocka_unit_test(test_a_deed_can_vary),
        cmocka_unit_test(test_every_part_is_compared),
        cmocka_unit_test(test_what_is_not_said_is_open),
        cmocka_unit_test(test_a_loop_passes),
        cmocka_unit_test(test_a_failure_is_described),
        cmocka_unit_test(test_a_silent_vector_is_undecided),
        cmocka_unit_test(test_the_claim_is_shown),
    };
    return cmocka_run_group_tests(tests, shipped_open, shipped_close);
}
