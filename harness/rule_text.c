/* SPDX-License-Identifier: MIT */

#include "harness/rule_text.h"

#include "harness/answer.h"

void rule_text_calls(const struct wfp_rule *rule, struct text *text)
{
    const char *between = "";

    for (unsigned call = 0; call < WFP_CALL_COUNT; call++) {
        if ((rule->calls & WFP_BIT(call)) != 0) {
            text_add(text, "%s%s", between, wfp_call_name((enum wfp_call)call));
            between = " ";
        }
    }
}

static const char *add_facts(enum wfp_face face, uint64_t facts, const char *prefix,
                             const char *between, struct text *text)
{
    for (unsigned fact = 0; fact < wfp_fact_count(face); fact++) {
        if ((facts & WFP_BIT(fact)) != 0) {
            text_add(text, "%s%s%s", between, prefix, wfp_fact_name(face, fact));
            between = ", ";
        }
    }
    return between;
}

void rule_text_guard(const struct wfp_rule *rule, struct text *text)
{
    const enum wfp_face face = wfp_rule_face(rule);
    const char *between;

    if (rule->needs == 0 && rule->bars == 0) {
        text_add(text, "always");
        return;
    }
    between = add_facts(face, rule->needs, "", "", text);
    (void)add_facts(face, rule->bars, "not ", between, text);
}

void rule_text_answer(const struct wfp_rule *rule, struct text *text)
{
    char literal[ANSWER_TEXT_MAX];

    switch (rule->source) {
    case WFP_ANSWER_KEY:
        text_add(text, "key %s", wfp_key_name(rule->key));
        break;
    case WFP_ANSWER_STORED:
        text_add(text, "what was stored");
        break;
    case WFP_ANSWER_LITERAL:
    default:
        answer_print(rule->answer, literal, sizeof literal);
        text_add(text, "%s", literal);
        break;
    }
}

json_t *rule_json(const struct wfp_rule *rule)
{
    struct text calls = {0};
    struct text guard = {0};
    struct text answer = {0};
    json_t *json;

    rule_text_calls(rule, &calls);
    rule_text_guard(rule, &guard);
    rule_text_answer(rule, &answer);
    json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "rule", rule->id, "clauses",
                     rule->clauses, "calls", text_bytes(&calls), "stage",
                     wfp_stage_name(rule->stage), "guard", text_bytes(&guard), "answer",
                     text_bytes(&answer), "effect", wfp_effect_name(rule->effect));
    text_clear(&calls);
    text_clear(&guard);
    text_clear(&answer);
    return json;
}
