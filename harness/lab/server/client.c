/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/client.h"

#include <stdio.h>
#include <string.h>

#include "harness/lab/server/clients.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"
#include "harness/lab/server/sender.h"

enum { FIRST_PROCESS = 4000, CLIENTS_OF_ADDRESS = 4096 };

/* ---- what it sends and expects ---- */

static uint64_t seed_of(const struct client *client)
{
    return (uint64_t)client->lab->scenario_number << 32 | client->number;
}

/* Who speaks first, and who ends first, is no matter of HTTP: there it is bytes all the same. */
static bool speaks_http(const struct client *client)
{
    const struct scenario_group *group = client->group;

    return client->lab->order->http && group->type == WFP_TCP && group->first == SCENARIO_CLIENT &&
           group->half_close == SCENARIO_NOBODY;
}

/* The number is in the first eight bytes, which tell clients apart. */
static void plan_http(struct client *client, const struct payload_part *body)
{
    const unsigned long size = client->group->bytes;
    struct payload *const ways[] = {&client->stream.out, &client->stream.in};

    (void)snprintf(client->heads[0], CLIENT_HEAD_MAX,
                   "PUT /%03u HTTP/1.1\r\nHost: destination\r\nContent-Length: %lu\r\n"
                   "Connection: close\r\n\r\n",
                   (unsigned)client->number, size);
    (void)snprintf(client->heads[1], CLIENT_HEAD_MAX,
                   "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                   "Content-Length: %lu\r\n\r\n",
                   size);
    for (int i = 0; i < 2; i++) {
        ways[i]->parts[0] =
            (struct payload_part){.text = client->heads[i], .size = strlen(client->heads[i])};
        ways[i]->parts[1] = *body;
    }
}

/* The destination says everything back; where it speaks first, it has a greeting, too. */
void client_plan(struct client *client)
{
    const struct scenario_group *group = client->group;
    const struct payload_part own = {.seed = seed_of(client), .size = group->bytes};
    const struct payload_part greeting = {.seed = ~seed_of(client), .size = group->bytes};

    if (speaks_http(client)) {
        plan_http(client, &own);
        return;
    }
    client->stream.out.parts[0] = own;
    client->stream.in.parts[0] = own;
    if (group->first == SCENARIO_DESTINATION) {
        client->stream.in.parts[0] = greeting;
        client->stream.in.parts[1] = own;
    }
    if (group->half_close == SCENARIO_DESTINATION) {
        client->stream.in.parts[0] = greeting;
        client->stream.in.parts[1] = (struct payload_part){.size = 0};
    }
}

/* ---- its end ---- */

static bool is_spoilt(const struct client *client)
{
    return client->lab->member->scenario->context != SCENARIO_WHOLE;
}

static void tell_end(struct client *client, enum event_end how)
{
    struct event data = {.kind = EVENT_CLIENT_DATA};
    struct event end = {.kind = EVENT_CLIENT_END};

    event_set_number(&data, FIELD_CLIENT, client->number);
    event_set_number(&data, FIELD_SIZE, client->stream.received);
    event_set_number(&data, FIELD_ERROR, client->stream.wrong);
    lab_tell(client->lab, &data);
    event_set_number(&end, FIELD_CLIENT, client->number);
    event_set_number(&end, FIELD_HOW, how);
    event_set_number(&end, FIELD_SIZE, client->stream.received);
    lab_tell(client->lab, &end);
}

/* A proxy may refuse what was not redirected, and what it cannot make anything of; with datagrams
 * nobody is told. */
bool client_is_doubtful(const struct client *client)
{
    return client->sender != NULL &&
           (client->group->is != SCENARIO_REDIRECTED || is_spoilt(client));
}

void client_end_quietly(struct client *client)
{
    client->over = true;
    client->lab->clients_ended++;
    client->lab->doubtful_open -= client_is_doubtful(client);
    client->lab->last_end = lab_time(client->lab);
}

void client_finish(struct client *client, enum event_end how, bool reset)
{
    if (client->over) {
        return;
    }
    client_end_quietly(client);
    tell_end(client, how);
    stream_close(&client->stream, reset);
    if (client->world != WFP_INVALID_SOCKET && client->lab->model.world != NULL) {
        (void)wfp_socket_close(client->lab->model.world, client->world);
        client->world = WFP_INVALID_SOCKET;
    }
    if (client->door != WFP_INVALID_SOCKET && client->lab->model.world != NULL) {
        (void)wfp_socket_close(client->lab->model.world, client->door);
        client->door = WFP_INVALID_SOCKET;
    }
    clients_start_more(client->lab);
}

static void on_changed(struct stream *stream)
{
    struct client *client = stream->owner;
    const struct scenario_group *group = client->group;
    const uint64_t expected = payload_size(&stream->in);

    if (client->over) {
        return;
    }
    if (stream->reset) {
        client_finish(client, EVENT_END_RESET, false);
        return;
    }
    if (group->first == SCENARIO_DESTINATION && stream->received >= stream->in.parts[0].size) {
        stream_allow(stream, UINT64_MAX, false);
    }
    if (group->reset == SCENARIO_CLIENT && stream->received > 0 &&
        stream->received >= expected / 2) {
        client_finish(client, EVENT_END_RESET, true);
        return;
    }
    if (stream->ended_in && group->half_close == SCENARIO_DESTINATION && !stream->ended_out) {
        stream_allow(stream, UINT64_MAX, true);
        return;
    }
    if (stream->received >= expected && group->half_close == SCENARIO_NOBODY) {
        stream_allow(stream, UINT64_MAX, true);
    }
    if (stream->ended_in) {
        client_finish(client, EVENT_END_CLOSED, false);
    }
}

static void on_ended_out(struct stream *stream)
{
    const struct client *client = stream->owner;
    struct event event = {.kind = EVENT_CLIENT_SHUTDOWN};

    event_set_number(&event, FIELD_CLIENT, client->number);
    event_set_number(&event, FIELD_SIZE, stream->sent);
    lab_tell(client->lab, &event);
}

/* ---- its connection ---- */

static void on_connect(uv_connect_t *request, int status)
{
    struct client *client = request->data;
    const struct scenario_group *group = client->group;
    const bool waits =
        group->first == SCENARIO_DESTINATION || group->half_close == SCENARIO_DESTINATION;

    if (client->over) {
        return;
    }
    if (status < 0) {
        client_finish(client, EVENT_END_REFUSED, false);
        return;
    }
    stream_start(&client->stream);
    if (!waits) {
        stream_allow(&client->stream, UINT64_MAX, group->half_close == SCENARIO_CLIENT);
    }
}

static void tell_client(const struct client *client, const struct wfp_address *door)
{
    static const uint64_t states[] = {[SCENARIO_REDIRECTED] = EVENT_CLIENT_REDIRECTED,
                                      [SCENARIO_DIRECT] = 0,
                                      [SCENARIO_LOST] =
                                          EVENT_CLIENT_REDIRECTED | EVENT_CLIENT_LOST};
    const bool first = client->group->first == SCENARIO_DESTINATION ||
                       client->group->half_close == SCENARIO_DESTINATION;
    struct event event = {.kind = EVENT_CLIENT};

    event_set_number(&event, FIELD_CLIENT, client->number);
    event_set_number(
        &event, FIELD_FLAGS,
        states[client->group->is] | (first ? EVENT_CLIENT_SERVER_FIRST : 0) |
            (client->sender != NULL ? EVENT_CLIENT_DATAGRAMS : 0) |
            (client->group->half_close != SCENARIO_NOBODY ? EVENT_CLIENT_HALF_CLOSE : 0) |
            (is_spoilt(client) ? EVENT_CLIENT_CONTEXT_BAD : 0));
    event_set_number(&event, FIELD_SIZE, payload_size(&client->stream.in));
    event_set_address(&event, FIELD_PEER, &client->destination);
    event_set_address(&event, FIELD_LOCAL, &client->source);
    event_set_address(&event, FIELD_REAL, door);
    if (client->group->is != SCENARIO_DIRECT && client->proxy->main != NULL) {
        event_set_number(&event, FIELD_PROCESS, client->proxy->main->number);
    }
    lab_tell(client->lab, &event);
}

/* In the model: the callouts decide where the connection goes. */
static bool connect_in_world(struct client *client)
{
    struct lab *lab = client->lab;
    struct model_connected connected;
    struct model_connect call = {.type = WFP_TCP,
                                 .to = client->destination,
                                 .target_pid = 1,
                                 .lost = client->group->is == SCENARIO_LOST};

    client->world = model_socket(&lab->model, (enum wfp_family)client->destination.family, WFP_TCP,
                                 true, FIRST_PROCESS + client->number);
    call.socket = client->world;
    if (client->group->is == SCENARIO_DIRECT) {
        return model_connect_direct(&lab->model, client->world,
                                    (enum wfp_family)client->destination.family, &client->door);
    }
    for (size_t i = 0; i < lab->proxy_count; i++) {
        call.context_sizes[i] =
            (uint32_t)client_context(client, lab->proxies[i], &call.contexts[i]);
    }
    if (!model_connect(&lab->model, &call, &connected) || connected.by == MODEL_NOBODY) {
        return false;
    }
    client->door = connected.door;
    client->proxy = lab->proxies[connected.by];
    client->visited[0] = connected.by;
    client->hops = 1;
    return true;
}

/* Bound first: the proxy may accept before we are told that we are connected. */
static bool bind_client(struct client *client)
{
    struct wfp_address from = endpoint_loopback((enum wfp_family)client->group->family, 0);
    struct sockaddr_storage address;

    if (from.family == WFP_IPV4) {
        /* Thousands of them: no address has so many ports that are not waiting for their end. */
        from.bytes[3] = (uint8_t)(from.bytes[3] + client->number / CLIENTS_OF_ADDRESS);
    }
    endpoint_store(&from, &address);
    if (!stream_open(&client->stream, &client->lab->loop, on_changed, client) ||
        uv_tcp_bind(&client->stream.tcp, (struct sockaddr *)&address, 0) != 0) {
        return false;
    }
    client->stream.shut = on_ended_out;
    client->source = endpoint_of_tcp(&client->stream.tcp);
    return true;
}

static bool connect_to(struct client *client, const struct wfp_address *door)
{
    struct sockaddr_storage address;

    tell_client(client, door);
    endpoint_store(door, &address);
    client->connect.data = client;
    return uv_tcp_connect(&client->connect, &client->stream.tcp, (struct sockaddr *)&address,
                          on_connect) == 0;
}

uint32_t client_take_door(struct client *client, bool update)
{
    struct model *model = &client->lab->model;
    uint32_t accepted;

    if (!client->accepted) {
        driver_accepted(&client->proxy->driver, client);
    }
    client->accepted = true;
    if (client->door == WFP_INVALID_SOCKET) {
        /* Accepted before, by AcceptEx: the same connection, and now it is known how. */
        (void)wfp_socket_close(model->world, client->world);
        (void)connect_in_world(client);
    }
    accepted = model_accept(model, client->door, update);
    client->door = WFP_INVALID_SOCKET;
    return accepted;
}

/* ---- its beginning ---- */

/* Where nothing listens for its family nothing is tried. */
void client_start(struct client *client)
{
    const enum wfp_family family = (enum wfp_family)client->group->family;
    struct wfp_address door;

    client->started = true;
    client->lab->clients_started++;
    if (!proxy_door(client->proxy, family, WFP_TCP, &door)) {
        client_end_quietly(client);
        return;
    }
    if (!bind_client(client)) {
        client_finish(client, EVENT_END_REFUSED, false);
        return;
    }
    if (!connect_in_world(client)) {
        lab_note(client->lab, EVENT_NOTE, "the model has no room for a client");
    }
    if (!proxy_door(client->proxy, family, WFP_TCP, &door) || !connect_to(client, &door)) {
        client_finish(client, EVENT_END_REFUSED, false);
    }
}

struct client *client_add_flow(struct lab *lab, const struct scenario_group *group,
                               struct sender *sender, uint32_t host)
{
    struct client *client = clients_add(lab, group, host);

    if (client != NULL) {
        client->sender = sender;
        client->source = sender->source;
        client->started = true;
        lab->doubtful_open += client_is_doubtful(client);
        tell_client(client, &sender->door);
    }
    return client;
}

uint32_t client_refusal(struct client *client)
{
    enum { WINDOWS_WSAECONNREFUSED = 10061, WINDOWS_WSAEHOSTUNREACH = 10065 };
    static const uint32_t errors[] = {[SCENARIO_THERE] = 0,
                                      [SCENARIO_REFUSED] = WINDOWS_WSAECONNREFUSED,
                                      [SCENARIO_UNREACHABLE] = WINDOWS_WSAEHOSTUNREACH};

    client->dials++;
    if (client->group->refused != 0 && client->dials > client->group->refused) {
        return 0;
    }
    return errors[client->group->destination];
}
