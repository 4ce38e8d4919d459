/* SPDX-License-Identifier: MIT */

/* What a redirect leaves at the service, for connections and for flows of datagrams. */

#ifndef SIM_CONNECT_H
#define SIM_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "sim/record.h"
#include "sim/world.h"

/* Does this kind of redirect leave a record at the service (UNK-47, UNK-48, QRY-19)? NULL: none. */
bool connect_leaves_record(const struct wfp_world *world, const struct wfp_redirect *redirect);

/* Makes a record of the hops of `before` (size 0: none) and this redirect. */
enum wfp_status connect_make_record(struct wfp_world *world, struct record_view before,
                                    const struct wfp_redirect *redirect, uint32_t *record);

#endif
