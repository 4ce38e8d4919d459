/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/hop.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/server/client.h"
#include "harness/lab/server/endpoint.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/proxy.h"

/* ---- its end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct hop *hop = handle->data;

    hop->handles--;
}

static void close_one(struct hop *hop, uv_tcp_t *tcp, bool opened)
{
    (void)hop;
    if (opened && !uv_is_closing((uv_handle_t *)tcp)) {
        uv_close((uv_handle_t *)tcp, on_closed);
    }
}

static void close_hop(struct hop *hop)
{
    close_one(hop, &hop->listener, hop->opened[HOP_ENDS]);
    for (int i = 0; i < HOP_ENDS; i++) {
        close_one(hop, &hop->ends[i], hop->opened[i]);
    }
}

/* A reset at one end is one at the other. */
static void break_off(struct hop *hop)
{
    for (int i = 0; i < HOP_ENDS; i++) {
        if (hop->opened[i] && !uv_is_closing((uv_handle_t *)&hop->ends[i])) {
            (void)uv_tcp_close_reset(&hop->ends[i], on_closed);
        }
    }
    close_hop(hop);
}

/* ---- passing on ---- */

struct passed {
    uv_write_t request;
    char bytes[];
};

static void on_passed(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    free(request);
}

static void pass_end(struct hop *hop, uv_stream_t *to)
{
    uv_shutdown_t *request = malloc(sizeof *request);

    if (request == NULL || uv_shutdown(request, to, on_shutdown) != 0) {
        free(request);
        break_off(hop);
        return;
    }
    if (hop->ended[HOP_FROM] && hop->ended[HOP_TO]) {
        close_hop(hop);
    }
}

static void pass(struct hop *hop, uv_stream_t *to, const char *bytes, size_t size)
{
    struct passed *passed = malloc(sizeof *passed + size);
    uv_buf_t buffer;

    if (passed == NULL) {
        break_off(hop);
        return;
    }
    memcpy(passed->bytes, bytes, size);
    passed->request.data = passed;
    buffer = uv_buf_init(passed->bytes, (unsigned)size);
    if (uv_write(&passed->request, to, &buffer, 1, on_passed) != 0) {
        free(passed);
        break_off(hop);
    }
}

static char received[65536];

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(received, sizeof received);
}

static void on_read(uv_stream_t *from, ssize_t count, const uv_buf_t *buffer)
{
    struct hop *hop = from->data;
    const enum hop_end end = from == (uv_stream_t *)&hop->ends[HOP_FROM] ? HOP_FROM : HOP_TO;
    uv_stream_t *to = (uv_stream_t *)&hop->ends[1 - end];

    if (count > 0) {
        pass(hop, to, buffer->base, (size_t)count);
    } else if (count == UV_EOF) {
        hop->ended[end] = true;
        pass_end(hop, to);
    } else if (count < 0) {
        break_off(hop);
    }
}

/* ---- its two connections ---- */

static bool open_tcp(struct hop *hop, uv_tcp_t *tcp, bool *opened)
{
    if (uv_tcp_init(&hop->lab->loop, tcp) != 0) {
        return false;
    }
    tcp->data = hop;
    *opened = true;
    hop->handles++;
    return true;
}

static void on_connected(uv_connect_t *request, int status)
{
    struct hop *hop = request->data;

    if (status < 0) {
        break_off(hop);
        return;
    }
    for (int i = 0; i < HOP_ENDS; i++) {
        if (uv_read_start((uv_stream_t *)&hop->ends[i], on_room, on_read) != 0) {
            break_off(hop);
        }
    }
}

static bool connect_on(struct hop *hop, const struct wfp_address *door)
{
    uv_tcp_t *tcp = &hop->ends[HOP_TO];
    struct sockaddr_storage address;

    if (!open_tcp(hop, tcp, &hop->opened[HOP_TO]) ||
        !endpoint_bind_tcp(tcp, (enum wfp_family)door->family, false, &hop->source)) {
        return false;
    }
    hop->connect.data = hop;
    endpoint_store(door, &address);
    return uv_tcp_connect(&hop->connect, tcp, (struct sockaddr *)&address, on_connected) == 0;
}

static void on_arrival(uv_stream_t *listener, int status)
{
    struct hop *hop = listener->data;
    struct wfp_address door;

    if (status < 0 || hop->opened[HOP_FROM]) {
        return;
    }
    if (!open_tcp(hop, &hop->ends[HOP_FROM], &hop->opened[HOP_FROM]) ||
        uv_accept(listener, (uv_stream_t *)&hop->ends[HOP_FROM]) != 0 ||
        !proxy_door(hop->to, (enum wfp_family)hop->client->destination.family, WFP_TCP, &door) ||
        !connect_on(hop, &door)) {
        break_off(hop);
    }
}

static bool listen_for(struct hop *hop, const struct wfp_address *peer, struct wfp_address *real)
{
    return open_tcp(hop, &hop->listener, &hop->opened[HOP_ENDS]) &&
           endpoint_bind_tcp(&hop->listener, (enum wfp_family)peer->family,
                             endpoint_is_mapped(peer), real) &&
           uv_listen((uv_stream_t *)&hop->listener, 1, on_arrival) == 0;
}

struct hop *hop_add(struct lab *lab, struct client *client, struct proxy *to, uint32_t door,
                    const struct wfp_address *peer, struct wfp_address *real)
{
    struct hop *hop = calloc(1, sizeof *hop);
    struct hop **hops = realloc(lab->hops, (lab->hop_count + 1) * sizeof *hops);

    lab->hops = hops != NULL ? hops : lab->hops;
    if (hop == NULL || hops == NULL) {
        free(hop);
        return NULL;
    }
    hops[lab->hop_count++] = hop;
    hop->lab = lab;
    hop->client = client;
    hop->to = to;
    hop->door = door;
    return listen_for(hop, peer, real) ? hop : NULL;
}

struct hop *hop_of_source(const struct lab *lab, const struct wfp_address *source)
{
    const struct wfp_address plain = wfp_address_unmapped(source);

    for (size_t i = lab->hop_count; i-- > 0;) {
        if (lab->hops[i]->opened[HOP_TO] && wfp_address_equal(&lab->hops[i]->source, &plain)) {
            return lab->hops[i];
        }
    }
    return NULL;
}

uint32_t hop_take_door(struct hop *hop)
{
    const uint32_t door = hop->door;

    driver_accepted(&hop->to->driver, hop->client);
    hop->door = WFP_INVALID_SOCKET;
    return door == WFP_INVALID_SOCKET ? door : model_accept(&hop->lab->model, door, true);
}

static bool all_closed(const struct lab *lab)
{
    for (size_t i = 0; i < lab->hop_count; i++) {
        if (lab->hops[i]->handles > 0) {
            return false;
        }
    }
    return true;
}

void hops_clear(struct lab *lab)
{
    for (size_t i = 0; i < lab->hop_count; i++) {
        close_hop(lab->hops[i]);
    }
    while (!all_closed(lab)) {
        (void)uv_run(&lab->loop, UV_RUN_ONCE);
    }
    for (size_t i = 0; i < lab->hop_count; i++) {
        free(lab->hops[i]);
    }
    free(lab->hops);
    lab->hops = NULL;
    lab->hop_count = 0;
}
