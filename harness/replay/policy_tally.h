/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_TALLY_H
#define HARNESS_REPLAY_POLICY_TALLY_H

#include "harness/replay/policy_class.h"
#include "harness/text.h"

/* Flows by what becomes of them: one line for each fate and way. */
struct tally {
    enum policy_fate fate;
    struct text way;   /* "A > B", who blocked, the cycle; "" where there is nothing to add */
    uint64_t flows[2]; /* TCP, UDP */
    uint64_t first_packet;
};

struct tallies {
    size_t count;
    struct tally items[2 * POLICY_CLASSES_MAX];
};

/* Fates in their order, in each the most flows first. NULL without memory; to be freed. */
struct tallies *policy_tallies(const struct policy_classes *classes);
void policy_tallies_free(struct tallies *tallies);

/*
 * Who redirects in turn, for ever: places in `outcome->stations`, from that of the service which
 * stands first in the policy. Two paths into one loop have one cycle. Gives how many; 0: no loop.
 */
size_t policy_cycle(const struct path_outcome *outcome, size_t places[OUTCOME_STATIONS_MAX]);

#endif
