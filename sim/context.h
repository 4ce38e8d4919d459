/* SPDX-License-Identifier: MIT */

/* Pool memory for redirect contexts, and whose it is (RED-13, KRN-14). */

#ifndef SIM_CONTEXT_H
#define SIM_CONTEXT_H

#include <stdint.h>

#include "sim/record.h"
#include "sim/world.h"

/* The bytes of a context; size 0 for none. */
struct record_view context_view(const struct wfp_world *world, uint32_t context);
/* From the callout to the engine; no other moves. */
void context_hand_over(struct wfp_world *world, uint32_t context);
/* The engine lets go of it. */
void context_drop(struct wfp_world *world, uint32_t context);

#endif
