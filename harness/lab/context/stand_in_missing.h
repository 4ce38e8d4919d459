/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_CONTEXT_STAND_IN_MISSING_H
#define HARNESS_LAB_CONTEXT_STAND_IN_MISSING_H

#include "harness/lab/trace/trace.h"
#include "harness/text.h"

/*
 * What the program asked of a driver, and nothing stood in for: devices, control codes, calls of
 * the service manager and of the filter engine that were passed or got the answer of what is not
 * named. From this list a stand-in is written. Adds a line for each, once.
 */
void stand_in_missing(const struct trace *trace, struct text *text);

#endif
