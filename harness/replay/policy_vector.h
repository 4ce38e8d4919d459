/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_VECTOR_H
#define HARNESS_REPLAY_POLICY_VECTOR_H

#include "harness/replay/policy_class.h"
#include "harness/replay/replay_report.h"
#include "harness/status.h"

/*
 * Path vectors of flows: the services that are asked, the connection, and what the model says of
 * them. Such an expectation claims nothing but that the model stays as it is, so their source has
 * the kind `regression`, which never counts for coverage.
 */
struct complaints;

enum { PICKS_MAX = 1000 };

struct vector_picks {
    const char *folder;
    const char *glob; /* over flow ids; NULL: the first flow of each class */
    size_t max;       /* at most PICKS_MAX */
    size_t count;
    uint64_t unfit;  /* flows that `glob` chose and that no vector can hold */
    uint64_t beyond; /* those that would have been one too many */
    bool seen[POLICY_CLASSES_MAX];
    struct flow_summary flows[PICKS_MAX];
};

/* A flow has ended: is it chosen? */
void vector_pick(struct vector_picks *picks, const struct replay_report *report,
                 const struct flow_summary *flow);

/*
 * Writes FOLDER/replay-HASH-HASH-FLOW.json for each chosen flow: the beginnings of the SHA-256 of
 * the policy and of the capture. The captures are read once more, for their hashes.
 */
enum status vectors_write(const struct vector_picks *picks, const struct replay_report *report,
                          struct complaints *complaints);

#endif
