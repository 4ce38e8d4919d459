/* SPDX-License-Identifier: MIT */

#include "harness/difference.h"

#include <stdio.h>
#include <string.h>

#include "harness/answer.h"

const char *difference_kind_name(enum difference_kind kind)
{
    static const char *const names[DIFFERENCE_KIND_COUNT] = {
        [DIFFERENCE_ANSWER] = "answer", [DIFFERENCE_CALL] = "call",
        [DIFFERENCE_SIZE] = "size",     [DIFFERENCE_END] = "end",
        [DIFFERENCE_VECTOR] = "vector", [DIFFERENCE_ONLY_A] = "only-a",
        [DIFFERENCE_ONLY_B] = "only-b",
    };

    return names[kind];
}

/* What is being compared, and whom to tell. */
struct comparison {
    const struct outline_case *a;
    const struct outline_case *b;
    difference_told *tell;
    void *context;
};

static struct difference begin(const struct comparison *comparison, enum difference_kind kind)
{
    const struct outline_case *one = comparison->a == NULL ? comparison->b : comparison->a;
    const struct difference difference = {.kind = kind, .name = one->name, .clauses = one->clauses};

    return difference;
}

static void tell_whole(const struct comparison *comparison, enum difference_kind kind)
{
    const struct difference difference = begin(comparison, kind);

    comparison->tell(comparison->context, &difference);
}

static void describe_answer(const struct outline_step *step, char *text)
{
    char answer[ANSWER_TEXT_MAX];

    answer_print(step->answer, answer, sizeof answer);
    (void)snprintf(text, DIFFERENCE_TEXT_MAX, "%s%s", answer,
                   step->touched ? ", buffer changed" : "");
}

static void describe_call(const struct outline_step *step, char *text)
{
    (void)snprintf(text, DIFFERENCE_TEXT_MAX, "%.300s", step->call);
}

static void describe_size(const struct outline_step *step, char *text)
{
    (void)snprintf(text, DIFFERENCE_TEXT_MAX, "N = %lu", (unsigned long)step->n);
}

static void tell_step(const struct comparison *comparison, enum difference_kind kind, size_t index,
                      void (*describe)(const struct outline_step *step, char *text))
{
    const struct outline_step *a = &comparison->a->steps[index];
    const struct outline_step *b = &comparison->b->steps[index];
    struct difference difference = begin(comparison, kind);

    difference.step = index + 1;
    difference.line_a = a->line;
    difference.line_b = b->line;
    describe(a, difference.a);
    describe(b, difference.b);
    comparison->tell(comparison->context, &difference);
}

/* False: what follows cannot be compared. */
static bool compare_steps(const struct comparison *comparison, size_t index)
{
    const struct outline_step *a = &comparison->a->steps[index];
    const struct outline_step *b = &comparison->b->steps[index];

    if (a->call != NULL && b->call != NULL && strcmp(a->call, b->call) != 0) {
        tell_step(comparison, DIFFERENCE_CALL, index, describe_call);
        return false;
    }

    if (!wfp_answer_equal(a->answer, b->answer) || a->touched != b->touched) {
        tell_step(comparison, DIFFERENCE_ANSWER, index, describe_answer);
    } else if (a->n != b->n && a->n != RECORDED_UNKNOWN && b->n != RECORDED_UNKNOWN) {
        tell_step(comparison, DIFFERENCE_SIZE, index, describe_size);
    }
    return true;
}

static void describe_end(const struct outline_case *ended, char *text)
{
    if (ended->end == VERDICT_PASS) {
        (void)snprintf(text, DIFFERENCE_TEXT_MAX, "%.300s",
                       ended->outcome[0] == '\0' ? "played to its end" : ended->outcome);
        return;
    }
    (void)snprintf(text, DIFFERENCE_TEXT_MAX, "%s: %s", verdict_name(ended->end), ended->why);
}

static void compare_ends(const struct comparison *comparison)
{
    const struct outline_case *a = comparison->a;
    const struct outline_case *b = comparison->b;
    struct difference difference;

    /* How many calls lead there is no end of its own: where paths part has been told. */
    if (a->end == b->end && strcmp(a->outcome, b->outcome) == 0 &&
        (a->count == b->count || a->outcome[0] != '\0')) {
        return;
    }
    difference = begin(comparison, DIFFERENCE_END);
    describe_end(a, difference.a);
    describe_end(b, difference.b);
    comparison->tell(comparison->context, &difference);
}

static void compare_cases(const struct comparison *comparison)
{
    const struct outline_case *a = comparison->a;
    const struct outline_case *b = comparison->b;

    if (a->vector != b->vector) {
        tell_whole(comparison, DIFFERENCE_VECTOR);
    }
    for (size_t i = 0; i < a->count && i < b->count && compare_steps(comparison, i); i++) {
    }
    compare_ends(comparison);
}

static const struct outline_case *find(const struct outline *outline, const char *name)
{
    size_t low = 0;
    size_t high = outline->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(outline->by_name[middle]->name, name);

        if (order == 0) {
            return outline->by_name[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

void difference_find(const struct outline *a, const struct outline *b, difference_told *tell,
                     void *context)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct comparison comparison = {&a->cases[i], find(b, a->cases[i].name), tell,
                                              context};

        if (comparison.b == NULL) {
            tell_whole(&comparison, DIFFERENCE_ONLY_A);
        } else {
            compare_cases(&comparison);
        }
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct comparison comparison = {NULL, &b->cases[i], tell, context};

        if (find(a, b->cases[i].name) == NULL) {
            tell_whole(&comparison, DIFFERENCE_ONLY_B);
        }
    }
}
