/* SPDX-License-Identifier: MIT */

#include <stdlib.h>

#include <wfp/path.h>

#include "harness/bench.h"
#include "harness/platform/clock.h"

enum { SERVICES = 6, BATCH = 1000, ROUNDS = 5, ROUND_NANOSECONDS = 100000000 };

static const struct wfp_path_journey journey = {.type = WFP_TCP, .to = WFP_PATH_IPV4};

/* One after the other in the same world: nothing may pile up. */
static bool travel(struct wfp_path *path, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        if (wfp_path_begin(path, &journey) != WFP_OK) {
            return false;
        }
        while (wfp_path_step(path)) {
        }
        if (path->end != WFP_PATH_REACHED || path->hop_count != SERVICES + 1) {
            return false;
        }
    }
    return true;
}

static bool measure_round(struct wfp_path *path, double *per_second)
{
    const uint64_t start = clock_nanoseconds();
    uint64_t spent = 0;
    double paths = 0;

    while (spent < ROUND_NANOSECONDS) {
        if (!travel(path, BATCH)) {
            return false;
        }
        paths += BATCH;
        spent = clock_nanoseconds() - start;
    }
    *per_second = paths * 1e9 / (double)spent;
    return true;
}

/* The best of several, like the times of single calls. */
static bool measure(struct wfp_path *path, double *best)
{
    double per_second;

    *best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        if (!measure_round(path, &per_second)) {
            return false;
        }
        *best = per_second > *best ? per_second : *best;
    }
    return true;
}

enum status bench_paths(double *per_second)
{
    struct wfp_path_topology topology = {.count = SERVICES};
    struct wfp_profile *profile = malloc(sizeof *profile);
    struct wfp_path *path = calloc(1, sizeof *path);
    enum status status = STATUS_BROKEN;
    struct wfp_limits limits;
    void *memory;

    for (uint32_t i = 0; i < SERVICES; i++) {
        wfp_path_service_recommended(&topology.services[i], SERVICES - i, 1);
    }
    limits = wfp_path_limits(&topology);
    memory = malloc(wfp_world_size(&limits));
    if (profile != NULL && path != NULL && memory != NULL) {
        wfp_profile_documented(profile);
        if (wfp_path_set_up(path, wfp_world_init(memory, &limits, wfp_rules_shipped(), profile),
                            &topology) == WFP_OK) {
            status = measure(path, per_second) ? STATUS_OK : STATUS_BROKEN;
            wfp_path_tear_down(path);
        }
    }
    free(memory);
    free(path);
    free(profile);
    return status;
}
