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
#include "harness/expectation.h"
#include "harness/reader.h"
#include "tests/unit/vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Reads {"expect": TEXT}. The document owns what comes of it. */
static const struct expectation *read(const char *text, struct complaints *complaints,
                                      struct document **document)
{
    char whole[8192];
    const struct expectation *expectation = NULL;
    int size = snprintf(whole, sizeof whole, "{\"expect\": %s}", text);
    assert_in_range(size, 1, sizeof whole - 1);
    assert_int_equal(document_from_text("doc", whole, (size_t)size, complaints, document),
                     STATUS_OK);
    struct reader reader = {.document = *document, .complaints = complaints};
    bool good = expectation_read(&reader, (*document)->root, "expect", shipped.keys, &expectation);
    assert_int_equal(good, reader_status(&reader) == STATUS_OK);
    assert_int_equal(good, expectation != NULL);
    return expectation;
}

/* "A", "B|C": the allowed answers under a profile, or "?" and what is not listed. */
static void expect_leaves(const struct expectation *expectation, const struct profile *profile,
                          const char *leaves)
{
    struct expected_list list;
    char found[1024] = "";
    if (!expectation_leaves(expectation, profile, &list)) {
        snprintf(found, sizeof found, "?%s", list.missing);
    } else {
        assert_string_equal(list.missing, "");
        for (size_t i = 0; i < list.count; i++) {
            size_t used = strlen(found);
            snprintf(found + used, sizeof found - used, "%s%s", i > 0 ? "|" : "",
                     list.items[i]->text);
        }
    }
    assert_string_equal(found, leaves);
}

#define E(answer) "{\"answer\": \"" answer "\", \"by\": [\"QRY-06\"]}"

static const struct {
    const char *text;
    const char *leaves[3]; /* documented, observed, unsupported */
} good[] = {
    {E("OK/N"), {"OK/N", "OK/N", "OK/N"}},
    {"{\"any\": [" E("OK/N") ", " E("WSAEFAULT/0") "]}",
     {"OK/N|WSAEFAULT/0", "OK/N|WSAEFAULT/0", "OK/N|WSAEFAULT/0"}},
    {"{\"any\": [" E("OK/N") ", " E("0/N") "]}", {"OK/N", "OK/N", "OK/N"}},
    {"{\"profile\": {\"documented\": " E("OK/0") ", \"observed\": " E("OK/1") "}}",
     {"OK/0", "OK/1", "OK/1"}},
    {"{\"profile\": {\"unsupported\": " E("OK/0") ", \"observed\": " E("OK/1") "}}",
     {"?profile documented", "OK/1", "OK/0"}},
    {"{\"key\": \"too-small\", \"values\": {\"ERROR_INSUFFICIENT_BUFFER/N\": " E(
         "OK/1") ", \"10014/N\": " E("OK/2") "}}",
     {"OK/1", "OK/2", "OK/2"}},
    {"{\"key\": \"too-small\", \"values\": {\"ERROR_INSUFFICIENT_BUFFER/N\": " E(
         "OK/1") ", \"WSAEINVAL/0\": " E("OK/2") "}}",
     {"OK/1", "?key too-small = WSAEFAULT/N", "?key too-small = WSAEFAULT/N"}},
    {"{\"key\": \"unsupported\", \"values\": {\"WSAEOPNOTSUPP/0\": " E(
         "died") ", \"pass\": "
                 "{\"profile\": {\"observed\": {\"key\": \"set-record-visible\", \"values\": "
                 "{\"true\": " E("OK/1") ", \"false\": " E("OK/0") "}}}}}}",
     {"?profile documented", "OK/1", "died"}},
};

static void test_takes_the_branch_of_the_profile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct complaints complaints = {0};
        struct document *document;
        const struct expectation *expectation = read(good[i].text, &complaints, &document);
        complaints_print(&complaints, stderr);
        assert_non_null(expectation);
        expect_leaves(expectation, shipped.documented, good[i].leaves[0]);
        expect_leaves(expectation, shipped.observed, good[i].leaves[1]);
        expect_leaves(expectation, shipped.unsupported, good[i].leaves[2]);
        document_free(document);
    }
}

static void test_an_open_key_takes_each_branch(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    static struct profile open;
    const struct expectation *expectation =
        read("{\"key\": \"too-small\", \"values\": {\"WSAEINVAL/0\": " E(
                 "OK/1") ", \"WSAEFAULT/N\": {\"any\": [" E("OK/1") ", " E("OK/2") "]}}}",
             &complaints, &document);
    (void)state;
    open = *shipped.observed;
    assert_int_equal(
        profile_set(&open, "too-small=WSAEFAULT/N|WSAEINVAL/0", shipped.keys, &complaints),
        STATUS_OK);
    expect_leaves(expectation, &open, "OK/1|OK/2");
    assert_int_equal(
        profile_set(&open, "too-small=WSAEFAULT/N|WSAENOBUFS/N", shipped.keys, &complaints),
        STATUS_OK);
    expect_leaves(expectation, &open, "?key too-small = WSAENOBUFS/N");
    document_free(document);
}

static void test_reads_all_of_an_answer(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    const struct expectation *expectation =
        read("{\"any\": [{\"answer\": \"WSAEFAULT/N\", \"by\": [\"QRY-06\", \"CON-02\"], "
             "\"changed\": \"none\", \"equals\": \"record\"}, {\"answer\": \"died\", \"by\": "
             "[\"UNK-06\"], \"changed\": \"0..N\", \"equals\": \"context:other\"}]}",
             &complaints, &document);
    (void)state;
    assert_int_equal(expectation->kind, EXPECTATION_ANSWERS);
    assert_int_equal(expectation->count, 2);
    const struct expected *first = &expectation->answers[0];
    assert_int_equal(first->answer.error, 10014);
    assert_int_equal(first->answer.count, WFP_COUNT_NEEDED);
    assert_int_equal(first->reason_count, 2);
    assert_string_equal(first->reasons[1], "CON-02");
    assert_int_equal(first->changed, CHANGED_NONE);
    assert_string_equal(first->equals_blob, "record");
    assert_null(first->equals_context);
    const struct expected *second = &expectation->answers[1];
    assert_int_equal(second->answer.outcome, WFP_DIED);
    assert_int_equal(second->changed, CHANGED_RETURNED);
    assert_string_equal(second->equals_context, "other");
    assert_null(second->equals_blob);
    document_free(document);
}

#define LEVEL(inner) "{\"profile\": {\"observed\": " inner "}}"

static const struct {
    const char *text;
    const char *complaint;
} bad[] = {
    {"7", "doc:1: expect: expected an object, found 7"},
    {"{}", "expect.answer: expected this member, found none"},
    {E("pass"), "expect.answer: expected an answer ERROR/BYTES"},
    {E("WSAENOSUCH/0"), "expect.answer: expected an answer ERROR/BYTES"},
    {E("OK/4294967296"), "expect.answer: expected an answer ERROR/BYTES"},
    {"{\"answer\": \"OK/0\", \"by\": []}", "expect.by: expected a list of 1 to 6 items, found 0"},
    {"{\"answer\": \"OK/0\", \"by\": [\"QRY-6\"]}", "expect.by[1]: expected the id of a clause"},
    {"{\"answer\": \"OK/0\", \"by\": [\"QRY-06\", \"QRY-06\"]}", "expect.by[2]: expected each"},
    {"{\"answer\": \"OK/0\", \"by\": [\"QRY-06\"], \"changed\": \"some\"}",
     "expect.changed: expected none | 0..N | any, found \"some\""},
    {"{\"answer\": \"OK/0\", \"by\": [\"QRY-06\"], \"equals\": \"context:\"}",
     "expect.equals: expected the name of a blob, or context:HANDLE"},
    {"{\"answer\": \"OK/0\", \"by\": [\"QRY-06\"], \"bytes\": 0}",
     "expect.bytes: expected only the members answer, by, changed, equals"},
    {"{\"any\": [" E("OK/0") "]}", "expect.any: expected a list of 2 to 6 items, found 1"},
    {"{\"any\": [" E("OK/0") ", " LEVEL(E("OK/0")) "]}", "expect.any[2]"},
    {"{\"any\": [" E("OK/0") ", " E("OK/1") "], \"by\": [\"QRY-06\"]}",
     "expect.by: expected only the members any, found another one"},
    {"{\"profile\": {}}", "expect.profile: expected an object of at most 8 branches, found 0"},
    {"{\"profile\": [1]}", "expect.profile: expected an object of at most 8 branches"},
    {"{\"profile\": {\"Observed\": " E("OK/0") "}}",
     "expect.profile.Observed: expected lower-case"},
    {"{\"key\": \"too-small\"}", "expect.values: expected this member, found none"},
    {"{\"key\": \"too-big\", \"values\": {}}",
     "expect.key: expected a key of profiles/keys.json, found too-big"},
    {"{\"key\": \"too-small\", \"values\": {\"WSAEFAULT/N\": " E("OK/0") "}}",
     "expect.values: expected an object of at most 8 branches, found 1"},
    {"{\"key\": \"too-small\", \"values\": {\"WSAEFAULT/N\": " E("OK/0") ", \"WSAEACCES/0\": " E(
         "OK/0") "}}",
     "expect.values.WSAEACCES/0: expected ERROR_INSUFFICIENT_BUFFER/N | WSAEFAULT/N | "},
    {"{\"key\": \"too-small\", \"values\": {\"WSAEFAULT/N\": " E("OK/0") ", \"10014/N\": " E(
         "OK/0") "}}",
     "expect.values.10014/N: expected each value once, found 10014/N"},
    {LEVEL(LEVEL(LEVEL(LEVEL(LEVEL(E("OK/0")))))),
     "expected at most 4 levels of branches, found more"},
};

static void test_refuses_bad_expectations(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct complaints complaints = {0};
        struct document *document;
        assert_null(read(bad[i].text, &complaints, &document));
        assert_int_not_equal(complaints.total, 0);
        if (strstr(complaints.texts[0], bad[i].complaint) == NULL) {
            fail_msg("\"%s\" is not in \"%s\"", bad[i].complaint, complaints.texts[0]);
        }
        complaints_clear(&complaints);
        document_free(document);
    }
}

static void test_four_levels_are_enough(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    (void)state;
    assert_non_null(read(LEVEL(LEVEL(LEVEL(LEVEL(E("OK/0"))))), &complaints, &document));
    document_free(document);
}

static bool stop_at_two(void *context, const struct expected *expected)
{
    size_t *seen = context;
    assert_non_null(expected->text);
    return ++*seen < 2;
}

static bool count_all(void *context, const struct expected *expected)
{
    (void)expected;
    ++*(size_t *)context;
    return true;
}

static void test_visits_every_branch(void **state)
{
    struct complaints complaints = {0};
    struct document *document;
    size_t seen = 0;
    const struct expectation *expectation = read(
        "{\"profile\": {\"a\": {\"any\": [" E("OK/0") ", " E("OK/1") "]}, \"b\": " E("OK/2") "}}",
        &complaints, &document);
    (void)state;
    assert_true(expectation_each(expectation, count_all, &seen));
    assert_int_equal(seen, 3);
    seen = 0;
    assert_false(expectation_each(expectation, stop_at_two, &seen));
    assert_int_equal(seen, 2);
    document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_the_branch_of_the_profile),
        cmocka_unit_test(test_an_open_key_takes_each_branch),
        cmocka_unit_test(test_reads_all_of_an_answer),
        cmocka_unit_test(test_refuses_bad_expectations),
        cmocka_unit_test(test_four_levels_are_enough),
        cmocka_unit_test(test_visits_every_branch),
    };

    return cmocka_run_group_tests(tests, shipped_open, shipped_close);
}
