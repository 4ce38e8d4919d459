/* SPDX-License-Identifier: MIT */

#ifndef SIM_EFFECT_H
#define SIM_EFFECT_H

#include <wfp/sim.h>

#include "sim/facts.h"
#include "sim/world.h"

/* Applies an effect of reply->answer and fills in what it wrote and started. */
enum wfp_status effect_apply(struct wfp_world *world, enum wfp_effect effect,
                             const struct wfp_ioctl *call, const struct ioctl_view *view,
                             struct wfp_reply *reply);

#endif
