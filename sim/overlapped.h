/* SPDX-License-Identifier: MIT */

#ifndef SIM_OVERLAPPED_H
#define SIM_OVERLAPPED_H

#include <stdbool.h>

#include <wfp/sim.h>

#include "sim/world.h"

/* Can one more operation be kept? */
bool overlapped_has_room(const struct wfp_world *world);

/* Leaves `call` pending. */
enum wfp_status overlapped_start(struct wfp_world *world, const struct wfp_ioctl *call,
                                 uint32_t *operation);

/* An asynchronous call that succeeded at once completes all the same (OVL-06). */
enum wfp_status overlapped_completed(struct wfp_world *world, const struct wfp_ioctl *call,
                                     struct wfp_reply *reply);

bool overlapped_pending(const struct wfp_world *world, uint32_t operation);

/* Ends a pending operation with the answer of the abort rules. */
void overlapped_abort_one(struct wfp_world *world, struct operation *operation, bool flushing);

enum overlapped_owner { OVERLAPPED_OF_ENDPOINT, OVERLAPPED_OF_THREAD };

/* The same for all of that endpoint or thread. */
void overlapped_abort(struct wfp_world *world, enum overlapped_owner owner, uint32_t which,
                      bool flushing);

#endif
