/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_EXPECTATION_TEXT_H
#define HARNESS_EXPECTATION_TEXT_H

#include "harness/expectation.h"
#include "harness/text.h"

/*
 * The expectation as lines, each indented by `indent` columns: "OK/N   BUF-06", "documented:" and
 * what stands below it.
 */
void expectation_text(const struct expectation *expectation, int indent, struct text *text);

#endif
