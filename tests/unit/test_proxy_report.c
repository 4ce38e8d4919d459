/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lab/report/proxy_report.h"
#include "harness/platform/files.h"
#include "tests/unit/proxy_script.h"

#define REPORT "test_proxy_report.out"
#define TRACE "test_proxy_report.jsonl"
#define KNOWN "test_proxy_report_known.json"

enum { REPORT_MAX = 1 << 20 };

static const struct trace_head head = {.tool = "0.1.0",
                                       .system = "Linux",
                                       .wine = "8.0",
                                       .program = "my<proxy>.exe",
                                       .profiles = "documented observed"};

/* It does not grow its buffer, and leaves one client alone: one scenario well, one bad, one open.
 */
static const char script[] =
    "run name=observed\n"
    "process-start text=proxy\n"
    "socket socket=1 family=2 type=1\n"
    "listen socket=1 backlog=500 error=0\n"
    "scenario name=well text=documented\n"
    "client client=1 flags=1 peer=198.18.0.1:443 local=127.0.0.1:5001\n"
    "accept socket=1 other=5 peer=127.0.0.1:5001 error=0\n"
    "ioctl socket=5 code=QUERY_RECORDS out-size=1024 by=1 error=0 count=780 out=1/780\n"
    "socket socket=7 family=2 type=1\n"
    "ioctl socket=7 code=SET_RECORDS in-size=780 in=1/780 by=1 error=0 count=0\n"
    "connect socket=7 peer=198.18.0.1:443 dial=1 by=1\n"
    "done kind-of=connect socket=7 error=0\n"
    "told socket=7 state=1\n"
    "arrival dial=1 socket=7 client=1 peer=198.18.0.1:443\n"
    "arrival-data dial=1 client=1 size=9 error=0\n"
    "client-end client=1 how=0\n"
    "scenario-end name=well\n"
    "scenario name=small text=documented\n"
    "client client=1 flags=1 peer=198.18.0.1:443 local=127.0.0.1:5002\n"
    "accept socket=1 other=8 peer=127.0.0.1:5002 error=0\n"
    "ioctl socket=8 code=QUERY_RECORDS out-size=1024 by=1 error=10014 count=2049\n"
    "client-end client=1 how=0\n"
    "scenario-end name=small\n"
    "scenario name=small text=observed\n"
    "client client=1 flags=1 peer=198.18.0.1:443 local=127.0.0.1:5003\n"
    "accept socket=1 other=9 peer=127.0.0.1:5003 error=0\n"
    "ioctl socket=9 code=QUERY_RECORDS out-size=1024 by=1 error=122 count=2049\n"
    "client-end client=1 how=0\n"
    "scenario-end name=small\n"
    "scenario name=left text=observed\n"
    "client client=1 flags=1 peer=198.18.0.1:443 local=127.0.0.1:5004\n"
    "passed name=TransmitFile\n"
    "scenario-end name=left\n";

/* In a second scenario Wine dies. */
static const char broken_script[] = "run name=observed\n"
                                    "scenario name=well text=observed\n"
                                    "scenario-end name=well\n"
                                    "scenario name=bad text=observed\n"
                                    "broken text=Wine-died\n";

static struct proxy_judgement *judge_words(const char *words)
{
    struct trace *trace = proxy_script(words);
    struct proxy_judgement *judgement;

    assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
    trace_free(trace);
    return judgement;
}

static struct proxy_judgement *judge_script(void)
{
    return judge_words(script);
}

/* What the report says, to be freed. */
static char *report_as(const char *format, const struct proxy_report *report,
                       struct report_totals *totals)
{
    FILE *out = files_open(REPORT, "wb");
    size_t size;
    char *text;

    assert_non_null(out);
    assert_int_equal(proxy_report_write(report, format, out, false, totals), STATUS_OK);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(files_read(REPORT, REPORT_MAX, &text, &size), STATUS_OK);
    files_remove(REPORT);
    return text;
}

static void assert_says(const char *report, const char *words)
{
    if (strstr(report, words) == NULL) {
        fail_msg("\"%s\" is not in:\n%s", words, report);
    }
}

/* ---- for people ---- */

static void test_a_person_is_told_what_broke_and_why(void **state)
{
    static const char *const sayings[] = {
        "  my<proxy>.exe \xC2\xB7 40 rules \xC2\xB7 4 scenarios played \xC2\xB7 profiles "
        "documented "
        "observed \xC2\xB7 Linux \xC2\xB7 Wine 8.0\n",
        "  FAIL  PRX-04  grows its buffer on every \"too small\" answer                MUST  "
        "QRY-06 QRY-10 BUF-09 BUF-13 CON-02\n"
        "        in small[documented], small[observed]\n"
        "        Asked with 1024, was told WSAEFAULT and 2049 bytes, gave up and let the client "
        "down.\n"
        "        call 22  ioctl s8 QUERY_RECORDS out=1024 -> WSAEFAULT, 2049\n"
        "        In the field: Behind another proxy the record grows.",
        "        Mend: Repeat with the returned size",
        "  open  PRX-03  has the record before it dials",
        "        in left[observed]\n        client 1 was never accepted\n",
        "  note  PRX-23  SOMAXCONN was measured to mean 200",
        "  not judged, but seen:\n        not followed: TransmitFile\n",
        "  the proxy printed:\n        out of memory\n",
        "  ok    15 rules \xC2\xB7 failed 1 \xC2\xB7 undecided 24 \xC2\xB7 1.5 s\n",
        "          PRX-35  not seen: a connection accepted by AcceptEx\n",
        "        undecided, and fails the run unless --allow-undecided: 1, see above\n",
        "  again: wfpcheck proxy -- my.exe\n",
    };
    struct proxy_judgement *judgement = judge_script();
    const struct proxy_report report = {.head = &head,
                                        .judgement = judgement,
                                        .seconds = 1.5,
                                        .output = "out of memory\n",
                                        .again = "wfpcheck proxy -- my.exe"};
    struct report_totals totals;
    char *text = report_as("human", &report, &totals);

    (void)state;
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        assert_says(text, sayings[i]);
    }
    free(text);
    proxy_judgement_free(judgement);
}

static void test_a_line_is_never_cut_by_colour(void **state)
{
    struct proxy_judgement *judgement = judge_script();
    const struct proxy_report report = {.head = &head, .judgement = judgement};
    struct report_totals totals;
    FILE *out = files_open(REPORT, "wb");
    size_t size;
    char *text;

    (void)state;
    assert_non_null(out);
    assert_int_equal(proxy_report_write(&report, "human", out, true, &totals), STATUS_OK);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(files_read(REPORT, REPORT_MAX, &text, &size), STATUS_OK);
    files_remove(REPORT);
    assert_says(text,
                "  \x1B[31mFAIL\x1B[0m  PRX-04  grows its buffer on every \"too small\" answer"
                "                MUST  QRY-06");
    free(text);
    proxy_judgement_free(judgement);
}

/* ---- for machines ---- */

static void test_machines_are_told_each_case(void **state)
{
    static const struct {
        const char *format;
        const char *words;
    } sayings[] = {
        {"tap", "\nnot ok 9 - PRX-04[small][documented]\n  ---\n  verdict: \"fail\"\n"},
        {"tap", " - PRX-35 # SKIP undecided: not seen: a connection accepted by AcceptEx\n"},
        {"tap", "# note: not followed: TransmitFile\n"},
        {"junit", "<testcase classname=\"PRX-04\" name=\"PRX-04[small][observed]\""},
        {"junit", "my&lt;proxy&gt;.exe on Linux, Wine 8.0"},
        {"junit", "</testsuites>\n"},
        {"jsonl",
         "\"name\":\"PRX-04[small][observed]\",\"vector\":\"small\",\"profile\":\"observed\","
         "\"topic\":\"PRX-04\",\"clauses\":[\"QRY-06\","},
        {"jsonl", "\"type\":\"totals\","},
    };
    struct proxy_judgement *judgement = judge_script();
    const struct proxy_report report = {.head = &head, .judgement = judgement};

    (void)state;
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        struct report_totals totals;
        char *text = report_as(sayings[i].format, &report, &totals);

        assert_says(text, sayings[i].words);
        free(text);
    }
    proxy_judgement_free(judgement);
}

static void test_all_are_told_when_the_lab_broke(void **state)
{
    static const struct {
        const char *format;
        const char *words;
    } sayings[] = {
        {"human", "  BROKEN  LAB  the lab itself lasts to the end\n"
                  "        in bad[observed]\n"
                  "        Wine-died; what was planned from here on was not tried\n"},
        {"human", "40 rules \xC2\xB7 1 scenario played"},
        {"human", "  again: wfpcheck proxy -- my.exe\n"},
        {"tap", " - LAB[bad][observed]\n  ---\n  verdict: \"broken\"\n  message: \"Wine-died; "},
        {"tap", "\n# broken: 1\n"},
        {"junit", "name=\"LAB[bad][observed]\" time=\"0.000000\">\n"
                  "      <error type=\"broken\" message=\"Wine-died; "},
        {"jsonl", "\"name\":\"LAB[bad][observed]\",\"vector\":\"bad\",\"profile\":\"observed\","
                  "\"topic\":\"LAB\""},
        {"jsonl", "\"verdict\":\"broken\",\"uncontrolled\":false,\"message\":\"Wine-died; "},
    };
    struct proxy_judgement *judgement = judge_words(broken_script);
    const struct proxy_report report = {
        .head = &head, .judgement = judgement, .again = "wfpcheck proxy -- my.exe"};

    (void)state;
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        struct report_totals totals;
        char *text = report_as(sayings[i].format, &report, &totals);

        assert_says(text, sayings[i].words);
        assert_int_equal(totals.verdicts[VERDICT_BROKEN], 1);
        assert_int_equal(totals.verdicts[VERDICT_FAIL] + totals.verdicts[VERDICT_UNDECIDED], 0);
        free(text);
    }
    proxy_judgement_free(judgement);
}

/* ---- what fails the run ---- */

static void test_a_failure_fails_and_what_is_open_may_be_allowed(void **state)
{
    static const struct {
        enum verdict verdict;
        bool fails, fails_allowing;
    } cases[] = {{VERDICT_PASS, false, false},        {VERDICT_FAIL, true, true},
                 {VERDICT_KNOWN, false, false},       {VERDICT_FIXED, true, true},
                 {VERDICT_UNSUPPORTED, false, false}, {VERDICT_UNDECIDED, true, false},
                 {VERDICT_BROKEN, true, true}};
    struct proxy_judgement *judgement = judge_script();
    const struct proxy_report report = {.head = &head, .judgement = judgement};
    struct report_totals totals;

    (void)state;
    free(report_as("human", &report, &totals));
    proxy_judgement_free(judgement);
    assert_int_equal(totals.verdicts[VERDICT_FAIL], 2);
    assert_int_equal(totals.verdicts[VERDICT_UNDECIDED], 1);
    assert_int_equal(totals.verdicts[VERDICT_UNSUPPORTED], 23);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_totals one = {.executed = 1};

        one.verdicts[cases[i].verdict] = 1;
        assert_int_equal(proxy_totals_fail(&one, false), cases[i].fails);
        assert_int_equal(proxy_totals_fail(&one, true), cases[i].fails_allowing);
    }
}

static void test_known_gaps_are_known(void **state)
{
    static const char known_text[] =
        "{\"target\": \"my\", \"entries\": ["
        "{\"case\": \"PRX-04[small][documented]\", \"verdict\": \"fail\", \"message\": \"gave up\","
        " \"reason\": \"To be mended.\", \"link\": \"https://example.org/1\","
        " \"until\": \"2099-01-01\"}]}\n";
    struct complaints complaints = {0};
    struct proxy_judgement *judgement = judge_script();
    struct proxy_report report = {.head = &head, .judgement = judgement};
    FILE *out = files_open(KNOWN, "wb");
    struct report_totals totals;

    (void)state;
    assert_non_null(out);
    assert_true(fputs(known_text, out) >= 0);
    assert_int_equal(fclose(out), 0);
    if (known_load(KNOWN, "2026-01-31", &complaints, &report.known) != STATUS_OK) {
        fail_msg("%s", complaints.texts[0]);
    }
    free(report_as("human", &report, &totals));
    assert_int_equal(totals.verdicts[VERDICT_FAIL], 1);
    assert_int_equal(totals.verdicts[VERDICT_KNOWN], 1);
    known_free(report.known);
    files_remove(KNOWN);
    proxy_judgement_free(judgement);
}

/* ---- later, from the file ---- */

static void assert_same_text(const char *a, const char *b)
{
    assert_string_equal(a == NULL ? "" : a, b == NULL ? "" : b);
}

static void assert_same_judgement(const struct proxy_judgement *a, const struct proxy_judgement *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->scenarios, b->scenarios);
    assert_same_text(a->listed, b->listed);
    for (size_t i = 0; i < a->count; i++) {
        assert_ptr_equal(a->cases[i].rule, b->cases[i].rule);
        assert_int_equal(a->cases[i].verdict, b->cases[i].verdict);
        assert_same_text(a->cases[i].scenario, b->cases[i].scenario);
        assert_same_text(a->cases[i].profile, b->cases[i].profile);
        assert_same_text(a->cases[i].message, b->cases[i].message);
        assert_same_text(a->cases[i].evidence, b->cases[i].evidence);
    }
}

static void test_the_file_is_judged_as_the_run_was(void **state)
{
    struct trace *trace = proxy_script(script);
    FILE *out = files_open(TRACE, "wb");
    struct complaints complaints = {0};
    struct proxy_judgement *live;
    struct proxy_judgement *later;
    struct trace *read;
    struct trace_head read_head;

    (void)state;
    assert_non_null(out);
    assert_true(trace_write(trace, &head, out));
    assert_int_equal(fclose(out), 0);
    assert_int_equal(trace_read(TRACE, &complaints, &read, &read_head), STATUS_OK);
    assert_int_equal(proxy_judge(trace, &live), STATUS_OK);
    assert_int_equal(proxy_judge(read, &later), STATUS_OK);
    assert_same_judgement(live, later);
    proxy_judgement_free(live);
    proxy_judgement_free(later);
    trace_free(trace);
    trace_free(read);
    files_remove(TRACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_person_is_told_what_broke_and_why),
        cmocka_unit_test(test_a_line_is_never_cut_by_colour),
        cmocka_unit_test(test_machines_are_told_each_case),
        cmocka_unit_test(test_all_are_told_when_the_lab_broke),
        cmocka_unit_test(test_a_failure_fails_and_what_is_open_may_be_allowed),
        cmocka_unit_test(test_known_gaps_are_known),
        cmocka_unit_test(test_the_file_is_judged_as_the_run_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
