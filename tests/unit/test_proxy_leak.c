/* SPDX-License-Identifier: MIT */

/* Handles of a process over many connections: PRX-34 of traces that are made by the hundred lines.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/lab/rules/proxy_rules.h"
#include "harness/text.h"
#include "tests/unit/proxy_script.h"

enum { ROUNDS = 4 };

/* What the process tells of its handles. */
struct handles {
    size_t round; /* connections that are open together */
    unsigned first;
    unsigned every;   /* one more with every so many connections; 0: with none */
    bool overlapping; /* the next round begins before one has ended */
};

static void add_openings(struct text *text, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        text_add(text,
                 "client client=%zu flags=1 peer=198.18.1.1:80 local=127.0.0.1:%zu\n"
                 "accept socket=1 other=%zu client=%zu error=0\n",
                 i + 1, 6000 + i, 100 + i, i + 1);
    }
}

static void add_closings(struct text *text, const struct handles *handles, size_t from,
                         size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        text_add(text, "client-end client=%zu how=0\nclose socket=%zu handles=%u\n", i + 1, 100 + i,
                 handles->first + (handles->every == 0 ? 0 : (unsigned)i / handles->every));
    }
}

static void add_rounds(struct text *text, const struct handles *handles)
{
    const size_t count = handles->round;

    text_add(text, "run name=observed\nhello\nscenario name=leak text=observed\n"
                   "socket socket=1 family=2 type=1\nlisten socket=1 backlog=1024 error=0\n");
    add_openings(text, 0, count);
    for (size_t round = 1; round <= ROUNDS; round++) {
        const size_t next = round * count;
        const bool more = round < ROUNDS;

        if (more && handles->overlapping) {
            add_openings(text, next, count);
        }
        add_closings(text, handles, next - count, count);
        if (more && !handles->overlapping) {
            add_openings(text, next, count);
        }
    }
    text_add(text, "scenario-end name=leak\n");
}

/* Of the only scenario. */
static const struct proxy_case *case_of(const struct proxy_judgement *judgement, const char *id)
{
    for (size_t i = 0; i < judgement->count; i++) {
        if (strcmp(judgement->cases[i].rule->id, id) == 0) {
            return &judgement->cases[i];
        }
    }
    return NULL;
}

static void test_handles_that_grow_are_a_leak(void **state)
{
    static const struct {
        struct handles handles;
        enum proxy_verdict verdict;
        const char *message; /* begins so; "": there is none */
    } cases[] = {
        {{24, 100, 1, false},
         PROXY_FAIL,
         "Had 123 handles open when no connection was, and 72 connections later 195."},
        {{24, 100, 0, false}, PROXY_PASS, ""},
        {{24, 100, 4, false}, PROXY_PASS, ""}, /* a pool that grows, say */
        {{24, 0, 0, false},
         PROXY_PASS,
         "sockets only: this system does not count a process's handles: call "},
        {{24, 100, 1, true},
         PROXY_PASS,
         "sockets only: there were no two moments without a connection, with enough of them "
         "between, to compare handles at: call "},
        {{12, 100, 1, false}, PROXY_PASS, ""}, /* too few to tell */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text script = {0};
        struct proxy_judgement *judgement;
        const struct proxy_case *found;
        struct trace *trace;

        add_rounds(&script, &cases[i].handles);
        trace = proxy_script(text_bytes(&script));
        assert_int_equal(proxy_judge(trace, &judgement), STATUS_OK);
        found = case_of(judgement, "PRX-34");
        assert_int_equal(found->verdict, cases[i].verdict);
        assert_true(strncmp(found->message == NULL ? "" : found->message, cases[i].message,
                            strlen(cases[i].message)) == 0);
        assert_int_equal(found->message == NULL, cases[i].message[0] == '\0');
        assert_int_equal(found->evidence != NULL && strstr(found->evidence, "handles=195") != NULL,
                         found->verdict == PROXY_FAIL);
        proxy_judgement_free(judgement);
        trace_free(trace);
        text_clear(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handles_that_grow_are_a_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
