/* SPDX-License-Identifier: MIT */

#include "harness/lab/report/proxy_report.h"

#include <string.h>

#include "harness/lab/report/proxy_human.h"
#include "harness/lab/report/proxy_result.h"

enum { PROFILES_MAX = 32 };

/* ---- totals ---- */

static void count(const struct proxy_report *report, const struct proxy_result *results,
                  struct report_totals *totals)
{
    *totals = (struct report_totals){
        .planned = report->judgement->count,
        .executed = report->judgement->count,
        .seconds = report->seconds,
        .interrupted = report->interrupted,
    };
    for (size_t i = 0; i < report->judgement->count; i++) {
        totals->verdicts[results[i].result.verdict]++;
    }
}

bool proxy_totals_fail(const struct report_totals *totals, bool allow_undecided)
{
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        if (totals->verdicts[verdict] > 0 &&
            verdict_fails((enum verdict)verdict, allow_undecided)) {
            return true;
        }
    }
    return false;
}

/* ---- for machines ---- */

/* Cuts the words of `text`, which it changes. */
static size_t cut_words(char *text, const char **words)
{
    size_t count = 0;

    for (char *word = strtok(text, " "); word != NULL && count < PROFILES_MAX;
         word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    return count;
}

static void add_target(struct text *target, const struct trace_head *head)
{
    text_add(target, "%s on %s", head->program, head->system);
    if (head->wine[0] != '\0') {
        text_add(target, ", Wine %s", head->wine);
    }
}

static enum status print_format(const struct report_format *format,
                                const struct proxy_report *report,
                                const struct proxy_result *results,
                                const struct report_totals *totals, FILE *out)
{
    char profiles[TRACE_TEXT_MAX];
    const char *words[PROFILES_MAX];
    struct text target = {0};
    struct report_head head = {.version = report->head->tool,
                               .backend = "lab",
                               .profiles = words,
                               .vectors = report->judgement->scenarios,
                               .cases = report->judgement->count,
                               .notes = report->judgement->listed};
    void *state;

    memcpy(profiles, report->head->profiles, sizeof profiles);
    head.profile_count = cut_words(profiles, words);
    add_target(&target, report->head);
    head.target = text_bytes(&target);
    state = format->begin(out, &head, false);
    for (size_t i = 0; state != NULL && i < report->judgement->count; i++) {
        format->result(state, &results[i].result);
    }
    if (state != NULL) {
        format->end(state, totals);
    }
    text_clear(&target);
    return state != NULL ? STATUS_OK : STATUS_BROKEN;
}

enum status proxy_report_write(const struct proxy_report *report, const char *format, FILE *out,
                               bool colour, struct report_totals *totals)
{
    struct proxy_result *results = proxy_results_new(report);
    const struct report_format *shape = report_format_named(format);
    enum status status = STATUS_OK;

    if (results == NULL || shape == NULL) {
        proxy_results_free(results, results == NULL ? 0 : report->judgement->count);
        return STATUS_BROKEN;
    }
    count(report, results, totals);
    if (shape == &report_human) {
        proxy_human_print(report, results, out, colour);
    } else {
        status = print_format(shape, report, results, totals, out);
    }
    proxy_results_free(results, report->judgement->count);
    return status;
}
