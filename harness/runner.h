/* SPDX-License-Identifier: MIT */

/* Runs one case: plays the vector, holds every answer against its expectation, runs the control. */

#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/answer.h"
#include "harness/plan.h"
#include "harness/text.h"
#include "harness/verdict.h"

struct key_catalogue;

struct runner {
    const struct backend *backend;
    const struct backend *reference;  /* the model as shipped */
    const struct key_catalogue *keys; /* for what a rule's key settles; may be NULL */
    const char *root;                 /* of the vectors that a name finds; NULL: all of them */
    const char *options;              /* what to add to "wfpcheck run CASE" to repeat a case */
    bool details;                     /* describe failures at length */
    bool traces;                      /* keep the trace of every path */
    uint64_t *visited;                /* NULL, or bits of the rules of the table that answered */
};

enum { RULE_WORDS = WFP_RULES_MAX / 64 + 1, MESSAGE_MAX = 512 };

/* A result with the texts that it points to. */
struct judged {
    struct result result;
    char name[CASE_NAME_MAX];
    char message[MESSAGE_MAX];
    char actual[ANSWER_TEXT_MAX];
    struct text detail;
    struct text outcome; /* of a path */
    struct text trace;
    struct text document;
};

/* `judged` is overwritten; clear it when done. */
void runner_run(const struct runner *runner, const struct plan_case *planned,
                struct judged *judged);
void judged_clear(struct judged *judged);

/* ---- between the files that judge a case ---- */

/* Gives the result its verdict and a message. */
void judged_conclude(struct judged *judged, enum verdict verdict, const char *format, ...)
    TEXT_FORMAT(3, 4);

/* A rule of the shipped table has given an answer. */
void runner_note_rule(const struct runner *runner, const struct wfp_rule *rule);

/* path_run.c: plays and judges a case of a path vector; what it needs is there. */
void path_run_case(const struct runner *runner, const struct plan_case *planned,
                   struct judged *judged);
/* Does the model, under the case's profile, let its control end otherwise? True without one. */
bool path_control_possible(const struct plan_case *planned, const struct backend *reference);

#endif
