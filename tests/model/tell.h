/* SPDX-License-Identifier: MIT */

/* A counterexample as lines of JSON, while pan follows its trail. Otherwise nothing is said. */

#ifndef TESTS_MODEL_TELL_H
#define TESTS_MODEL_TELL_H

#include <stdbool.h>

#include <wfp/kernel.h>

#include "tests/model/journey.h"

void tell(bool telling);
void tell_step(unsigned j, enum step step, unsigned argument);
void tell_asked(const struct journey *journey, bool at_auth_connect, unsigned conduct);
void tell_connected(const struct journey *journey, enum wfp_status status,
                    const struct wfp_connected *connected, bool lost);
void tell_wrong(unsigned j);

#endif
