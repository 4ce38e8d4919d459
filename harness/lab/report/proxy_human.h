/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_LAB_REPORT_PROXY_HUMAN_H
#define HARNESS_LAB_REPORT_PROXY_HUMAN_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/lab/report/proxy_result.h"

/* For people: by rule, what broke, why it matters, how to mend it; then what is well. */
void proxy_human_print(const struct proxy_report *report, const struct proxy_result *results,
                       FILE *out, bool colour);

#endif
