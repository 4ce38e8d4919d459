/* SPDX-License-Identifier: MIT */

/* How a connection comes to be, whoever asked the callouts. */

#ifndef SIM_CONNECT_H
#define SIM_CONNECT_H

#include <stdint.h>

#include <wfp/sim.h>

#include "sim/world.h"

/* What rules see of a redirect; NULL: none. */
uint64_t connect_facts(const struct wfp_redirect *redirect);

/*
 * Connects `client`: outside this world if `listener`, a link, is 0; else it waits there, with a
 * record if the redirect leaves one. WFP_NO_HANDLE, WFP_NO_ROOM: nothing is changed.
 */
enum wfp_status connect_make(struct wfp_world *world, struct endpoint *client, uint32_t listener,
                             const struct wfp_redirect *redirect);

#endif
