/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/receiver.h"

#include <stdlib.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/sender.h"

static void tell_of(const struct receiver *receiver, struct event *event)
{
    event_set_number(event, FIELD_DIAL, receiver->number);
    event_set_number(event, FIELD_PROCESS, receiver->process);
    event_set_number(event, FIELD_SOCKET, receiver->socket);
    if (receiver->client != NULL) {
        event_set_number(event, FIELD_CLIENT, receiver->client->number);
    }
    lab_tell(receiver->lab, event);
}

static void tell_arrival(struct receiver *receiver)
{
    struct event event = {.kind = EVENT_ARRIVAL};

    receiver->arrived = true;
    event_set_address(&event, FIELD_PEER, &receiver->peer);
    event_set_address(&event, FIELD_REAL, &receiver->real);
    tell_of(receiver, &event);
}

static void tell_data(const struct receiver *receiver, uint32_t number, bool wrong)
{
    struct event event = {.kind = EVENT_ARRIVAL_DATA};

    event_set_number(&event, FIELD_SIZE, receiver->received);
    event_set_number(&event, FIELD_ERROR, wrong);
    event_set_number(&event, FIELD_NUMBER, number);
    tell_of(receiver, &event);
}

/* ---- receiving ---- */

static uint8_t received[65536];

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init((char *)received, sizeof received);
}

static void on_receive(uv_udp_t *udp, ssize_t count, const uv_buf_t *buffer,
                       const struct sockaddr *from, unsigned flags)
{
    struct receiver *receiver = udp->data;
    struct client *client = NULL;
    uint32_t number = 0;
    uv_buf_t back;
    bool wrong;

    (void)flags;
    if (count < 0 || from == NULL || receiver->closing) {
        return;
    }
    if (!receiver->arrived) {
        tell_arrival(receiver);
    }
    receiver->received += (uint64_t)count;
    wrong = !sender_recognize(receiver->lab, (const uint8_t *)buffer->base, (size_t)count, &client,
                              &number) ||
            client != receiver->client;
    receiver->wrong |= wrong;
    tell_data(receiver, number, wrong);
    back = uv_buf_init(buffer->base, (unsigned)count);
    (void)uv_udp_try_send(udp, &back, 1, from);
}

/* ---- one of them ---- */

static bool open_port(struct receiver *receiver)
{
    if (uv_udp_init(&receiver->lab->loop, &receiver->udp) != 0) {
        return false;
    }
    receiver->udp.data = receiver;
    receiver->opened = true;
    return endpoint_bind_udp(&receiver->udp, (enum wfp_family)receiver->peer.family,
                             endpoint_is_mapped(&receiver->peer), &receiver->real) &&
           uv_udp_recv_start(&receiver->udp, on_room, on_receive) == 0;
}

struct receiver *receiver_add(struct lab *lab, const struct process *process, uint32_t socket,
                              const struct wfp_address *peer)
{
    struct receiver *receiver = calloc(1, sizeof *receiver);
    struct receiver **receivers =
        realloc(lab->receivers, (lab->receiver_count + 1) * sizeof *receivers);

    lab->receivers = receivers != NULL ? receivers : lab->receivers;
    if (receiver == NULL || receivers == NULL) {
        free(receiver);
        return NULL;
    }
    receivers[lab->receiver_count++] = receiver;
    receiver->lab = lab;
    receiver->number = ++lab->dial_number;
    receiver->process = process->number;
    receiver->socket = socket;
    receiver->peer = *peer;
    receiver->client = client_of_destination(lab, peer);
    return open_port(receiver) ? receiver : NULL;
}

struct receiver *receiver_of(const struct lab *lab, const struct process *process, uint32_t socket,
                             const struct wfp_address *peer)
{
    for (size_t i = 0; i < lab->receiver_count; i++) {
        struct receiver *receiver = lab->receivers[i];

        if (receiver->process == process->number && receiver->socket == socket &&
            wfp_address_equal(&receiver->peer, peer)) {
            return receiver;
        }
    }
    return NULL;
}

struct receiver *receiver_at(const struct lab *lab, const struct wfp_address *real)
{
    const struct wfp_address plain = wfp_address_unmapped(real);

    for (size_t i = 0; i < lab->receiver_count; i++) {
        const struct wfp_address own = wfp_address_unmapped(&lab->receivers[i]->real);

        if (wfp_address_equal(&own, &plain)) {
            return lab->receivers[i];
        }
    }
    return NULL;
}

/* ---- all of them ---- */

void receivers_finish(struct lab *lab)
{
    for (size_t i = 0; i < lab->receiver_count; i++) {
        const struct receiver *receiver = lab->receivers[i];
        struct event event = {.kind = EVENT_ARRIVAL_END};

        if (receiver->arrived) {
            event_set_number(&event, FIELD_HOW, EVENT_END_CLOSED);
            event_set_number(&event, FIELD_SIZE, receiver->received);
            tell_of(receiver, &event);
        }
    }
}

static void on_close(uv_handle_t *handle)
{
    struct receiver *receiver = handle->data;

    receiver->closed = true;
}

static bool all_closed(const struct lab *lab)
{
    for (size_t i = 0; i < lab->receiver_count; i++) {
        if (lab->receivers[i]->opened && !lab->receivers[i]->closed) {
            return false;
        }
    }
    return true;
}

void receivers_clear(struct lab *lab)
{
    for (size_t i = 0; i < lab->receiver_count; i++) {
        struct receiver *receiver = lab->receivers[i];

        if (receiver->opened) {
            receiver->closing = true;
            uv_close((uv_handle_t *)&receiver->udp, on_close);
        }
    }
    while (!all_closed(lab)) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
    }
    for (size_t i = 0; i < lab->receiver_count; i++) {
        free(lab->receivers[i]);
    }
    free(lab->receivers);
    lab->receivers = NULL;
    lab->receiver_count = 0;
}
