/* SPDX-License-Identifier: MIT */

#include "harness/cli_judge_trace.h"

#include <stdio.h>

#include "harness/command.h"
#include "harness/complaint.h"
#include "harness/lab/report/proxy_report.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/lab/trace/trace_file.h"
#include "harness/platform/console.h"

/* The rules are the same under each profile: what it made of the proxy is in the trace. */
static enum status refuse_profile(const struct judge_trace *wanted, struct complaints *complaints)
{
    const bool profile = options_text(wanted->options, wanted->profile, NULL) != NULL;

    if (!profile && options_item(wanted->options, wanted->set, 0) == NULL) {
        return STATUS_OK;
    }
    complain(complaints, "wfpcheck judge", 0, profile ? "--profile" : "--set",
             "a recording of answers", "a proxy's trace, which was made under its profiles");
    return STATUS_BAD_INPUT;
}

static enum status report(const struct judge_trace *wanted, const struct trace_head *head,
                          const struct proxy_judgement *judgement, struct report_totals *totals)
{
    const struct proxy_report report = {.head = head,
                                        .judgement = judgement,
                                        .allow_undecided =
                                            options_flag(wanted->options, wanted->allow_undecided)};
    const enum status status =
        proxy_report_write(&report, options_text(wanted->options, wanted->format, "human"), stdout,
                           console_is_terminal(stdout) && !console_no_colour(), totals);

    return status == STATUS_OK && fflush(stdout) != 0 ? STATUS_BROKEN : status;
}

static enum status judge(const struct judge_trace *wanted, struct complaints *complaints, int *code)
{
    struct proxy_judgement *judgement = NULL;
    struct trace *trace = NULL;
    struct report_totals totals;
    struct trace_head head;
    enum status status = refuse_profile(wanted, complaints);

    if (status == STATUS_OK) {
        status = trace_read(wanted->options->positionals[0], complaints, &trace, &head);
    }
    if (status == STATUS_OK) {
        status = proxy_judge(trace, &judgement);
    }
    if (status == STATUS_OK) {
        status = report(wanted, &head, judgement, &totals);
    }
    if (status == STATUS_OK && totals.verdicts[VERDICT_BROKEN] > 0) {
        *code = EXIT_BROKEN;
    } else if (status == STATUS_OK && judgement->scenarios == 0 && !head.passed_through) {
        (void)fprintf(stderr, "wfpcheck judge: the trace has no scenario to judge\n");
        status = STATUS_BROKEN;
    } else if (status == STATUS_OK) {
        *code = proxy_totals_fail(&totals, options_flag(wanted->options, wanted->allow_undecided))
                    ? EXIT_VERDICTS
                    : EXIT_WELL;
    }
    proxy_judgement_free(judgement);
    trace_free(trace);
    return status;
}

int cli_judge_trace(const struct judge_trace *wanted)
{
    struct complaints complaints = {0};
    int code = EXIT_WELL;
    const enum status status = judge(wanted, &complaints, &code);

    complaints_print(&complaints, stderr);
    complaints_clear(&complaints);
    if (status == STATUS_OK) {
        return code;
    }
    return status == STATUS_BAD_INPUT ? EXIT_USAGE : EXIT_BROKEN;
}
