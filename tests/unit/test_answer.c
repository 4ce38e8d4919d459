/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/answer.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *text;
    struct wfp_answer answer;
} written[] = {
    {"OK/0", {0, 0, WFP_COUNT_VALUE, WFP_RETURNED}},
    {"OK/N", {0, 0, WFP_COUNT_NEEDED, WFP_RETURNED}},
    {"OK/unchanged", {0, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}},
    {"WSAEFAULT/780", {10014, 780, WFP_COUNT_VALUE, WFP_RETURNED}},
    {"ERROR_INSUFFICIENT_BUFFER/N", {122, 0, WFP_COUNT_NEEDED, WFP_RETURNED}},
    {"WSA_IO_PENDING/unchanged", {997, 0, WFP_COUNT_UNCHANGED, WFP_RETURNED}},
    {"54321/4294967295", {54321, UINT32_MAX, WFP_COUNT_VALUE, WFP_RETURNED}},
    {"4294967295/0", {UINT32_MAX, 0, WFP_COUNT_VALUE, WFP_RETURNED}},
    {"died", {0, 0, WFP_COUNT_UNCHANGED, WFP_DIED}},
    {"pass", {0, 0, WFP_COUNT_UNCHANGED, WFP_PASS}},
    {"NOT_REDIRECTED", {0, 0, WFP_COUNT_UNCHANGED, WFP_STATE}},
    {"REDIRECTED_BY_SELF", {1, 0, WFP_COUNT_UNCHANGED, WFP_STATE}},
    {"REDIRECTED_BY_OTHER", {2, 0, WFP_COUNT_UNCHANGED, WFP_STATE}},
    {"PREVIOUSLY_REDIRECTED_BY_SELF", {3, 0, WFP_COUNT_UNCHANGED, WFP_STATE}},
    {"BLOCK", {0x1001, 0, WFP_COUNT_UNCHANGED, WFP_ACTION}},
    {"PERMIT", {0x1002, 0, WFP_COUNT_UNCHANGED, WFP_ACTION}},
    {"CONTINUE", {0x2006, 0, WFP_COUNT_UNCHANGED, WFP_ACTION}},
    {"absent", {0, 0, WFP_COUNT_UNCHANGED, WFP_FIELD}},
    {"present", {1, 0, WFP_COUNT_UNCHANGED, WFP_FIELD}},
    {"different", {2, 0, WFP_COUNT_UNCHANGED, WFP_FIELD}},
    {"misuse", {0, 0, WFP_COUNT_UNCHANGED, WFP_MISUSE}},
};

static void test_parse_and_print_are_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        struct wfp_answer answer;
        char text[ANSWER_TEXT_MAX];
        assert_true(answer_parse(written[i].text, &answer));
        assert_true(wfp_answer_equal(answer, written[i].answer));
        answer_print(written[i].answer, text, sizeof text);
        assert_string_equal(text, written[i].text);
    }
}

static const struct {
    const char *text;
    const char *printed;
} other_spellings[] = {{"0/0", "OK/0"}, {"10022/0", "WSAEINVAL/0"}, {"010014/007", "WSAEFAULT/7"}};

static void test_prints_the_name_of_a_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(other_spellings); i++) {
        struct wfp_answer answer;
        char text[ANSWER_TEXT_MAX];
        assert_true(answer_parse(other_spellings[i].text, &answer));
        answer_print(answer, text, sizeof text);
        assert_string_equal(text, other_spellings[i].printed);
    }
}

static const char *const no_answers[] = {
    "",
    "/",
    "OK",
    "OK/",
    "/0",
    "ok/0",
    "OK/n",
    "OK/-1",
    "OK/+1",
    "OK/ 0",
    "OK/0 ",
    " OK/0",
    "OK/0/0",
    "OK/4294967296",
    "4294967296/0",
    "-1/0",
    "0x10/0",
    "WSAENOSUCH/0",
    "died/0",
    "Died",
    "pass/N",
    "REDIRECTED",
    "OK/99999999999999999999999999",
    "NOT_REDIRECTED/0",
    "unchanged",
    "N",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/0"};

static void test_refuses_what_is_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_answers); i++) {
        struct wfp_answer answer = {1, 2, WFP_COUNT_VALUE, WFP_DIED};
        assert_false(answer_parse(no_answers[i], &answer));
        assert_true(wfp_answer_equal(answer, (struct wfp_answer){1, 2, WFP_COUNT_VALUE, WFP_DIED}));
    }
}

static void test_every_known_error_has_both_directions(void **state)
{
    size_t named = 0;
    (void)state;
    for (uint32_t error = 1; error < 20000; error++) {
        struct wfp_answer answer = {error, 7, WFP_COUNT_VALUE, WFP_RETURNED};
        struct wfp_answer again;
        char text[ANSWER_TEXT_MAX];
        answer_print(answer, text, sizeof text);
        assert_true(answer_parse(text, &again));
        assert_true(wfp_answer_equal(answer, again));
        named += wfp_error_name(error) != NULL;
    }
    assert_in_range(named, 20, 200);
}

static void test_print_never_overruns(void **state)
{
    char text[9];
    (void)state;
    for (size_t size = 1; size < sizeof text; size++) {
        memset(text, '#', sizeof text);
        answer_print(written[3].answer, text, size);
        assert_int_equal(text[size], '#');
        assert_int_equal(strlen(text), size - 1);
    }
}

/* ---- values of a profile ---- */

static const struct {
    enum wfp_key_type type;
    const char *text;
    const char *other; /* a different value */
} values[] = {
    {WFP_TYPE_ANSWER, "pass", "died"}, {WFP_TYPE_ANSWER, "WSAEFAULT/N", "WSAEFAULT/0"},
    {WFP_TYPE_FLAG, "true", "false"},  {WFP_TYPE_FLAG, "false", "true"},
    {WFP_TYPE_SIZE, "0", "1"},         {WFP_TYPE_SIZE, "4294967295", "188"},
};

static void expect_twins(enum wfp_key_type type, const char *text, const char *other)
{
    struct wfp_value value;
    struct wfp_value differs;
    char printed[VALUE_TEXT_MAX];
    assert_true(value_parse(type, text, &value));
    assert_true(value_parse(type, other, &differs));
    value_print(type, &value, printed, sizeof printed);
    assert_string_equal(printed, text);
    assert_true(value_equal(type, &value, &value));
    assert_false(value_equal(type, &value, &differs));
}

static void test_values_parse_and_print_are_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        expect_twins(values[i].type, values[i].text, values[i].other);
    }
}

/* Stages `first`, first + 1 ... around to the one before it; the one at `repeat` twice. */
static void write_order(unsigned first, unsigned repeat, char text[VALUE_TEXT_MAX])
{
    size_t used = 0;
    for (unsigned i = 0; i < WFP_STAGE_COUNT; i++) {
        unsigned stage = (first + i - (i == repeat)) % WFP_STAGE_COUNT;
        int length = snprintf(text + used, VALUE_TEXT_MAX - used, "%s%s", i > 0 ? "," : "",
                              wfp_stage_name((enum wfp_stage)stage));
        used += (size_t)length;
        assert_true(used < VALUE_TEXT_MAX);
    }
}

static void test_orders_parse_and_print_are_twins(void **state)
{
    char text[VALUE_TEXT_MAX];
    char other[VALUE_TEXT_MAX];
    (void)state;
    for (unsigned first = 0; first < WFP_STAGE_COUNT; first++) {
        write_order(first, WFP_STAGE_COUNT, text);
        write_order(first + 1, WFP_STAGE_COUNT, other);
        expect_twins(WFP_TYPE_ORDER, text, other);
    }
}

static void test_an_order_has_every_stage_once(void **state)
{
    struct wfp_value value;
    char text[VALUE_TEXT_MAX + 16];
    (void)state;
    write_order(0, 3, text);
    assert_false(value_parse(WFP_TYPE_ORDER, text, &value));
    write_order(0, WFP_STAGE_COUNT, text);
    size_t length = strlen(text);
    memcpy(text + length, ",", 2);
    assert_false(value_parse(WFP_TYPE_ORDER, text, &value));
    memcpy(text + length, ",startup", 9);
    assert_false(value_parse(WFP_TYPE_ORDER, text, &value));
    *strrchr(text, ',') = '\0';
    assert_true(value_parse(WFP_TYPE_ORDER, text, &value));
    *strrchr(text, ',') = '\0';
    assert_false(value_parse(WFP_TYPE_ORDER, text, &value));
}

static const struct {
    enum wfp_key_type type;
    const char *text;
} no_values[] = {
    {WFP_TYPE_ANSWER, "true"}, {WFP_TYPE_FLAG, "1"}, {WFP_TYPE_FLAG, "True"},
    {WFP_TYPE_FLAG, ""},       {WFP_TYPE_SIZE, "N"}, {WFP_TYPE_SIZE, "-1"},
    {WFP_TYPE_SIZE, ""},       {WFP_TYPE_ORDER, ""}, {WFP_TYPE_ORDER, "startup,fault"},
};

static void test_refuses_what_is_no_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_values); i++) {
        struct wfp_value value = {.number = 77};
        assert_false(value_parse(no_values[i].type, no_values[i].text, &value));
        assert_int_equal(value.number, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_and_print_are_twins),
        cmocka_unit_test(test_prints_the_name_of_a_number),
        cmocka_unit_test(test_refuses_what_is_no_answer),
        cmocka_unit_test(test_every_known_error_has_both_directions),
        cmocka_unit_test(test_print_never_overruns),
        cmocka_unit_test(test_values_parse_and_print_are_twins),
        cmocka_unit_test(test_orders_parse_and_print_are_twins),
        cmocka_unit_test(test_an_order_has_every_stage_once),
        cmocka_unit_test(test_refuses_what_is_no_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
