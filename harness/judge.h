/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_JUDGE_H
#define HARNESS_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/expectation.h"
#include "harness/play.h"

/* What a step's answer is held against. */
struct judge_context {
    const struct script *script;
    bool n_known;
    uint32_t n; /* bytes */
    const struct blobs *blobs;
};

/* Where an alternative and what came back part; the first that differs. */
enum mismatch {
    MISMATCH_NONE,
    MISMATCH_OUTCOME, /* returned, died or a state */
    MISMATCH_ERROR,
    MISMATCH_BYTES,   /* the byte count */
    MISMATCH_CHANGED, /* bytes changed that must not be */
    MISMATCH_CONTENT, /* not the bytes of the blob or the context */
    MISMATCH_FLAGS,   /* dwFlags of a receive */
    MISMATCH_CONTROL  /* its control objects */
};

const char *mismatch_name(enum mismatch mismatch);

/* Holds one played step against one alternative. */
enum mismatch judge_alternative(const struct judge_context *context,
                                const struct expected *expected, const struct played *played);

/* The bytes that an alternative asks for, to be freed; false when it asks for none. */
bool judge_wanted_bytes(const struct judge_context *context, const struct expected *expected,
                        uint8_t **bytes, uint32_t *size);

#endif
