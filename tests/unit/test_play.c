/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "harness/play.h"
#include "tests/unit/vectors.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { N = 780, CONTEXT = 32 };

/* ---- vectors, written with ' for " ---- */

#define HEAD                                                                                       \
    "{'id': 'tried', 'kind': 'calls', 'story': 'A script made up to try the player.', 'clauses': " \
    "['QRY-06'],"                                                                                  \
    "'source': {'kind': 'documented', 'reference': 'A test'}, 'needs': "
#define YES "'expect': {'answer': 'OK/N', 'by': ['QRY-05']}"
#define ACCEPT "{'do': 'redirected-accept', 'as': 'proxy'}"

/* Query, hand on, query with a byte too little; the control has that byte. */
static const char handed_on[] =
    HEAD "['redirect'], 'steps': [" ACCEPT ","
         "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N'},"
         " 'save': 'rec', " YES "},"
         "{'do': 'socket', 'as': 'out'},"
         "{'do': 'ioctl', 'on': 'out', 'code': 'SET_RECORDS', 'in': {'from': 'rec', 'cut': 1}},"
         "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N-1'},"
         " 'expect': {'answer': 'WSAEFAULT/N', 'by': ['QRY-06']}}],"
         "'control': {'kind': 'success', 'of': 5, 'replace': [{'step': 5, 'by':"
         "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N'}}}]}}";

/* ---- what was played ---- */

struct seen {
    uint32_t number;
    uint32_t in_size;
    uint32_t out_size;
    uint32_t changed;
    size_t blobs;
    struct wfp_answer answer;
    struct wfp_answer_set allowed;
};

struct watch {
    size_t count;
    struct seen steps[VECTOR_STEPS_MAX];
    size_t stop_after; /* 0: never */
    uint32_t asked;    /* what play_ask_again() said last */
};

static enum status look(void *context, size_t index, const struct played *played,
                        const struct blobs *blobs)
{
    struct watch *watch = context;
    struct seen *seen = &watch->steps[watch->count];

    assert_int_equal(index, watch->count);
    watch->count++;
    seen->number = played->step.number;
    seen->in_size = played->in_size;
    seen->out_size = played->out_size;
    seen->changed = played->changed;
    seen->blobs = blobs->count;
    seen->answer = played->reply.answer;
    seen->allowed = played->allowed;
    if (ioctl_code_queries(played->step.ioctl.code)) {
        (void)play_ask_again(&shipped.backend, &played->step, &watch->asked);
    }
    return watch->count == watch->stop_after ? STATUS_BROKEN : STATUS_OK;
}

static char trouble[PLAY_TROUBLE_MAX];

static enum status play(const struct script *script, struct watch *watch)
{
    (void)snprintf(trouble, sizeof trouble, "none");
    return play_script(&shipped.backend, script, look, watch, trouble);
}

static struct script script_of(const struct vector *vector, const struct profile *profile,
                               struct learned *learned)
{
    struct script script = {.vector = vector, .profile = profile};

    play_learn(&shipped.backend, &script, learned);
    script.learned = learned;
    return script;
}

static void assert_answered(const struct seen *seen, uint32_t error, uint32_t bytes)
{
    assert_int_equal(seen->answer.outcome, WFP_RETURNED);
    assert_int_equal(seen->answer.error, error);
    assert_int_equal(seen->answer.bytes, bytes);
}

static void test_steps_are_played_in_order(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct watch watch = {0};
    const struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    assert_int_equal(play(&script, &watch), STATUS_OK);
    assert_int_equal(watch.count, 5);
    assert_int_equal(watch.steps[1].out_size, N);
    assert_int_equal(watch.steps[1].changed, N);
    assert_int_equal(watch.steps[1].blobs, 1);
    assert_answered(&watch.steps[1], 0, N);
    assert_int_equal(watch.steps[3].in_size, N - 1);
    assert_answered(&watch.steps[3], 10022, 0);
    assert_int_equal(watch.steps[4].out_size, N - 1);
    assert_int_equal(watch.steps[4].changed, 0);
    assert_answered(&watch.steps[4], 122, N);
    assert_int_equal(watch.asked, N);
    vector_free(vector);
}

static void test_control_replaces_steps(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct watch watch = {0};
    struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    script.control = true;
    assert_int_equal(play(&script, &watch), STATUS_OK);
    assert_int_equal(watch.steps[4].number, 5);
    assert_int_equal(watch.steps[4].out_size, N);
    assert_answered(&watch.steps[4], 0, N);
    vector_free(vector);
}

static void test_every_play_starts_afresh(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct watch first = {0};
    struct watch second = {0};
    const struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    assert_int_equal(play(&script, &first), STATUS_OK);
    assert_int_equal(play(&script, &second), STATUS_OK);
    assert_int_equal(first.count, second.count);
    for (size_t i = 0; i < first.count; i++) {
        assert_true(wfp_answer_equal(first.steps[i].answer, second.steps[i].answer));
        assert_int_equal(first.steps[i].changed, second.steps[i].changed);
    }
    vector_free(vector);
}

static void test_allowed_answers_come_when_asked_for(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    for (unsigned asked = 0; asked < 2; asked++) {
        struct watch watch = {0};

        script.allowed = asked != 0;
        assert_int_equal(play(&script, &watch), STATUS_OK);
        assert_int_equal(watch.steps[0].allowed.count, 0);
        assert_int_equal(watch.steps[4].allowed.count, asked);
    }
    vector_free(vector);
}

/* ---- what ends a play ---- */

static void test_observer_ends_the_play(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct watch watch = {.stop_after = 3};
    const struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    assert_int_equal(play(&script, &watch), STATUS_BROKEN);
    assert_int_equal(watch.count, 3);
    assert_string_equal(trouble, "none");
    vector_free(vector);
}

static void test_unknown_n_ends_the_play(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    const struct script script = {.vector = vector, .profile = shipped.documented};
    struct watch watch = {0};

    (void)state;
    assert_int_equal(play(&script, &watch), STATUS_BAD_INPUT);
    assert_int_equal(watch.count, 1);
    assert_string_equal(trouble, "needs a record");
    vector_free(vector);
}

static void test_unsaved_blob_ends_the_play(void **state)
{
    static const char text[] =
        HEAD "['redirect'], 'steps': [" ACCEPT ","
             "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 4096},"
             " 'save': 'rec', " YES "}, {'do': 'socket', 'as': 'out'},"
             "{'do': 'ioctl', 'on': 'out', 'code': 'SET_RECORDS', 'in': {'from': 'rec'}}]}";
    struct vector *vector = vector_quoted(text);
    const struct script script = {.vector = vector, .profile = shipped.unsupported};
    struct watch watch = {0};

    (void)state;
    assert_int_equal(play(&script, &watch), STATUS_BAD_INPUT);
    assert_int_equal(watch.count, 3);
    assert_answered(&watch.steps[1], 10045, 0);
    assert_int_equal(watch.steps[2].blobs, 0);
    assert_non_null(strstr(trouble, "needs a record"));
    assert_non_null(strstr(trouble, "rec"));
    vector_free(vector);
}

static void test_failing_set_up_ends_the_play(void **state)
{
    static const char text[] =
        HEAD "[], 'steps': [{'do': 'socket', 'as': 'out'}, {'do': 'bind', 'on': 'out'},"
             "{'do': 'bind', 'on': 'out'}, {'do': 'ioctl', 'on': 'out', 'code': 'QUERY_RECORDS',"
             " 'expect': {'answer': 'WSAENOTCONN/0', 'by': ['QRY-13']}}],"
             "'control': {'kind': 'contrast', 'of': 4, 'replace': [{'step': 4, 'by':"
             "{'do': 'ioctl', 'on': 'out', 'code': '0x98000000'}}]}}";
    struct vector *vector = vector_quoted(text);
    const struct script script = {.vector = vector, .profile = shipped.documented};
    struct wfp_answer answer = {0};
    struct watch watch = {0};

    (void)state;
    assert_int_equal(play(&script, &watch), STATUS_BROKEN);
    assert_int_equal(watch.count, 2);
    assert_string_equal(trouble, "step 3: not possible in this state");
    assert_false(play_claim(&shipped.backend, &script, &answer));
    vector_free(vector);
}

/* ---- learning N ---- */

static void test_n_is_learnt_of_each_query(void **state)
{
    static const char text[] = HEAD
        "['redirect'], 'steps': [" ACCEPT ","
        "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_CONTEXT', 'out': {'size': 'N'}, " YES
        "}, {'do': 'plain-accept', 'as': 'plain'},"
        "{'do': 'ioctl', 'on': 'plain', 'code': 'QUERY_RECORDS', 'out': {'size': 99}, " YES
        "}, {'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N'},"
        " 'overlapped': 'valid', 'as': 'op', " YES "}, {'do': 'result', 'of': 'op', " YES "}]}";
    static const uint32_t expected[] = {0, CONTEXT, 0, 0, N, N};
    struct vector *vector = vector_quoted(text);
    const struct script script = {.vector = vector, .profile = shipped.documented};
    struct learned learned;

    (void)state;
    play_learn(&shipped.backend, &script, &learned);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(learned.known[i], expected[i] != 0);
        assert_int_equal(learned.n[i], expected[i]);
    }
    assert_int_equal(play_origin(&script, 5), 4);
    assert_int_equal(play_origin(&script, 4), 4);
    assert_int_equal(play_origin(&script, 0), 0);
    vector_free(vector);
}

static void test_large_n_is_learnt(void **state)
{
    static const char text[] = HEAD
        "['redirect'], 'steps': [{'do': 'redirected-accept', 'as': 'proxy',"
        " 'redirect': {'context': 65536}},"
        "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 'N'}, " YES "}]}";
    struct vector *vector = vector_quoted(text);
    struct learned learned;
    struct watch watch = {0};
    const struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    assert_int_equal(learned.n[1], N - CONTEXT + 65536);
    assert_int_equal(play(&script, &watch), STATUS_OK);
    assert_answered(&watch.steps[1], 0, N - CONTEXT + 65536);
    assert_int_equal(watch.steps[1].changed, N - CONTEXT + 65536);
    vector_free(vector);
}

static void test_no_n_without_the_ioctls(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    const struct script script = {.vector = vector, .profile = shipped.unsupported};
    struct learned learned;

    (void)state;
    play_learn(&shipped.backend, &script, &learned);
    for (size_t i = 0; i < VECTOR_STEPS_MAX; i++) {
        assert_false(learned.known[i]);
    }
    vector_free(vector);
}

/* ---- sweeps and claims ---- */

static const char swept[] =
    HEAD "['redirect'], 'steps': [" ACCEPT ","
         "{'do': 'ioctl', 'on': 'proxy', 'code': 'QUERY_RECORDS', 'out': {'size': 1}, 'sweep':"
         "{'of': 'out.size', 'bands': ["
         "{'band': '4..N-1', 'members': [100, 'N-1'],"
         " 'expect': {'answer': 'WSAEFAULT/N', 'by': ['QRY-06']}},"
         "{'band': 'N', 'members': ['N'], " YES "}]}}]}";

static void test_member_is_put_in(void **state)
{
    static const uint32_t sizes[] = {100, N - 1, N};
    struct vector *vector = vector_quoted(swept);
    struct learned learned;
    struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const struct band *band = &vector->swept->sweep->bands[i / 2];
        struct watch watch = {0};
        struct wfp_answer answer = {0};

        script.member = &band->members[i % 2];
        assert_int_equal(play(&script, &watch), STATUS_OK);
        assert_int_equal(watch.steps[1].out_size, sizes[i]);
        assert_answered(&watch.steps[1], sizes[i] < N ? 122 : 0, N);
        assert_true(play_claim(&shipped.backend, &script, &answer));
        assert_true(wfp_answer_equal(answer, watch.steps[1].answer));
    }
    vector_free(vector);
}

static void test_claim_of_the_control(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct learned learned;
    struct script script = script_of(vector, shipped.documented, &learned);
    struct wfp_answer answer = {0};

    (void)state;
    assert_true(play_claim(&shipped.backend, &script, &answer));
    assert_int_equal(answer.error, 122);
    script.control = true;
    assert_true(play_claim(&shipped.backend, &script, &answer));
    assert_int_equal(answer.error, 0);
    vector_free(vector);
}

static enum status end_leaving_a_socket(void *state, char *why)
{
    (void)shipped.backend.end(state, why);
    (void)snprintf(why, BACKEND_TROUBLE_MAX, "a socket is left open");
    return STATUS_BROKEN;
}

static void test_what_is_left_open_breaks_the_play(void **state)
{
    struct vector *vector = vector_quoted(handed_on);
    struct backend leaking = shipped.backend;
    struct learned learned;
    struct watch watch = {0};
    const struct script script = script_of(vector, shipped.documented, &learned);

    (void)state;
    leaking.end = end_leaving_a_socket;
    assert_int_equal(play_script(&leaking, &script, look, &watch, trouble), STATUS_BROKEN);
    assert_int_equal(watch.count, 5);
    assert_string_equal(trouble, "afterwards: a socket is left open");
    vector_free(vector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_are_played_in_order),
        cmocka_unit_test(test_control_replaces_steps),
        cmocka_unit_test(test_every_play_starts_afresh),
        cmocka_unit_test(test_allowed_answers_come_when_asked_for),
        cmocka_unit_test(test_observer_ends_the_play),
        cmocka_unit_test(test_unknown_n_ends_the_play),
        cmocka_unit_test(test_unsaved_blob_ends_the_play),
        cmocka_unit_test(test_failing_set_up_ends_the_play),
        cmocka_unit_test(test_n_is_learnt_of_each_query),
        cmocka_unit_test(test_large_n_is_learnt),
        cmocka_unit_test(test_no_n_without_the_ioctls),
        cmocka_unit_test(test_member_is_put_in),
        cmocka_unit_test(test_claim_of_the_control),
        cmocka_unit_test(test_what_is_left_open_breaks_the_play),
    };

    return cmocka_run_group_tests_name("play", tests, shipped_open, shipped_close);
}
