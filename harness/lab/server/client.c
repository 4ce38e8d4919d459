/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/client.h"

#include <stdlib.h>

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

/* The destination says everything back; where it speaks first, it has a greeting, too. */
static void plan(struct client *client)
{
    const struct scenario_group *group = client->group;
    const struct payload_part own = {seed_of(client), group->bytes};
    const struct payload_part greeting = {~seed_of(client), group->bytes};

    client->stream.out.parts[0] = own;
    client->stream.in.parts[0] = own;
    if (group->first == SCENARIO_DESTINATION) {
        client->stream.in.parts[0] = greeting;
        client->stream.in.parts[1] = own;
    }
    if (group->half_close == SCENARIO_DESTINATION) {
        client->stream.in.parts[0] = greeting;
        client->stream.in.parts[1] = (struct payload_part){0, 0};
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
static bool is_doubtful(const struct client *client)
{
    return client->sender != NULL &&
           (client->group->is != SCENARIO_REDIRECTED || is_spoilt(client));
}

static void end_quietly(struct client *client)
{
    client->over = true;
    client->lab->clients_ended++;
    client->lab->doubtful_open -= is_doubtful(client);
    client->lab->last_end = lab_time(client->lab);
}

static void start_more(struct lab *lab);

static void finish(struct client *client, enum event_end how, bool reset)
{
    if (client->over) {
        return;
    }
    end_quietly(client);
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
    start_more(client->lab);
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
        finish(client, EVENT_END_RESET, false);
        return;
    }
    if (group->first == SCENARIO_DESTINATION && stream->received >= stream->in.parts[0].size) {
        stream_allow(stream, UINT64_MAX, false);
    }
    if (group->reset == SCENARIO_CLIENT && stream->received > 0 &&
        stream->received >= expected / 2) {
        finish(client, EVENT_END_RESET, true);
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
        finish(client, EVENT_END_CLOSED, false);
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
        finish(client, EVENT_END_REFUSED, false);
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

/* ---- all of them ---- */

static struct client *add_client(struct lab *lab, const struct scenario_group *group)
{
    struct client *client = calloc(1, sizeof *client);
    struct client **clients = realloc(lab->clients, (lab->client_count + 1) * sizeof *clients);

    lab->clients = clients != NULL ? clients : lab->clients;
    if (client == NULL || clients == NULL) {
        free(client);
        return NULL;
    }
    clients[lab->client_count++] = client;
    client->lab = lab;
    client->group = group;
    client->proxy = lab->proxies[0];
    client->number = (uint32_t)lab->client_count;
    return client;
}

/* Where nothing listens for its family nothing is tried. */
static void start_client(struct client *client)
{
    const enum wfp_family family = (enum wfp_family)client->group->family;
    struct wfp_address door;

    client->started = true;
    client->lab->clients_started++;
    if (!proxy_door(client->proxy, family, WFP_TCP, &door)) {
        end_quietly(client);
        return;
    }
    if (!bind_client(client)) {
        finish(client, EVENT_END_REFUSED, false);
        return;
    }
    if (!connect_in_world(client)) {
        lab_note(client->lab, EVENT_NOTE, "the model has no room for a client");
    }
    if (!proxy_door(client->proxy, family, WFP_TCP, &door) || !connect_to(client, &door)) {
        finish(client, EVENT_END_REFUSED, false);
    }
}

/* As many as may be under way. Those that end at once make room for the next. */
static void start_more(struct lab *lab)
{
    while (lab->clients_started < lab->client_count &&
           lab->clients_started - lab->clients_ended < CLIENTS_AT_ONCE) {
        struct client *client = lab->clients[lab->clients_started];

        if (client->started) { /* a flow of datagrams */
            lab->clients_started++;
        } else {
            start_client(client);
        }
    }
}

static bool add_clients(struct lab *lab, const struct scenario_group *group, uint32_t count)
{
    const uint32_t host = (uint32_t)lab->client_count + 1;
    bool good = true;

    for (uint32_t i = 0; good && i < count; i++) {
        if (group->type == WFP_UDP) {
            good = sender_start(lab, group, host + i * group->flows);
        } else {
            struct client *client = add_client(lab, group);

            good = client != NULL;
            if (good) {
                client->destination = endpoint_destination((enum wfp_family)group->family,
                                                           group->together ? host : host + i);
                plan(client);
            }
        }
    }
    return good;
}

bool clients_start(struct lab *lab)
{
    const struct scenario *scenario = lab->member->scenario;
    bool good = true;

    lab->clients_started = 0;
    lab->clients_ended = 0;
    lab->doubtful_open = 0;
    lab->last_end = lab_time(lab);
    for (size_t i = 0; good && i < scenario->group_count; i++) {
        const struct scenario_group *group = &scenario->groups[i];

        good = add_clients(lab, group, lab->order->leak > 0 ? lab->order->leak : group->count);
    }
    start_more(lab);
    return good;
}

bool clients_over(const struct lab *lab)
{
    return lab->clients_ended == lab->client_count;
}

bool clients_only_doubtful(const struct lab *lab)
{
    return lab->clients_ended + lab->doubtful_open == lab->client_count;
}

void clients_finish_doubtful(struct lab *lab)
{
    for (size_t i = 0; i < lab->client_count; i++) {
        if (is_doubtful(lab->clients[i])) {
            finish(lab->clients[i], EVENT_END_CLOSED, false);
        }
    }
}

struct client *client_add_flow(struct lab *lab, const struct scenario_group *group,
                               struct sender *sender, uint32_t host)
{
    struct client *client = add_client(lab, group);

    if (client != NULL) {
        client->sender = sender;
        client->source = sender->source;
        client->destination = endpoint_destination((enum wfp_family)group->family, host);
        client->started = true;
        lab->doubtful_open += is_doubtful(client);
        plan(client);
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

void client_finish_datagrams(struct client *client, enum event_end how)
{
    finish(client, how, false);
}

void clients_give_up(struct lab *lab)
{
    lab->clients_started = lab->client_count; /* no more of them */
    for (size_t i = 0; i < lab->client_count; i++) {
        struct client *client = lab->clients[i];
        struct event event = {.kind = EVENT_DEADLINE};

        if (!client->started) {
            end_quietly(client);
        } else if (!client->over) {
            event_set_number(&event, FIELD_CLIENT, client->number);
            event_set_text(&event, FIELD_TEXT,
                           "the client's connection came to no end within the time limit");
            lab_tell(lab, &event);
            lab->timeouts++;
            finish(client, EVENT_END_TIMEOUT, true);
        }
    }
}

static bool all_closed(struct lab *lab, void *context)
{
    (void)context;
    for (size_t i = 0; i < lab->client_count; i++) {
        const struct stream *stream = &lab->clients[i]->stream;

        if (stream->opened && !stream->closed) {
            return false;
        }
    }
    return true;
}

void clients_clear(struct lab *lab)
{
    for (size_t i = 0; i < lab->client_count; i++) {
        stream_close(&lab->clients[i]->stream, false);
    }
    while (!all_closed(lab, NULL)) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
    }
    for (size_t i = 0; i < lab->client_count; i++) {
        stream_release(&lab->clients[i]->stream);
        free(lab->clients[i]);
    }
    free(lab->clients);
    lab->clients = NULL;
    lab->client_count = 0;
}

/* ---- finding one ---- */

struct client *client_numbered(const struct lab *lab, uint32_t number)
{
    return number == 0 || number > lab->client_count ? NULL : lab->clients[number - 1];
}

struct client *client_of_source(const struct lab *lab, const struct wfp_address *source)
{
    const struct wfp_address plain = wfp_address_unmapped(source);

    for (size_t i = lab->client_count; i-- > 0;) {
        if (lab->clients[i]->sender == NULL &&
            wfp_address_equal(&lab->clients[i]->source, &plain)) {
            return lab->clients[i];
        }
    }
    return NULL;
}

static struct client *last_of_destination(const struct lab *lab,
                                          const struct wfp_address *destination)
{
    for (size_t i = lab->client_count; i-- > 0;) {
        if (endpoint_same_host(&lab->clients[i]->destination, destination)) {
            return lab->clients[i];
        }
    }
    return NULL;
}

struct client *client_of_destination(const struct lab *lab, const struct wfp_address *destination)
{
    struct client *client = last_of_destination(lab, destination);
    const bool shared = client != NULL && client->group->together && client->group->count > 1;

    return shared ? NULL : client;
}

struct client *client_of_payload(const struct lab *lab, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; size >= SCENARIO_TOKEN && i < lab->client_count; i++) {
        if (payload_matches(&lab->clients[i]->stream.out, 0, bytes, SCENARIO_TOKEN)) {
            return lab->clients[i];
        }
    }
    return NULL;
}
