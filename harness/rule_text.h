/* SPDX-License-Identifier: MIT */

/* A rule of the model in words: the table prints itself. */

#ifndef HARNESS_RULE_TEXT_H
#define HARNESS_RULE_TEXT_H

#include <jansson.h>

#include <wfp/sim.h>

#include "harness/text.h"

/* "query-records query-context" */
void rule_text_calls(const struct wfp_rule *rule, struct text *text);
/* "out-tiny, not kernel-entry", or "always" */
void rule_text_guard(const struct wfp_rule *rule, struct text *text);
/* "WSAENOTSOCK/0", "key too-small", or "what was stored" */
void rule_text_answer(const struct wfp_rule *rule, struct text *text);
/* All of it; a new reference, or NULL without memory. */
json_t *rule_json(const struct wfp_rule *rule);

#endif
