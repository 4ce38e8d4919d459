/* SPDX-License-Identifier: MIT */

/*
 * The state of a journey between two hops, with all left out that cannot make a difference.
 *
 * What a hop does depends on who dials in which form, on which proxies have spent their one
 * propagation, and on the list of redirects in the record of the dialling socket. Of the list only
 * this is ever looked at, now or after more redirects have been added to it: which handles are in
 * it, which is the last, whether the last one has others between two of its redirects (once others
 * stand behind it, that is so for any handle that is added again), and whether a handle stands in
 * it that nobody asks with any more. Contexts and sizes are what the topology makes them; how long
 * the list is matters only to the room in the world, and there a journey ends by itself.
 */

#include "sim/path.h"

#include "sim/classify.h"
#include "sim/record.h"
#include "sim/world.h"

enum { STRANGER = 0xFF };

/* A number from 1 for the handles that callouts ask with for the whole journey. */
static uint8_t number_of(const struct wfp_path *path, uint32_t handle)
{
    for (uint32_t i = 0; i < path->topology->count; i++) {
        for (uint32_t family = 0; family < 2; family++) {
            const bool fresh = path->topology->services[i].handle == WFP_PATH_HANDLE_PER_CLASSIFY;

            if (!fresh && path->handles[i][family] == handle) {
                return (uint8_t)(1 + 2 * i + family);
            }
        }
    }
    return STRANGER;
}

static void add_hop(struct wfp_path_state *state, uint8_t number)
{
    const uint32_t bit = number == STRANGER ? 0 : UINT32_C(1) << (number - 1);

    if (number != state->last || number == STRANGER) {
        state->repeated = (state->members & bit) != 0;
    }
    state->members |= bit;
    state->strangers |= number == STRANGER;
    state->last = number;
}

/* The list that the next connect, or first datagram, is classified with. */
static struct record_view list_of(const struct wfp_path *path)
{
    const struct classification *c = classify_of(path->world, path->classification);
    const struct endpoint *client = world_endpoint_of(path->world, path->sockets[PATH_CLIENT]);

    if (c != NULL) {
        return classify_list(path->world, c);
    }
    return world_record(path->world, client == NULL ? 0 : client->record);
}

struct wfp_path_state path_state(const struct wfp_path *path)
{
    const struct record_view list = list_of(path);
    struct wfp_path_state state = {
        .dialler = (uint8_t)path->dialler, .to = (uint8_t)path->to, .spent = path->spent};
    struct record_walk walk;
    struct record_hop hop;

    if (list.size == 0) {
        return state;
    }
    walk = record_walk(list);
    while (record_walk_next(&walk, &hop)) {
        if (world_handle_alive(path->world, &hop)) {
            add_hop(&state, number_of(path, hop.handle));
        }
    }
    return state;
}

bool path_state_equal(const struct wfp_path_state *a, const struct wfp_path_state *b)
{
    return a->members == b->members && a->last == b->last && a->repeated == b->repeated &&
           a->strangers == b->strangers && a->dialler == b->dialler && a->to == b->to &&
           a->spent == b->spent;
}
