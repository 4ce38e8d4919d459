/* SPDX-License-Identifier: MIT */

#include "harness/retrial_report.h"

#include <ctype.h>
#include <string.h>

#include "harness/answer.h"
#include "harness/text.h"
#include "harness/topology.h"

enum {
    RULE_COLUMN = 34,
    ANSWER_COLUMN = 34,
    CALL_COLUMN = 90,
    TOLD_COLUMN = 60,
    TOPOLOGY_INDENT = 6
};

void retrial_count(struct retrial_report *report, const struct recorded_case *recorded,
                   const struct tried *tried)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    report->totals.cases[tried->verdict]++;
    for (size_t i = 0; i < recorded->count; i++) {
        const struct tried_step *step = &tried->steps[i];

        if (step->judged || step->verdict != VERDICT_PASS) {
            report->totals.answers[step->verdict]++;
        }
        if (step->judged && step->rule != NULL) {
            report->totals.rules[step->rule - rules->rows]++;
        }
    }
}

/* Texts of a recording are somebody else's. */
static void print(const struct retrial_report *report, struct text *text)
{
    struct text safe = {0};

    text_add_safe(&safe, text_bytes(text), true);
    (void)fputs(text_bytes(&safe), report->out);
    text_clear(&safe);
    text_clear(text);
}

static void human_begin(const struct retrial_report *report)
{
    const struct recorded_head *head = report->head;
    struct text text = {0};

    text_add(&text,
             "wfpcheck %s · %s · %lu vectors, %lu cases recorded · judged against profile %s\n",
             WFPCHECK_VERSION, report->path, (unsigned long)head->vectors,
             (unsigned long)head->cases, report->profile->name);
    text_add(&text, "  recorded %s by wfpcheck %s · %s · %s · %s %s %s%s · redirector %s",
             head->date, head->tool, head->backend, head->target, head->os, head->build,
             head->architecture, head->elevated ? " elevated" : "", head->redirector);
    text_add(&text, head->profile[0] == '\0' ? "\n" : " · profile %s\n", head->profile);
    if (strcmp(head->redirector, "shim") == 0) {
        text_add(&text, "  the shim answered from the model: nothing here was observed\n");
    } else if (strcmp(head->backend, "winsock") != 0) {
        text_add(&text, "  the model answered: nothing here was observed\n");
    }
    print(report, &text);
}

/* ---- one case ---- */

static void add_allowed(const struct tried_step *step, struct text *text)
{
    for (size_t i = 0; i < step->allowed.count; i++) {
        const size_t start = text->length;
        char answer[ANSWER_TEXT_MAX];

        answer_print(step->allowed.answers[i], answer, sizeof answer);
        text_add(text, "         %-16s %s", i > 0 ? "or" : "allowed", answer);
        text_pad(text, start, ANSWER_COLUMN + 26);
        text_add(text, " rule %s  %s\n", step->allowed.rules[i]->id,
                 step->allowed.rules[i]->clauses);
    }
}

static void add_actual(const struct recorded_step *recorded, struct text *text)
{
    char answer[ANSWER_TEXT_MAX];

    answer_print(recorded->answer, answer, sizeof answer);
    text_add(text, "         %-16s %s  line %zu, answered by %s\n", "actual", answer,
             recorded->line, recorded->by);
}

static void add_step(const struct recorded_step *recorded, const struct tried_step *step,
                     struct text *text)
{
    const bool wrong = step->verdict != VERDICT_PASS;
    const size_t start = text->length;

    text_add(text, "  %s %3lu  %s", wrong ? ">" : " ", (unsigned long)recorded->number,
             recorded->call);
    if (step->judged && !wrong) {
        text_pad(text, start, recorded->of_path.hop > 0 ? TOLD_COLUMN : CALL_COLUMN);
        text_add(text, " %s", step->rule->id);
    }
    text_add(text, "\n");
    if (wrong) {
        text_add(text, "         %s\n", step->message);
        add_allowed(step, text);
        add_actual(recorded, text);
    }
}

/* ---- one path ---- */

/* Which hop is the first with something to tell; 0: none, it is the end or nothing. */
static uint32_t telling_hop(const struct recorded_case *recorded, const struct tried *tried)
{
    for (size_t i = 0; i < recorded->count; i++) {
        if (tried->steps[i].verdict != VERDICT_PASS) {
            return recorded->steps[i].of_path.hop;
        }
    }
    return 0;
}

/* The path as the trace has it, one line for each hop, the telling one marked. */
static void add_hops(const struct tried *tried, uint32_t telling, struct text *text)
{
    const char *line = text_bytes(&tried->hops);

    topology_text(tried->scene, TOPOLOGY_INDENT, text);
    for (uint32_t hop = 1; *line != '\0'; hop++) {
        const size_t length = strcspn(line, "\n");

        text_add(text, "  %s ", hop == telling ? ">" : " ");
        text_add_bytes(text, line, length);
        text_add(text, "\n");
        line += length + (line[length] == '\n');
    }
}

static void add_path(const struct recorded_case *recorded, const struct tried *tried,
                     struct text *text)
{
    const uint32_t telling = telling_hop(recorded, tried);

    add_hops(tried, telling, text);
    for (size_t i = 0; i < recorded->count; i++) {
        if (recorded->steps[i].of_path.hop == telling || tried->steps[i].verdict != VERDICT_PASS) {
            add_step(&recorded->steps[i], &tried->steps[i], text);
        }
    }
    if (tried->steps[recorded->count].verdict != VERDICT_PASS) {
        text_add(text, "  >      %s\n", tried->steps[recorded->count].message);
    }
}

static void human_tell(const struct retrial_report *report, const struct recorded_case *recorded,
                       const struct tried *tried)
{
    struct text text = {0};
    const char *name = verdict_name(tried->verdict);

    if (tried->verdict == VERDICT_PASS || tried->verdict == VERDICT_UNSUPPORTED) {
        return;
    }
    while (*name != '\0') {
        text_add(&text, "%c", toupper((unsigned char)*name++));
    }
    text_add(&text, "  %s[%s]   %s\n  %s\n", recorded->name, report->profile->name,
             tried->vector->clause_list, tried->vector->story);
    if (tried->scene != NULL) {
        add_path(recorded, tried, &text);
    }
    for (size_t i = 0; i < recorded->count && tried->scene == NULL; i++) {
        add_step(&recorded->steps[i], &tried->steps[i], &text);
    }
    if (recorded->end != VERDICT_PASS) {
        text_add(&text, "    ends here: %s: %s\n", verdict_name(recorded->end), recorded->why);
    }
    print(report, &text);
}

/* ---- the end ---- */

static void add_rules(const struct retrial_report *report, struct text *text)
{
    const struct wfp_rules *rules = wfp_rules_shipped();

    text_add(text, "  what explains the answers\n");
    for (size_t i = 0; i < rules->count; i++) {
        const size_t start = text->length;

        if (report->totals.rules[i] > 0) {
            text_add(text, "    %s", rules->rows[i].id);
            text_pad(text, start, RULE_COLUMN);
            text_add(text, " %5zu  %s\n", report->totals.rules[i], rules->rows[i].clauses);
        }
    }
}

static void add_counts(const char *what, const size_t *counts, struct text *text)
{
    size_t total = 0;

    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        total += counts[i];
    }
    text_add(text, "  %zu %s", total, what);
    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        if (counts[i] > 0 || i <= VERDICT_FAIL) {
            text_add(text, " · %zu %s", counts[i], verdict_name((enum verdict)i));
        }
    }
    text_add(text, "\n");
}

static void human_end(const struct retrial_report *report)
{
    struct text text = {0};

    add_rules(report, &text);
    add_counts("cases", report->totals.cases, &text);
    add_counts("answers judged", report->totals.answers, &text);
    print(report, &text);
}

const struct retrial_format retrial_human = {"human", human_begin, human_tell, human_end};
