/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>

#include "harness/backend/simulator.h"
#include "harness/profile.h"
#include "harness/topology.h"

static enum wfp_status play(struct simulator *simulator, const struct backend_path *play)
{
    struct wfp_path *path = simulator->path;
    enum wfp_status status = wfp_path_set_up(path, simulator->world, &play->scene->topology);

    if (status != WFP_OK) {
        return status;
    }
    path->observer = play->observer;
    path->observer_context = play->context;
    wfp_path_follow(path, play->followed, play->followed_count);
    status = wfp_path_begin(path, &play->scene->journey);
    while (status == WFP_OK && wfp_path_step(path)) {
    }
    wfp_path_tear_down(path);
    return path->strayed ? WFP_OK : status;
}

enum status simulator_play_path(void *state, const struct backend_path *asked,
                                const struct wfp_path **made, char *trouble)
{
    struct simulator *simulator = state;
    const struct wfp_limits limits = wfp_path_limits(&asked->scene->topology);
    enum status status = simulator_renew(simulator, &limits, asked->profile, trouble);

    if (status != STATUS_OK) {
        return status;
    }
    if (simulator->path == NULL) {
        simulator->path = calloc(1, sizeof *simulator->path);
    }
    if (simulator->path == NULL || play(simulator, asked) != WFP_OK) {
        (void)snprintf(trouble, BACKEND_TROUBLE_MAX, "the topology cannot be set up");
        return STATUS_BROKEN;
    }
    *made = simulator->path;
    return STATUS_OK;
}
