/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_RULES_PROXY_RULE_TEXT_H
#define HARNESS_LAB_RULES_PROXY_RULE_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "harness/lab/rules/proxy_rules.h"
#include "harness/text.h"

/* Prints a rule as a person reads it: what it demands, what it looks at, why, how to mend it. */
void proxy_rule_print(const struct proxy_rule *rule, FILE *out);

/* The same as an object; NULL without memory. */
json_t *proxy_rule_json(const struct proxy_rule *rule);

/*
 * Adds words as lines of at most 100 columns, where that can be. They begin in `column`, which the
 * text has come to; further lines are indented.
 */
void proxy_paragraph_add(struct text *text, size_t column, size_t indent, const char *words);

#endif
