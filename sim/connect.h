/* SPDX-License-Identifier: MIT */

/* How a connection or a flow of datagrams comes to be, whoever asked the callouts. */

#ifndef SIM_CONNECT_H
#define SIM_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "sim/record.h"
#include "sim/world.h"

/* Does this kind of redirect leave a record at the service (UNK-47, UNK-48, QRY-19)? NULL: none. */
bool connect_leaves_record(const struct wfp_world *world, const struct wfp_redirect *redirect);

/*
 * Makes a record of the hops of `before` (size 0: none) and this redirect of what the application
 * `requester` asked for.
 */
enum wfp_status connect_make_record(struct wfp_world *world, struct record_view before,
                                    uint32_t requester, const struct wfp_redirect *redirect,
                                    uint32_t *record);

/* What rules see of a redirect; NULL: none. */
uint64_t connect_facts(const struct wfp_redirect *redirect);

/*
 * Connects `client`: outside this world if `listener`, a link, is 0; else it waits there, with a
 * record if the redirect leaves one. WFP_NO_HANDLE, WFP_NO_ROOM: nothing is changed.
 */
enum wfp_status connect_make(struct wfp_world *world, struct endpoint *client, uint32_t listener,
                             const struct wfp_redirect *redirect);

#endif
