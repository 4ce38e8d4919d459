/* SPDX-License-Identifier: MIT */

/*
 * Judges a recorded case again, without the target: the model plays the same steps, or the calls of
 * the same path, and each answer is held against the set of answers that the rules allow there
 * under a profile. What the vector expects plays no part. After an answer that is not allowed the
 * model goes on as if it had been given.
 *
 * Records are opaque: what the model returned at a step stands for what the target returned there.
 * Where the trace cannot tell what the model would have to know, the answer is undecided.
 */

#ifndef HARNESS_RETRIAL_H
#define HARNESS_RETRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

#include "harness/backend.h"
#include "harness/complaint.h"
#include "harness/play.h"
#include "harness/profile.h"
#include "harness/recording.h"
#include "harness/status.h"
#include "harness/text.h"
#include "harness/verdict.h"

struct path_scene;

struct retrial {
    const char *path; /* of the recording, for complaints */
    const struct key_catalogue *keys;
    struct profile *profile; /* the sizes of its records are made to fit the recording */
    const struct backend *model;
    struct complaints *complaints;
};

enum { RETRIAL_MESSAGE_MAX = 512 };

struct tried_step {
    bool judged;          /* it is a step that answers, and the model came that far */
    enum verdict verdict; /* PASS, FAIL or UNDECIDED */
    struct wfp_answer_set allowed;
    const struct wfp_rule *rule;       /* that allows the answer; NULL: none does */
    char message[RETRIAL_MESSAGE_MAX]; /* unless PASS */
};

struct tried {
    struct vector *vector;
    enum verdict verdict;              /* of the case */
    size_t judged;                     /* answers */
    char message[RETRIAL_MESSAGE_MAX]; /* unless PASS */
    struct tried_step *steps;          /* as many as were recorded, and one */
    const struct path_scene *scene;    /* of a path, else NULL */
    struct text hops;                  /* of a path that is not PASS: as it went, in lines */
};

/*
 * Zeroed memory is a `tried` that can be cleared. STATUS_BAD_INPUT after a complaint when the
 * recorded vector is none or does not go with its steps.
 */
enum status retrial_case(const struct retrial *retrial, const struct recorded_case *recorded,
                         struct tried *tried);
void tried_clear(struct tried *tried);

/* ---- retrial_size.c ---- */

/*
 * Chooses the profile's record sizes (keys record-header and record-hop) so that the model's
 * records are as large as the recorded ones. False when no choice does that; the profile is then
 * unchanged.
 */
bool retrial_fit_sizes(const struct retrial *retrial, const struct script *script,
                       const struct recorded_case *recorded);
/* The same by the records that the proxies of a path have queried. */
bool retrial_fit_path_sizes(const struct retrial *retrial, const struct path_scene *scene,
                            const struct recorded_case *recorded);

#endif
