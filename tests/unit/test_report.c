/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/disagreement.h"
#include "harness/platform/files.h"
#include "harness/report.h"
#include "harness/text.h"

#define REPORT "test_report.out"
#define HOSTILE "\x01\x1B[31m\xFF\xC0\x80\xED\xA0\x80<&>\"'#\\\r\n\t\xEF\xBF\xBE end"

static const char *const profiles[] = {"documented", "observed"};

static const struct report_head head = {.version = "0.1.0",
                                        .backend = "simulator",
                                        .target = "model",
                                        .redirector = "none",
                                        .profiles = profiles,
                                        .profile_count = 2,
                                        .vectors = 3,
                                        .cases = 5,
                                        .notes = "first note\nsecond note"};

static const struct result results[] = {
    {.name = "sizes@N-1[documented]",
     .vector = "sizes",
     .member = "N-1",
     .band = "buffer of N-1",
     .profile = "documented",
     .topic = "query-records",
     .clauses = "BUF-05 QRY-06",
     .story = "A story.",
     .verdict = VERDICT_PASS,
     .actual = "ERROR_INSUFFICIENT_BUFFER/780",
     .rule = "query.too-small",
     .settles = "UNK-06 CON-02",
     .answered_by = "model",
     .seconds = 0.25},
    {.name = "sizes@N-1[observed]",
     .vector = "sizes",
     .member = "N-1",
     .band = "buffer of N-1",
     .profile = "observed",
     .topic = "query-records",
     .clauses = "BUF-05 QRY-06",
     .verdict = VERDICT_FAIL,
     .message = "expected X, \"got\" Y",
     .detail = "sizes@N-1   BUF-05\n  A story.\n   >  2  ioctl",
     .actual = "WSAEFAULT/780",
     .settles = "UNK-06 CON-02",
     .seconds = 0.5},
    {.name = "plain[documented]",
     .vector = "plain",
     .profile = "documented",
     .topic = "\xC3\xA4\xE4\xB8\xAD",
     .verdict = VERDICT_UNSUPPORTED,
     .message = "needs redirect"},
    {.name = "plain[observed]",
     .vector = "plain",
     .profile = "observed",
     .topic = "\xC3\xA4\xE4\xB8\xAD",
     .verdict = VERDICT_KNOWN,
     .message = "a reason"},
    {.name = "late[observed]",
     .vector = "late",
     .profile = "observed",
     .topic = "query-records",
     .verdict = VERDICT_BROKEN,
     .message = "no socket"},
};

enum { RESULTS = sizeof results / sizeof results[0] };

static char *report(const char *format_name, const struct result *cases, size_t count, bool colour,
                    bool stopped)
{
    const struct report_format *format = report_format_named(format_name);
    struct report_totals totals = {.planned = head.cases,
                                   .executed = stopped ? 2 : count,
                                   .uncontrolled = 1,
                                   .seconds = 0.3125,
                                   .interrupted = stopped};
    FILE *out = files_open(REPORT, "wb");
    char *text = NULL;
    size_t size = 0;
    void *state;

    assert_non_null(format);
    assert_non_null(out);
    state = format->begin(out, &head, colour);
    assert_non_null(state);
    for (size_t i = 0; i < count; i++) {
        format->result(state, &cases[i]);
        totals.verdicts[cases[i].verdict]++;
    }
    format->end(state, &totals);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(files_read(REPORT, 100000, &text, &size), STATUS_OK);
    return text;
}

static void assert_report(const char *format, const char *expected)
{
    char *text = report(format, results, RESULTS, false, false);

    assert_string_equal(text, expected);
    free(text);
}

static void test_human(void **state)
{
    (void)state;
    assert_report(
        "human",
        "wfpcheck 0.1.0 \xC2\xB7 3 vectors, 5 cases planned \xC2\xB7 simulator \xC2\xB7 "
        "profiles documented, observed\n"
        "  first note\n"
        "  second note\n"
        "FAIL  sizes@N-1   BUF-05\n"
        "  A story.\n"
        "   >  2  ioctl\n"
        "BROKEN  late[observed]  no socket\n"
        "  topic            documented       observed\n"
        "  query-records    1 pass           1 fail 1 broken\n"
        "  \xC3\xA4\xE4\xB8\xAD              1 unsupported    1 known\n"
        "  where the columns disagree (1)  documented                            observed\n"
        "    BUF-05  buffer of N-1         ERROR_INSUFFICIENT_BUFFER, 780 bytes  "
        "WSAEFAULT, 780 bytes  UNK-06 CON-02\n"
        "  1 pass \xC2\xB7 1 fail \xC2\xB7 1 known \xC2\xB7 1 unsupported \xC2\xB7 1 broken "
        "\xC2\xB7 1 uncontrolled \xC2\xB7 0.31 s\n");
}

static void test_human_says_that_it_was_stopped(void **state)
{
    char *text = report("human", results, 2, false, true);

    (void)state;
    assert_non_null(strstr(text, "\n  interrupted: 2 of 5 cases ran\n"));
    free(text);
    text = report("human", results, 4, false, false);
    assert_non_null(strstr(text, "\n  incomplete: 4 of 5 cases ran\n"));
    free(text);
}

static void test_human_has_colour_only_when_told(void **state)
{
    char *text = report("human", results, RESULTS, true, false);

    (void)state;
    assert_non_null(strstr(text, "\x1B[31mFAIL\x1B[0m  sizes"));
    free(text);
    text = report("human", results, RESULTS, false, false);
    assert_null(strchr(text, '\x1B'));
    free(text);
}

static void test_tap(void **state)
{
    (void)state;
    assert_report("tap", "TAP version 14\n"
                         "1..5\n"
                         "# wfpcheck: 0.1.0\n"
                         "# backend: simulator\n"
                         "# target: model\n"
                         "# redirector: none\n"
                         "# profile: documented\n"
                         "# profile: observed\n"
                         "# vectors: 3\n"
                         "# note: first note\n"
                         "# note: second note\n"
                         "ok 1 - sizes@N-1[documented]\n"
                         "not ok 2 - sizes@N-1[observed]\n"
                         "  ---\n"
                         "  verdict: \"fail\"\n"
                         "  message: \"expected X, \\\"got\\\" Y\"\n"
                         "  profile: \"observed\"\n"
                         "  clauses: \"BUF-05 QRY-06\"\n"
                         "  actual: \"WSAEFAULT/780\"\n"
                         "  detail: |\n"
                         "    sizes@N-1   BUF-05\n"
                         "      A story.\n"
                         "       >  2  ioctl\n"
                         "  ...\n"
                         "ok 3 - plain[documented] # SKIP needs redirect\n"
                         "not ok 4 - plain[observed] # TODO a reason\n"
                         "not ok 5 - late[observed]\n"
                         "  ---\n"
                         "  verdict: \"broken\"\n"
                         "  message: \"no socket\"\n"
                         "  profile: \"observed\"\n"
                         "  ...\n"
                         "# pass: 1\n"
                         "# fail: 1\n"
                         "# known: 1\n"
                         "# fixed: 0\n"
                         "# unsupported: 1\n"
                         "# undecided: 0\n"
                         "# broken: 1\n"
                         "# uncontrolled: 1\n"
                         "# seconds: 0.312\n");
}

static void test_tap_bails_out_when_stopped(void **state)
{
    char *text = report("tap", results, 2, false, true);

    (void)state;
    assert_non_null(strstr(text, "\nBail out! interrupted: 2 of 5 cases ran\n"));
    free(text);
}

static void test_junit(void **state)
{
#define PROPERTIES                                                                                 \
    "    <properties>\n"                                                                           \
    "      <property name=\"version\" value=\"0.1.0\"/>\n"                                         \
    "      <property name=\"backend\" value=\"simulator\"/>\n"                                     \
    "      <property name=\"target\" value=\"model\"/>\n"                                          \
    "      <property name=\"redirector\" value=\"none\"/>\n"                                       \
    "      <property name=\"notes\" value=\"first note&#10;second note\"/>\n"                      \
    "    </properties>\n"
    (void)state;
    assert_report(
        "junit",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"wfpcheck\" tests=\"5\">\n"
        "  <testsuite name=\"documented\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\""
        " time=\"0.250000\">\n" PROPERTIES
        "    <testcase classname=\"query-records\" name=\"sizes@N-1[documented]\""
        " time=\"0.250000\">\n"
        "    </testcase>\n"
        "    <testcase classname=\"\xC3\xA4\xE4\xB8\xAD\" name=\"plain[documented]\""
        " time=\"0.000000\">\n"
        "      <skipped type=\"unsupported\" message=\"needs redirect\"></skipped>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "  <testsuite name=\"observed\" tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"1\""
        " time=\"0.500000\">\n" PROPERTIES
        "    <testcase classname=\"query-records\" name=\"sizes@N-1[observed]\""
        " time=\"0.500000\">\n"
        "      <failure type=\"fail\" message=\"expected X, &quot;got&quot; Y\">sizes@N-1   "
        "BUF-05\n"
        "  A story.\n"
        "   &gt;  2  ioctl</failure>\n"
        "    </testcase>\n"
        "    <testcase classname=\"\xC3\xA4\xE4\xB8\xAD\" name=\"plain[observed]\""
        " time=\"0.000000\">\n"
        "      <skipped type=\"known\" message=\"a reason\"></skipped>\n"
        "    </testcase>\n"
        "    <testcase classname=\"query-records\" name=\"late[observed]\" time=\"0.000000\">\n"
        "      <error type=\"broken\" message=\"no socket\"></error>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

static void test_junit_counts_what_is_missing_as_an_error(void **state)
{
    char *text = report("junit", results, 2, false, true);

    (void)state;
    assert_non_null(
        strstr(text, "<error type=\"interrupted\" message=\"interrupted: 2 of 5 cases ran\"/>"));
    free(text);
}

static void test_junit_says_nothing_that_xml_cannot(void **state)
{
    const struct result hostile = {.name = HOSTILE,
                                   .topic = HOSTILE,
                                   .profile = "observed",
                                   .message = HOSTILE,
                                   .detail = HOSTILE,
                                   .verdict = VERDICT_FAIL};
    char *text = report("junit", &hostile, 1, false, false);

    (void)state;
    assert_non_null(strstr(text, " message=\"[31m"
                                 "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                 "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                 "&lt;&amp;&gt;&quot;'#\\&#10;&#9; end\""));
    for (const char *byte = text; *byte != '\0'; byte++) {
        assert_true((unsigned char)*byte >= ' ' || *byte == '\n' || *byte == '\t');
    }
    assert_null(strstr(text, "\xEF\xBF\xBE"));
    free(text);
}

static void test_no_report_lets_a_terminal_be_controlled(void **state)
{
    static const char *const formats[] = {"human", "tap", "jsonl"};
    const struct result hostile = {.name = HOSTILE,
                                   .topic = HOSTILE,
                                   .profile = "observed",
                                   .message = HOSTILE,
                                   .verdict = VERDICT_UNDECIDED,
                                   .actual = HOSTILE};

    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char *text = report(formats[i], &hostile, 1, false, false);
        const char *cursor = text;
        uint32_t character;
        while ((character = text_decode(&cursor)) != 0) {
            assert_true(character == '\n' || character == '\t' || !text_is_control(character));
        }
        free(text);
    }
}

/* The value of a line's member; the line is the n-th. */
static json_t *line_of(char *text, unsigned n)
{
    json_t *line;

    for (; n > 0; n--) {
        text = strchr(text, '\n') + 1;
    }
    line = json_loadb(text, strcspn(text, "\n"), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    return line;
}

static void assert_member(json_t *line, const char *name, const char *expected)
{
    json_t *value = json_object_get(line, name);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void test_jsonl(void **state)
{
    static const struct {
        unsigned line;
        const char *member;
        const char *expected;
    } rows[] = {
        {0, "type", "\"head\""},
        {0, "line", "1"},
        {0, "planned", "5"},
        {0, "vectors", "3"},
        {0, "profiles", "[\"documented\",\"observed\"]"},
        {1, "type", "\"case\""},
        {1, "name", "\"sizes@N-1[documented]\""},
        {1, "verdict", "\"pass\""},
        {1, "clauses", "[\"BUF-05\",\"QRY-06\"]"},
        {1, "settles", "[\"UNK-06\",\"CON-02\"]"},
        {1, "seconds", "0.25"},
        {2, "detail", "\"sizes@N-1   BUF-05\\n  A story.\\n   >  2  ioctl\""},
        {3, "clauses", "[]"},
        {6, "type", "\"totals\""},
        {6, "line", "7"},
        {6, "planned", "5"},
        {6, "executed", "5"},
        {6, "interrupted", "false"},
        {6, "verdicts",
         "{\"pass\":1,\"fail\":1,\"known\":1,\"fixed\":0,\"unsupported\":1,"
         "\"undecided\":0,\"broken\":1}"},
    };
    char *text = report("jsonl", results, RESULTS, false, false);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *line = line_of(text, rows[i].line);
        assert_member(line, rows[i].member, rows[i].expected);
        json_decref(line);
    }
    assert_ptr_equal(strstr(text, "{\"line\":1,\"type\":\"head\",\"planned\":5,"), text);
    free(text);
}

static void test_answers_in_words(void **state)
{
    static const struct {
        const char *answer;
        const char *words;
    } rows[] = {{"WSAEFAULT/780", "WSAEFAULT, 780 bytes"},
                {"OK/1", "OK, 1 byte"},
                {"OK/0", "OK, 0 bytes"},
                {"ERROR_INSUFFICIENT_BUFFER/N", "ERROR_INSUFFICIENT_BUFFER, N bytes"},
                {"10045/unchanged", "10045, bytes unchanged"},
                {"died", "died: access violation"},
                {"NOT_REDIRECTED", "NOT_REDIRECTED"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        answer_in_words(rows[i].answer, &text);
        assert_string_equal(text_bytes(&text), rows[i].words);
        text_clear(&text);
    }
}

/* vector, member, profile, actual, band */
static struct result case_of(const char *vector, const char *member, const char *profile,
                             const char *actual, const char *band)
{
    return (struct result){.vector = vector,
                           .member = member,
                           .profile = profile,
                           .actual = actual,
                           .band = band,
                           .clauses = "C-01"};
}

static void test_disagreements_are_matched_and_merged(void **state)
{
    const struct result cases[] = {case_of("b", "1", "documented", "A/0", "1..3"),
                                   case_of("b", "2", "documented", "A/0", "1..3"),
                                   case_of("b", "3", "documented", "B/0", "1..3"),
                                   case_of("a", NULL, "documented", "X/0", NULL),
                                   case_of("c", NULL, "documented", "Y/0", NULL),
                                   case_of("a", NULL, "unsupported", "Z/0", NULL),
                                   case_of("c", NULL, "observed", "Y/0", NULL),
                                   case_of("b", "2", "observed", "C/0", "1..3"),
                                   case_of("b", "3", "observed", "C/0", "1..3"),
                                   case_of("b", "1", "observed", "C/0", "1..3"),
                                   case_of("d", NULL, "observed", NULL, NULL),
                                   case_of("a", NULL, "observed", "W/0", NULL)};
    struct disagreements disagreements = {0};
    struct text text = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        disagreements_note(&disagreements, &cases[i]);
    }
    disagreements_add(&disagreements, &text);
    assert_string_equal(text_bytes(&text),
                        "  where the columns disagree (3)  documented  observed\n"
                        "    C-01  1..3                    A, 0 bytes  C, 0 bytes\n"
                        "    C-01  1..3                    B, 0 bytes  C, 0 bytes\n"
                        "    C-01  a                       X, 0 bytes  W, 0 bytes\n");
    text_clear(&text);
    disagreements_clear(&disagreements);
}

static void test_no_disagreement_is_no_line(void **state)
{
    const struct result one = case_of("a", NULL, "documented", "X/0", NULL);
    struct disagreements disagreements = {0};
    struct text text = {0};

    (void)state;
    disagreements_note(&disagreements, &one);
    disagreements_add(&disagreements, &text);
    assert_string_equal(text_bytes(&text), "");
    disagreements_clear(&disagreements);
}

static void test_formats_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(report_format_named("tap"), &report_tap);
    assert_null(report_format_named("TAP"));
    assert_null(report_format_named(""));
}

static void test_verdicts(void **state)
{
    (void)state;
    assert_string_equal(verdict_name(VERDICT_UNDECIDED), "undecided");
    assert_true(verdict_fails(VERDICT_UNDECIDED, false));
    assert_false(verdict_fails(VERDICT_UNDECIDED, true));
    assert_true(verdict_fails(VERDICT_BROKEN, true));
    assert_false(verdict_fails(VERDICT_KNOWN, false));
}

static void test_columns(void **state)
{
    static const struct {
        const char *string;
        size_t columns;
    } rows[] = {{"", 0},          {"abc", 3},          {"\xC3\xA4", 1},
                {"e\xCC\x81", 1}, {"\xE4\xB8\xAD", 2}, {"\xF0\x9F\x98\x80", 2},
                {"\xFF\xFE", 2},  {"\xE4\xB8", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(text_columns(rows[i].string), rows[i].columns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_human),
        cmocka_unit_test(test_human_says_that_it_was_stopped),
        cmocka_unit_test(test_human_has_colour_only_when_told),
        cmocka_unit_test(test_tap),
        cmocka_unit_test(test_tap_bails_out_when_stopped),
        cmocka_unit_test(test_junit),
        cmocka_unit_test(test_junit_counts_what_is_missing_as_an_error),
        cmocka_unit_test(test_junit_says_nothing_that_xml_cannot),
        cmocka_unit_test(test_no_report_lets_a_terminal_be_controlled),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_answers_in_words),
        cmocka_unit_test(test_disagreements_are_matched_and_merged),
        cmocka_unit_test(test_no_disagreement_is_no_line),
        cmocka_unit_test(test_formats_by_name),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_columns),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
