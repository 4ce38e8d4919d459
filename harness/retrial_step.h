/* SPDX-License-Identifier: MIT */

/* One recorded step, played by the model and judged. */

#ifndef HARNESS_RETRIAL_STEP_H
#define HARNESS_RETRIAL_STEP_H

#include "harness/blob.h"
#include "harness/retrial.h"
#include "harness/text.h"

/* One case under way. */
struct trial {
    const struct retrial *retrial;
    const struct recorded_case *recorded;
    struct tried *tried;
    const struct sweep_member *member;
    struct blobs blobs; /* the model's bytes under the names of the script */
    size_t doubtful_count;
    const char *doubtful[VECTOR_STEPS_MAX]; /* names whose bytes the model could not give */
    bool sizes_fit;
};

/* Sets the verdict and the sentence of a step. */
void trial_conclude(struct tried_step *step, enum verdict verdict, const char *format, ...)
    TEXT_FORMAT(3, 4);

/*
 * Judges a recorded answer by the set of those that are allowed, which the step has. `doubted`:
 * NULL, or why the trace cannot tell.
 */
void trial_judge(const struct trial *trial, const struct recorded_step *recorded,
                 const char *doubted, struct tried_step *step);

/* False when the model cannot go on. */
bool trial_step(struct trial *trial, size_t index);

/* retrial_path.c: all calls of a path. STATUS_BAD_INPUT when they are none of its parties'. */
enum status trial_path(struct trial *trial);
/* Complains about a member of the recording's line. */
enum status trial_refuse(const struct trial *trial, size_t line, const char *field,
                         const char *expected, const char *actual);

#endif
