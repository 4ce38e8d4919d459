/* SPDX-License-Identifier: MIT */

#ifndef SIM_CALLOUT_H
#define SIM_CALLOUT_H

#include <stdint.h>

#include "sim/world.h"

/*
 * The callouts of a layer in the order in which they are asked: the number of the one at
 * `position`, from 0, or 0 behind the last.
 */
uint32_t callout_at(const struct wfp_world *world, unsigned layer, uint32_t position);

#endif
