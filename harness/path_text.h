/* SPDX-License-Identifier: MIT */

/* Path vectors, and what became of them, as people read them. */

#ifndef HARNESS_PATH_TEXT_H
#define HARNESS_PATH_TEXT_H

#include <stddef.h>

#include "harness/path_vector.h"
#include "harness/text.h"

/* One hop as one line without its end: who dials how, who was asked and what he did, where to. */
void path_hop_text(const struct wfp_path_hop *hop, const char *const *names, struct text *text);

/* What is claimed: the topology, and the expectation, or the bands of the family. */
void path_claim_text(const struct path_claim *claim, struct text *text);

#endif
