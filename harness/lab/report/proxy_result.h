/* SPDX-License-Identifier: MIT */

/* A case of the proxy rules as a result that every report format takes. */

#ifndef HARNESS_LAB_REPORT_PROXY_RESULT_H
#define HARNESS_LAB_REPORT_PROXY_RESULT_H

#include "harness/lab/report/proxy_report.h"
#include "harness/text.h"
#include "harness/verdict.h"

struct proxy_result {
    const struct proxy_case *of;
    struct text name;
    struct text message;
    struct text detail;
    struct result result; /* points into the others */
};

/* One for each case of the judgement, known gaps considered; NULL without memory. */
struct proxy_result *proxy_results_new(const struct proxy_report *report);
void proxy_results_free(struct proxy_result *results, size_t count);

/* What follows from a failure and how it is mended: lines, indented by so many spaces. */
void proxy_add_failure(const struct proxy_case *one, const char *message, int indent,
                       struct text *text);

#endif
