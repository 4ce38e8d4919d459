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
};

/* The answer with N and the entry put in; PASS and rule NULL if no rule answers. */
struct decision {
    struct wfp_answer answer;
    const struct wfp_rule *rule;
};

/* False if the table has more rows than an order can hold. */
bool decide_order(const struct wfp_rules *rules, const struct wfp_profile *profile,
                  struct rule_order *order);

/* The simulator's answer. */
struct decision decide(const struct wfp_world *world, const struct inquiry *inquiry);

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
