/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_REPORT_H
#define HARNESS_REPLAY_POLICY_REPORT_H

#include <jansson.h>

#include "harness/replay/policy_class.h"
#include "harness/replay/replay_report.h"

/*
 * The part of a replay's report that its policy makes: services, what becomes of the flows, paths,
 * loops. Only of a report with classes.
 */
void policy_report_add(struct text *text, const struct replay_report *report);

/* The same as members of a JSON object: of the line of one flow, and of the last line. */
json_t *policy_flow_json(const struct replay_report *report, const struct flow_summary *flow);
json_t *policy_summary_json(const struct replay_report *report);

/* path, end, ended-by, loop, told and did as a path vector has them. `class` is followed. */
json_t *policy_outcome_json(const struct policy_class *class);

#endif
