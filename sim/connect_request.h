/* SPDX-License-Identifier: MIT */

/* The end of a classification, for connections and for flows of datagrams. */

#ifndef SIM_CONNECT_REQUEST_H
#define SIM_CONNECT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/decide.h"
#include "sim/world.h"

/* The functions of the callouts are asked, one after the other; false: one has none, or pends. */
bool request_run(struct wfp_world *world, uint32_t number);

/* Is nobody left to be asked? */
bool request_can_end(const struct wfp_world *world, const struct classification *c);
/* The service that it arrives at: a link, 0: it leaves this world, or has arrived before. */
uint32_t request_service(const struct wfp_world *world, const struct classification *c);
/* What is asked at the end: WFP_CALL_CONNECT, for a first datagram too (UDP-10). */
struct inquiry request_ask(const struct wfp_world *world, const struct classification *c,
                           uint32_t service);
/* The effective version as a redirect to that service; what it points to stays the world's. */
void request_redirect(const struct wfp_world *world, const struct classification *c,
                      uint32_t service, struct wfp_redirect *redirect);
/* What became of it, but for the listener. */
void request_tell(const struct classification *c, enum wfp_effect effect,
                  struct wfp_connected *connected);
/* The number ends. The versions stay with what is made, if somebody has changed it. */
void request_close(struct wfp_world *world, uint32_t number, bool made);

#endif
