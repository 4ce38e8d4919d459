/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/clients.h"

#include <stdlib.h>

#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/proxy.h"
#include "harness/lab/server/sender.h"

struct client *clients_add(struct lab *lab, const struct scenario_group *group, uint32_t host)
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
    client->destination = endpoint_destination((enum wfp_family)group->family, host);
    client_plan(client);
    return client;
}

static unsigned rounds_of(const struct lab *lab)
{
    return lab->order->leak > 0 ? CLIENTS_ROUNDS : 1;
}

/* How many may have started: those of this round, and of the rounds before. */
static size_t allowed(const struct lab *lab)
{
    return (lab->client_count * lab->round + rounds_of(lab) - 1) / rounds_of(lab);
}

/* As many as may be under way. Those that end at once make room for the next. */
void clients_start_more(struct lab *lab)
{
    while (lab->clients_started < allowed(lab) &&
           lab->clients_started - lab->clients_ended < CLIENTS_AT_ONCE) {
        struct client *client = lab->clients[lab->clients_started];

        if (client->started) { /* a flow of datagrams */
            lab->clients_started++;
        } else {
            client_start(client);
        }
    }
}

static bool add_clients(struct lab *lab, const struct scenario_group *group, uint32_t count)
{
    const uint32_t host = (uint32_t)lab->client_count + 1;
    bool good = true;

    for (uint32_t i = 0; good && i < count; i++) {
        good = group->type == WFP_UDP
                   ? sender_start(lab, group, host + i * group->flows)
                   : clients_add(lab, group, group->together ? host : host + i) != NULL;
    }
    return good;
}

bool clients_start(struct lab *lab)
{
    const struct scenario *scenario = lab->member->scenario;
    bool good = true;

    lab->round = 1;
    lab->clients_started = 0;
    lab->clients_ended = 0;
    lab->doubtful_open = 0;
    lab->last_end = lab_time(lab);
    for (size_t i = 0; good && i < scenario->group_count; i++) {
        const struct scenario_group *group = &scenario->groups[i];

        good = add_clients(lab, group, lab->order->leak > 0 ? lab->order->leak : group->count);
    }
    clients_start_more(lab);
    return good;
}

bool clients_last_round(const struct lab *lab)
{
    return lab->round == rounds_of(lab);
}

void clients_next_round(struct lab *lab)
{
    lab->round++;
    lab->last_end = lab_time(lab);
    clients_start_more(lab);
}

bool clients_over(const struct lab *lab)
{
    return lab->clients_ended == lab->client_count;
}

bool clients_only_doubtful(const struct lab *lab)
{
    return lab->clients_ended + lab->doubtful_open == allowed(lab);
}

void clients_finish_doubtful(struct lab *lab)
{
    for (size_t i = 0; i < lab->client_count; i++) {
        if (client_is_doubtful(lab->clients[i])) {
            client_finish(lab->clients[i], EVENT_END_CLOSED, false);
        }
    }
}

void clients_give_up(struct lab *lab)
{
    lab->clients_started = lab->client_count; /* no more of them */
    for (size_t i = 0; i < lab->client_count; i++) {
        struct client *client = lab->clients[i];
        struct event event = {.kind = EVENT_DEADLINE};

        if (!client->started) {
            client_end_quietly(client);
        } else if (!client->over) {
            event_set_number(&event, FIELD_CLIENT, client->number);
            event_set_text(&event, FIELD_TEXT,
                           "the client's connection came to no end within the time limit");
            lab_tell(lab, &event);
            lab->timeouts++;
            client_finish(client, EVENT_END_TIMEOUT, true);
        }
    }
}

static bool all_closed(const struct lab *lab)
{
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
    while (!all_closed(lab)) {
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
