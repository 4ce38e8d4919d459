/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/lab/rules/finding.h"
#include "harness/lab/rules/listed.h"
#include "harness/lab/rules/proxy_rules.h"
#include "harness/lab/rules/view.h"
#include "harness/text.h"

static char *copy_of(const char *text)
{
    char *copy = malloc(strlen(text) + 1);

    return copy == NULL ? NULL : strcpy(copy, text);
}

/* NULL for an empty text. */
static char *taken(struct text *text, bool *good)
{
    char *copy = text->length == 0 ? NULL : copy_of(text_bytes(text));

    *good = *good && !text->failed && (text->length == 0 || copy != NULL);
    text_clear(text);
    return copy;
}

static struct proxy_case *append_case(struct proxy_judgement *judgement)
{
    struct proxy_case *cases = view_room(judgement->cases, judgement->count, sizeof *cases);

    if (cases == NULL) {
        return NULL;
    }
    judgement->cases = cases;
    cases += judgement->count++;
    memset(cases, 0, sizeof *cases);
    return cases;
}

/* ---- a rule at a part ---- */

static enum proxy_verdict verdict_of(const struct finding *finding)
{
    if (finding->failed > 0) {
        return PROXY_FAIL;
    }
    return finding->open > 0 ? PROXY_UNDECIDED : PROXY_PASS;
}

static bool add_case(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                     struct finding *finding)
{
    const enum proxy_verdict verdict = verdict_of(finding);
    struct proxy_case *added = append_case(judgement);
    bool good = added != NULL;

    if (added == NULL) {
        return false;
    }
    added->rule = rule;
    added->verdict = verdict;
    added->scenario = copy_of(finding->of->scenario);
    added->profile = copy_of(finding->of->profile);
    if (finding->failed > 1) {
        text_add(&finding->message, " (%zu times here)", finding->failed);
    }
    added->message = taken(verdict == PROXY_PASS ? &finding->remark : &finding->message, &good);
    added->evidence = verdict == PROXY_FAIL ? taken(&finding->evidence, &good) : NULL;
    return good && added->scenario != NULL && added->profile != NULL;
}

static bool look_at_part(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                         const struct view *view, size_t part)
{
    struct finding finding = {.view = view, .part = part, .of = &view->parts[part]};
    bool good = true;

    rule->look(&finding);
    if (finding.met + finding.failed + finding.open > 0) {
        good = add_case(judgement, rule, &finding);
    }
    text_clear(&finding.message);
    text_clear(&finding.evidence);
    text_clear(&finding.remark);
    return good;
}

/* ---- a rule that found nothing to judge ---- */

/* In a scenario: of others it is not known how far they came. */
static bool has_proper_client(const struct view *view)
{
    for (size_t i = 0; i < view->client_count; i++) {
        if (view->parts[view->clients[i].part].started && client_is_proper(&view->clients[i])) {
            return true;
        }
    }
    return false;
}

static bool add_idle(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                     const struct view *view)
{
    const bool missed = rule->served && has_proper_client(view);
    struct proxy_case *added = append_case(judgement);
    struct text message = {0};
    bool good = added != NULL;

    if (added == NULL) {
        return false;
    }
    text_add(&message, missed ? "redirected clients came; not seen: %s" : "not seen: %s",
             rule->needs);
    added->rule = rule;
    added->verdict = missed ? PROXY_UNDECIDED : PROXY_IDLE;
    added->scenario = copy_of("");
    added->profile = copy_of("");
    added->message = taken(&message, &good);
    return good && added->scenario != NULL && added->profile != NULL;
}

static bool judge_rule(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                       const struct view *view)
{
    const size_t before = judgement->count;
    bool good = true;

    for (size_t part = 0; good && part < view->part_count; part++) {
        good = look_at_part(judgement, rule, view, part);
    }
    return good && (judgement->count > before || add_idle(judgement, rule, view));
}

/* ---- the whole ---- */

static bool judge_view(struct proxy_judgement *judgement, const struct view *view)
{
    struct text listed = {0};
    bool good = true;

    for (size_t i = 0; good && i < PROXY_RULES; i++) {
        good = judge_rule(judgement, &proxy_rules[i], view);
    }
    for (size_t part = 0; part < view->part_count; part++) {
        judgement->scenarios += view->parts[part].started;
    }
    listed_add(view, &listed);
    judgement->listed = taken(&listed, &good);
    return good;
}

enum status proxy_judge(const struct trace *trace, struct proxy_judgement **judgement)
{
    struct proxy_judgement *made = calloc(1, sizeof *made);
    struct view *view = made == NULL ? NULL : view_new(trace);
    const bool good = view != NULL && judge_view(made, view);

    view_free(view);
    if (!good) {
        proxy_judgement_free(made);
        return STATUS_BROKEN;
    }
    *judgement = made;
    return STATUS_OK;
}

void proxy_judgement_free(struct proxy_judgement *judgement)
{
    if (judgement == NULL) {
        return;
    }
    for (size_t i = 0; i < judgement->count; i++) {
        free(judgement->cases[i].scenario);
        free(judgement->cases[i].profile);
        free(judgement->cases[i].message);
        free(judgement->cases[i].evidence);
    }
    free(judgement->cases);
    free(judgement->listed);
    free(judgement);
}

enum proxy_verdict proxy_rule_verdict(const struct proxy_judgement *judgement,
                                      const struct proxy_rule *rule)
{
    static const int ranks[] = {
        [PROXY_IDLE] = 0, [PROXY_PASS] = 1, [PROXY_UNDECIDED] = 2, [PROXY_FAIL] = 3};
    enum proxy_verdict verdict = PROXY_IDLE;

    for (size_t i = 0; i < judgement->count; i++) {
        const struct proxy_case *one = &judgement->cases[i];

        if (one->rule == rule && ranks[one->verdict] > ranks[verdict]) {
            verdict = one->verdict;
        }
    }
    return verdict;
}
