/* SPDX-License-Identifier: MIT */

#include <wfp/sim.h>

#include "sim/world.h"

enum wfp_status wfp_handle_create(struct wfp_world *world, uint64_t provider, uint32_t *handle)
{
    const uint32_t taken = world_take_handle(world);

    if (provider == 0) {
        return WFP_BAD_STATE;
    }
    if (taken == 0) {
        return WFP_NO_ROOM;
    }
    world_name_handle(world, taken, provider);
    *handle = taken;
    return WFP_OK;
}

enum wfp_status wfp_handle_destroy(struct wfp_world *world, uint32_t handle)
{
    struct redirect_handle *destroyed = world_handle(world, handle);

    if (destroyed == NULL) {
        return WFP_NO_HANDLE;
    }
    destroyed->provider = 0;
    return WFP_OK;
}
