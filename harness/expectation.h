/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_EXPECTATION_H
#define HARNESS_EXPECTATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <wfp/sim.h>

#include "harness/message_step.h"

struct profile;
struct key_catalogue;
struct path_outcome;
struct reader;
struct topology_rows;

/* Which bytes of the output buffer may differ after the call. */
enum changed {
    CHANGED_DEFAULT, /* after OK as CHANGED_RETURNED, after a failure as CHANGED_ANY */
    CHANGED_NONE,
    CHANGED_RETURNED, /* "0..N": as many as the call says that it returned */
    CHANGED_ANY
};

enum { EXPECTED_REASONS_MAX = 6, EXPECTATION_DEPTH_MAX = 4 };

/* One allowed answer and who allows it. */
struct expected {
    struct wfp_answer answer; /* never WFP_PASS; count NEEDED means N */
    const char *text;         /* as it stands in the vector: "WSAEFAULT/N" */
    size_t reason_count;
    const char *reasons[EXPECTED_REASONS_MAX]; /* ids of clauses, contradictions, unknowns */
    enum changed changed;
    const char *equals_blob;         /* after OK the bytes equal this saved blob, or NULL */
    const char *equals_context;      /* ... equal the context that this handle attached, or NULL */
    const struct path_outcome *path; /* of a path vector, in place of `answer`; else NULL */
    struct expected_message message;
};

enum expectation_kind {
    EXPECTATION_ANSWERS, /* one literal answer, or any of several */
    EXPECTATION_PROFILE, /* branches on the name of the active profile */
    EXPECTATION_KEY      /* branches on the active profile's value of a key */
};

struct branch {
    const char *name;       /* of a profile, or the text of a key's value */
    struct wfp_value value; /* of a key */
    const struct expectation *expectation;
};

struct expectation {
    enum expectation_kind kind;
    enum wfp_key key;               /* KEY */
    size_t count;                   /* of answers or of branches, at least 1 */
    const struct expected *answers; /* ANSWERS */
    const struct branch *branches;  /* PROFILE, KEY */
};

enum { EXPECTED_LIST_MAX = 32, EXPECTED_MISSING_MAX = 320 };

/* What a vector allows under one profile, without repeats of the same alternative. */
struct expected_list {
    size_t count;
    const struct expected *items[EXPECTED_LIST_MAX];
    char missing[EXPECTED_MISSING_MAX]; /* see expectation_leaves() */
};

/*
 * Collects the allowed answers under the active profile: a branch is taken by the profile's name
 * or, if that is not listed, by the name of its nearest ancestor; a key by the profile's value, an
 * open key by each of its values. False when the vector does not say: `list->missing` then names
 * what is not listed ("profile windows-26100", "key too-small = WSAENOBUFS/N").
 */
bool expectation_leaves(const struct expectation *expectation, const struct profile *active,
                        struct expected_list *list);

/* Calls `visit` for every alternative of every branch; stops and gives false when it gives false.
 */
bool expectation_each(const struct expectation *expectation,
                      bool (*visit)(void *context, const struct expected *expected), void *context);

/* Does some branch of it depend on the profile's value of this key? */
bool expectation_asks(const struct expectation *expectation, enum wfp_key key);

/*
 * Reads the member `name` of `holder` as an expectation. What is made lives as long as the reader's
 * document. False after a complaint.
 */
bool expectation_read(struct reader *reader, json_t *holder, const char *name,
                      const struct key_catalogue *keys, const struct expectation **expectation);

/* The same where each alternative is the outcome of a path through these services. */
bool expectation_read_path(struct reader *reader, json_t *holder, const char *name,
                           const struct key_catalogue *keys, const struct topology_rows *services,
                           const struct expectation **expectation);

#endif
