/* SPDX-License-Identifier: MIT */

#include "harness/lab/report/proxy_human.h"

#include <string.h>

#define DOT " \xC2\xB7 "

enum { INDENT = 8, TITLE_COLUMN = 74, PLACES_SHOWN = 5 };

struct human {
    const struct proxy_report *report;
    const struct proxy_result *results;
    bool colour;
    struct text text;
};

/* ---- the head ---- */

static void add_part(struct text *text, const char *before, const char *part)
{
    if (part[0] != '\0') {
        text_add(text, "%s", before);
        text_add_safe(text, part, false);
    }
}

static void add_head(struct human *human)
{
    const struct trace_head *head = human->report->head;
    const size_t scenarios = human->report->judgement->scenarios;
    struct text *text = &human->text;

    text_add(text, "  ");
    text_add_safe(text, head->program[0] == '\0' ? "a proxy" : head->program, false);
    text_add(text, DOT "%d rules" DOT "%zu scenario%s played", PROXY_RULES, scenarios,
             scenarios == 1 ? "" : "s");
    add_part(text, DOT "profiles ", head->profiles);
    add_part(text, DOT "through an upstream: ", head->upstream);
    add_part(text, DOT, head->system);
    add_part(text, DOT "Wine ", head->wine);
    text_add(text, "\n");
    if (head->passed_through) {
        text_add(text, "  nothing was answered by the lab: what was seen is the provider's\n");
    }
}

/* ---- a rule that does not pass ---- */

static bool is_of(const struct proxy_result *one, const struct proxy_rule *rule,
                  enum verdict verdict)
{
    return one->of->rule == rule && one->result.verdict == verdict;
}

/* Those of its cases with this verdict: the first, and how many there are. */
static const struct proxy_result *first_of(const struct human *human, const struct proxy_rule *rule,
                                           enum verdict verdict, size_t *count)
{
    const struct proxy_result *first = NULL;

    *count = 0;
    for (size_t i = 0; i < human->report->judgement->count; i++) {
        const struct proxy_result *one = &human->results[i];

        if (is_of(one, rule, verdict)) {
            first = first == NULL ? one : first;
            (*count)++;
        }
    }
    return first;
}

static void add_places(struct human *human, const struct proxy_rule *rule, enum verdict verdict,
                       size_t count)
{
    size_t shown = 0;

    text_add(&human->text, "%*sin", INDENT, "");
    for (size_t i = 0; i < human->report->judgement->count && shown < PLACES_SHOWN; i++) {
        const struct proxy_case *one = human->results[i].of;

        if (!is_of(&human->results[i], rule, verdict) || one->scenario[0] == '\0') {
            continue;
        }
        text_add(&human->text, "%s ", shown++ == 0 ? "" : ",");
        text_add_safe(&human->text, one->scenario, false);
        text_add(&human->text, one->profile[0] != '\0' ? "[" : "");
        text_add_safe(&human->text, one->profile, false);
        text_add(&human->text, one->profile[0] != '\0' ? "]" : "");
    }
    if (count > shown && shown > 0) {
        text_add(&human->text, " and %zu more", count - shown);
    }
    text_add(&human->text, shown == 0 ? " the whole run\n" : "\n");
}

/* The word takes the columns that the lines below are indented by. */
static void add_title(struct human *human, const char *word, const char *colour,
                      const struct proxy_rule *rule)
{
    struct text *text = &human->text;
    const size_t start = text->length;

    text_add(text, "  %-4s  %s  %s", word, rule->id, rule->title);
    if (rule->clauses[0] != '\0') {
        text_pad(text, start, TITLE_COLUMN);
        text_add(text, "  %s  %s", proxy_severity_name(rule->severity), rule->clauses);
    }
    text_add(text, "\n");
    if (human->colour && !text->failed) {
        struct text line = {0};

        text_add(&line, "  \x1B[%sm%s\x1B[0m%s", colour, word,
                 text->bytes + start + 2 + strlen(word));
        text->length = start;
        text_add(text, "%s", text_bytes(&line));
        text_clear(&line);
    }
}

static void add_failure(struct human *human, const struct proxy_rule *rule)
{
    size_t count;
    const struct proxy_result *first = first_of(human, rule, VERDICT_FAIL, &count);

    if (first == NULL) {
        return;
    }
    add_title(human, "FAIL", "31", rule);
    add_places(human, rule, VERDICT_FAIL, count);
    proxy_add_failure(first->of, first->result.message, INDENT, &human->text);
}

static void add_told(struct human *human, const struct proxy_rule *rule, enum verdict verdict,
                     const char *word)
{
    size_t count;
    const struct proxy_result *first = first_of(human, rule, verdict, &count);

    if (first == NULL) {
        return;
    }
    add_title(human, word, "33", rule);
    add_places(human, rule, verdict, count);
    text_add(&human->text, "%*s%s\n", INDENT, "",
             first->result.message == NULL ? "" : first->result.message);
}

/* What could be better, where the rule passes. */
static void add_advice(struct human *human, const struct proxy_rule *rule)
{
    for (size_t i = 0; i < human->report->judgement->count; i++) {
        const struct proxy_result *one = &human->results[i];

        if (is_of(one, rule, VERDICT_PASS) && one->result.message != NULL) {
            text_add(&human->text, "  note  %s  %s\n", rule->id, one->result.message);
            return;
        }
    }
}

/* ---- the foot ---- */

static size_t count_rules(const struct human *human, enum proxy_verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < PROXY_RULES; i++) {
        count += proxy_rule_verdict(human->report->judgement, &proxy_rules[i]) == verdict;
    }
    return count;
}

static void add_idle(struct human *human)
{
    for (size_t i = 0; i < human->report->judgement->count; i++) {
        const struct proxy_case *one = human->results[i].of;

        if (one->verdict == PROXY_IDLE) {
            text_add(&human->text, "%*s%s  %s\n", INDENT + 2, "", one->rule->id, one->message);
        }
    }
}

static void add_sums(struct human *human)
{
    const size_t idle = count_rules(human, PROXY_IDLE);
    const size_t open = count_rules(human, PROXY_UNDECIDED);

    text_add(&human->text, "  ok    %zu rules" DOT "failed %zu" DOT "undecided %zu",
             count_rules(human, PROXY_PASS), count_rules(human, PROXY_FAIL), idle + open);
    if (human->report->seconds > 0) {
        text_add(&human->text, DOT "%.1f s", human->report->seconds);
    }
    text_add(&human->text, "\n");
    if (idle > 0) {
        text_add(&human->text, "%*sundecided, for there was nothing to judge; fails nothing:\n",
                 INDENT, "");
        add_idle(human);
    }
    if (open > 0 && !human->report->allow_undecided) {
        text_add(&human->text,
                 "%*sundecided, and fails the run unless --allow-undecided: %zu, see above\n",
                 INDENT, "", open);
    }
}

static void add_block(struct text *text, const char *title, const char *lines)
{
    struct text safe = {0};
    const char *line;

    if (lines == NULL || lines[0] == '\0') {
        return;
    }
    text_add_safe(&safe, lines, true);
    text_add(text, "  %s\n", title);
    for (line = text_bytes(&safe); *line != '\0';) {
        const size_t length = strcspn(line, "\n");

        text_add(text, "%*s%.*s\n", INDENT, "", (int)length, line);
        line += length + (line[length] == '\n');
    }
    text_clear(&safe);
}

static void add_rules(struct human *human)
{
    add_told(human, &proxy_lab, VERDICT_BROKEN, "BROKEN");
    for (size_t i = 0; i < PROXY_RULES; i++) {
        add_failure(human, &proxy_rules[i]);
    }
    for (size_t i = 0; i < PROXY_RULES; i++) {
        add_told(human, &proxy_rules[i], VERDICT_FIXED, "FIXED");
        add_told(human, &proxy_rules[i], VERDICT_KNOWN, "known");
        add_told(human, &proxy_rules[i], VERDICT_UNDECIDED, "open");
        add_advice(human, &proxy_rules[i]);
    }
}

void proxy_human_print(const struct proxy_report *report, const struct proxy_result *results,
                       FILE *out, bool colour)
{
    struct human human = {.report = report, .results = results, .colour = colour};
    size_t broken;
    bool failed;

    (void)first_of(&human, &proxy_lab, VERDICT_BROKEN, &broken);
    failed = broken + count_rules(&human, PROXY_FAIL) > 0;
    add_head(&human);
    add_rules(&human);
    add_block(&human.text, "not judged, but seen:", report->judgement->listed);
    add_block(&human.text, "the proxy printed:", failed ? report->output : NULL);
    add_sums(&human);
    if (report->interrupted) {
        text_add(&human.text, "  interrupted: not all that was planned was tried\n");
    }
    if (failed && report->again != NULL) {
        text_add(&human.text, "  again: %s\n", report->again);
    }
    (void)fputs(text_bytes(&human.text), out);
    text_clear(&human.text);
}
