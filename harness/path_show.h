/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PATH_SHOW_H
#define HARNESS_PATH_SHOW_H

#include "harness/text.h"
#include "harness/vector.h"

/* The part of a path vector below its head: services, journey, what varies, what is allowed. */
void path_show(const struct vector *vector, struct text *text);

#endif
