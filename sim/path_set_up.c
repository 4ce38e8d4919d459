/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/path.h"

enum {
    FIRST_PORT = 10001,
    FIRST_PROCESS = 101,
    JOURNEY_SOCKETS = 8,
    JOURNEY_RECORDS = 8,
    JOURNEY_CLASSIFICATIONS = 4,
    JOURNEY_DATAGRAMS = 4,
    DATAGRAM_BYTES = 16,
    FIRST_PROVIDER = 0x70617468
};

void wfp_path_service_recommended(struct wfp_path_service *service, uint32_t sublayer,
                                  uint32_t weight)
{
    memset(service, 0, sizeof *service);
    wfp_policy_recommended(&service->policy);
    service->families = WFP_PATH_V4 | WFP_PATH_V6;
    service->refuses = true;
    service->sublayer = sublayer;
    service->weight = weight;
}

struct wfp_limits wfp_path_limits(const struct wfp_path_topology *topology)
{
    const uint32_t services =
        topology->count < WFP_PATH_SERVICES_MAX ? topology->count : WFP_PATH_SERVICES_MAX;
    struct wfp_limits limits = {
        .sockets = 2 * services + JOURNEY_SOCKETS,
        .handles = 2 * WFP_PATH_SERVICES_MAX,
        .records = JOURNEY_RECORDS,
        .record_bytes = WFP_PATH_RECORD_MAX,
        .operations = 1,
        .origin = 0x77667063,
        .callouts = 4 * WFP_PATH_SERVICES_MAX + 2,
        .classifications = JOURNEY_CLASSIFICATIONS,
        .contexts = JOURNEY_CLASSIFICATIONS * WFP_VERSIONS_MAX,
        .context_bytes = 1,
        /* Each socket of a journey may have sent to each service, in both families. */
        .flows = JOURNEY_SOCKETS * (2 * services + 1),
        .datagrams = JOURNEY_DATAGRAMS,
        .datagram_bytes = DATAGRAM_BYTES,
    };

    for (uint32_t i = 0; i < services; i++) {
        const struct wfp_path_service *service = &topology->services[i];

        if (service->handle == WFP_PATH_HANDLE_PER_CLASSIFY) {
            limits.handles += 2 * WFP_PATH_HOPS_MAX;
        }
        if (service->policy.context_size > limits.context_bytes) {
            limits.context_bytes = service->policy.context_size;
        }
    }
    return limits;
}

static bool is_possible(const struct wfp_path_topology *topology)
{
    if (topology->count > WFP_PATH_SERVICES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < topology->count; i++) {
        if (topology->services[i].policy.context_size > WFP_PATH_CONTEXT_MAX) {
            return false;
        }
    }
    return true;
}

/* ---- one service ---- */

static enum wfp_status create_handles(struct wfp_path *path, uint32_t index)
{
    const struct wfp_path_service *service = &path->topology->services[index];
    const uint32_t count = service->handle == WFP_PATH_HANDLE_PER_FILTER ? 2 : 1;
    enum wfp_status status = WFP_OK;

    for (uint32_t family = 0; family < count && status == WFP_OK; family++) {
        status = wfp_handle_create(path->world, FIRST_PROVIDER + 2 * index + family,
                                   &path->handles[index][family]);
    }
    return status;
}

static void prepare_policies(struct wfp_path *path, uint32_t index)
{
    static const uint8_t context[WFP_PATH_CONTEXT_MAX];

    for (uint32_t family = 0; family < 2; family++) {
        struct wfp_policy *policy = &path->policies[index][family];
        const uint32_t own = path->handles[index][family];

        *policy = path->topology->services[index].policy;
        policy->handle = own != 0 ? own : path->handles[index][0];
        policy->service = (struct wfp_address){.port = (uint16_t)(FIRST_PORT + index)};
        policy->target_pid = FIRST_PROCESS + index;
        policy->context = context;
    }
}

static enum wfp_status add_callout(struct wfp_path *path, uint32_t service, uint32_t family,
                                   struct wfp_callout callout)
{
    const uint32_t at = path->callout_count;
    uint32_t number = 0;
    enum wfp_status status;

    callout.filter = at + 1;
    status = wfp_callout_register(path->world, &callout, &number);
    if (status == WFP_OK) {
        path->callouts[at].number = number;
        path->callouts[at].service = (uint8_t)service;
        path->callouts[at].family = (uint8_t)family;
        path->callouts[at].layer = (uint8_t)callout.layer;
        path->callout_count = at + 1;
    }
    return status;
}

static bool blocks_at_auth_connect(const struct wfp_policy *policy)
{
    for (unsigned state = 0; state < 4; state++) {
        if (policy->at_auth_connect[state] == WFP_DEED_BLOCK) {
            return true;
        }
    }
    return false;
}

static enum wfp_status register_callouts(struct wfp_path *path, uint32_t index)
{
    const struct wfp_path_service *service = &path->topology->services[index];
    struct wfp_callout callout = {.sublayer = service->sublayer, .weight = service->weight};
    enum wfp_status status = WFP_OK;

    for (uint32_t family = 0; family < 2 && status == WFP_OK; family++) {
        if ((service->families & (1u << family)) == 0) {
            continue;
        }
        callout.layer = family == 0 ? WFP_CONNECT_REDIRECT_V4 : WFP_CONNECT_REDIRECT_V6;
        status = add_callout(path, index + 1, family, callout);
        if (status == WFP_OK && blocks_at_auth_connect(&service->policy)) {
            callout.layer = family == 0 ? WFP_AUTH_CONNECT_V4 : WFP_AUTH_CONNECT_V6;
            status = add_callout(path, index + 1, family, callout);
        }
    }
    return status;
}

/* Sees the condition flags of every connection before anybody can block it. */
static enum wfp_status register_watch(struct wfp_path *path)
{
    struct wfp_callout callout = {.sublayer = UINT32_MAX, .weight = UINT32_MAX};
    enum wfp_status status;

    callout.layer = WFP_AUTH_CONNECT_V4;
    status = add_callout(path, 0, 0, callout);
    callout.layer = WFP_AUTH_CONNECT_V6;
    return status == WFP_OK ? add_callout(path, 0, 1, callout) : status;
}

static enum wfp_status open_listener(struct wfp_path *path, uint32_t index)
{
    const struct wfp_address local = {.port = (uint16_t)(FIRST_PORT + index), .family = WFP_IPV6};
    uint32_t *listener = &path->listeners[index];
    enum wfp_status status = wfp_socket_open(path->world, WFP_IPV6, WFP_TCP, true, listener);

    if (status == WFP_OK) {
        status = wfp_socket_bind(path->world, *listener, &local);
    }
    if (status == WFP_OK) {
        status = wfp_socket_owner(path->world, *listener, FIRST_PROCESS + index);
    }
    return status == WFP_OK ? wfp_socket_listen(path->world, *listener) : status;
}

/* ---- all of them ---- */

enum wfp_status wfp_path_set_up(struct wfp_path *path, struct wfp_world *world,
                                const struct wfp_path_topology *topology)
{
    enum wfp_status status;

    memset(path, 0, sizeof *path);
    path->world = world;
    path->topology = topology;
    if (!is_possible(topology)) {
        return WFP_BAD_STATE;
    }
    status = register_watch(path);
    for (uint32_t i = 0; i < topology->count && status == WFP_OK; i++) {
        status = create_handles(path, i);
        prepare_policies(path, i);
        if (status == WFP_OK) {
            status = register_callouts(path, i);
        }
        if (status == WFP_OK) {
            status = open_listener(path, i);
        }
    }
    if (status != WFP_OK) {
        wfp_path_tear_down(path);
    }
    return status;
}

void wfp_path_tear_down(struct wfp_path *path)
{
    while (wfp_path_step(path)) {
    }
    for (uint32_t i = 0; i < WFP_PATH_SERVICES_MAX; i++) {
        (void)wfp_socket_close(path->world, path->listeners[i]);
        (void)wfp_handle_destroy(path->world, path->handles[i][0]);
        (void)wfp_handle_destroy(path->world, path->handles[i][1]);
    }
    while (path->callout_count > 0) {
        (void)wfp_callout_unregister(path->world, path->callouts[--path->callout_count].number);
    }
    memset(path->listeners, 0, sizeof path->listeners);
    memset(path->handles, 0, sizeof path->handles);
}
