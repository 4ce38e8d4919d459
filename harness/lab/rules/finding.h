/* SPDX-License-Identifier: MIT */

/* What a rule finds in one part of a trace. */

#ifndef HARNESS_LAB_RULES_FINDING_H
#define HARNESS_LAB_RULES_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lab/rules/view.h"
#include "harness/text.h"

/* Zeroed but for the first three. */
struct finding {
    const struct view *view;
    size_t part;
    const struct part *of; /* the same */
    size_t met;            /* occasions at which all was well */
    size_t failed;
    size_t open;         /* occasions that what was seen does not decide */
    struct text message; /* of the first failure, else of the first that is open */
    struct text evidence;
    struct text remark; /* of a pass */
    bool shows;         /* the failure under way is shown: the first */
};

/* Something to judge, and all was well. */
void finding_met(struct finding *finding);
/*
 * Something to judge, and it was not: one sentence that says what was done and what that led to.
 * The lines that follow show it.
 */
void finding_fail(struct finding *finding, const char *format, ...) TEXT_FORMAT(2, 3);
void finding_line(struct finding *finding, size_t event, const char *remark);
/* Something to judge, and why it cannot be. */
void finding_open(struct finding *finding, const char *format, ...) TEXT_FORMAT(2, 3);
/* What could be better, in a pass. */
void finding_advise(struct finding *finding, size_t event, const char *format, ...)
    TEXT_FORMAT(3, 4);

#endif
