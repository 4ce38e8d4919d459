/* SPDX-License-Identifier: MIT */

/* A hop with datagrams: what arrives at a proxy, and what it sends on. */

#include "sim/path.h"

#include <string.h>

#define LAYOUT WFP_LAYOUT_64

enum { TOO_SMALL_FOR_A_RECORD = 16 };

static const uint8_t payload[1];

static struct wfp_buffer buffer(uint8_t *bytes, uint32_t size)
{
    return (struct wfp_buffer){bytes, size, size > 0 ? WFP_POINTER_HEAP : WFP_POINTER_NULL};
}

static bool succeeded(const struct wfp_message_reply *reply)
{
    return reply->answer.outcome == WFP_RETURNED && reply->answer.error == 0;
}

static enum wfp_path_propagation propagation_of(const struct wfp_path *path, uint32_t service)
{
    return (enum wfp_path_propagation)path_service(path, service)->propagation;
}

/* ---- the proxies' sockets ---- */

/* OPT-03: without the option no record is delivered; the level is that of the packet's family. */
static enum wfp_status enable_records(struct wfp_path *path, uint32_t service, uint32_t socket)
{
    static const uint32_t levels[] = {WFP_IPPROTO_IP, WFP_IPPROTO_IPV6};
    uint8_t on[4] = {1};
    enum wfp_status status = WFP_OK;
    struct wfp_reply reply;

    for (size_t i = 0; i < 2 && status == WFP_OK; i++) {
        const struct wfp_option option = {socket, levels[i], WFP_REDIRECT_RECORDS,
                                          buffer(on, sizeof on)};

        status = path_set_option(path, service, &option, &reply);
    }
    return status;
}

static enum wfp_status open_receiver(struct wfp_path *path, uint32_t index)
{
    const struct wfp_address local = {.port = path->policies[index][0].service.port,
                                      .family = WFP_IPV6};
    uint32_t *receiver = &path->receivers[index];
    enum wfp_status status = wfp_socket_open(path->world, WFP_IPV6, WFP_UDP, true, receiver);

    if (status == WFP_OK) {
        status = wfp_socket_bind(path->world, *receiver, &local);
    }
    if (status == WFP_OK) {
        status = wfp_socket_owner(path->world, *receiver, path_process(index + 1));
    }
    return status == WFP_OK ? enable_records(path, index + 1, *receiver) : status;
}

enum wfp_status path_open_receivers(struct wfp_path *path)
{
    enum wfp_status status = WFP_OK;

    for (uint32_t i = 0; i < path->topology->count && status == WFP_OK; i++) {
        status = open_receiver(path, i);
    }
    return status;
}

void path_close_receivers(struct wfp_path *path)
{
    if (path->journey.type != WFP_UDP) {
        return;
    }
    for (uint32_t i = 0; i < path->topology->count; i++) {
        (void)wfp_socket_close(path->world, path->receivers[i]);
        path->receivers[i] = 0;
    }
}

/* ---- receiving ---- */

/* How much control data a proxy asks for; 0: it calls recvfrom. */
static uint32_t control_room(const struct wfp_path *path, uint32_t service)
{
    switch (propagation_of(path, service)) {
    case WFP_PATH_NEVER:
        return 0;
    case WFP_PATH_LOST:
        return TOO_SMALL_FOR_A_RECORD;
    default:
        return sizeof path->control;
    }
}

static void find_record(struct wfp_path *path, uint32_t size)
{
    struct wfp_control_walk walk = {path->control, size, 0, LAYOUT};
    struct wfp_control_object object;

    while (wfp_control_next(&walk, &object) == WFP_CONTROL_OBJECT) {
        if (object.type == WFP_REDIRECT_RECORDS && object.size <= sizeof path->record) {
            memcpy(path->record, object.data, object.size);
            path->record_size = object.size;
            path->has_record = true;
        }
    }
}

static enum wfp_status receive_one(struct wfp_path *path, uint32_t service,
                                   struct wfp_message_reply *reply)
{
    const uint32_t room = control_room(path, service);
    uint8_t data[sizeof payload];
    const struct wfp_receive call = {
        .socket = path->receivers[service - 1],
        .entry = room > 0 ? WFP_MESSAGE_WSA : WFP_MESSAGE_PLAIN,
        .name = WFP_NAME_GIVEN,
        .data = buffer(data, sizeof data),
        .control = buffer(path->control, room),
        .layout = LAYOUT,
        .byte_count = WFP_POINTER_HEAP,
        .control_length = WFP_POINTER_HEAP,
    };
    const enum wfp_status status = path_message_receive(
        path, service, room > 0 ? "receive-message" : "receive-plain", &call, reply);

    if (status == WFP_OK && succeeded(reply)) {
        find_record(path, reply->control);
    }
    return status;
}

/* Until nothing waits: a late record comes with a later datagram, if it does. */
enum wfp_status path_receive(struct wfp_path *path, uint32_t service)
{
    struct wfp_message_reply reply;
    enum wfp_status status = WFP_OK;
    uint32_t received = 0;

    path->has_record = false;
    path->record_size = 0;
    do {
        status = receive_one(path, service, &reply);
        received += reply.written;
    } while (status == WFP_OK && reply.written > 0);
    return received > 0 ? status : WFP_BAD_STATE;
}

/* ---- sending ---- */

static struct wfp_send sending(struct wfp_path *path, uint32_t socket)
{
    return (struct wfp_send){
        .socket = socket,
        .entry = path->control_size > 0 ? WFP_MESSAGE_WSA : WFP_MESSAGE_PLAIN,
        .name = WFP_NAME_GIVEN,
        .to = path_destination(path->to),
        .data = buffer((uint8_t *)(uintptr_t)payload, sizeof payload),
        .control = buffer(path->control, path->control_size),
        .layout = LAYOUT,
        .byte_count = WFP_POINTER_HEAP,
    };
}

/* The level is that of the packet's family, on a dual-stack socket too (CMSG-09, UNK-40). */
static void put_object(struct wfp_path *path, uint32_t size)
{
    const struct wfp_control_object object = {
        .level = path->to == WFP_PATH_IPV6 ? WFP_IPPROTO_IPV6 : WFP_IPPROTO_IP,
        .type = WFP_REDIRECT_RECORDS,
        .data = path->record,
        .size = size,
    };

    path->control_size = wfp_control_write(LAYOUT, &object, path->control, sizeof path->control);
}

static bool send_plainly(struct wfp_path *path, uint32_t socket, const char *name)
{
    const struct wfp_send call = sending(path, socket);
    struct wfp_message_reply reply;

    return path_message_send(path, name, &call, &reply) == WFP_OK && succeeded(&reply);
}

/* ---- ways to pass a record on, with the first datagram; false: it could not be passed on ---- */

static bool send_elsewhere(struct wfp_path *path)
{
    const enum wfp_family family = path->to == WFP_PATH_IPV4 ? WFP_IPV4 : WFP_IPV6;
    uint32_t *wrong = &path->sockets[PATH_WRONG];
    bool sent = false;

    put_object(path, path->record_size);
    if (wfp_socket_open(path->world, family, WFP_UDP, true, wrong) == WFP_OK &&
        wfp_socket_bind(path->world, *wrong, NULL) == WFP_OK) {
        sent = send_plainly(path, *wrong, "send-elsewhere");
    }
    path->control_size = 0;
    return sent;
}

static bool pass_on(struct wfp_path *path)
{
    const uint8_t bit = (uint8_t)(1u << (path->dialler - 1));

    switch (propagation_of(path, path->dialler)) {
    case WFP_PATH_CORRECTLY:
    case WFP_PATH_LOST:
        put_object(path, path->record_size);
        return true;
    case WFP_PATH_TRUNCATED:
        put_object(path, path->record_size - 1);
        return true;
    case WFP_PATH_FIRST_ONLY:
        if ((path->spent & bit) == 0) {
            put_object(path, path->record_size);
        }
        path->spent |= bit;
        return true;
    case WFP_PATH_WRONG_SOCKET:
        return send_elsewhere(path);
    case WFP_PATH_NEVER:
    case WFP_PATH_LATE:
    default:
        return true;
    }
}

/* ---- the first datagram ---- */

static enum wfp_status begin(struct wfp_path *path)
{
    const uint32_t socket = path->sockets[PATH_OUTGOING];
    const struct wfp_send call = sending(path, socket);
    const enum wfp_status status =
        wfp_message_send_begin(path->world, &call, &path->classification);

    return status == WFP_OK ? path_note(path, path->dialler, "send-begin", socket) : status;
}

/* A call that nobody classifies is one that fails: the record cannot be passed on (UDP-16). */
enum wfp_status path_prepare_datagram(struct wfp_path *path)
{
    const uint32_t socket = path->sockets[PATH_OUTGOING];
    enum wfp_status status = wfp_socket_bind(path->world, socket, NULL);

    path->control_size = 0;
    path->classification = 0;
    if (status == WFP_OK && path->dialler != 0 && path->has_record) {
        path->has_record = pass_on(path);
    }
    if (status == WFP_OK) {
        status = begin(path);
    }
    if (status != WFP_OK || path->classification != 0) {
        return status;
    }
    (void)send_plainly(path, socket, "send");
    path->has_record = false;
    path->control_size = 0;
    status = begin(path);
    return status == WFP_OK && path->classification == 0 ? WFP_BAD_STATE : status;
}

enum wfp_status path_send(struct wfp_path *path, struct wfp_connected *connected)
{
    struct wfp_send call = sending(path, path->sockets[PATH_CLIENT]);
    struct wfp_message_reply reply;
    enum wfp_status status = path_classify(path, path->classification, 0);

    if (status != WFP_OK) {
        return status;
    }
    call.classification = path->classification;
    path->classification = 0;
    status = path_message_send(path, "send", &call, &reply);
    if (status != WFP_OK) {
        return status;
    }
    *connected = reply.connected;
    return reply.dropped ? WFP_NO_ROOM : WFP_OK;
}

void path_send_late(struct wfp_path *path)
{
    put_object(path, path->record_size);
    (void)send_plainly(path, path->sockets[PATH_CLIENT], "send");
}
