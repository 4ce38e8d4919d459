/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/sender.h"

#include <stdlib.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/proxy.h"
#include "harness/lab/server/scenario.h"

/* ---- what is sent ---- */

struct payload sender_payload(const struct client *client, uint32_t number)
{
    struct payload payload = {.parts[0] = client->stream.out.parts[0]};

    payload.parts[0].seed ^= (uint64_t)number << 48;
    return payload;
}

bool sender_recognize(const struct lab *lab, const uint8_t *bytes, size_t size,
                      struct client **client, uint32_t *number)
{
    for (size_t i = 0; i < lab->client_count; i++) {
        struct client *candidate = lab->clients[i];

        for (uint32_t n = 1; candidate->sender != NULL && n <= candidate->group->datagrams; n++) {
            const struct payload payload = sender_payload(candidate, n);

            if (size == payload_size(&payload) && payload_matches(&payload, 0, bytes, size)) {
                *client = candidate;
                *number = n;
                return true;
            }
        }
    }
    return false;
}

static void tell_datagram(const struct client *client, uint32_t number)
{
    struct event event = {.kind = EVENT_DATAGRAM};

    event_set_number(&event, FIELD_CLIENT, client->number);
    event_set_number(&event, FIELD_SIZE, client->group->bytes);
    event_set_number(&event, FIELD_NUMBER, number);
    lab_tell(client->lab, &event);
}

static void send_next(struct client *client)
{
    struct sender *sender = client->sender;
    const uint32_t number = ++client->sent;
    const struct payload payload = sender_payload(client, number);
    uint8_t bytes[SCENARIO_DATAGRAM_MAX];
    uv_buf_t buffer = uv_buf_init((char *)bytes, client->group->bytes);
    struct sockaddr_storage to;

    payload_write(&payload, 0, bytes, client->group->bytes);
    endpoint_store(&sender->door, &to);
    tell_datagram(client, number);
    sender->queue[sender->sent++ % SENDER_QUEUE] = client->number;
    (void)uv_udp_try_send(&sender->udp, &buffer, 1, (const struct sockaddr *)&to);
}

/* ---- what comes back ---- */

static uint8_t received[65536];

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init((char *)received, sizeof received);
}

/* What is nobody's is held against the first client of the socket. */
static struct client *first_of(const struct sender *sender)
{
    const struct lab *lab = sender->lab;
    size_t at = 0;

    while (at + 1 < lab->client_count && lab->clients[at]->sender != sender) {
        at++;
    }
    return lab->clients[at];
}

static void on_receive(uv_udp_t *udp, ssize_t count, const uv_buf_t *buffer,
                       const struct sockaddr *from, unsigned flags)
{
    struct sender *sender = udp->data;
    struct client *client = NULL;
    uint32_t number = 0;

    (void)flags;
    if (count < 0 || from == NULL || sender->closing) {
        return;
    }
    if (!sender_recognize(sender->lab, (const uint8_t *)buffer->base, (size_t)count, &client,
                          &number) ||
        client->sender != sender) {
        first_of(sender)->stream.wrong = true;
        return;
    }
    client->stream.received += (uint64_t)count;
    client->returned++;
    if (client->returned == client->group->datagrams) {
        client_finish(client, EVENT_END_CLOSED, false);
    } else if (number == client->sent && !client->over) {
        send_next(client);
    }
}

/* ---- all of them ---- */

static bool open_port(struct sender *sender)
{
    if (uv_udp_init(&sender->lab->loop, &sender->udp) != 0) {
        return false;
    }
    sender->udp.data = sender;
    sender->opened = true;
    return endpoint_bind_udp(&sender->udp, (enum wfp_family)sender->door.family, false,
                             &sender->source) &&
           uv_udp_recv_start(&sender->udp, on_room, on_receive) == 0;
}

static struct sender *add_sender(struct lab *lab, const struct wfp_address *door)
{
    struct sender *sender = calloc(1, sizeof *sender);
    struct sender **senders = realloc(lab->senders, (lab->sender_count + 1) * sizeof *senders);

    lab->senders = senders != NULL ? senders : lab->senders;
    if (sender == NULL || senders == NULL) {
        free(sender);
        return NULL;
    }
    senders[lab->sender_count++] = sender;
    sender->lab = lab;
    sender->door = *door;
    return sender;
}

bool sender_start(struct lab *lab, const struct scenario_group *group, uint32_t host)
{
    const enum wfp_family family = (enum wfp_family)group->family;
    struct wfp_address door;
    struct sender *sender;

    if (!proxy_door(lab->proxies[0], family, WFP_UDP, &door)) {
        return true; /* it serves none of this family: nothing is tried */
    }
    sender = add_sender(lab, &door);
    if (sender == NULL || !open_port(sender)) {
        return false;
    }
    sender->world = model_socket(&lab->model, family, WFP_UDP, true, 0);
    for (uint32_t flow = 0; flow < group->flows; flow++) {
        struct client *client = client_add_flow(lab, group, sender, host + flow);

        if (client == NULL) {
            return false;
        }
        send_next(client);
    }
    return true;
}

static void on_close(uv_handle_t *handle)
{
    struct sender *sender = handle->data;

    sender->closed = true;
}

static bool all_closed(const struct lab *lab)
{
    for (size_t i = 0; i < lab->sender_count; i++) {
        if (lab->senders[i]->opened && !lab->senders[i]->closed) {
            return false;
        }
    }
    return true;
}

void senders_clear(struct lab *lab)
{
    for (size_t i = 0; i < lab->sender_count; i++) {
        struct sender *sender = lab->senders[i];

        if (sender->opened) {
            sender->closing = true;
            uv_close((uv_handle_t *)&sender->udp, on_close);
        }
    }
    while (!all_closed(lab)) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
    }
    for (size_t i = 0; i < lab->sender_count; i++) {
        free(lab->senders[i]);
    }
    free(lab->senders);
    lab->senders = NULL;
    lab->sender_count = 0;
}

struct client *sender_next(const struct lab *lab, const struct wfp_address *source, bool peek)
{
    const struct wfp_address plain = wfp_address_unmapped(source);

    for (size_t i = 0; i < lab->sender_count; i++) {
        struct sender *sender = lab->senders[i];

        if (wfp_address_equal(&sender->source, &plain) && sender->taken < sender->sent) {
            const uint32_t number = sender->queue[sender->taken % SENDER_QUEUE];

            sender->taken += !peek;
            return client_numbered(lab, number);
        }
    }
    return NULL;
}
