/* SPDX-License-Identifier: MIT */

/* What of the check is chosen when it runs: the words of WFP_MODEL (journey.h). */

#ifndef TESTS_MODEL_SETTING_H
#define TESTS_MODEL_SETTING_H

#include <stdbool.h>

#include <wfp/sim.h>

struct setting {
    bool careful;
    bool second;
    bool heedful;
    bool indulgent;
    bool fixed;
    bool twice;
    bool only_shared;
    bool only_own;
    bool only_one_order;
    unsigned order;
};

const struct setting *setting(void);
/* The shipped table, or its altered copy. */
const struct wfp_rules *setting_rules(void);
/* The documented profile with the smallest records. */
const struct wfp_profile *setting_profile(void);

#endif
