/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/known.h"
#include "harness/platform/files.h"

#define FILE_NAME "test_known.json"
#define TODAY "2026-06-30"

#define ENTRY(case_name, verdict, until)                                                           \
    "{\"case\": \"" case_name "\", \"verdict\": \"" verdict                                        \
    "\", \"message\": \"found WSAEINVAL\","                                                        \
    " \"reason\": \"The provider has no record.\", \"link\": \"https://example.org/1\","           \
    " \"until\": \"" until "\"}"
#define FILE_OF(entries) "{\"target\": \"wine\",\n\"entries\": [\n" entries "\n]}\n"

static struct complaints complaints;

static enum status load(const char *content, struct known **known)
{
    FILE *out = files_open(FILE_NAME, "wb");

    assert_non_null(out);
    fputs(content, out);
    assert_int_equal(fclose(out), 0);
    return known_load(FILE_NAME, TODAY, &complaints, known);
}

static struct known *loaded(const char *content)
{
    struct known *known = NULL;

    assert_int_equal(load(content, &known), STATUS_OK);
    return known;
}

/* What becomes of a case that is listed to fail with "found WSAEINVAL". */
static const struct {
    const char *until;
    const char *message;
    const char *says; /* NULL: the message stays */
    enum verdict verdict, becomes;
} rows[] = {
    {"2026-12-31", "step 2: found WSAEINVAL/0",
     "The provider has no record. (https://example.org/1, until 2026-12-31)", VERDICT_FAIL,
     VERDICT_KNOWN},
    {TODAY, "step 2: found WSAEINVAL/0", "The provider has no record.", VERDICT_FAIL,
     VERDICT_KNOWN},
    {"2026-06-29", "step 2: found WSAEINVAL/0",
     "step 2: found WSAEINVAL/0 (a known gap until 2026-06-29, which is over)", VERDICT_FAIL,
     VERDICT_FAIL},
    {"2026-12-31", "found WSAEFAULT/0",
     "found WSAEFAULT/0 (the known gap says: fail, \"found WSAEINVAL\")", VERDICT_FAIL,
     VERDICT_FAIL},
    {"2026-12-31", NULL, "no message (the known gap says", VERDICT_FAIL, VERDICT_FAIL},
    {"2026-12-31", "found WSAEINVAL", "the known gap says: fail", VERDICT_BROKEN, VERDICT_BROKEN},
    {"2026-12-31", "found WSAEINVAL", NULL, VERDICT_UNSUPPORTED, VERDICT_UNSUPPORTED},
    {"2026-12-31", NULL, "listed in " FILE_NAME " as a known gap", VERDICT_PASS, VERDICT_FIXED},
    {"2026-06-29", NULL, "listed in " FILE_NAME " as a known gap", VERDICT_PASS, VERDICT_FIXED},
};

static void test_applies_to_the_listed_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct result result = {
            .name = "a-b@N-1[x]", .verdict = rows[i].verdict, .message = rows[i].message};
        char content[1024];
        struct known *known;
        snprintf(content, sizeof content, FILE_OF(ENTRY("a-b@N-1[x]", "fail", "%s")),
                 rows[i].until);
        known = loaded(content);
        known_apply(known, &result);
        assert_int_equal(result.verdict, rows[i].becomes);
        if (rows[i].says == NULL) {
            assert_ptr_equal(result.message, rows[i].message);
        } else {
            assert_non_null(strstr(result.message, rows[i].says));
        }
        assert_int_equal(known_unmatched(known, &complaints), 0);
        known_free(known);
    }
}

static void test_leaves_others_alone(void **state)
{
    struct known *known = loaded(FILE_OF(ENTRY("a[x]", "fail", "2026-12-31")));
    const char message[] = "found WSAEINVAL";
    struct result result = {.name = "a[y]", .verdict = VERDICT_FAIL, .message = message};

    (void)state;
    known_apply(known, &result);
    assert_int_equal(result.verdict, VERDICT_FAIL);
    assert_ptr_equal(result.message, message);
    known_free(known);
}

static void test_stale_entries_are_complained_about(void **state)
{
    struct known *known = loaded(FILE_OF(ENTRY("a[x]", "fail", "2026-12-31") ",\n" ENTRY(
        "gone[x]", "undecided", "2026-12-31") ",\n" ENTRY("old[x]", "broken", "2020-01-01")));
    struct result result = {.name = "a[x]", .verdict = VERDICT_PASS};

    (void)state;
    known_apply(known, &result);
    assert_int_equal(known_unmatched(known, &complaints), 2);
    assert_non_null(strstr(complaints.texts[0], FILE_NAME ":4: "));
    assert_non_null(strstr(complaints.texts[0], "expected a case of this run, found gone[x]"));
    assert_non_null(strstr(complaints.texts[1], FILE_NAME ":5: "));
    known_free(known);
}

static void test_an_empty_list_is_well(void **state)
{
    struct known *known = loaded("{\"target\": \"model\", \"entries\": []}");

    (void)state;
    assert_int_equal(known_unmatched(known, &complaints), 0);
    known_free(known);
}

#define REST(message, reason, link, until)                                                         \
    FILE_OF("{\"case\": \"a[x]\", \"verdict\": \"fail\", \"message\": \"" message                  \
            "\", \"reason\": \"" reason "\", \"link\": \"" link "\", \"until\": \"" until "\"}")

static void test_refuses_what_the_schema_refuses(void **state)
{
    static const char *const contents[] = {
        "",
        "[]",
        "{}",
        "{\"target\": \"wine\"}",
        "{\"entries\": []}",
        "{\"target\": \"Wine\", \"entries\": []}",
        "{\"target\": \"wine\", \"entries\": {}}",
        "{\"target\": \"wine\", \"entries\": [], \"more\": 1}",
        FILE_OF("1"),
        FILE_OF("{}"),
        FILE_OF(ENTRY("a", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a[]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a@[x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("[x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a[x]b", "fail", "2026-12-31")),
        FILE_OF(ENTRY("A[x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("PRX-04[x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("PRX-4[a][x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("PRX-04[a@][x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("PRX-04[a]x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a@b c[x]", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a[x", "fail", "2026-12-31")),
        FILE_OF(ENTRY("a[x]", "pass", "2026-12-31")),
        FILE_OF(ENTRY("a[x]", "known", "2026-12-31")),
        FILE_OF(ENTRY("a[x]", "fail", "2026-13-01")),
        FILE_OF(ENTRY("a[x]", "fail", "2026-00-01")),
        FILE_OF(ENTRY("a[x]", "fail", "2026-01-32")),
        FILE_OF(ENTRY("a[x]", "fail", "2026-01-00")),
        FILE_OF(ENTRY("a[x]", "fail", "1999-01-01")),
        FILE_OF(ENTRY("a[x]", "fail", "2026-1-1")),
        FILE_OF(ENTRY("a[x]", "fail", "")),
        REST("ab", "long enough", "https://x", "2026-12-31"),
        REST("abc", "too short", "https://x", "2026-12-31"),
        REST("abc", "long enough", "https://", "2026-12-31"),
        REST("abc", "long enough", "ftp://x", "2026-12-31"),
        REST("abc", "long enough", "https://x y", "2026-12-31"),
        FILE_OF(ENTRY("a[x]", "fail", "2026-12-31") "," ENTRY("a[x]", "fail", "2026-12-31"))};

    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct known *known = NULL;
        if (load(contents[i], &known) != STATUS_BAD_INPUT) {
            fail_msg("accepted: %s", contents[i]);
        }
        assert_null(known);
        assert_true(complaints.total > 0);
        complaints_clear(&complaints);
    }
}

static void test_accepts_what_the_schema_accepts(void **state)
{
    static const char *const contents[] = {
        FILE_OF(ENTRY("a[x]", "broken", "2026-12-31")),
        FILE_OF(ENTRY("0-a-1@N-1[windows-26100]", "undecided", "2000-01-01")),
        FILE_OF(ENTRY("a@0x98.+_-Z[x]", "fail", "2099-12-31")),
        REST("abc", "long enough", "http://x", "2026-02-31")};

    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        known_free(loaded(contents[i]));
        assert_int_equal(complaints.total, 0);
    }
}

static void test_complains_about_an_absent_file(void **state)
{
    struct known *known = NULL;

    (void)state;
    assert_int_equal(known_load("test_known.absent", TODAY, &complaints, &known), STATUS_BAD_INPUT);
    assert_int_equal(complaints.total, 1);
}

static int clear(void **state)
{
    (void)state;
    complaints_clear(&complaints);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_applies_to_the_listed_case, clear),
        cmocka_unit_test_teardown(test_leaves_others_alone, clear),
        cmocka_unit_test_teardown(test_stale_entries_are_complained_about, clear),
        cmocka_unit_test_teardown(test_an_empty_list_is_well, clear),
        cmocka_unit_test_teardown(test_refuses_what_the_schema_refuses, clear),
        cmocka_unit_test_teardown(test_accepts_what_the_schema_accepts, clear),
        cmocka_unit_test_teardown(test_complains_about_an_absent_file, clear),
    };

    return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
