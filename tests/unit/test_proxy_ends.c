/* SPDX-License-Identifier: MIT */

/* How programs end, and what the lab rests on: what the judgement says of it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/lab/rules/proxy_rules.h"
#include "tests/unit/proxy_script.h"

#define BEGIN                                                                                      \
    "run name=observed\nprocess-start text=proxy\nhello\nscenario name=one text=observed\n"
#define END "scenario-end name=one\n"
/* Redirected, accepted, and dialled for without a record. */
#define CLIENT                                                                                     \
    "client client=1 flags=1 peer=198.18.0.1:443 local=127.0.0.1:5001\n"                           \
    "accept socket=1 other=5 peer=127.0.0.1:5001 error=0\n"                                        \
    "connect socket=7 peer=198.18.0.1:443 dial=1 by=1\n"                                           \
    "done kind-of=connect socket=7 error=0\n"

/* The case of a rule that failed, of the judgement of a script. */
static void assert_tells(const char *script, const char *id, const char *message, const char *words)
{
    struct trace *trace = proxy_script(script);
    struct proxy_judgement *judgement;
    bool found = false;

    assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
    trace_free(trace);
    for (size_t i = 0; i < judgement->count; i++) {
        const struct proxy_case *one = &judgement->cases[i];

        if (one->verdict == PROXY_FAIL && strcmp(one->rule->id, id) == 0) {
            found = true;
            assert_string_equal(one->message, message);
            if (strstr(one->evidence, words) == NULL) {
                fail_msg("\"%s\" is not in \"%s\"", words, one->evidence);
            }
        }
    }
    assert_true(found);
    proxy_judgement_free(judgement);
}

static void test_an_end_is_told_as_it_came(void **state)
{
    static const struct {
        const char *end;
        const char *message;
        const char *words;
    } ends[] = {
        {BEGIN "process-end how=4 exit-code=0xC0000005\n" END, "Ended by an exception.",
         "process-end died exit code 0xC0000005 "},
        {BEGIN "process-end how=0 exit-code=7\n" END, "Ended by itself.",
         "process-end closed exit code 7 "},
        {BEGIN "process-end how=5\n" END,
         "Was killed, or ended by TerminateProcess: it has not said that it ends.",
         "process-end killed  "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        assert_tells(ends[i].end, "PRX-12", ends[i].message, ends[i].words);
    }
}

/* What it did before, rules may tell; of that scenario nothing but what befell the lab. */
static void test_where_the_lab_broke_no_rule_looks(void **state)
{
    static const char *const scripts[] = {
        BEGIN CLIENT "process-end how=4\nbroken text=Wine\n",
        BEGIN END "scenario name=two text=observed\nbroken text=Wine\n" CLIENT,
        BEGIN END "process-start text=proxy\nbroken text=Wine\n",
    };
    static const size_t judged[] = {0, 1, 1};
    static const char *const places[] = {"one", "two", "start-up"};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct trace *trace = proxy_script(scripts[i]);
        const struct proxy_case *last;
        struct proxy_judgement *judgement;

        assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
        trace_free(trace);
        assert_int_equal(judgement->scenarios, judged[i]);
        last = &judgement->cases[judgement->count - 1];
        assert_ptr_equal(last->rule, &proxy_lab);
        assert_int_equal(last->verdict, PROXY_BROKEN);
        assert_string_equal(last->scenario, places[i]);
        assert_string_equal(last->message, "Wine; what was planned from here on was not tried");
        for (size_t j = 0; j + 1 < judgement->count; j++) {
            const struct proxy_case *one = &judgement->cases[j];

            assert_true(one->verdict == PROXY_PASS || one->verdict == PROXY_IDLE);
        }
        proxy_judgement_free(judgement);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_end_is_told_as_it_came),
        cmocka_unit_test(test_where_the_lab_broke_no_rule_looks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
