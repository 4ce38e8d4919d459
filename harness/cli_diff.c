/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli.h"
#include "harness/command.h"
#include "harness/difference_report.h"

enum diff_option { DIFF_FORMAT, DIFF_OPTION_COUNT };

static const char *const formats[] = {"human", "jsonl", NULL};

static const struct option table[DIFF_OPTION_COUNT] = {
    [DIFF_FORMAT] = {.name = "format",
                     .help = "how to report",
                     .kind = OPTION_CHOICE,
                     .choices = formats},
};

static const struct command command = {
    .name = "wfpcheck diff",
    .summary =
        "Tells what two recordings answer differently, and which clauses that touches. A byte "
        "count that is N, the true size, counts as alike on both sides. Exit codes: 0 alike, "
        "1 different, 2 unreadable.",
    .positional = "A.jsonl B.jsonl",
    .positional_min = 2,
    .positional_max = 2,
    .options = table,
    .option_count = DIFF_OPTION_COUNT,
};

struct diff {
    const struct difference_format *format;
    struct difference_report report;
};

static void tell(void *context, const struct difference *difference)
{
    struct diff *diff = context;

    diff->format->tell(&diff->report, difference);
    difference_count(&diff->report, difference);
}

static void compare(struct diff *diff)
{
    diff->format->begin(&diff->report);
    difference_find(&diff->report.sides[0], &diff->report.sides[1], tell, diff);
    difference_sort(&diff->report);
    diff->format->end(&diff->report);
}

static enum status load(struct difference_report *report)
{
    struct complaints complaints = {0};
    enum status status = STATUS_OK;

    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        status = outline_load(report->paths[i], &complaints, &report->sides[i]);
    }
    complaints_print(&complaints, stderr);
    complaints_clear(&complaints);
    return status;
}

static int exit_code(const struct difference_report *report)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return EXIT_BROKEN;
    }
    if (report->sides[0].count + report->sides[1].count == 0) {
        (void)fprintf(stderr, "wfpcheck diff: there was nothing to compare\n");
        return EXIT_BROKEN;
    }
    return report->cases > 0 ? EXIT_VERDICTS : EXIT_WELL;
}

static int diff_recordings(struct diff *diff)
{
    const enum status status = load(&diff->report);

    if (status != STATUS_OK) {
        return status == STATUS_BAD_INPUT ? EXIT_USAGE : EXIT_BROKEN;
    }
    compare(diff);
    return exit_code(&diff->report);
}

int cli_diff(int argc, char **argv)
{
    struct options options;
    struct diff *diff;
    int code;

    if (!command_begin(&command, argc, argv, &options, &code)) {
        return code;
    }
    code = EXIT_BROKEN;
    diff = calloc(1, sizeof *diff);
    if (diff != NULL) {
        diff->report.paths = options.positionals;
        diff->format = strcmp(options_text(&options, DIFF_FORMAT, "human"), "jsonl") == 0
                           ? &difference_jsonl
                           : &difference_human;
        code = diff_recordings(diff);
        outline_clear(&diff->report.sides[0]);
        outline_clear(&diff->report.sides[1]);
    }
    free(diff);
    options_release(&options);
    return code;
}
