/* SPDX-License-Identifier: MIT */

#include "harness/lab/report/proxy_result.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/rules/proxy_rule_text.h"

/* ---- texts ---- */

static void add_indented(struct text *text, const char *lines, int indent)
{
    while (lines != NULL && *lines != '\0') {
        const size_t length = strcspn(lines, "\n");

        text_add(text, "%*s%.*s\n", indent, "", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void add_told(struct text *text, int indent, const char *label, const char *words)
{
    text_add(text, "%*s%s", indent, "", label);
    proxy_paragraph_add(text, (size_t)indent + strlen(label), (size_t)indent, words);
}

void proxy_add_failure(const struct proxy_case *one, const char *message, int indent,
                       struct text *text)
{
    add_indented(text, message, indent);
    add_indented(text, one->evidence, indent);
    add_told(text, indent, "In the field: ", one->rule->why);
    add_told(text, indent, "Mend: ", one->rule->mend);
}

static enum verdict verdict_of(const struct proxy_case *one)
{
    static const enum verdict verdicts[] = {
        [PROXY_PASS] = VERDICT_PASS,           [PROXY_FAIL] = VERDICT_FAIL,
        [PROXY_UNDECIDED] = VERDICT_UNDECIDED, [PROXY_IDLE] = VERDICT_UNSUPPORTED,
        [PROXY_BROKEN] = VERDICT_BROKEN,
    };

    return verdicts[one->verdict];
}

static void add_name(struct text *text, const struct proxy_case *one)
{
    text_add(text, "%s", one->rule->id);
    if (one->scenario[0] != '\0') {
        text_add(text, "[");
        text_add_safe(text, one->scenario, false);
        text_add(text, "]");
    }
    if (one->profile[0] != '\0') {
        text_add(text, "[");
        text_add_safe(text, one->profile, false);
        text_add(text, "]");
    }
}

static const char *given(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

/* ---- results ---- */

static bool fill(struct proxy_result *filled, const struct proxy_case *one,
                 const struct proxy_report *report)
{
    filled->of = one;
    add_name(&filled->name, one);
    text_add(&filled->message, "%s%s", one->verdict == PROXY_IDLE ? "undecided: " : "",
             one->message == NULL ? "" : one->message);
    if (one->verdict == PROXY_FAIL) {
        text_add(&filled->detail, "%s  %s  %s  %s\n", text_bytes(&filled->name), one->rule->title,
                 proxy_severity_name(one->rule->severity), one->rule->clauses);
        proxy_add_failure(one, one->message, 2, &filled->detail);
    }
    filled->result = (struct result){
        .name = text_bytes(&filled->name),
        .vector = given(one->scenario),
        .profile = given(one->profile),
        .topic = one->rule->id,
        .clauses = given(one->rule->clauses),
        .story = one->rule->title,
        .verdict = verdict_of(one),
        .message = given(text_bytes(&filled->message)),
        .detail = given(text_bytes(&filled->detail)),
        .answered_by = report->head->passed_through ? "provider" : "shim",
    };
    if (report->known != NULL) {
        known_apply(report->known, &filled->result);
    }
    return !filled->name.failed && !filled->message.failed && !filled->detail.failed;
}

struct proxy_result *proxy_results_new(const struct proxy_report *report)
{
    const size_t count = report->judgement->count;
    struct proxy_result *results = calloc(count + 1, sizeof *results);
    bool good = results != NULL;

    for (size_t i = 0; good && i < count; i++) {
        good = fill(&results[i], &report->judgement->cases[i], report);
    }
    if (!good) {
        proxy_results_free(results, results == NULL ? 0 : count);
        return NULL;
    }
    return results;
}

void proxy_results_free(struct proxy_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_clear(&results[i].name);
        text_clear(&results[i].message);
        text_clear(&results[i].detail);
    }
    free(results);
}
