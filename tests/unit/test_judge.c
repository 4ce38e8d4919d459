/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/judge.h"
#include "harness/pattern.h"
#include "tests/unit/answers.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { N = 780, CONTEXT = 32, ROOM = 1024 };

/* ---- a script of which only the redirects matter, and what came back ---- */

static const struct step steps[] = {
    {.kind = STEP_HANDLE, .number = 1},
    {.kind = STEP_REDIRECTED_ACCEPT, .redirect = {.handle = "self", .context = 99}},
    {.kind = STEP_CONNECT, .redirected = true, .redirect = {.handle = "self", .context = CONTEXT}},
    {.kind = STEP_CONNECT, .redirect = {.handle = "self", .context = 55}},
    {.kind = STEP_REDIRECTED_ACCEPT, .redirect = {.handle = "other", .context = 7}},
};
static const struct vector vector = {.step_count = COUNT(steps), .steps = steps};
static const struct script script = {.vector = &vector};

static struct blobs blobs;
static uint8_t out[ROOM];

static struct judge_context context_with(bool n_known)
{
    const struct judge_context context = {&script, n_known, N, &blobs};

    return context;
}

/* An answer to a query, with `changed` bytes of the output buffer changed. */
static struct played played_with(struct wfp_answer answer, uint32_t changed)
{
    struct played played;

    memset(&played, 0, sizeof played);
    played.step.kind = STEP_IOCTL;
    played.step.ioctl.code = WFP_SIO_QUERY_RECORDS;
    played.reply.answer = answer;
    played.reply.out = out;
    played.reply.out_size = sizeof out;
    played.out_size = sizeof out;
    played.changed = changed;
    return played;
}

/* ---- the answer ---- */

static const struct {
    struct wfp_answer expected;
    struct wfp_answer actual;
    bool n_known;
    enum mismatch mismatch;
} answers[] = {
    {BYTES(0, 32), BYTES(0, 32), false, MISMATCH_NONE},
    {BYTES(0, 32), BYTES(0, 31), true, MISMATCH_BYTES},
    {BYTES(0, 0), UNCHANGED(0), true, MISMATCH_BYTES},
    {UNCHANGED(997), UNCHANGED(997), false, MISMATCH_NONE},
    {UNCHANGED(997), BYTES(997, 0), true, MISMATCH_BYTES},
    {NEEDED(122), BYTES(122, N), true, MISMATCH_NONE},
    {NEEDED(122), BYTES(122, N - 1), true, MISMATCH_BYTES},
    {NEEDED(122), BYTES(122, 0), true, MISMATCH_BYTES},
    {NEEDED(122), UNCHANGED(122), true, MISMATCH_BYTES},
    {NEEDED(122), BYTES(122, N), false, MISMATCH_BYTES},
    {NEEDED(122), BYTES(10014, N), true, MISMATCH_ERROR},
    {BYTES(10022, 0), BYTES(0, 0), true, MISMATCH_ERROR},
    {BYTES(0, 0), DIED, true, MISMATCH_OUTCOME},
    {DIED, BYTES(0, 0), true, MISMATCH_OUTCOME},
    {DIED, DIED, true, MISMATCH_NONE},
    {STATE(1), STATE(1), true, MISMATCH_NONE},
    {STATE(1), STATE(3), true, MISMATCH_ERROR},
    {STATE(1), BYTES(1, 0), true, MISMATCH_OUTCOME},
    {STATE(0), UNCHANGED(0), true, MISMATCH_OUTCOME},
};

static void test_answers_are_held_against_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct expected expected = {.answer = answers[i].expected, .changed = CHANGED_ANY};
        const struct judge_context context = context_with(answers[i].n_known);
        const struct played played = played_with(answers[i].actual, 0);

        assert_int_equal(judge_alternative(&context, &expected, &played), answers[i].mismatch);
    }
}

/* ---- what may have changed ---- */

static const struct {
    struct wfp_answer answer;
    enum changed allowed;
    uint32_t changed;
    enum mismatch mismatch;
} changes[] = {
    {BYTES(0, 32), CHANGED_DEFAULT, 0, MISMATCH_NONE},
    {BYTES(0, 32), CHANGED_DEFAULT, 32, MISMATCH_NONE},
    {BYTES(0, 32), CHANGED_DEFAULT, 33, MISMATCH_CHANGED},
    {BYTES(10022, 0), CHANGED_DEFAULT, ROOM, MISMATCH_NONE},
    {BYTES(0, 32), CHANGED_NONE, 0, MISMATCH_NONE},
    {BYTES(0, 32), CHANGED_NONE, 1, MISMATCH_CHANGED},
    {BYTES(10022, 0), CHANGED_NONE, 1, MISMATCH_CHANGED},
    {BYTES(122, 64), CHANGED_RETURNED, 64, MISMATCH_NONE},
    {BYTES(122, 64), CHANGED_RETURNED, 65, MISMATCH_CHANGED},
    {BYTES(10022, 0), CHANGED_RETURNED, 1, MISMATCH_CHANGED},
    {BYTES(0, 32), CHANGED_ANY, ROOM, MISMATCH_NONE},
    {DIED, CHANGED_DEFAULT, ROOM, MISMATCH_NONE},
    {DIED, CHANGED_NONE, 1, MISMATCH_CHANGED},
};

static void test_changed_bytes_are_counted(void **state)
{
    const struct judge_context context = context_with(true);

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        const struct expected expected = {.answer = changes[i].answer,
                                          .changed = changes[i].allowed};
        const struct played played = played_with(changes[i].answer, changes[i].changed);

        assert_int_equal(judge_alternative(&context, &expected, &played), changes[i].mismatch);
    }
}

/* ---- the bytes ---- */

static struct expected equals(const char *blob, const char *handle, uint32_t bytes)
{
    const struct expected expected = {
        .answer = BYTES(0, bytes), .equals_blob = blob, .equals_context = handle};

    return expected;
}

static enum mismatch judge_bytes(const struct expected *expected, uint32_t bytes)
{
    const struct judge_context context = context_with(true);
    const struct played played = played_with((struct wfp_answer)BYTES(0, bytes), bytes);

    return judge_alternative(&context, expected, &played);
}

static int save_blobs(void **state)
{
    (void)state;
    return blobs_save(&blobs, "old", (const uint8_t *)"abcd", 4) &&
                   blobs_save(&blobs, "record", (const uint8_t *)"wrong", 5) &&
                   blobs_save(&blobs, "record", (const uint8_t *)"right", 5)
               ? 0
               : -1;
}

static int clear_blobs(void **state)
{
    (void)state;
    blobs_clear(&blobs);
    return 0;
}

static void test_bytes_equal_a_blob(void **state)
{
    const struct expected right = equals("record", NULL, 5);
    const struct expected absent = equals("nothing", NULL, 5);

    (void)state;
    memcpy(out, "right and more", 14);
    assert_int_equal(judge_bytes(&right, 5), MISMATCH_NONE);
    memcpy(out, "wrong and more", 14);
    assert_int_equal(judge_bytes(&right, 5), MISMATCH_CONTENT);
    assert_int_equal(judge_bytes(&absent, 5), MISMATCH_CONTENT);
}

/* The blob's whole length, no more and no less: only the expectation's byte count may agree. */
static void test_bytes_have_the_blobs_length(void **state)
{
    const struct expected shorter = equals("record", NULL, 4);
    const struct expected longer = equals("record", NULL, 6);

    (void)state;
    memcpy(out, "right and more", 14);
    assert_int_equal(judge_bytes(&shorter, 4), MISMATCH_CONTENT);
    assert_int_equal(judge_bytes(&longer, 6), MISMATCH_CONTENT);
}

/* Of two redirects with one handle the later counts; a connect that is not redirected has none. */
static void test_bytes_equal_a_context(void **state)
{
    const struct expected self = equals(NULL, "self", CONTEXT);
    const struct expected other = equals(NULL, "other", 7);
    const struct expected stranger = equals(NULL, "stranger", 7);

    (void)state;
    pattern_context("self", out, CONTEXT);
    assert_int_equal(judge_bytes(&self, CONTEXT), MISMATCH_NONE);
    assert_int_equal(judge_bytes(&other, 7), MISMATCH_CONTENT);
    pattern_context("other", out, 7);
    assert_int_equal(judge_bytes(&other, 7), MISMATCH_NONE);
    assert_int_equal(judge_bytes(&stranger, 7), MISMATCH_CONTENT);
    out[6] ^= 1;
    assert_int_equal(judge_bytes(&other, 7), MISMATCH_CONTENT);
}

static void test_no_buffer_holds_no_bytes(void **state)
{
    const struct expected expected = equals("record", NULL, 5);
    const struct judge_context context = context_with(true);
    struct played played = played_with(expected.answer, 0);

    (void)state;
    memcpy(out, "right", 5);
    played.reply.out_size = 4;
    assert_int_equal(judge_alternative(&context, &expected, &played), MISMATCH_CONTENT);
    played.reply.out = NULL;
    assert_int_equal(judge_alternative(&context, &expected, &played), MISMATCH_CONTENT);
}

static void test_wanted_bytes(void **state)
{
    const struct judge_context context = context_with(true);
    const struct expected none = equals(NULL, NULL, 5);
    const struct expected blob = equals("old", NULL, 4);
    uint8_t *bytes = NULL;
    uint32_t size = 77;

    (void)state;
    assert_false(judge_wanted_bytes(&context, &none, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 77);
    assert_true(judge_wanted_bytes(&context, &blob, &bytes, &size));
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "abcd", 4);
    free(bytes);
}

/* ---- words ---- */

static void test_mismatches_have_names_of_their_own(void **state)
{
    (void)state;
    for (unsigned a = 0; a <= MISMATCH_CONTENT; a++) {
        assert_non_null(mismatch_name((enum mismatch)a));
        for (unsigned b = 0; b < a; b++) {
            assert_string_not_equal(mismatch_name((enum mismatch)a),
                                    mismatch_name((enum mismatch)b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_held_against_each_other),
        cmocka_unit_test(test_changed_bytes_are_counted),
        cmocka_unit_test(test_bytes_equal_a_blob),
        cmocka_unit_test(test_bytes_have_the_blobs_length),
        cmocka_unit_test(test_bytes_equal_a_context),
        cmocka_unit_test(test_no_buffer_holds_no_bytes),
        cmocka_unit_test(test_wanted_bytes),
        cmocka_unit_test(test_mismatches_have_names_of_their_own),
    };

    return cmocka_run_group_tests_name("judge", tests, save_blobs, clear_blobs);
}
