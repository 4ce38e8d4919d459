/* SPDX-License-Identifier: MIT */

/*
 * What was observed about a clause, a contradiction or an unknown: the answers of real providers in
 * the committed recordings. What a model answered, in process or through the shim, is none.
 */

#ifndef HARNESS_OBSERVATION_H
#define HARNESS_OBSERVATION_H

#include <stdio.h>

#include "harness/complaint.h"
#include "harness/status.h"

/*
 * Prints the observed answers of every vector that mentions `id`, by recording: where, when, by
 * which version, in which file; then each answer once with its vector, how many cases gave it, and
 * the line of the first. Prints nothing when there are none. Looks at the files *.jsonl in
 * ROOT/recorded; a recording that cannot be trusted is complained about and passed by.
 * STATUS_BROKEN without memory.
 */
enum status observations_print(const char *root, const char *id, struct complaints *complaints,
                               FILE *out);

#endif
