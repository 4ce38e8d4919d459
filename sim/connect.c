/* SPDX-License-Identifier: MIT */

#include <string.h>

#include <wfp/sim.h>

#include "sim/connect.h"
#include "sim/decide.h"
#include "sim/record.h"
#include "sim/world.h"

static struct endpoint *endpoint_of(struct wfp_world *world, uint32_t socket, uint32_t *link)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);

    *link = descriptor == NULL ? 0 : descriptor->endpoint;
    return world_endpoint(world, *link);
}

bool connect_leaves_record(const struct wfp_world *world, const struct wfp_redirect *redirect)
{
    if (redirect == NULL || redirect->lost) {
        return false;
    }
    if (redirect->layer == WFP_LAYER_BIND_REDIRECT) {
        return world_value(world, WFP_KEY_BIND_REDIRECT_RECORD)->number != 0;
    }
    return !redirect->remote || world_value(world, WFP_KEY_REMOTE_REDIRECT_RECORD)->number != 0;
}

enum wfp_status connect_make_record(struct wfp_world *world, struct record_view before,
                                    uint32_t requester, const struct wfp_redirect *redirect,
                                    uint32_t *record)
{
    const struct redirect_handle *handle = world_handle(world, redirect->handle);
    const struct record_shape shape = {world_value(world, WFP_KEY_RECORD_HEADER)->number,
                                       world_value(world, WFP_KEY_RECORD_HOP)->number};
    const uint32_t link = world_free_record_slot(world);
    struct record_hop hop = {.handle = redirect->handle, .target_pid = redirect->target_pid};
    uint32_t size;

    if (handle == NULL) {
        return WFP_NO_HANDLE;
    }
    if (link == 0 || redirect->context_size > world->limits.record_bytes) {
        return WFP_NO_ROOM;
    }
    hop.provider = handle->provider;
    hop.context.bytes = redirect->context;
    hop.context.size = redirect->context_size;
    hop.requester = requester;
    size = record_append(before, &hop, shape, world->limits.origin, world_record_room(world, link),
                         world->limits.record_bytes);
    if (size == 0) {
        world_clear_room(world, link);
        return WFP_NO_ROOM;
    }
    world_keep_record(world, link, size);
    *record = link;
    return WFP_OK;
}

static void wait_at(struct wfp_world *world, uint32_t listener, uint32_t waiting)
{
    uint32_t *tail = &world_endpoint(world, listener)->next;

    while (*tail != 0) {
        tail = &world_endpoint(world, *tail)->next;
    }
    *tail = waiting;
    world_endpoint(world, waiting)->listener = listener;
}

static enum wfp_status arrive(struct wfp_world *world, const struct endpoint *client,
                              uint32_t listener, const struct wfp_redirect *redirect)
{
    const uint32_t link = world_take_endpoint(world);
    struct endpoint *arrived = world_endpoint(world, link);
    enum wfp_status status = WFP_OK;

    if (arrived == NULL) {
        return WFP_NO_ROOM;
    }
    arrived->state = ENDPOINT_WAITING;
    arrived->family = client->family;
    arrived->type = client->type;
    arrived->overlapped = world_endpoint(world, listener)->overlapped;
    if (connect_leaves_record(world, redirect)) {
        status = connect_make_record(world, world_record(world, client->record), client->process,
                                     redirect, &arrived->record);
    }
    if (status != WFP_OK) {
        memset(arrived, 0, sizeof *arrived);
        return status;
    }
    wait_at(world, listener, link);
    return WFP_OK;
}

uint64_t connect_facts(const struct wfp_redirect *redirect)
{
    const bool local = redirect != NULL && !redirect->remote;

    return local && redirect->target_pid == 0 ? WFP_BIT(WFP_KERNEL_TARGET_PID_ZERO) : 0;
}

static struct inquiry ask_connect(const struct wfp_redirect *redirect)
{
    const struct inquiry inquiry = {.call = WFP_CALL_CONNECT, .facts = connect_facts(redirect)};

    return inquiry;
}

static enum wfp_status check(struct wfp_world *world, const struct endpoint *client,
                             const struct wfp_connect *what, uint32_t *listener)
{
    const struct endpoint *endpoint = endpoint_of(world, what->listener, listener);

    if (client == NULL || (what->listener != 0 && endpoint == NULL)) {
        return WFP_NO_SOCKET;
    }
    if (client->state != ENDPOINT_FRESH && client->state != ENDPOINT_BOUND) {
        return WFP_BAD_STATE;
    }
    return endpoint != NULL && endpoint->state != ENDPOINT_LISTENING ? WFP_BAD_STATE : WFP_OK;
}

enum wfp_status connect_make(struct wfp_world *world, struct endpoint *client, uint32_t listener,
                             const struct wfp_redirect *redirect)
{
    enum wfp_status status = WFP_OK;

    if (listener != 0) {
        status = arrive(world, client, listener, redirect);
    }
    if (status == WFP_OK) {
        client->state = ENDPOINT_CONNECTED;
        client->classified = client->record;
    }
    return status;
}

/* `answer` NULL: the simulator's. */
static enum wfp_status connect_as(struct wfp_world *world, uint32_t socket,
                                  const struct wfp_connect *what, const struct wfp_answer *answer,
                                  struct wfp_reply *reply)
{
    uint32_t link;
    uint32_t listener;
    struct endpoint *client = endpoint_of(world, socket, &link);
    const enum wfp_status status = check(world, client, what, &listener);
    const struct inquiry inquiry = ask_connect(what->redirect);
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    decision = answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    return decide_effect(&inquiry, &decision) == WFP_EFFECT_CONNECT
               ? connect_make(world, client, listener, what->redirect)
               : WFP_OK;
}

enum wfp_status wfp_socket_connect(struct wfp_world *world, uint32_t socket,
                                   const struct wfp_connect *what, struct wfp_reply *reply)
{
    return connect_as(world, socket, what, NULL, reply);
}

void wfp_socket_connect_allowed(const struct wfp_world *world, const struct wfp_connect *what,
                                struct wfp_answer_set *set)
{
    const struct inquiry inquiry = ask_connect(what->redirect);

    set->count = 0;
    decide_all(world, &inquiry, set);
}

enum wfp_status wfp_socket_connect_assume(struct wfp_world *world, uint32_t socket,
                                          const struct wfp_connect *what, struct wfp_answer answer,
                                          struct wfp_reply *reply)
{
    return connect_as(world, socket, what, &answer, reply);
}

enum wfp_status wfp_socket_accept(struct wfp_world *world, uint32_t listener, bool update,
                                  uint32_t *socket)
{
    uint32_t link;
    struct endpoint *endpoint = endpoint_of(world, listener, &link);
    struct endpoint *accepted;
    uint32_t taken;

    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    if (endpoint->state != ENDPOINT_LISTENING || endpoint->next == 0) {
        return WFP_BAD_STATE;
    }
    taken = world_take_descriptor(world, endpoint->next);
    if (taken == 0) {
        return WFP_NO_ROOM;
    }
    accepted = world_endpoint(world, endpoint->next);
    endpoint->next = accepted->next;
    accepted->next = 0;
    accepted->listener = 0;
    accepted->state = ENDPOINT_ACCEPTED;
    accepted->not_updated = !update;
    *socket = taken;
    return WFP_OK;
}
