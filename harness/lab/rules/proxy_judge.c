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

/* NULL without memory. */
static struct proxy_case *append_case(struct proxy_judgement *judgement,
                                      const struct proxy_rule *rule, enum proxy_verdict verdict,
                                      const struct part *part)
{
    struct proxy_case *cases = view_room(judgement->cases, judgement->count, sizeof *cases);
    struct proxy_case *added;

    if (cases == NULL) {
        return NULL;
    }
    judgement->cases = cases;
    added = &cases[judgement->count++];
    *added = (struct proxy_case){.rule = rule,
                                 .verdict = verdict,
                                 .scenario = copy_of(part->scenario),
                                 .profile = copy_of(part->profile)};
    return added->scenario != NULL && added->profile != NULL ? added : NULL;
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
    struct proxy_case *added = append_case(judgement, rule, verdict, finding->of);
    bool good = added != NULL;

    if (added == NULL) {
        return false;
    }
    if (finding->failed > 1) {
        text_add(&finding->message, " (%zu times here)", finding->failed);
    }
    added->message = taken(verdict == PROXY_PASS ? &finding->remark : &finding->message, &good);
    added->evidence = verdict == PROXY_FAIL ? taken(&finding->evidence, &good) : NULL;
    return good;
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

static char none[] = "";

/* In a scenario: of others it is not known how far they came. */
static bool has_proper_client(const struct view *view)
{
    for (size_t i = 0; i < view->client_count; i++) {
        const struct part *part = &view->parts[view->clients[i].part];

        if (part->started && part->broken == NOWHERE && client_is_proper(&view->clients[i])) {
            return true;
        }
    }
    return false;
}

static bool add_idle(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                     const struct view *view)
{
    static const struct part whole = {.scenario = none, .profile = none};
    const bool missed = rule->served && has_proper_client(view);
    struct proxy_case *added =
        append_case(judgement, rule, missed ? PROXY_UNDECIDED : PROXY_IDLE, &whole);
    struct text message = {0};
    bool good = added != NULL;

    if (added == NULL) {
        return false;
    }
    text_add(&message, missed ? "redirected clients came; not seen: %s" : "not seen: %s",
             rule->needs);
    added->message = taken(&message, &good);
    return good;
}

static bool judge_rule(struct proxy_judgement *judgement, const struct proxy_rule *rule,
                       const struct view *view)
{
    const size_t before = judgement->count;
    bool good = true;

    for (size_t part = 0; good && part < view->part_count; part++) {
        good = view->parts[part].broken != NOWHERE || look_at_part(judgement, rule, view, part);
    }
    return good && (judgement->count > before || add_idle(judgement, rule, view));
}

/* ---- what befell the lab ---- */

static bool add_broken(struct proxy_judgement *judgement, const struct view *view,
                       const struct part *part)
{
    const struct event event = view_event(view, part->broken);
    const struct event_bytes what = event_bytes(&event, FIELD_TEXT);
    struct proxy_case *added = append_case(judgement, &proxy_lab, PROXY_BROKEN, part);
    struct text raw = {0};
    struct text message = {0};
    bool good = added != NULL;

    if (added == NULL) {
        return false;
    }
    text_add_bytes(&raw, (const char *)what.at, what.size);
    text_add_safe(&message, text_bytes(&raw), false);
    text_add(&message, "; what was planned from here on was not tried");
    good = !raw.failed;
    text_clear(&raw);
    added->message = taken(&message, &good);
    return good;
}

/* ---- the whole ---- */

static bool judge_view(struct proxy_judgement *judgement, const struct view *view)
{
    struct text listed = {0};
    bool good = true;

    for (size_t i = 0; good && i < PROXY_RULES; i++) {
        good = judge_rule(judgement, &proxy_rules[i], view);
    }
    for (size_t i = 0; good && i < view->part_count; i++) {
        const struct part *part = &view->parts[i];

        judgement->scenarios += part->started && part->broken == NOWHERE;
        good = part->broken == NOWHERE || add_broken(judgement, view, part);
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
