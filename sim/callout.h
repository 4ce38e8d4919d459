/* SPDX-License-Identifier: MIT */

#ifndef SIM_CALLOUT_H
#define SIM_CALLOUT_H

#include <stdint.h>

#include "sim/world.h"

/* The numbers of a layer's callouts in the order in which they are asked. */
struct callout_list {
    const uint32_t *numbers;
    uint32_t count;
};

struct callout_list callout_list(const struct wfp_world *world, unsigned layer);

#endif
