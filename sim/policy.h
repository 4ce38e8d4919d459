/* SPDX-License-Identifier: MIT */

#ifndef SIM_POLICY_H
#define SIM_POLICY_H

#include <stdbool.h>

#include <wfp/kernel.h>

/*
 * Puts in what the policy gives to this call: the handle that it asks with, or the value of the
 * member that is edited, pool memory for a context included. `values` are those of the
 * classification. False: the policy has none, or there is no room.
 */
bool policy_fill(struct wfp_world *world, const struct wfp_policy *policy,
                 const struct wfp_classify_fixed *values, struct wfp_classify_call *call);

#endif
