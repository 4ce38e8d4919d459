/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/cli_judge_trace.h"
#include "harness/command.h"
#include "harness/lab/trace/trace_file.h"
#include "harness/recording.h"
#include "harness/retrial.h"
#include "harness/retrial_report.h"

enum judge_option { JUDGE_PROFILE, JUDGE_SET, JUDGE_FORMAT, JUDGE_ALLOW_UNDECIDED, JUDGE_COUNT };

static const char *const formats[] = {"human", "jsonl", "tap", "junit", NULL};

static const struct option table[JUDGE_COUNT] = {
    [JUDGE_PROFILE] = {.name = "profile",
                       .argument = "NAME|FILE",
                       .help = "which answers the model allows (default: observed)",
                       .kind = OPTION_STRING},
    [JUDGE_SET] = {.name = "set",
                   .argument = "KEY=VALUE",
                   .help = "decide one key of the profile; see vectors/profiles/keys.json",
                   .kind = OPTION_LIST},
    [JUDGE_FORMAT] = {.name = "format",
                      .help = "how to report; tap and junit for the trace of a proxy",
                      .kind = OPTION_CHOICE,
                      .choices = formats},
    [JUDGE_ALLOW_UNDECIDED] = {.name = "allow-undecided",
                               .help = "undecided cases do not fail the run",
                               .kind = OPTION_FLAG},
};

static const struct command command = {
    .name = "wfpcheck judge",
    .summary = "Judges a recording: is each answer one that the model allows, and by which rule? "
               "Or a trace of wfpcheck proxy, by the proxy rules. "
               "First the recording itself is checked; one that was damaged is not judged.",
    .positional = "RUN.jsonl",
    .positional_min = 1,
    .positional_max = 1,
    .options = table,
    .option_count = JUDGE_COUNT,
};

struct judging {
    const struct options *options;
    struct session session;
    struct retrial retrial;
    const struct retrial_format *format;
    struct retrial_report report;
    struct recorded_case recorded;
    struct tried tried;
};

static enum status prepare(struct judging *judging)
{
    struct session *session = &judging->session;
    const char *setting = options_item(judging->options, JUDGE_SET, 0);
    enum status status = session_open(session);

    if (status == STATUS_OK) {
        status = session_open_backend(session, "sim");
    }
    if (status == STATUS_OK) {
        judging->retrial.profile =
            session_profile(session, options_text(judging->options, JUDGE_PROFILE, "observed"));
        status = judging->retrial.profile == NULL ? STATUS_BAD_INPUT : STATUS_OK;
    }
    for (size_t i = 0; setting != NULL && status == STATUS_OK;
         setting = options_item(judging->options, JUDGE_SET, ++i)) {
        status = session_set(session, setting);
    }
    judging->retrial.keys = session->keys;
    judging->retrial.model = &session->backend;
    judging->retrial.complaints = &session->complaints;
    return status;
}

static void warn_of_tool(const char *path, const struct recorded_head *head)
{
    if (strcmp(head->tool, WFPCHECK_VERSION) != 0) {
        (void)fprintf(stderr, "%s:1: tool: note: recorded by wfpcheck %s, this is %s\n", path,
                      head->tool, WFPCHECK_VERSION);
    }
}

static enum status judge_cases(struct judging *judging, struct recording *recording)
{
    bool more = true;
    enum status status = STATUS_OK;

    judging->report.head = recording_head(recording);
    warn_of_tool(judging->retrial.path, judging->report.head);
    judging->format->begin(&judging->report);
    while (status == STATUS_OK && more) {
        status = recording_next(recording, &judging->recorded, &more);
        if (status != STATUS_OK || !more) {
            break;
        }
        status = retrial_case(&judging->retrial, &judging->recorded, &judging->tried);
        if (status == STATUS_OK) {
            retrial_count(&judging->report, &judging->recorded, &judging->tried);
            judging->format->tell(&judging->report, &judging->recorded, &judging->tried);
            tried_clear(&judging->tried);
        }
    }
    if (status == STATUS_OK) {
        judging->format->end(&judging->report);
    }
    return status;
}

static enum status judge(struct judging *judging)
{
    const char *path = judging->options->positionals[0];
    struct complaints *complaints = &judging->session.complaints;
    struct recording *recording;
    enum status status = recording_check(path, complaints);

    if (status == STATUS_OK) {
        status = recording_open(path, complaints, &recording);
    }
    if (status == STATUS_OK) {
        judging->retrial.path = path;
        judging->report.path = path;
        judging->report.profile = judging->retrial.profile;
        judging->report.out = stdout;
        status = judge_cases(judging, recording);
        recording_close(recording);
    }
    return status == STATUS_OK && fflush(stdout) != 0 ? STATUS_BROKEN : status;
}

/* Answers are told by two formats only. */
static const struct retrial_format *format_named(const char *name, struct complaints *complaints)
{
    if (strcmp(name, "human") == 0) {
        return &retrial_human;
    }
    if (strcmp(name, "jsonl") == 0) {
        return &retrial_jsonl;
    }
    complain(complaints, "wfpcheck judge", 0, "--format", "human or jsonl for a recording", "%s",
             name);
    return NULL;
}

static int exit_code(const struct judging *judging)
{
    const struct retrial_totals *totals = &judging->report.totals;
    const bool allow = options_flag(judging->options, JUDGE_ALLOW_UNDECIDED);
    size_t failing = 0;
    size_t judged = 0;

    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        failing += verdict_fails((enum verdict)verdict, allow) ? totals->cases[verdict] : 0;
        judged += totals->answers[verdict];
    }
    if (judged == 0) {
        (void)fprintf(stderr, "wfpcheck judge: there was no answer to judge\n");
        return EXIT_BROKEN;
    }
    return failing > 0 ? EXIT_VERDICTS : EXIT_WELL;
}

int cli_judge(int argc, char **argv)
{
    struct options options;
    struct judging *judging;
    enum status status = STATUS_BROKEN;
    int ended;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    if (trace_is_file(options.positionals[0])) {
        code = cli_judge_trace(&(struct judge_trace){&options, JUDGE_PROFILE, JUDGE_SET,
                                                     JUDGE_FORMAT, JUDGE_ALLOW_UNDECIDED});
        options_release(&options);
        return code;
    }
    judging = calloc(1, sizeof *judging);
    if (judging == NULL) {
        options_release(&options);
        return EXIT_BROKEN;
    }
    judging->options = &options;
    judging->format =
        format_named(options_text(&options, JUDGE_FORMAT, "human"), &judging->session.complaints);
    status = judging->format == NULL ? STATUS_BAD_INPUT : prepare(judging);
    if (status == STATUS_OK) {
        status = judge(judging);
    }
    code = status == STATUS_OK ? exit_code(judging) : EXIT_WELL;
    ended = command_end(&options, &judging->session, status);
    free(judging);
    return code != EXIT_WELL ? code : ended;
}
