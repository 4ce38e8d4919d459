/* SPDX-License-Identifier: MIT */

#include "harness/mutation.h"

#include <string.h>

#include "harness/word.h"

static const struct word names[] = {
    {"guard-true", MUTATION_GUARD_TRUE},
    {"guard-false", MUTATION_GUARD_FALSE},
    {"answer", MUTATION_ANSWER},
    {"stage", MUTATION_STAGE},
};
const struct words mutation_words = WORDS(names);

const char *mutation_name(enum mutation mutation)
{
    return word_text(&mutation_words, (int)mutation);
}

/* An answer that no rule gives: WSAETIMEDOUT with a byte count of one; another state for a state.
 */
static struct wfp_answer other_answer(struct wfp_answer answer)
{
    const struct wfp_answer timed_out = {10060, 1, WFP_COUNT_VALUE, WFP_RETURNED};

    if (answer.outcome == WFP_STATE) {
        answer.error = (answer.error + 1) % (WFP_PREVIOUSLY_REDIRECTED_BY_SELF + 1);
        return answer;
    }
    return timed_out;
}

static enum wfp_stage moved(enum wfp_stage stage)
{
    return stage <= WFP_STAGE_OVERLAPPED ? WFP_STAGE_OUTCOME : WFP_STAGE_STARTUP;
}

/* Can both apply to one call? Not if one needs what the other bars. */
static bool can_meet(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return (a->calls & b->calls) != 0 && (a->needs & b->bars) == 0 && (a->bars & b->needs) == 0;
}

static bool changes_places(const struct wfp_rule *rule, const struct wfp_rule *other)
{
    const bool before = rule->stage < other->stage;
    const bool before_now = moved(rule->stage) < other->stage;

    return before != before_now;
}

static bool move_matters(const struct wfp_rules *rules, size_t row)
{
    for (size_t other = 0; other < rules->count; other++) {
        if (other != row && can_meet(&rules->rows[row], &rules->rows[other]) &&
            changes_places(&rules->rows[row], &rules->rows[other])) {
            return true;
        }
    }
    return false;
}

bool mutation_matters(const struct wfp_rules *rules, size_t row, enum mutation mutation)
{
    const struct wfp_rule *rule = &rules->rows[row];

    if (mutation == MUTATION_GUARD_TRUE) {
        return rule->needs != 0 || rule->bars != 0;
    }
    return mutation != MUTATION_STAGE || move_matters(rules, row);
}

static void alter(struct wfp_rule *rule, enum mutation mutation)
{
    switch (mutation) {
    case MUTATION_GUARD_TRUE:
        rule->needs = 0;
        rule->bars = 0;
        break;
    case MUTATION_GUARD_FALSE:
        rule->needs = 1;
        rule->bars = 1;
        break;
    case MUTATION_ANSWER:
        rule->answer = other_answer(rule->answer);
        rule->kernel = other_answer(rule->kernel);
        rule->source = WFP_ANSWER_LITERAL;
        break;
    case MUTATION_STAGE:
    case MUTATION_COUNT:
    default:
        rule->stage = moved(rule->stage);
        break;
    }
}

void mutation_make(const struct wfp_rules *rules, size_t row, enum mutation mutation,
                   struct mutant *mutant)
{
    memcpy(mutant->rows, rules->rows, rules->count * sizeof rules->rows[0]);
    mutant->rules = (struct wfp_rules){mutant->rows, rules->count};
    alter(&mutant->rows[row], mutation);
}
