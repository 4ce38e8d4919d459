/* SPDX-License-Identifier: MIT */

#ifndef HARNESS_REPLAY_POLICY_H
#define HARNESS_REPLAY_POLICY_H

#include "harness/replay/policy_filter.h"
#include "harness/status.h"
#include "harness/topology.h"

/*
 * What the flows of a capture are held against: redirect services, as in a path vector; which flows
 * each is asked about; and which addresses are this machine's.
 */
struct complaints;
struct document;

enum { POLICY_FILE_MAX = 1 << 20, POLICY_FILTERS_MAX = 64 };

struct policy {
    const char *story; /* or NULL */
    struct topology_rows rows;
    json_t *services; /* as they stand in the file */
    size_t filter_count;
    struct policy_filter filters[POLICY_FILTERS_MAX];
    uint32_t filtered;  /* bit set of the services that have a filter; the others take every flow */
    size_t local_count; /* 0: every client is this machine */
    struct subnet local[FILTER_SUBNETS_MAX];
    struct document *document; /* owns the texts above */
};

/* Reads a file in the form of vectors/schema/policy.schema.json. The caller frees the policy. */
enum status policy_load(const char *path, struct complaints *complaints, struct policy **policy);
void policy_free(struct policy *policy);

/* The services that are asked about this flow, as bits. */
uint32_t policy_match(const struct policy *policy, const struct flow_summary *flow);

enum policy_side {
    SIDE_OUTGOING,  /* this machine connects */
    SIDE_INCOMING,  /* this machine is connected to: not asked about at connect-redirect */
    SIDE_ELSEWHERE, /* neither end is this machine */
    SIDE_COUNT
};

enum policy_side policy_side_of(const struct policy *policy, const struct flow_summary *flow);

/* Does the service at `a` stand before the one at `b`: sublayer, then weight, then as listed? */
bool policy_asked_before(const struct policy *policy, uint32_t a, uint32_t b);

/* The engine's topology of the services in `services` (bits), in the order of the file. */
void policy_scene(const struct policy *policy, uint32_t services, struct path_scene *scene);

#endif
