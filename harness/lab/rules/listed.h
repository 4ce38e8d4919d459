/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_RULES_LISTED_H
#define HARNESS_LAB_RULES_LISTED_H

#include "harness/lab/rules/view.h"
#include "harness/text.h"

/*
 * What no rule judges and a person should know: dials that are for no client, calls that are not
 * followed, notes and time limits of the lab. A line each, what is repeated once with its count.
 */
void listed_add(const struct view *view, struct text *text);

#endif
