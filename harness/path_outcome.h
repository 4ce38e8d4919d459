/* SPDX-License-Identifier: MIT */

/* What a path vector allows: which way the connection takes, who is told what, how it ends. */

#ifndef HARNESS_PATH_OUTCOME_H
#define HARNESS_PATH_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/path.h>

#include "harness/expectation.h"
#include "harness/reader.h"
#include "harness/text.h"
#include "harness/topology.h"

enum {
    OUTCOME_STOPS_MAX = 32,
    OUTCOME_HOPS_MAX = OUTCOME_STOPS_MAX + 1,
    OUTCOME_NOT_TOLD = WFP_PATH_NOT_TOLD,
    OUTCOME_FLAGS_ANY = 0xFF,
    OUTCOME_REDIRECTED = 1,
    OUTCOME_PROXY = 2
};

/* Services are numbered as in the topology, from 1. */
struct path_outcome {
    bool weight_order; /* every service once, the greatest weight first */
    size_t stop_count;
    uint8_t stops[OUTCOME_STOPS_MAX]; /* who accepts the connection, in this order */
    enum wfp_path_end end;
    uint8_t who;         /* blocks or refuses */
    size_t cycle_length; /* of a loop: so many stops at the end of the path repeat */
    size_t told_count;   /* of hops; 0: not stated */
    uint8_t told[OUTCOME_HOPS_MAX][WFP_PATH_SERVICES_MAX];
    size_t flags_count;              /* of hops; 0: not stated */
    uint8_t flags[OUTCOME_HOPS_MAX]; /* OUTCOME_REDIRECTED, OUTCOME_PROXY */
};

/* A leaf of an expectation, for expectation_read_leaves(); `rule` is the struct topology. */
bool outcome_read(struct reader *reader, struct place place, json_t *value, const void *rule,
                  struct expected *expected);
/* Do the services that it names take part? A family may leave some out. */
bool outcome_fits(const struct path_outcome *outcome, const struct topology *topology);

enum outcome_mismatch {
    OUTCOME_ALLOWED,
    OUTCOME_OTHER_PATH,
    OUTCOME_OTHER_END,
    OUTCOME_OTHER_STATE,
    OUTCOME_OTHER_FLAGS
};

/* `hop`, from 0, is where it shows first. */
enum outcome_mismatch outcome_compare(const struct path_outcome *outcome,
                                      const struct topology *topology, const struct wfp_path *path,
                                      size_t *hop);

/* "a > b, reached", "a > a, loop a", "a, refused by a"; "direct, reached". */
void outcome_add(const struct path_outcome *outcome, const struct topology *topology,
                 struct text *text);
void outcome_add_actual(const struct topology *topology, const struct wfp_path *path,
                        struct text *text);

/* What a callout was told at a hop when it was asked about the connect; OUTCOME_NOT_TOLD. */
uint8_t hop_told(const struct wfp_path_hop *hop, uint32_t service);
uint8_t hop_flags(const struct wfp_path_hop *hop);
/* " redirected proxy", or " none". */
void outcome_add_flags(uint8_t flags, struct text *text);

extern const struct words end_words;

#endif
