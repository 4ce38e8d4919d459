/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_CLI_REPLAY_POLICY_H
#define HARNESS_CLI_REPLAY_POLICY_H

#include "harness/replay/policy_vector.h"
#include "harness/session.h"

/* What `wfpcheck replay` was asked to do with a policy; the texts are of the command line. */
struct policy_wishes {
    const char *policy;  /* NULL: there is none, and then nothing else may be asked for */
    const char *profile; /* or NULL */
    const char *folder;  /* of vectors, or NULL */
    const char *glob;    /* of flows, or NULL */
    uint32_t max;        /* of vectors */
    const char *const *captures;
    size_t capture_count;
};

/* All of it, or, without a policy, zeroed memory. */
struct replay_policy {
    struct session *session; /* keys and profile */
    struct policy *policy;
    struct policy_classes *classes;
    struct vector_picks *picks; /* NULL: no vectors */
};

/* To be closed in any case. Anything but STATUS_OK after a complaint, or without memory. */
enum status replay_policy_open(const struct policy_wishes *wishes, struct complaints *complaints,
                               struct replay_policy *with);
void replay_policy_close(struct replay_policy *with);

/* Writes the vectors and says on standard error how many; does nothing without them. */
enum status replay_policy_finish(const struct replay_policy *with,
                                 const struct replay_report *report, struct complaints *complaints);

#endif
