/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include <wfp/path.h>

#include "harness/bench.h"
#include "harness/platform/clock.h"

enum { SERVICES = 6, CONTEXT = 32, JOURNEYS = 20000, ROUNDS = 5 };

static void make_topology(struct wfp_path_topology *topology)
{
    memset(topology, 0, sizeof *topology);
    topology->count = SERVICES;
    for (uint32_t i = 0; i < SERVICES; i++) {
        wfp_path_service_recommended(&topology->services[i], SERVICES - i, SERVICES - i);
        topology->services[i].policy.context_size = CONTEXT;
    }
}

/* Every service once, and the destination: else it is not this path that is measured. */
static bool travel(struct wfp_path *path)
{
    const struct wfp_path_journey journey = {WFP_TCP, WFP_PATH_IPV4, 0};

    if (wfp_path_begin(path, &journey) != WFP_OK) {
        return false;
    }
    while (wfp_path_step(path)) {
    }
    return path->end == WFP_PATH_REACHED && path->hop_count == SERVICES + 1;
}

static bool measure(struct wfp_path *path, double *per_second)
{
    *per_second = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t start = clock_nanoseconds();
        double now;

        for (int i = 0; i < JOURNEYS; i++) {
            if (!travel(path)) {
                return false;
            }
        }
        now = JOURNEYS * 1e9 / (double)(clock_nanoseconds() - start);
        *per_second = now > *per_second ? now : *per_second;
    }
    return true;
}

enum status bench_paths(double *per_second)
{
    struct wfp_path_topology topology;
    struct wfp_limits limits;
    struct wfp_profile *profile = malloc(sizeof *profile);
    struct wfp_path *path = malloc(sizeof *path);
    void *memory;
    enum status status = STATUS_BROKEN;

    make_topology(&topology);
    limits = wfp_path_limits(&topology);
    memory = malloc(wfp_world_size(&limits));
    if (profile != NULL && path != NULL && memory != NULL) {
        wfp_profile_documented(profile);
        if (wfp_path_set_up(path,
                            wfp_world_init(memory, &limits, wfp_rules_shipped(), profile),
                            &topology) == WFP_OK &&
            measure(path, per_second)) {
            status = STATUS_OK;
        }
    }
    free(memory);
    free(path);
    free(profile);
    return status;
}
