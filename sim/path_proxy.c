/* SPDX-License-Identifier: MIT */

/* What a proxy does between the connection that it accepts and the one that it makes. */

#include "sim/path.h"

enum { APPLICATION_PROCESS = 1, FIRST_PROCESS = 101 };

static struct wfp_ioctl ioctl_on(uint32_t socket, uint32_t code)
{
    return (struct wfp_ioctl){
        .socket = socket,
        .code = code,
        .in = {NULL, 0, WFP_POINTER_NULL},
        .out = {NULL, 0, WFP_POINTER_NULL},
        .byte_count = WFP_POINTER_HEAP,
        .overlapped = WFP_POINTER_NULL,
        .routine = WFP_POINTER_NULL,
    };
}

static enum wfp_path_propagation propagation_of(const struct wfp_path *path, uint32_t service)
{
    return (enum wfp_path_propagation)path_service(path, service)->propagation;
}

static void query(struct wfp_path *path, uint32_t service)
{
    struct wfp_ioctl call = ioctl_on(path->sockets[PATH_ACCEPTED], WFP_SIO_QUERY_RECORDS);
    struct wfp_reply reply;

    call.out = (struct wfp_buffer){path->record, sizeof path->record, WFP_POINTER_HEAP};
    if (path_ioctl(path, service, "query-records", &call, &reply) == WFP_OK &&
        path_succeeded(&reply)) {
        path->has_record = reply.written > 0; /* a success that is only followed may bring none */
        path->record_size = reply.written;
    }
}

enum wfp_status path_accept(struct wfp_path *path, uint32_t service)
{
    const uint32_t listener = path->listeners[service - 1];
    enum wfp_status status;

    if (path->journey.type == WFP_UDP) {
        return path_receive(path, service);
    }
    status = wfp_socket_accept(path->world, listener, true, &path->sockets[PATH_ACCEPTED]);
    path->has_record = false;
    path->record_size = 0;
    if (status == WFP_OK) {
        status = path_note(path, service, "accept", listener);
    }
    if (status == WFP_OK && propagation_of(path, service) != WFP_PATH_NEVER) {
        query(path, service);
    }
    return status;
}

/* Who never asks misses nothing; and who goes on in the trace has not refused. */
bool path_refuses(const struct wfp_path *path, uint32_t service)
{
    return !path->has_record && path_service(path, service)->refuses &&
           propagation_of(path, service) != WFP_PATH_NEVER && path_trace_ended(path);
}

static bool set_on(struct wfp_path *path, uint32_t socket, uint32_t size)
{
    struct wfp_ioctl call = ioctl_on(socket, WFP_SIO_SET_RECORDS);
    struct wfp_reply reply;

    call.in = (struct wfp_buffer){path->record, size, WFP_POINTER_HEAP};
    return path_ioctl(path, path->dialler, "set-records", &call, &reply) == WFP_OK &&
           path_succeeded(&reply);
}

/* ---- ways to pass a record on, before the connect; false: it could not be passed on ---- */

static bool set_whole(struct wfp_path *path)
{
    return set_on(path, path->sockets[PATH_OUTGOING], path->record_size);
}

static bool set_first(struct wfp_path *path)
{
    const uint8_t bit = (uint8_t)(1u << (path->dialler - 1));

    if ((path->spent & bit) != 0) {
        return true;
    }
    path->spent |= bit;
    return set_whole(path);
}

static bool set_truncated(struct wfp_path *path)
{
    return set_on(path, path->sockets[PATH_OUTGOING], path->record_size - 1);
}

static bool set_elsewhere(struct wfp_path *path)
{
    const enum wfp_family family = path->to == WFP_PATH_IPV4 ? WFP_IPV4 : WFP_IPV6;

    return wfp_socket_open(path->world, family, WFP_TCP, true, &path->sockets[PATH_WRONG]) ==
               WFP_OK &&
           set_on(path, path->sockets[PATH_WRONG], path->record_size);
}

typedef bool set_function(struct wfp_path *path);

static set_function *const ways[] = {
    [WFP_PATH_CORRECTLY] = set_whole,
    [WFP_PATH_NEVER] = NULL,
    [WFP_PATH_LATE] = NULL,
    [WFP_PATH_FIRST_ONLY] = set_first,
    [WFP_PATH_TRUNCATED] = set_truncated,
    [WFP_PATH_WRONG_SOCKET] = set_elsewhere,
    [WFP_PATH_LOST] = set_whole,
};

static void pass_on(struct wfp_path *path)
{
    set_function *set = ways[propagation_of(path, path->dialler)];

    if (set != NULL && path->has_record) {
        path->has_record = set(path);
    }
}

/* ---- the outgoing socket ---- */

uint32_t path_process(uint32_t dialler)
{
    return dialler == 0 ? APPLICATION_PROCESS : FIRST_PROCESS + dialler - 1;
}

enum wfp_status path_dial(struct wfp_path *path)
{
    const enum wfp_family family = path->to == WFP_PATH_IPV4 ? WFP_IPV4 : WFP_IPV6;
    uint32_t *outgoing = &path->sockets[PATH_OUTGOING];
    enum wfp_status status =
        wfp_socket_open(path->world, family, path->journey.type, true, outgoing);

    if (status == WFP_OK) {
        status = path_note(path, path->dialler, "socket", *outgoing);
    }
    if (status == WFP_OK) {
        status = wfp_socket_owner(path->world, *outgoing, path_process(path->dialler));
    }
    if (status == WFP_OK && path->journey.type == WFP_UDP) {
        return path_prepare_datagram(path);
    }
    if (status == WFP_OK && path->dialler != 0) {
        pass_on(path);
    }
    return status;
}

void path_set_late(struct wfp_path *path, bool blocked)
{
    if (path->dialler == 0 || !path->has_record ||
        propagation_of(path, path->dialler) != WFP_PATH_LATE) {
        return;
    }
    if (path->journey.type == WFP_TCP) {
        (void)set_on(path, path->sockets[PATH_CLIENT], path->record_size);
    } else if (!blocked) {
        path_send_late(path);
    }
}
