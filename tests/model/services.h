/* SPDX-License-Identifier: MIT */

/* The world of the check, and the services in it. */

#ifndef TESTS_MODEL_SERVICES_H
#define TESTS_MODEL_SERVICES_H

#include <wfp/kernel.h>

#include "tests/model/journey.h"

enum { RECORD_MAX = 64 + 32 * LIST_ROOM };

/* The world in `model`. */
struct wfp_world *world(void);
/* Makes it anew, with `model`'s topology: byte for byte what it was at first. */
void make_world(void);

/* The first complaint stands. */
void complain(enum wrong wrong);
/* Complains unless the call was carried out. */
void demand(enum wfp_status status);

/* Of the application, 0, or a service. */
uint32_t process_of(unsigned party);
struct wfp_address service_address(unsigned service);
/* What the service's callouts look at. */
struct wfp_policy *services_policy(unsigned service);

#endif
