/* SPDX-License-Identifier: MIT */

/* What two recordings answer differently. */

#ifndef HARNESS_DIFFERENCE_H
#define HARNESS_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/complaint.h"
#include "harness/recording.h"
#include "harness/status.h"

enum { OUTLINE_CASES_MAX = 65536, OUTLINE_CLAUSES_MAX = 256, DIFFERENCE_TEXT_MAX = 320 };

/* One answer; a byte count that is N, the true size, is NEEDED: N is another on each machine. */
struct outline_step {
    size_t line; /* of the recording */
    struct wfp_answer answer;
    uint32_t n;   /* or RECORDED_UNKNOWN */
    bool touched; /* the output buffer was written to */
    char *call;   /* of a path, with who makes it; NULL: the vector says what the step is */
};

struct outline_case {
    char *name;
    char clauses[OUTLINE_CLAUSES_MAX]; /* separated by one space */
    uint64_t vector;                   /* digest of its document */
    enum verdict end;
    char why[RECORDING_WHY_MAX];
    char outcome[RECORDING_CALL_MAX]; /* of a path, or "" */
    size_t count;
    struct outline_step *steps;
};

/* What a recording says, without bytes and calls. */
struct outline {
    struct recorded_head head;
    size_t count;
    struct outline_case *cases;
    struct outline_case **by_name; /* the same, in the order of their names */
    size_t room;
};

/*
 * Zeroed memory is an empty outline. STATUS_BAD_INPUT after a complaint when the recording cannot
 * be trusted, has more than OUTLINE_CASES_MAX cases or one twice. To be cleared in any case.
 */
enum status outline_load(const char *path, struct complaints *complaints, struct outline *outline);
void outline_clear(struct outline *outline);

enum difference_kind {
    DIFFERENCE_ANSWER,
    DIFFERENCE_CALL,   /* the two paths part here: other calls follow, which are not compared */
    DIFFERENCE_SIZE,   /* N alone */
    DIFFERENCE_END,    /* one was played further than the other */
    DIFFERENCE_VECTOR, /* the two played another vector under one name */
    DIFFERENCE_ONLY_A,
    DIFFERENCE_ONLY_B,
    DIFFERENCE_KIND_COUNT
};

/* "answer", "size" ... */
const char *difference_kind_name(enum difference_kind kind);

struct difference {
    enum difference_kind kind;
    const char *name;
    const char *clauses;
    size_t step; /* from 1; 0: the case as a whole */
    size_t line_a, line_b;
    char a[DIFFERENCE_TEXT_MAX]; /* what each has; "" where it has nothing */
    char b[DIFFERENCE_TEXT_MAX];
};

/* Tells every difference: of the cases of A in their order, then what only B has. */
typedef void difference_told(void *context, const struct difference *difference);
void difference_find(const struct outline *a, const struct outline *b, difference_told *tell,
                     void *context);

#endif
