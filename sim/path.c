/* SPDX-License-Identifier: MIT */

/* A journey, hop by hop. */

#include "sim/path.h"

#include "sim/world.h"

void path_close(struct wfp_path *path, enum path_socket which)
{
    if (path->sockets[which] != 0) {
        (void)wfp_socket_close(path->world, path->sockets[which]);
        path->sockets[which] = 0;
    }
}

const struct wfp_path_service *path_service(const struct wfp_path *path, uint32_t service)
{
    return &path->topology->services[service - 1];
}

bool path_succeeded(const struct wfp_reply *reply)
{
    return reply->answer.outcome == WFP_RETURNED && reply->answer.error == 0;
}

const char *wfp_path_end_name(enum wfp_path_end end)
{
    static const char *const names[] = {
        [WFP_PATH_UNDER_WAY] = "under-way", [WFP_PATH_REACHED] = "reached",
        [WFP_PATH_BLOCKED] = "blocked",     [WFP_PATH_REFUSED] = "refused",
        [WFP_PATH_LOOPS] = "loop",          [WFP_PATH_NO_ROOM] = "no-room",
    };

    return names[end];
}

/* ---- beginning and end ---- */

/* A connection that is cut off before its proxy accepts it would wait at the listener for ever. */
static void turn_away(struct wfp_path *path)
{
    uint32_t accepted = 0;

    for (uint32_t i = 0; i < path->topology->count; i++) {
        while (wfp_socket_accept(path->world, path->listeners[i], true, &accepted) == WFP_OK) {
            (void)wfp_socket_close(path->world, accepted);
        }
    }
}

/* What no later hop looks at is closed: a journey takes no more room the longer it is. */
static void close_all(struct wfp_path *path)
{
    for (int which = PATH_CLIENT_BEFORE; which <= PATH_WRONG; which++) {
        path_close(path, (enum path_socket)which);
    }
    while (path->fresh_count > 0) {
        (void)wfp_handle_destroy(path->world, path->fresh[--path->fresh_count]);
    }
    path_close_receivers(path);
    if (path->end != WFP_PATH_REACHED && path->end != WFP_PATH_LOOPS) {
        turn_away(path);
    }
    path->classification = 0;
    path->dialler = 0;
    path->world->last_error[0] = path->last_error;
}

enum wfp_status wfp_path_begin(struct wfp_path *path, const struct wfp_path_journey *journey)
{
    enum wfp_status status = WFP_OK;

    if (path->dialler != 0 || path->sockets[PATH_OUTGOING] != 0 || journey->type > WFP_UDP ||
        journey->to == WFP_PATH_SAME || journey->to > WFP_PATH_MAPPED ||
        journey->reauthorizations > WFP_PATH_REAUTHORIZATIONS_MAX) {
        return WFP_BAD_STATE;
    }
    path->last_error = path->world->last_error[0];
    path->journey = *journey;
    path->end = WFP_PATH_UNDER_WAY;
    path->by = 0;
    path->cycle_start = 0;
    path->cycle_length = 0;
    path->hop_count = 0;
    path->dialler = 0;
    path->to = journey->to;
    path->spent = 0;
    path->has_record = false;
    path->record_size = 0;
    if (journey->type == WFP_UDP) {
        status = path_open_receivers(path);
    }
    if (status == WFP_OK) {
        status = path_dial(path);
    }
    if (status != WFP_OK) {
        close_all(path);
    }
    return status;
}

static bool end_with(struct wfp_path *path, enum wfp_path_end end, uint32_t by)
{
    path->end = end;
    path->by = by;
    close_all(path);
    return false;
}

/* ---- one hop ---- */

static void begin_hop(struct wfp_path *path)
{
    struct wfp_path_hop *hop = &path->hops[path->hop_count];

    path_close(path, PATH_CLIENT_BEFORE);
    path_close(path, PATH_ACCEPTED_BEFORE);
    path_close(path, PATH_WRONG);
    path->sockets[PATH_CLIENT_BEFORE] = path->sockets[PATH_CLIENT];
    path->sockets[PATH_ACCEPTED_BEFORE] = path->sockets[PATH_ACCEPTED];
    path->sockets[PATH_CLIENT] = path->sockets[PATH_OUTGOING];
    path->sockets[PATH_ACCEPTED] = 0;
    path->sockets[PATH_OUTGOING] = 0;
    hop->dialler = (uint8_t)path->dialler;
    hop->to = (uint8_t)path->to;
    hop->redirected_by = 0;
    hop->blocked_by = 0;
    hop->accepted_record = false;
    hop->conditions = 0;
    hop->asked_count = 0;
}

/*
 * Every party is deterministic, and what it does depends on path_state() alone. So a state that
 * comes again brings back all that followed it: the journey never ends, and as no state in between
 * came twice, the hops since are its smallest cycle.
 */
static bool closes_cycle(struct wfp_path *path)
{
    const uint32_t now = path->hop_count;

    path->states[now] = path_state(path);
    path->hops[now].tracked = path->states[now].last != 0;
    for (uint32_t before = 0; before < now; before++) {
        if (path_state_equal(&path->states[before], &path->states[now])) {
            path->cycle_start = before;
            path->cycle_length = now - before;
            return true;
        }
    }
    return false;
}

struct wfp_address path_destination(enum wfp_path_form to)
{
    static const struct wfp_address hosts[] = {
        [WFP_PATH_IPV4] = {{203, 0, 113, 10}, 443, WFP_IPV4, 0},
        [WFP_PATH_IPV6] = {{0x20, 1, 0xd, 0xb8, [15] = 10}, 443, WFP_IPV6, 0},
        [WFP_PATH_MAPPED] = {{[10] = 0xff, 0xff, 203, 0, 113, 10}, 443, WFP_IPV6, 0},
    };

    return hosts[to];
}

static uint32_t service_at(const struct wfp_path *path, uint32_t socket)
{
    const uint32_t *doors = path->journey.type == WFP_UDP ? path->receivers : path->listeners;

    for (uint32_t i = 0; i < path->topology->count; i++) {
        if (doors[i] == socket) {
            return i + 1;
        }
    }
    return 0;
}

/* The record of a redirect to a service that gets none is lost on the way. */
static void lose_record(struct wfp_path *path, uint32_t classification)
{
    struct wfp_version version;
    uint32_t service = 1;

    if (!wfp_classify_previous(path->world, classification, 0, &version)) {
        return;
    }
    while (service < path->topology->count &&
           path->policies[service - 1][0].service.port != version.remote.port) {
        service++;
    }
    if (path_service(path, service)->propagation == WFP_PATH_LOST) {
        (void)wfp_connect_lose_record(path->world, classification);
    }
}

static enum wfp_status connect(struct wfp_path *path, struct wfp_connected *connected)
{
    const struct wfp_address to = path_destination(path->to);
    const uint32_t client = path->sockets[PATH_CLIENT];
    uint32_t classification = 0;
    enum wfp_status status;

    if (path->journey.type == WFP_UDP) {
        return path_send(path, connected);
    }
    status = wfp_connect_begin(path->world, client, &to, &classification);
    if (status == WFP_OK) {
        status = path_note(path, path->dialler, "connect-begin", client);
    }
    if (status == WFP_OK) {
        status = path_classify(path, classification, 0);
    }
    if (status == WFP_OK) {
        lose_record(path, classification);
        status = path_connect_end(path, path->dialler, "connect", classification, connected);
    }
    return status;
}

static enum wfp_status reauthorize_once(struct wfp_path *path, uint32_t round, bool *blocked)
{
    struct wfp_connected connected = {.blocked = false};
    uint32_t classification = 0;
    enum wfp_status status = path_reauthorize(path, &classification);

    if (status != WFP_OK || classification == 0) {
        return status;
    }
    status = path_classify(path, classification, round);
    if (status == WFP_OK) {
        status =
            path_connect_end(path, WFP_PATH_ENGINE, "reauthorized", classification, &connected);
        *blocked = connected.blocked;
    }
    return status;
}

static enum wfp_status reauthorize(struct wfp_path *path, bool *blocked)
{
    enum wfp_status status = WFP_OK;

    for (uint32_t round = 1;
         round <= path->journey.reauthorizations && status == WFP_OK && !*blocked; round++) {
        status = reauthorize_once(path, round, blocked);
    }
    return status;
}

static enum wfp_path_form form_of_next(const struct wfp_path *path, uint32_t service)
{
    const enum wfp_path_form outgoing = (enum wfp_path_form)path_service(path, service)->outgoing;

    if (outgoing == WFP_PATH_OTHER) {
        return path->to == WFP_PATH_IPV6 ? WFP_PATH_IPV4 : WFP_PATH_IPV6;
    }
    return outgoing == WFP_PATH_SAME ? path->to : outgoing;
}

/* Whoever accepted the connection dials on. */
static bool go_on(struct wfp_path *path, uint32_t service)
{
    if (path_accept(path, service) != WFP_OK) {
        return end_with(path, WFP_PATH_NO_ROOM, 0);
    }
    path->hops[path->hop_count].accepted_record = path->has_record;
    path->hop_count++;
    if (path_refuses(path, service)) {
        return end_with(path, WFP_PATH_REFUSED, service);
    }
    path->dialler = service;
    path->to = form_of_next(path, service);
    if (path->hop_count == WFP_PATH_HOPS_MAX || path_dial(path) != WFP_OK) {
        return end_with(path, WFP_PATH_NO_ROOM, 0);
    }
    /* What it dials with is open now, so that a record which could not be SET can be refused. */
    return path->has_record || !path_refuses(path, service) ||
           end_with(path, WFP_PATH_REFUSED, service);
}

bool wfp_path_step(struct wfp_path *path)
{
    struct wfp_path_hop *hop = &path->hops[path->hop_count];
    struct wfp_connected connected = {.blocked = false};
    bool blocked;

    if (path->sockets[PATH_OUTGOING] == 0) {
        return false;
    }
    begin_hop(path);
    if (closes_cycle(path) && path_trace_ended(path)) {
        return end_with(path, WFP_PATH_LOOPS, 0);
    }
    if (connect(path, &connected) != WFP_OK) {
        return end_with(path, WFP_PATH_NO_ROOM, 0);
    }
    blocked = connected.blocked;
    hop->redirected_by = (uint8_t)(blocked ? 0 : service_at(path, connected.listener));
    path_set_late(path, blocked);
    if (!blocked && reauthorize(path, &blocked) != WFP_OK) {
        return end_with(path, WFP_PATH_NO_ROOM, 0);
    }
    if (blocked) {
        hop->redirected_by = 0; /* nobody will accept it */
        path->hop_count++;
        return end_with(path, WFP_PATH_BLOCKED, hop->blocked_by);
    }
    if (hop->redirected_by != 0) {
        return go_on(path, hop->redirected_by);
    }
    path->hop_count++;
    return end_with(path, WFP_PATH_REACHED, 0);
}
