/* SPDX-License-Identifier: MIT */

/* The steps of one hop: a connect of the application or of a proxy, and where it leads. */

#ifndef TESTS_MODEL_HOP_H
#define TESTS_MODEL_HOP_H

#include <stdbool.h>

#include "tests/model/journey.h"

/* Arguments are those of enum step. */
typedef void hop_step(struct journey *journey, unsigned argument);

hop_step hop_open;
hop_step hop_pass_on;
hop_step hop_begin;
hop_step hop_ask;
hop_step hop_connect;
hop_step hop_set_late;
hop_step hop_leave;
hop_step hop_accept;
hop_step hop_refuse;
hop_step hop_next;

bool hop_at_auth_connect(const struct journey *journey);

#endif
