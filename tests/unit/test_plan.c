/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/plan.h"
#include "tests/unit/vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- globs ---- */

static const struct {
    const char *glob;
    const char *text;
    bool matches;
} globs[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"a", "a", true},
    {"a", "A", false},
    {"a", "ab", false},
    {"ab", "a", false},
    {"*", "", true},
    {"*", "anything at all", true},
    {"**", "x", true},
    {"?", "", false},
    {"?", "x", true},
    {"?", "xy", false},
    {"??", "xy", true},
    {"a*", "a", true},
    {"a*", "abc", true},
    {"a*", "ba", false},
    {"*a", "a", true},
    {"*a", "bcaa", true},
    {"*a", "ab", false},
    {"a*c", "ac", true},
    {"a*c", "abbc", true},
    {"a*c", "abcb", false},
    {"a*c", "abcbc", true},
    {"*ab*", "xxaaabyy", true},
    {"*ab*ab", "abxab", true},
    {"*ab*ab", "ab", false},
    {"a?*", "a", false},
    {"a?*", "ab", true},
    {"*?", "", false},
    {"query-*@N", "query-records@N", true},
    {"query-*@N", "query-records@N-1", false},
    {"*@N*", "query-records@N-1", true},
    {"[a]", "a", false},
    {"[a]", "[a]", true},
};

static void test_globs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(globs); i++) {
        if (glob_matches(globs[i].glob, globs[i].text) != globs[i].matches) {
            print_error("%s over %s: expected %d\n", globs[i].glob, globs[i].text,
                        globs[i].matches);
            fail();
        }
    }
}

/* A glob that tempts a matcher into trying every split: it must end all the same. */
static void test_globs_end_soon(void **state)
{
    char text[2000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_true(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a", text));
}

/* ---- vectors, written with ' for " ---- */

#define HEAD                                                                                       \
    "{'id': 'planned', 'kind': 'calls', 'story': 'A script made up to try the planner.',"          \
    "'clauses': ['QRY-06'], 'source': {'kind': 'documented', 'reference': 'A test'}, "
#define EXPECT(answer) "'expect': {'answer': '" answer "', 'by': ['QRY-06']}"
#define ACCEPT "{'do': 'redirected-accept', 'as': 'proxy'}"
#define BAND(name, members, answer)                                                                \
    "{'band': '" name "', 'members': [" members "], " EXPECT(answer) "}"
#define SWEEP(of, bands)                                                                           \
    HEAD "'needs': ['redirect'], 'steps': [" ACCEPT ", {'do': 'ioctl', 'on': 'proxy',"             \
         " 'code': 'QUERY_RECORDS', 'out': {'size': 4096}, 'sweep': {'of': '" of                   \
         "', 'bands': [" bands "]}}]}"

static const struct plan_filter all;

/* The names of the planned cases, separated by one space. */
static void assert_planned(const struct vector *vector, const struct profile *profile,
                           const struct plan_filter *filter, const char *expected)
{
    struct plan plan = {0};
    char names[1024] = "";

    assert_int_equal(plan_add(&plan, vector, profile, filter, &shipped.backend, &shipped.backend),
                     STATUS_OK);
    for (size_t i = 0; i < plan.count; i++) {
        char name[CASE_NAME_MAX];

        plan_case_name(&plan.cases[i], name, sizeof name);
        (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                       i == 0 ? "" : " ", name);
    }
    assert_string_equal(names, expected);
    assert_int_equal(plan.vectors, plan.count > 0);
    plan_clear(&plan);
}

/* ---- which members are cases ---- */

static void test_members_outside_their_band_are_dropped(void **state)
{
    struct vector *vector = vector_quoted(
        SWEEP("out.size", BAND("4..N-1", "4, 3000, 'N-1', 'N-1000'",
                               "WSAEFAULT/N") "," BAND("above", "'N+1', 100, 1024", "OK/N")));

    (void)state;
    assert_planned(vector, shipped.documented, &all,
                   "planned@4[documented] planned@N-1[documented] planned@N+1[documented] "
                   "planned@1024[documented]");
    vector_free(vector);
}

static void test_equal_sizes_are_one_case(void **state)
{
    struct vector *vector = vector_quoted(
        SWEEP("out.size", BAND("4..N-1", "779, 'N-1', 4", "WSAEFAULT/N") "," BAND(
                              "N", "'N', 780", "OK/N") "," BAND("above", "'N+1', 781", "OK/N")));

    (void)state;
    assert_planned(vector, shipped.documented, &all,
                   "planned@779[documented] planned@4[documented] planned@N[documented] "
                   "planned@N+1[documented]");
    vector_free(vector);
}

/* Without a record there is no N: what speaks of it stays, to be told as unsupported. */
static void test_without_n_all_members_stay(void **state)
{
    struct vector *vector = vector_quoted(SWEEP(
        "out.size", BAND("4..N-1", "4, 3000, 'N-1'", "WSAEFAULT/N") "," BAND("N", "'N'", "OK/N")));

    (void)state;
    assert_planned(vector, shipped.unsupported, &all,
                   "planned@4[unsupported] planned@3000[unsupported] planned@N-1[unsupported] "
                   "planned@N[unsupported]");
    vector_free(vector);
}

/* Only sizes of the output buffer are resolved; other members are what they are. */
static void test_other_sweeps_keep_all_members(void **state)
{
    struct vector *vector =
        vector_quoted(SWEEP("out.pointer", BAND("valid", "'heap', 'stack'", "OK/N") "," BAND(
                                               "invalid", "'null'", "WSAEFAULT/0")));

    (void)state;
    assert_planned(vector, shipped.documented, &all,
                   "planned@heap[documented] planned@stack[documented] planned@null[documented]");
    vector_free(vector);
}

static void test_without_sweep_there_is_one_case(void **state)
{
    struct vector *vector = vector_quoted(
        HEAD
        "'needs': ['redirect'], 'steps': [" ACCEPT ", {'do': 'ioctl',"
        " 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N'}, " EXPECT("OK/N") "}]}");

    (void)state;
    assert_planned(vector, shipped.documented, &all, "planned[documented]");
    assert_planned(vector, shipped.unsupported, &all, "planned[unsupported]");
    vector_free(vector);
}

/* ---- N of each case ---- */

static void test_case_knows_its_n(void **state)
{
    struct vector *vector =
        vector_quoted(SWEEP("code", BAND("records", "'QUERY_RECORDS'",
                                         "OK/N") "," BAND("context", "'QUERY_CONTEXT'", "OK/N")));
    static const uint32_t expected[] = {780, 32};
    struct plan plan = {0};

    (void)state;
    assert_int_equal(
        plan_add(&plan, vector, shipped.documented, &all, &shipped.backend, &shipped.backend),
        STATUS_OK);
    assert_int_equal(plan.count, COUNT(expected));
    for (size_t i = 0; i < plan.count; i++) {
        assert_true(plan.cases[i].learned->known[1]);
        assert_int_equal(plan.cases[i].learned->n[1], expected[i]);
    }
    plan_clear(&plan);
    assert_int_equal(plan.count, 0);
    vector_free(vector);
}

/* ---- filters ---- */

static const struct {
    const char *select;
    const char *names[2];
    const char *expected;
} filters[] = {
    {NULL, {NULL, NULL}, "planned@4[documented] planned@N-1[documented] planned@N[documented]"},
    {"planned",
     {NULL, NULL},
     "planned@4[documented] planned@N-1[documented] planned@N[documented]"},
    {"plan*", {NULL, NULL}, "planned@4[documented] planned@N-1[documented] planned@N[documented]"},
    {"*@N", {NULL, NULL}, "planned@N[documented]"},
    {"*@N*", {NULL, NULL}, "planned@N-1[documented] planned@N[documented]"},
    {"other", {NULL, NULL}, ""},
    {"*[documented]", {NULL, NULL}, ""},
    {NULL, {"planned@4", NULL}, "planned@4[documented]"},
    {NULL, {"planned@N[documented]", "planned@4"}, "planned@4[documented] planned@N[documented]"},
    {NULL,
     {"planned", NULL},
     "planned@4[documented] planned@N-1[documented] planned@N[documented]"},
    {NULL,
     {"other@4", NULL},
     "planned@4[documented] planned@N-1[documented] planned@N[documented]"},
    {NULL, {"planned@5", NULL}, ""},
    {NULL, {"planned@", NULL}, ""},
    {"*@4", {"planned@N", NULL}, ""},
};

static void test_filters(void **state)
{
    struct vector *vector = vector_quoted(
        SWEEP("out.size", BAND("4..N-1", "4, 'N-1'", "WSAEFAULT/N") "," BAND("N", "'N'", "OK/N")));

    (void)state;
    for (size_t i = 0; i < COUNT(filters); i++) {
        const size_t count = (filters[i].names[0] != NULL) + (size_t)(filters[i].names[1] != NULL);
        const struct plan_filter filter = {filters[i].select, filters[i].names, count};

        assert_planned(vector, shipped.documented, &filter, filters[i].expected);
    }
    vector_free(vector);
}

/* ---- controls ---- */

#define QUERY(size, rest)                                                                          \
    "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': " size "}" rest "}"
#define CONTROLLED(kind, by)                                                                       \
    HEAD "'needs': ['redirect'], 'steps': [" ACCEPT                                                \
         "," QUERY("5", "," EXPECT("WSAEFAULT/N")) "], 'control': {'kind': '" kind                 \
                                                   "', 'of': 2, 'replace': [{'step': 2, 'by': " by \
                                                   "}]}}"

static bool controllable(const char *text, const struct profile *profile)
{
    struct vector *vector = vector_quoted(text);
    struct plan plan = {0};
    bool result;

    assert_int_equal(plan_add(&plan, vector, profile, &all, &shipped.backend, &shipped.backend),
                     STATUS_OK);
    assert_int_equal(plan.count, 1);
    result = plan.cases[0].controllable;
    plan_clear(&plan);
    vector_free(vector);
    return result;
}

static void test_controls_are_tried_on_the_model(void **state)
{
    (void)state;
    assert_true(controllable(CONTROLLED("success", QUERY("4096", "")), shipped.documented));
    assert_true(controllable(CONTROLLED("success", QUERY("'N'", "")), shipped.documented));
    assert_false(controllable(CONTROLLED("success", QUERY("6", "")), shipped.documented));
    assert_false(controllable(CONTROLLED("success", QUERY("4096", "")), shipped.unsupported));
    assert_false(controllable(CONTROLLED("success", QUERY("'N'", "")), shipped.unsupported));
    assert_true(controllable(CONTROLLED("contrast", QUERY("3", "")), shipped.documented));
    assert_false(controllable(CONTROLLED("contrast", QUERY("6", "")), shipped.documented));
    assert_false(controllable(CONTROLLED("contrast", QUERY("3", "")), shipped.unsupported));
}

/* ---- several vectors in one plan ---- */

static void test_plans_grow(void **state)
{
    struct vector *vector = vector_quoted(SWEEP(
        "out.size", BAND("4..N-1", "4, 5, 6, 7", "WSAEFAULT/N") "," BAND("N", "'N'", "OK/N")));
    struct plan plan = {0};

    (void)state;
    for (size_t i = 1; i <= 100; i++) {
        assert_int_equal(
            plan_add(&plan, vector, shipped.documented, &all, &shipped.backend, &shipped.backend),
            STATUS_OK);
        assert_int_equal(plan.count, 5 * i);
        assert_int_equal(plan.vectors, i);
    }
    for (size_t i = 0; i < plan.count; i++) {
        assert_ptr_equal(plan.cases[i].vector, vector);
        assert_int_equal(plan.cases[i].learned->n[1], 780);
    }
    plan_clear(&plan);
    vector_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_globs),
        cmocka_unit_test(test_globs_end_soon),
        cmocka_unit_test(test_members_outside_their_band_are_dropped),
        cmocka_unit_test(test_equal_sizes_are_one_case),
        cmocka_unit_test(test_without_n_all_members_stay),
        cmocka_unit_test(test_other_sweeps_keep_all_members),
        cmocka_unit_test(test_without_sweep_there_is_one_case),
        cmocka_unit_test(test_case_knows_its_n),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_controls_are_tried_on_the_model),
        cmocka_unit_test(test_plans_grow),
    };

    return cmocka_run_group_tests_name("plan", tests, shipped_open, shipped_close);
}
