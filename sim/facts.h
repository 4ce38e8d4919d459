/* SPDX-License-Identifier: MIT */

/* From (world, call) to the facts that rules look at. Pure. */

#ifndef SIM_FACTS_H
#define SIM_FACTS_H

#include <wfp/sim.h>

#include "sim/decide.h"
#include "sim/record.h"
#include "sim/world.h"

/* One way to read the profile where a flag that shapes facts is open. */
struct reading {
    bool set_record_visible;
    bool context_of_last;
};

/* An ioctl looked at: what rules see, and what their effects need. */
struct ioctl_view {
    struct inquiry inquiry;
    uint32_t endpoint;          /* link; 0: not a socket */
    struct record_view subject; /* the bytes that a successful query copies */
};

/* The reading that the simulator takes: every first value. */
struct reading facts_reading(const struct wfp_world *world);
/* All readings that the profile leaves open; number 0 is the simulator's. */
uint32_t facts_reading_count(const struct wfp_world *world);
struct reading facts_reading_at(const struct wfp_world *world, uint32_t number);

/*
 * `finishing`: the operation that the call was left pending as; its arguments have been accepted,
 * and its endpoint need no longer have the descriptor that it was made with. NULL: the call starts.
 */
void facts_of_ioctl(const struct wfp_world *world, const struct wfp_ioctl *call,
                    struct reading reading, const struct operation *finishing,
                    struct ioctl_view *view);

/* Is this a record of this world? */
enum record_check facts_check_record(const struct wfp_world *world, struct record_view blob);

/* The context of the last redirect of a record, or of the first (UNK-19). */
struct record_view facts_context_of(struct record_view record, bool last);

/* The hops of a connection whose handles are alive, as one handle sees them. */
uint64_t facts_of_list(const struct wfp_world *world, struct record_view record, uint32_t handle);

#endif
