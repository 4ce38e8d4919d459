/* SPDX-License-Identifier: MIT */

/* Path vectors in the model. Services stay set up while the same topology is asked for again. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/simulator.h"
#include "harness/profile.h"
#include "harness/topology.h"

struct travelling {
    const struct wfp_profile *profile; /* of the world; NULL: there is none yet */
    struct wfp_limits limits;
    uint8_t *memory;
    struct wfp_world *world;
    bool set_up;
    struct wfp_path_topology topology;
    struct wfp_path path;
};

static void take_down(struct travelling *travelling)
{
    if (travelling->set_up) {
        wfp_path_tear_down(&travelling->path);
        travelling->set_up = false;
    }
}

/* A mutant of the rules may leave anything behind, so each of its journeys has a world of its own.
 */
static bool can_stay(const struct simulator *simulator, const struct travelling *travelling,
                     const struct wfp_profile *profile, const struct wfp_limits *limits)
{
    return simulator->rules == wfp_rules_shipped() && travelling->profile == profile &&
           travelling->limits.handles >= limits->handles &&
           travelling->limits.context_bytes >= limits->context_bytes;
}

static bool make_world(const struct simulator *simulator, struct travelling *travelling,
                       const struct wfp_profile *profile, const struct wfp_limits *limits)
{
    uint8_t *memory = realloc(travelling->memory, wfp_world_size(limits));

    if (memory == NULL) {
        return false;
    }
    travelling->memory = memory;
    travelling->limits = *limits;
    travelling->profile = profile;
    travelling->world = wfp_world_init(memory, limits, simulator->rules, profile);
    return travelling->world != NULL;
}

static bool prepare(const struct simulator *simulator, struct travelling *travelling,
                    const struct wfp_path_topology *topology, const struct wfp_profile *profile)
{
    const struct wfp_limits limits = wfp_path_limits(topology);
    const bool stays = can_stay(simulator, travelling, profile, &limits);

    if (stays && travelling->set_up &&
        memcmp(topology, &travelling->topology, sizeof *topology) == 0) {
        return true;
    }
    take_down(travelling);
    if (!stays && !make_world(simulator, travelling, profile, &limits)) {
        return false;
    }
    travelling->topology = *topology;
    travelling->set_up =
        wfp_path_set_up(&travelling->path, travelling->world, &travelling->topology) == WFP_OK;
    return travelling->set_up;
}

enum status simulator_travel(void *state, const struct topology *topology,
                             const struct profile *profile, wfp_path_observer *observer,
                             void *context, const struct wfp_path **path, char *trouble)
{
    struct simulator *simulator = state;
    struct travelling *travelling = simulator->travelling;
    struct wfp_path_topology services;
    struct wfp_path_journey journey;

    if (travelling == NULL) {
        travelling = calloc(1, sizeof *travelling);
        simulator->travelling = travelling;
    }
    topology_make(topology, &services, &journey);
    if (travelling == NULL || !prepare(simulator, travelling, &services, &profile->values)) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "the services cannot be set up");
        return STATUS_BROKEN;
    }
    travelling->path.observer = observer;
    travelling->path.observer_context = context;
    if (wfp_path_begin(&travelling->path, &journey) != WFP_OK) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "the application cannot open its socket");
        return STATUS_BROKEN;
    }
    while (wfp_path_step(&travelling->path)) {
    }
    travelling->path.observer = NULL;
    *path = &travelling->path;
    return STATUS_OK;
}

void simulator_travelled(struct simulator *simulator)
{
    if (simulator->travelling != NULL) {
        free(simulator->travelling->memory);
        free(simulator->travelling);
        simulator->travelling = NULL;
    }
}
