/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_KNOWN_H
#define HARNESS_KNOWN_H

#include <stddef.h>

#include "harness/complaint.h"
#include "harness/status.h"
#include "harness/verdict.h"

/*
 * The known gaps of one target (vectors/known/<target>.json): cases that are expected not to pass,
 * with the message, a reason, a link and the last day on which that is accepted. Not for use by
 * several threads at once.
 */
struct known;

/*
 * `today` ("2026-01-31") decides which entries still excuse. STATUS_BAD_INPUT after complaints with
 * file and line; to be freed with known_free().
 */
enum status known_load(const char *path, const char *today, struct complaints *complaints,
                       struct known **known);
void known_free(struct known *known);

/*
 * Judges a result again in the light of its entry, if there is one:
 *
 *   as the entry says (verdict, and its text within the message)   VERDICT_KNOWN, message: the
 * reason pass                                                           VERDICT_FIXED anything
 * else, or after the entry's last day                   stays; the message may say why
 *
 * New messages live as long as `known`.
 */
void known_apply(struct known *known, struct result *result);

/*
 * How many entries had no case in the results so far; complains about each, with file and line. To
 * be asked only after a run that was not narrowed.
 */
size_t known_unmatched(const struct known *known, struct complaints *complaints);

#endif
