/* SPDX-License-Identifier: MIT */

/* From facts to answers: the rules that apply, in the order that the profile gives. */

#ifndef SIM_DECIDE_H
#define SIM_DECIDE_H

#include <stdint.h>

#include <wfp/sim.h>

#include "sim/world.h"

/* What is asked, reduced to what rules look at. */
struct inquiry {
    enum wfp_call call;
    uint64_t facts;
    uint32_t needed;          /* N, bytes */
    struct wfp_answer stored; /* for rules whose answer stands in the world */
    uint32_t look;            /* WFP_CALL_LOOK: at what, 1 being WFP_KERNEL_LOOK_RIGHT; else 0 */
};

/* The answer with N and the entry put in; PASS and rule NULL if no rule answers. */
struct decision {
    struct wfp_answer answer;
    const struct wfp_rule *rule;
};

/* A fact that always holds: of those that rules know each face has fewer. */
enum { FACT_ALWAYS = 63 };
_Static_assert((int)WFP_FACT_COUNT <= FACT_ALWAYS && (int)WFP_KERNEL_COUNT <= FACT_ALWAYS &&
                   (int)WFP_DATAGRAM_COUNT <= FACT_ALWAYS,
               "one fact is left");

static inline uint32_t decide_subject(const struct inquiry *inquiry)
{
    return inquiry->look == 0 ? (uint32_t)inquiry->call : SUBJECT_LOOKS + inquiry->look - 1;
}

/* False if the table has more rows than an order can hold. */
bool decide_order(const struct wfp_rules *rules, const struct wfp_profile *profile,
                  struct rule_order *order);

/* Is it met? That the rule speaks of this kind of call, the order has seen to. */
static inline bool decide_guard(const struct wfp_rule *rule, uint64_t facts)
{
    return ((rule->needs & ~facts) | (rule->bars & facts)) == 0;
}

/* The first from `at` on whose guard is met; `end` if there is none. */
static inline const struct ordered_rule *decide_applying(const struct wfp_world *world,
                                                         uint64_t facts,
                                                         const struct ordered_rule *at,
                                                         const struct ordered_rule *end)
{
    const uint64_t present = facts | WFP_BIT(FACT_ALWAYS);

    for (; at != end; at++) {
        const struct wfp_rule *rule = &world->rules->rows[at->row];

        if ((present >> at->fact & 1) != 0 && decide_guard(rule, facts)) {
            return at;
        }
    }
    return end;
}

/* From this one on, whose answer has to be worked out and may be no objection. */
struct decision decide_from(const struct wfp_world *world, const struct inquiry *inquiry,
                            const struct ordered_rule *at, const struct ordered_rule *end);

/* The simulator's answer. Inline, as most are given by the first rule that applies. */
static inline struct decision decide(const struct wfp_world *world, const struct inquiry *inquiry)
{
    const struct rule_order *order = &world->order;
    const uint32_t subject = decide_subject(inquiry);
    const struct ordered_rule *end = &order->rules[order->start[subject + 1]];
    const struct ordered_rule *at =
        decide_applying(world, inquiry->facts, &order->rules[order->start[subject]], end);
    const struct wfp_rule *rule;

    if (at == end || at->gives == GIVES_VALUE) {
        return decide_from(world, inquiry, at, end);
    }
    rule = &world->rules->rows[at->row];
    return (struct decision){at->gives == GIVES_STORED ? inquiry->stored : rule->answer, rule};
}

/* Adds every allowed answer to `set`, the simulator's before the others. */
void decide_all(const struct wfp_world *world, const struct inquiry *inquiry,
                struct wfp_answer_set *set);
/*
 * The decision to give this answer: by a rule that allows it, else by none. The rest is for
 * effects: what an answer does, one that no rule allows being taken at its word.
 */
struct decision decide_as(const struct wfp_world *world, const struct inquiry *inquiry,
                          struct wfp_answer answer);
enum wfp_effect decide_effect_at_its_word(enum wfp_call call, struct wfp_answer answer);

static inline enum wfp_effect decide_effect(const struct inquiry *inquiry,
                                            const struct decision *decision)
{
    return decision->rule != NULL ? decision->rule->effect
                                  : decide_effect_at_its_word(inquiry->call, decision->answer);
}

/* Adds one, unless it is there or there is no room. */
void decide_add(struct wfp_answer_set *set, struct decision decision);

#endif
