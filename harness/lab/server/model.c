/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    MODEL_ORIGIN = 0x77667063,
    FIRST_PORT = 1024, /* of doors */
    HANDLE_PROVIDER = 1000
};

/* ---- the world ---- */

static uint32_t record_room(const struct wfp_profile *profile, const struct model_size *size,
                            size_t services)
{
    const uint32_t hops = services > 1 ? MODEL_HOPS_MAX + 2 : 2;

    return wfp_record_size(profile, hops, hops * size->context);
}

static struct wfp_limits limits_of(const struct wfp_profile *profile, const struct model_size *size,
                                   size_t services)
{
    return (struct wfp_limits){.sockets = size->sockets,
                               .handles = MODEL_SERVICES_MAX,
                               .records = size->sockets,
                               .record_bytes = record_room(profile, size, services),
                               .operations = 64,
                               .callouts = 2 * MODEL_SERVICES_MAX,
                               .classifications = size->sockets,
                               .contexts = size->sockets,
                               .context_bytes = size->context > 0 ? size->context : 1,
                               .flows = size->sockets,
                               .datagrams = 64,
                               .datagram_bytes = MODEL_DATAGRAM_MAX,
                               .origin = MODEL_ORIGIN};
}

static enum status reserve(struct model *model, size_t size)
{
    void *memory;

    if (size == 0) {
        return STATUS_BROKEN;
    }
    if (size <= model->size) {
        return STATUS_OK;
    }
    memory = realloc(model->memory, size);
    if (memory == NULL) {
        return STATUS_BROKEN;
    }
    model->memory = memory;
    model->size = size;
    return STATUS_OK;
}

static bool register_callouts(struct model *model, size_t index, bool reversed)
{
    const uint32_t weight = (uint32_t)(reversed ? index + 1 : MODEL_SERVICES_MAX - index);
    static const enum wfp_callout_layer layers[] = {WFP_CONNECT_REDIRECT_V4,
                                                    WFP_CONNECT_REDIRECT_V6};
    struct model_service *service = &model->services[index];
    uint32_t number;

    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        const struct wfp_callout callout = {.layer = layers[i],
                                            .filter = (uint32_t)(10 * (index + 1) + i),
                                            .sublayer = weight,
                                            .weight = weight,
                                            .context = &service->policy};

        if (wfp_callout_register(model->world, &callout, &number) != WFP_OK) {
            return false;
        }
    }
    return true;
}

static bool add_service(struct model *model, size_t index, bool reversed)
{
    struct model_service *service = &model->services[index];

    wfp_policy_recommended(&service->policy);
    if (wfp_handle_create(model->world, HANDLE_PROVIDER + index, &service->handle) != WFP_OK) {
        return false;
    }
    service->policy.handle = service->handle;
    return register_callouts(model, index, reversed);
}

enum status model_begin(struct model *model, const struct wfp_profile *profile,
                        const struct model_size *size, size_t services, bool reversed)
{
    struct wfp_limits limits;

    model->world = NULL;
    model->profile = *profile;
    model->service_count = services;
    model->next_port = FIRST_PORT;
    model->generation++;
    limits = limits_of(&model->profile, size, services);
    if (reserve(model, wfp_world_size(&limits)) != STATUS_OK) {
        return STATUS_BROKEN;
    }
    model->world = wfp_world_init(model->memory, &limits, wfp_rules_shipped(), &model->profile);
    for (size_t i = 0; model->world != NULL && i < services; i++) {
        if (!add_service(model, i, reversed)) {
            model->world = NULL;
        }
    }
    return model->world != NULL ? STATUS_OK : STATUS_BROKEN;
}

void model_end(struct model *model)
{
    free(model->memory);
    model->memory = NULL;
    model->world = NULL;
    model->size = 0;
}

/* ---- connections ---- */

uint32_t model_socket(struct model *model, enum wfp_family family, enum wfp_type type,
                      bool overlapped, uint32_t process)
{
    uint32_t socket = WFP_INVALID_SOCKET;

    if (wfp_socket_open(model->world, family, type, overlapped, &socket) != WFP_OK) {
        return WFP_INVALID_SOCKET;
    }
    (void)wfp_socket_owner(model->world, socket, process);
    return socket;
}

/* In the world only, so that what waits there is this connection, whatever order accept() has. */
static uint32_t open_door(struct model *model, enum wfp_family family, struct wfp_address *address)
{
    const uint32_t door = model_socket(model, family, WFP_TCP, true, 0);

    *address = (struct wfp_address){.family = (uint8_t)family};
    address->bytes[family == WFP_IPV4 ? 0 : 15] = family == WFP_IPV4 ? 127 : 1;
    address->bytes[3] |= family == WFP_IPV4 ? 1 : 0;
    for (int tries = 0; door != WFP_INVALID_SOCKET && tries < 60000; tries++) {
        address->port = model->next_port++;
        model->next_port = model->next_port < FIRST_PORT ? FIRST_PORT : model->next_port;
        if (wfp_socket_bind(model->world, door, address) == WFP_OK &&
            wfp_socket_listen(model->world, door) == WFP_OK) {
            return door;
        }
    }
    (void)wfp_socket_close(model->world, door);
    return WFP_INVALID_SOCKET;
}

/* The family whose callouts are asked: that of the address, however it is written. */
static enum wfp_family layer_family(const struct wfp_address *to)
{
    return (enum wfp_family)wfp_address_unmapped(to).family;
}

static bool classify(struct model *model, uint32_t classification)
{
    const struct wfp_classify_call next = {.call = WFP_CALL_NEXT, .classification = classification};
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN,
                                           .classification = classification};
    struct wfp_reply reply;

    while (wfp_classify(model->world, &next, &reply) == WFP_OK) {
        const uint32_t number = wfp_classify_callout(model->world, classification);

        if (number == 0) {
            return true;
        }
        wfp_policy_classify(model->world, classification,
                            wfp_callout_of(model->world, number)->context);
        (void)wfp_classify(model->world, &back, &reply);
    }
    return false;
}

static void note_told(struct model *model, uint32_t classification,
                      struct model_connected *connected)
{
    for (size_t i = 0; i < model->service_count; i++) {
        enum wfp_redirect_state state;

        if (wfp_classify_told(model->world, classification, model->services[i].handle, &state)) {
            connected->told[i] = (uint8_t)state;
        }
    }
}

static void prepare(struct model *model, const struct model_connect *call,
                    const struct wfp_address *door)
{
    for (size_t i = 0; i < model->service_count; i++) {
        struct wfp_policy *policy = &model->services[i].policy;

        policy->service = *door;
        policy->target_pid = call->target_pid;
        policy->context = call->contexts[i];
        policy->context_size = call->context_sizes[i];
    }
}

static bool decide(struct model *model, const struct model_connect *call, uint32_t classification,
                   struct model_connected *connected)
{
    struct wfp_connected where;
    struct wfp_reply reply;

    if (!classify(model, classification)) {
        return false;
    }
    note_told(model, classification, connected);
    if (call->lost) {
        (void)wfp_connect_lose_record(model->world, classification);
    }
    if (wfp_connect_end(model->world, classification, &where, &reply) != WFP_OK) {
        return false;
    }
    connected->error = reply.answer.error;
    for (size_t i = 0; where.redirected && i < model->service_count; i++) {
        if (model->services[i].handle == where.handle) {
            connected->by = (uint8_t)i;
        }
    }
    return true;
}

bool model_connect(struct model *model, const struct model_connect *call,
                   struct model_connected *connected)
{
    struct wfp_address address;
    uint32_t classification = 0;
    bool good;

    *connected = (struct model_connected){.by = MODEL_NOBODY};
    memset(connected->told, MODEL_NOBODY, sizeof connected->told);
    connected->door = open_door(model, layer_family(&call->to), &address);
    if (connected->door == WFP_INVALID_SOCKET) {
        return false;
    }
    prepare(model, call, &address);
    good = wfp_connect_begin(model->world, call->socket, &call->to, &classification) == WFP_OK &&
           decide(model, call, classification, connected);
    if (!good || connected->by == MODEL_NOBODY) {
        (void)wfp_socket_close(model->world, connected->door);
        connected->door = WFP_INVALID_SOCKET;
    }
    return good;
}

bool model_connect_direct(struct model *model, uint32_t socket, enum wfp_family family,
                          uint32_t *door)
{
    struct wfp_address address;
    struct wfp_connect what = {0};
    struct wfp_reply reply;

    *door = open_door(model, family, &address);
    what.listener = *door;
    return *door != WFP_INVALID_SOCKET &&
           wfp_socket_connect(model->world, socket, &what, &reply) == WFP_OK;
}

uint32_t model_accept(struct model *model, uint32_t door, bool update)
{
    uint32_t accepted = WFP_INVALID_SOCKET;

    if (wfp_socket_accept(model->world, door, update, &accepted) != WFP_OK) {
        accepted = WFP_INVALID_SOCKET;
    }
    (void)wfp_socket_close(model->world, door);
    return accepted;
}
