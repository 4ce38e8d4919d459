/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_DISAGREEMENT_H
#define HARNESS_DISAGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/verdict.h"

struct text;

/*
 * Where what the pages say and what was observed are not the same: cases that ran under the
 * profiles "documented" and "observed" and had different answers. Zeroed memory has seen nothing
 * yet.
 */
struct disagreements {
    struct side *documented, *observed;
    size_t documented_count, documented_room;
    size_t observed_count, observed_room;
    bool failed; /* without memory: something is missing */
};

/* Takes note of a result; those of other profiles and those without an answer do not matter. */
void disagreements_note(struct disagreements *disagreements, const struct result *result);

/*
 * Adds a title with the number of lines, and one line for each disagreement: the first clause, the
 * band or the vector, both answers in words, and what the profile key settles. Cases that settle
 * the same by the same pair of answers are one line, and the first stands for all: a byte count
 * other than 0 is like any other. Adds nothing where all agree.
 */
void disagreements_add(struct disagreements *disagreements, struct text *text);

void disagreements_clear(struct disagreements *disagreements);

/* An answer as people say it: "WSAEFAULT/780" is "WSAEFAULT, 780 bytes". */
void answer_in_words(const char *answer, struct text *text);

#endif
