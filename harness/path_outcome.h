/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_PATH_OUTCOME_H
#define HARNESS_PATH_OUTCOME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/text.h"
#include "harness/topology.h"

/*
 * What a connection came to: as a path vector expects it, or as it was. In an expectation, what is
 * not said is open.
 */

struct place;
struct reader;

enum {
    OUTCOME_STATIONS_MAX = WFP_PATH_HOPS_MAX + 2,
    STATION_APPLICATION = 0, /* a service has its number, from 1 */
    STATION_DESTINATION = 0xFF
};

enum path_told {
    TOLD_NOT_TOLD = 4, /* it asked for no state; below: enum wfp_redirect_state */
    TOLD_NOT_ASKED,
    TOLD_UNSAID
};

enum path_did {
    DID_NOTHING = 4, /* it left everything as it was; below: enum wfp_deed */
    DID_NOT_ASKED,
    DID_UNSAID
};

enum { OUTCOME_ROUNDS = 1 + WFP_PATH_REAUTHORIZATIONS_MAX };

/* One hop, at connect-redirect: the connect, and after it each reauthorisation. */
struct outcome_hop {
    uint8_t told[WFP_PATH_SERVICES_MAX];
    uint8_t did[WFP_PATH_SERVICES_MAX];
    uint8_t told_again[WFP_PATH_REAUTHORIZATIONS_MAX][WFP_PATH_SERVICES_MAX];
    uint8_t did_again[WFP_PATH_REAUTHORIZATIONS_MAX][WFP_PATH_SERVICES_MAX];
    uint32_t conditions; /* WFP_CONDITION_* as last seen at AUTH_CONNECT */
};

struct path_outcome {
    enum wfp_path_end end;
    uint32_t by;                            /* who blocked or refused */
    size_t count;                           /* of stations, at least 1 */
    uint8_t stations[OUTCOME_STATIONS_MAX]; /* who held the connection, each turn of a loop once */
    size_t loop_count;                      /* of the last stations; 0: no loop */
    size_t told_hops;                       /* hops of which is said who was told what */
    size_t did_hops;
    size_t condition_hops;
    struct outcome_hop hops[WFP_PATH_HOPS_MAX];
};

/* Where an expectation and what happened part; the first that differs. */
enum outcome_part {
    OUTCOME_SAME,
    OUTCOME_PATH,
    OUTCOME_END,
    OUTCOME_BY,
    OUTCOME_LOOP,
    OUTCOME_TOLD,
    OUTCOME_DID,
    OUTCOME_CONDITIONS
};

struct outcome_mismatch {
    enum outcome_part part;
    size_t hop;       /* from 0: where they part */
    uint32_t service; /* from 1, with TOLD and DID */
    uint32_t round;   /* the same: 0 is the connect, then its reauthorisations */
};

/* Of every service in a round, what OUTCOME_TOLD or OUTCOME_DID is about. */
const uint8_t *path_outcome_said(const struct outcome_hop *hop, enum outcome_part part,
                                 uint32_t round);
/* ... and to put in the word of one service, from 1. */
void path_outcome_say(struct outcome_hop *hop, enum outcome_part part, uint32_t round,
                      uint32_t service, int word);
/* Fills in every round of both. */
void path_outcome_fill(struct outcome_hop *hop, uint8_t told, uint8_t did);

/* "path", "end", "ended-by", "loop", "told", "did", "flags". */
const char *outcome_part_name(enum outcome_part part);

/*
 * Reads all of an outcome but `by`, which is kept in `*by` for later. `rows` has the services that
 * may be named.
 */
bool path_outcome_read(struct reader *reader, struct place place, json_t *value,
                       const struct topology_rows *rows, struct path_outcome *outcome, json_t **by);

/* What the engine made of a journey. */
void path_outcome_of(const struct wfp_path *path, struct path_outcome *outcome);

struct outcome_mismatch path_outcome_compare(const struct path_outcome *expected,
                                             const struct path_outcome *actual);

/* "app > A > B, loop of A > B". */
void path_outcome_text(const struct path_outcome *outcome, const char *const *names,
                       struct text *text);
/* What is said of the hops: "; told 1: A NOT_REDIRECTED"; nothing where nothing is. */
void path_outcome_hops_text(const struct path_outcome *outcome, const char *const *names,
                            struct text *text);

/* "none", or the words of the flags. */
void path_conditions_text(uint32_t conditions, struct text *text);

/* "app", "destination" or the service's name. */
const char *path_station_name(const char *const *names, uint32_t station);

/* path_outcome_words.c: the words of the schema. */
extern const struct words path_end_words;
extern const struct words told_words;
extern const struct words did_words;
extern const struct words condition_words;

#endif
