/* SPDX-License-Identifier: MIT */

#include "sim/decide.h"

#include <string.h>

enum { IO_COMPLETION = 192, IO_PENDING = 997 };

bool wfp_answer_equal(struct wfp_answer a, struct wfp_answer b)
{
    return a.outcome == b.outcome && a.error == b.error && a.count == b.count && a.bytes == b.bytes;
}

static bool comes_first(const struct wfp_rule *a, const struct wfp_rule *b)
{
    return b == NULL || strcmp(a->id, b->id) < 0;
}

/* The rule of this call and stage that follows `after` by id: row order must not matter. */
static const struct wfp_rule *next_rule(const struct wfp_rules *rules, enum wfp_call call,
                                        enum wfp_stage stage, const struct wfp_rule *after)
{
    const struct wfp_rule *next = NULL;

    for (size_t row = 0; row < rules->count; row++) {
        const struct wfp_rule *rule = &rules->rows[row];

        if ((rule->calls & WFP_BIT(call)) != 0 && rule->stage == stage &&
            (after == NULL || strcmp(rule->id, after->id) > 0) && comes_first(rule, next)) {
            next = rule;
        }
    }
    return next;
}

/* The last of them: what a call is about comes after what is the case with many. */
static uint8_t last_need(const struct wfp_rule *rule)
{
    uint8_t fact = FACT_ALWAYS;

    while (fact > 0 && (rule->needs & WFP_BIT(fact - 1)) == 0) {
        fact--;
    }
    return fact > 0 ? (uint8_t)(fact - 1) : FACT_ALWAYS;
}

/* What the entry or the profile has a say in, and what N is part of, is worked out later. */
static uint8_t gives(const struct wfp_rule *rule, enum wfp_call call)
{
    if (rule->source == WFP_ANSWER_STORED) {
        return GIVES_STORED;
    }
    return rule->source == WFP_ANSWER_LITERAL && rule->answer.count != WFP_COUNT_NEEDED &&
                   wfp_call_face(call) == WFP_FACE_KERNEL
               ? GIVES_ANSWER
               : GIVES_VALUE;
}

static bool order_call(const struct wfp_rules *rules, const uint8_t *stages, enum wfp_call call,
                       struct rule_order *order)
{
    uint16_t at = order->start[call];

    for (size_t i = 0; i < WFP_STAGE_COUNT; i++) {
        const struct wfp_rule *rule = next_rule(rules, call, stages[i], NULL);

        while (rule != NULL) {
            if (at == ORDER_MAX) {
                return false;
            }
            order->rules[at++] = (struct ordered_rule){(uint16_t)(rule - rules->rows),
                                                       last_need(rule), gives(rule, call)};
            rule = next_rule(rules, call, stages[i], rule);
        }
    }
    order->start[call + 1] = at;
    return true;
}

/* Of the rules of looks, those that this look does not bar. */
static bool order_look(const struct wfp_rules *rules, uint32_t subject, struct rule_order *order)
{
    const uint64_t look = WFP_BIT(WFP_KERNEL_LOOK_RIGHT + subject - SUBJECT_LOOKS);
    uint16_t at = order->start[subject];

    for (uint16_t any = order->start[WFP_CALL_LOOK]; any < order->start[WFP_CALL_LOOK + 1]; any++) {
        if ((rules->rows[order->rules[any].row].bars & look) != 0) {
            continue;
        }
        if (at == ORDER_MAX) {
            return false;
        }
        order->rules[at++] = order->rules[any];
    }
    order->start[subject + 1] = at;
    return true;
}

bool decide_order(const struct wfp_rules *rules, const struct wfp_profile *profile,
                  struct rule_order *order)
{
    const uint8_t *stages = profile->keys[WFP_KEY_ERROR_PRECEDENCE].values[0].order;
    bool fits = rules->count <= WFP_RULES_MAX;

    order->start[0] = 0;
    for (uint32_t subject = 0; fits && subject < SUBJECT_COUNT; subject++) {
        fits = subject < SUBJECT_LOOKS ? order_call(rules, stages, (enum wfp_call)subject, order)
                                       : order_look(rules, subject, order);
    }
    return fits;
}

static bool through_kernel_entry(const struct inquiry *inquiry)
{
    switch (wfp_call_face(inquiry->call)) {
    case WFP_FACE_SOCKET:
        return (inquiry->facts & WFP_BIT(WFP_FACT_KERNEL_ENTRY)) != 0;
    case WFP_FACE_DATAGRAM:
        return (inquiry->facts & WFP_BIT(WFP_DATAGRAM_KERNEL_ENTRY)) != 0;
    case WFP_FACE_KERNEL:
    case WFP_FACE_COUNT:
        break;
    }
    return false;
}

/* Puts in what only the call knows: N, and the entry that it came through. */
static struct wfp_answer resolved(const struct wfp_rule *rule, struct wfp_answer answer,
                                  const struct inquiry *inquiry)
{
    if (through_kernel_entry(inquiry) && answer.outcome != WFP_PASS) {
        answer = rule->kernel;
    }
    if (answer.count == WFP_COUNT_NEEDED) {
        answer.count = WFP_COUNT_VALUE;
        answer.bytes = inquiry->needed;
    }
    return answer;
}

static size_t value_count(const struct wfp_world *world, const struct wfp_rule *rule)
{
    return rule->source == WFP_ANSWER_KEY ? world->profile->keys[rule->key].count : 1;
}

static struct wfp_answer value_at(const struct wfp_world *world, const struct wfp_rule *rule,
                                  size_t value, const struct inquiry *inquiry)
{
    switch (rule->source) {
    case WFP_ANSWER_KEY:
        return resolved(rule, world->profile->keys[rule->key].values[value].answer, inquiry);
    case WFP_ANSWER_STORED:
        return inquiry->stored;
    case WFP_ANSWER_LITERAL:
    default:
        return resolved(rule, rule->answer, inquiry);
    }
}

struct decision decide_from(const struct wfp_world *world, const struct inquiry *inquiry,
                            const struct ordered_rule *at, const struct ordered_rule *end)
{
    static const struct decision none = {{0, 0, WFP_COUNT_UNCHANGED, WFP_PASS}, NULL};

    while (at != end) {
        const struct wfp_rule *rule = &world->rules->rows[at->row];
        const struct wfp_answer answer = value_at(world, rule, 0, inquiry);

        if (answer.outcome != WFP_PASS) {
            return (struct decision){answer, rule};
        }
        at = decide_applying(world, inquiry->facts, at + 1, end);
    }
    return none;
}

void decide_add(struct wfp_answer_set *set, struct decision decision)
{
    for (size_t i = 0; i < set->count; i++) {
        if (wfp_answer_equal(set->answers[i], decision.answer)) {
            return;
        }
    }
    if (decision.rule != NULL && set->count < WFP_ANSWERS_MAX) {
        set->answers[set->count] = decision.answer;
        set->rules[set->count++] = decision.rule;
    }
}

/* Adds a rule's answers; true if one of its values lets the call go on. */
static bool add_values(const struct wfp_world *world, const struct wfp_rule *rule,
                       const struct inquiry *inquiry, struct wfp_answer_set *set)
{
    bool passes = false;

    for (size_t value = 0; value < value_count(world, rule); value++) {
        const struct decision decision = {value_at(world, rule, value, inquiry), rule};

        if (decision.answer.outcome == WFP_PASS) {
            passes = true;
        } else {
            decide_add(set, decision);
        }
    }
    return passes;
}

static bool stage_passes(const struct wfp_world *world, enum wfp_stage stage,
                         const struct inquiry *inquiry, struct wfp_answer_set *set)
{
    bool passes = true;

    for (const struct wfp_rule *rule = next_rule(world->rules, inquiry->call, stage, NULL);
         rule != NULL; rule = next_rule(world->rules, inquiry->call, stage, rule)) {
        if (decide_guard(rule, inquiry->facts) && !add_values(world, rule, inquiry, set)) {
            passes = false;
        }
    }
    return passes;
}

struct decision decide_as(const struct wfp_world *world, const struct inquiry *inquiry,
                          struct wfp_answer answer)
{
    struct wfp_answer_set set = {.count = 0};
    struct decision decision = {answer, NULL};

    decide_all(world, inquiry, &set);
    for (size_t i = set.count; i-- > 0;) {
        if (wfp_answer_equal(set.answers[i], answer)) {
            decision.rule = set.rules[i];
        }
    }
    return decision;
}

/* What the answers do that say that the call has done what it was made for. */
static const enum wfp_effect done[WFP_CALL_COUNT] = {
    [WFP_CALL_QUERY_RECORDS] = WFP_EFFECT_COPY_RECORD,
    [WFP_CALL_QUERY_CONTEXT] = WFP_EFFECT_COPY_CONTEXT,
    [WFP_CALL_SET_RECORDS] = WFP_EFFECT_ATTACH_RECORD,
    [WFP_CALL_FLUSH] = WFP_EFFECT_ABORT,
    [WFP_CALL_ALERTABLE_WAIT] = WFP_EFFECT_RUN_ROUTINE,
    [WFP_CALL_CANCEL] = WFP_EFFECT_ABORT,
    [WFP_CALL_CONNECT] = WFP_EFFECT_CONNECT,

    [WFP_CALL_NEXT] = WFP_EFFECT_ASK,
    [WFP_CALL_RETURN] = WFP_EFFECT_RETURN,
    [WFP_CALL_ACTION] = WFP_EFFECT_ACT,
    [WFP_CALL_SIO_RECORDS] = WFP_EFFECT_COPY_RECORD,
    [WFP_CALL_ACQUIRE_HANDLE] = WFP_EFFECT_TAKE_HANDLE,
    [WFP_CALL_ACQUIRE_DATA] = WFP_EFFECT_TAKE_DATA,
    [WFP_CALL_EDIT] = WFP_EFFECT_EDIT,
    [WFP_CALL_APPLY] = WFP_EFFECT_APPLY,
    [WFP_CALL_PEND] = WFP_EFFECT_SUSPEND,
    [WFP_CALL_COMPLETE] = WFP_EFFECT_DECIDE,
    [WFP_CALL_RELEASE_HANDLE] = WFP_EFFECT_RELEASE_HANDLE,
    [WFP_CALL_CREATE_HANDLE] = WFP_EFFECT_CREATE,
    [WFP_CALL_FREE_CONTEXT] = WFP_EFFECT_FREE,
    [WFP_CALL_REAUTHORIZE] = WFP_EFFECT_AT_REDIRECT,
    [WFP_CALL_OPTION_SET] = WFP_EFFECT_SET_OPTION,
    [WFP_CALL_OPTION_GET] = WFP_EFFECT_GET_OPTION,
};

/* An action in force is one that was taken; a callout that is there has been asked. */
static bool is_success(enum wfp_call call, const struct wfp_answer *answer)
{
    switch (answer->outcome) {
    case WFP_RETURNED:
        return answer->error == (call == WFP_CALL_ALERTABLE_WAIT ? IO_COMPLETION : 0);
    case WFP_ACTION:
        return true;
    case WFP_FIELD:
        return answer->error == WFP_PRESENT;
    case WFP_DIED:
    case WFP_STATE:
    case WFP_PASS:
    case WFP_MISUSE:
    default:
        return false;
    }
}

enum wfp_effect decide_effect_at_its_word(enum wfp_call call, struct wfp_answer answer)
{
    if (call <= WFP_CALL_OTHER_CODE && answer.outcome == WFP_RETURNED &&
        answer.error == IO_PENDING) {
        return WFP_EFFECT_PEND;
    }
    return is_success(call, &answer) ? done[call] : WFP_EFFECT_NONE;
}

void decide_all(const struct wfp_world *world, const struct inquiry *inquiry,
                struct wfp_answer_set *set)
{
    const struct wfp_choice *orders = &world->profile->keys[WFP_KEY_ERROR_PRECEDENCE];

    decide_add(set, decide(world, inquiry));
    for (uint32_t i = 0; i < orders->count; i++) {
        size_t at = 0;

        while (at < WFP_STAGE_COUNT &&
               stage_passes(world, orders->values[i].order[at], inquiry, set)) {
            at++;
        }
    }
}
