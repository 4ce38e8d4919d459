/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/peer.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

enum { PEERS_BACKLOG = 64, READ_ROOM = 65536 };

/* ---- its end ---- */

static void on_peer_close(uv_handle_t *handle)
{
    struct peer *peer = handle->data;

    free(peer->bytes);
    free(peer);
}

static void unlink_peer(struct peer *peer)
{
    struct peer **link = &peer->lab->peers;

    while (*link != NULL && *link != peer) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = peer->next;
        peer->lab->peer_count--;
    }
}

void peer_drop(struct peer *peer)
{
    if (peer->closing) {
        return;
    }
    peer->closing = true;
    unlink_peer(peer);
    if (peer->process != NULL) {
        peer->process->peer = NULL;
    }
    uv_close((uv_handle_t *)&peer->tcp, on_peer_close);
}

/* ---- sending ---- */

struct sent {
    uv_write_t request;
    uint8_t bytes[];
};

static void on_sent(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

static struct sent *wrap(const struct event *event, size_t *size)
{
    struct sent *sent = malloc(sizeof *sent + EVENT_WIRE_MAX);
    struct sent *fitted;

    if (sent == NULL) {
        return NULL;
    }
    *size = event_write(event, sent->bytes, EVENT_WIRE_MAX);
    fitted = realloc(sent, sizeof *sent + *size);
    return fitted != NULL ? fitted : sent;
}

void peer_send(struct peer *peer, const struct event *event)
{
    size_t size = 0;
    struct sent *sent = wrap(event, &size);
    uv_buf_t buffer;

    if (sent == NULL || size == 0 || peer->closing) {
        free(sent);
        peer_drop(peer);
        return;
    }
    sent->request.data = sent;
    buffer = uv_buf_init((char *)sent->bytes, (unsigned)size);
    if (uv_write(&sent->request, (uv_stream_t *)&peer->tcp, &buffer, 1, on_sent) != 0) {
        free(sent);
        peer_drop(peer);
    }
}

/* ---- receiving ---- */

static size_t limit_of(const struct peer *peer)
{
    return peer->process == NULL ? PEER_HELLO_MAX : EVENT_WIRE_MAX + READ_ROOM;
}

/* Reads straight to behind what there is. */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct peer *peer = handle->data;
    const size_t wanted = peer->size + READ_ROOM;

    (void)suggested;
    if (wanted > peer->room) {
        uint8_t *bytes = realloc(peer->bytes, wanted);

        if (bytes == NULL) {
            *buffer = uv_buf_init(NULL, 0);
            return;
        }
        peer->bytes = bytes;
        peer->room = wanted;
    }
    *buffer = uv_buf_init((char *)peer->bytes + peer->size, READ_ROOM);
}

/* False: nothing can be made of it. */
static bool take_events(struct peer *peer)
{
    size_t at = 0;

    while (!peer->closing) {
        struct event event;
        size_t used = 0;
        const enum event_read read = event_read(peer->bytes + at, peer->size - at, &event, &used);

        if (read == EVENT_READ_BAD) {
            return false;
        }
        if (read == EVENT_READ_MORE) {
            break;
        }
        at += used;
        if (!exchange(peer, &event)) {
            return false;
        }
    }
    peer->size -= at;
    memmove(peer->bytes, peer->bytes + at, peer->size);
    return true;
}

static void on_read(uv_stream_t *tcp, ssize_t count, const uv_buf_t *buffer)
{
    struct peer *peer = tcp->data;

    (void)buffer;
    if (count < 0) {
        struct process *process = peer->process;

        peer_drop(peer);
        if (process != NULL) {
            proxy_process_gone(process);
        }
        return;
    }
    peer->size += (size_t)count;
    if (!take_events(peer) || peer->size > limit_of(peer)) {
        lab_note(peer->lab, EVENT_NOTE, "a peer on the lab's port that is no interposer: dropped");
        peer_drop(peer);
    }
}

static void on_connection(uv_stream_t *wire, int status)
{
    struct lab *lab = wire->data;
    struct peer *peer = calloc(1, sizeof *peer);

    if (peer == NULL || status < 0 || uv_tcp_init(&lab->loop, &peer->tcp) != 0) {
        free(peer);
        return;
    }
    peer->lab = lab;
    peer->tcp.data = peer;
    peer->next = lab->peers;
    lab->peers = peer;
    lab->peer_count++;
    (void)uv_tcp_nodelay(&peer->tcp, 1);
    if (uv_accept(wire, (uv_stream_t *)&peer->tcp) != 0 || lab->peer_count > PEERS_MAX ||
        uv_read_start((uv_stream_t *)&peer->tcp, on_room, on_read) != 0) {
        peer_drop(peer);
    }
}

/* ---- all of them ---- */

bool peers_listen(struct lab *lab)
{
    struct wfp_address port;

    if (uv_tcp_init(&lab->loop, &lab->wire) != 0) {
        return false;
    }
    lab->wire.data = lab;
    if (!endpoint_bind_tcp(&lab->wire, WFP_IPV4, false, &port) ||
        uv_listen((uv_stream_t *)&lab->wire, PEERS_BACKLOG, on_connection) != 0) {
        return false;
    }
    lab->wire_port = port.port;
    return true;
}

void peers_close(struct lab *lab)
{
    while (lab->peers != NULL) {
        peer_drop(lab->peers);
    }
}
