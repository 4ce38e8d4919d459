/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <time.h>

#include "harness/cli_proxy.h"
#include "harness/cli_proxy_options.h"
#include "harness/lab/report/proxy_report.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/output.h"
#include "harness/platform/console.h"

/* ---- the trace ---- */

static void describe(const struct proxying *proxying, struct trace_head *head)
{
    const time_t now = time(NULL);
    size_t used = 0;

    (void)snprintf(head->tool, sizeof head->tool, "%s", WFPCHECK_VERSION);
    (void)snprintf(head->system, sizeof head->system, "%s", proxying->result.system);
    (void)snprintf(head->wine, sizeof head->wine, "%s", proxying->result.wine);
    (void)snprintf(head->program, sizeof head->program, "%s", proxying->options->positionals[0]);
    (void)strftime(head->date, sizeof head->date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    (void)snprintf(head->upstream, sizeof head->upstream, "%s",
                   upstream_name(proxying->order.programs[0].upstream.kind));
    head->passed_through = proxying->order.pass_through;
    for (size_t i = 0; i < proxying->session.profile_count && used < sizeof head->profiles; i++) {
        used += (size_t)snprintf(head->profiles + used, sizeof head->profiles - used, "%s%s",
                                 i > 0 ? " " : "", proxying->session.profiles[i]->name);
    }
}

static enum status write_trace(struct proxying *proxying)
{
    const char *path = options_text(proxying->options, PROXY_TRACE, NULL);
    struct complaints *complaints = &proxying->session.complaints;
    struct output_file output;
    enum status status;

    if (path == NULL) {
        return STATUS_OK;
    }
    status = output_open(path, complaints, &output);
    if (status != STATUS_OK) {
        return status;
    }
    if (!trace_write(proxying->result.trace, &proxying->head, output.stream)) {
        output_abandon(&output);
        return STATUS_BROKEN;
    }
    return output_commit(&output, complaints);
}

/* ---- the report ---- */

static enum status write_report(struct proxying *proxying, const struct proxy_judgement *judgement,
                                struct report_totals *totals)
{
    const struct options *options = proxying->options;
    const struct proxy_report report = {
        .head = &proxying->head,
        .judgement = judgement,
        .known = proxying->known,
        .allow_undecided = options_flag(options, PROXY_ALLOW_UNDECIDED),
        .interrupted = proxying->result.interrupted,
        .seconds = proxying->result.seconds,
        .output = proxying->result.output,
        .again = proxying->again,
    };
    struct complaints *complaints = &proxying->session.complaints;
    struct output_file output;
    enum status status =
        output_open(options_text(options, PROXY_OUTPUT, NULL), complaints, &output);

    if (status != STATUS_OK) {
        return status;
    }
    status =
        proxy_report_write(&report, options_text(options, PROXY_FORMAT, "human"), output.stream,
                           console_is_terminal(output.stream) && !console_no_colour(), totals);
    if (status != STATUS_OK || proxying->result.interrupted) {
        output_abandon(&output);
        return status;
    }
    return output_commit(&output, complaints);
}

static enum status judge(struct proxying *proxying, struct report_totals *totals)
{
    struct proxy_judgement *judgement;
    enum status status = proxy_judge(proxying->result.trace, &judgement);

    if (status == STATUS_OK) {
        status = write_report(proxying, judgement, totals);
        proxy_judgement_free(judgement);
    }
    return status;
}

static bool has_failed(struct proxying *proxying, const struct report_totals *totals)
{
    const struct options *options = proxying->options;
    const bool narrowed = options_item(options, PROXY_SCENARIO, 0) != NULL ||
                          options_item(options, PROXY_PROFILE, 0) != NULL;
    bool failed = proxy_totals_fail(totals, options_flag(options, PROXY_ALLOW_UNDECIDED));

    if (proxying->known != NULL && !narrowed) {
        failed |= known_unmatched(proxying->known, &proxying->session.complaints) > 0;
    }
    return failed;
}

int proxying_report(struct proxying *proxying)
{
    static const int codes[] = {
        [STATUS_OK] = EXIT_WELL, [STATUS_BAD_INPUT] = EXIT_USAGE, [STATUS_BROKEN] = EXIT_BROKEN};
    struct report_totals totals = {0};
    enum status status;

    describe(proxying, &proxying->head);
    status = write_trace(proxying);
    if (status == STATUS_OK) {
        status = judge(proxying, &totals);
    }
    if (status == STATUS_OK && proxying->result.interrupted) {
        (void)fprintf(stderr, "wfpcheck proxy: interrupted\n");
        return EXIT_BROKEN;
    }
    if (status == STATUS_OK && proxying->result.trace_full) {
        (void)fprintf(stderr, "wfpcheck proxy: more has happened than a trace holds\n");
        return EXIT_BROKEN;
    }
    return status == STATUS_OK && has_failed(proxying, &totals) ? EXIT_VERDICTS : codes[status];
}
