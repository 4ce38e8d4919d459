/* SPDX-License-Identifier: MIT */

#include "tests/model/services.h"

#include <string.h>

#include "tests/model/setting.h"

/* Written before each turn from what was chosen for it, so no part of the state. */
static struct wfp_policy policies[SERVICES];

struct wfp_world *world(void)
{
    return (struct wfp_world *)(void *)model.block;
}

void complain(enum wrong wrong)
{
    if (model.wrong == WRONG_NOTHING) {
        model.wrong = (uint8_t)wrong;
    }
}

void demand(enum wfp_status status)
{
    if (status != WFP_OK) {
        complain(WRONG_REFUSED_CALL);
    }
}

/* Handles, listeners and places are numbered alike: from 1, in the order in which they came. */
uint32_t process_of(unsigned party)
{
    return 100 + party;
}

struct wfp_address service_address(unsigned service)
{
    return (struct wfp_address){.bytes = {127, 0, 0, 1}, .port = (uint16_t)(9000 + service)};
}

unsigned journey_weight(unsigned order, unsigned service)
{
    static const uint8_t weights[6][3] = {{1, 2, 3}, {2, 1, 3}, {1, 3, 2},
                                          {3, 1, 2}, {2, 3, 1}, {3, 2, 1}};

    return weights[order][service - 1];
}

static void register_callouts(unsigned service)
{
    static const enum wfp_callout_layer layers[] = {WFP_CONNECT_REDIRECT_V4, WFP_AUTH_CONNECT_V4};
    const unsigned weight = journey_weight(model.order, service);
    struct wfp_callout callout;
    uint32_t number;

    for (unsigned i = 0; i < 2; i++) {
        memset(&callout, 0, sizeof callout);
        callout.layer = layers[i];
        callout.filter = service * 10 + i;
        callout.sublayer = model.shared ? 1 : weight;
        callout.weight = weight;
        callout.classify = wfp_policy_classify;
        callout.context = &policies[service - 1];
        demand(wfp_callout_register(world(), &callout, &number));
    }
}

static void install(unsigned service)
{
    const struct wfp_address at = service_address(service);
    uint32_t handle = 0;
    uint32_t listener = 0;

    demand(wfp_handle_create(world(), service, &handle));
    demand(wfp_socket_open(world(), WFP_IPV4, WFP_TCP, true, &listener));
    demand(wfp_socket_bind(world(), listener, &at));
    demand(wfp_socket_listen(world(), listener));
    register_callouts(service);
    if (handle != service || listener != service) {
        complain(WRONG_REFUSED_CALL);
    }
}

static struct wfp_limits limits(void)
{
    return (struct wfp_limits){.sockets = SERVICES + 3 * JOURNEYS,
                               .handles = SERVICES,
                               .records = 3 * JOURNEYS,
                               .record_bytes = RECORD_MAX,
                               .origin = 1,
                               .callouts = 2 * SERVICES,
                               .classifications = JOURNEYS};
}

uint32_t journey_world_bytes(void)
{
    const struct wfp_limits least = limits();

    return (uint32_t)wfp_world_size(&least);
}

void make_world(void)
{
    const struct wfp_limits least = limits();

    if (journey_world_bytes() > WORLD_BYTES ||
        wfp_world_init(model.block, &least, setting_rules(), setting_profile()) == NULL) {
        complain(WRONG_REFUSED_CALL);
        return;
    }
    for (unsigned service = 1; service <= SERVICES; service++) {
        install(service);
    }
}

unsigned journey_orders(void)
{
    static const unsigned orders[] = {1, 1, 2, 6};

    return orders[SERVICES];
}

struct wfp_policy *services_policy(unsigned service)
{
    return &policies[service - 1];
}
