/* SPDX-License-Identifier: MIT */

/* What a driver would do, and what cannot be seen from a call. */

#include <stdio.h>
#include <string.h>

#include <wfp/datagram.h>

#include "harness/lab/shim/world.h"

/* ---- redirect handles ---- */

static enum wfp_status add_handle(const char *name, uint32_t *id)
{
    struct shim_handle *added = &shim.handles[shim.handle_count];
    enum wfp_status status;

    if (shim.handle_count == SHIM_HANDLES_MAX) {
        return WFP_NO_ROOM;
    }
    status = wfp_handle_create(shim.world, 1000 + shim.handle_count, id);
    if (status == WFP_OK) {
        (void)snprintf(added->name, sizeof added->name, "%s", name);
        added->id = *id;
        shim.handle_count++;
    }
    return status;
}

static uint32_t find_handle(const char *name)
{
    for (size_t i = shim.handle_count; i-- > 0;) {
        if (strcmp(shim.handles[i].name, name) == 0) {
            return shim.handles[i].id;
        }
    }
    return 0;
}

static enum wfp_status need_handle(const char *name, uint32_t *id)
{
    *id = find_handle(name);
    return *id != 0 ? WFP_OK : add_handle(name, id);
}

enum wfp_status shim_handle_create(const char *name)
{
    enum wfp_status status;
    uint32_t id;

    AcquireSRWLockExclusive(&shim.lock);
    status = add_handle(name, &id);
    ReleaseSRWLockExclusive(&shim.lock);
    return status;
}

enum wfp_status shim_handle_destroy(const char *name)
{
    enum wfp_status status;

    AcquireSRWLockExclusive(&shim.lock);
    status = wfp_handle_destroy(shim.world, find_handle(name));
    ReleaseSRWLockExclusive(&shim.lock);
    return status;
}

/* ---- redirects ---- */

static enum wfp_status arm(SOCKET client, SOCKET service, const struct shim_redirect *wanted)
{
    struct shim_socket *armed = shim_socket_find(client);

    if (armed == NULL || (service != INVALID_SOCKET && shim_socket_find(service) == NULL)) {
        return WFP_NO_SOCKET;
    }
    if (wanted->context_size > SHIM_CONTEXT_MAX) {
        return WFP_NO_ROOM;
    }
    if (wanted->context_size > 0) {
        memcpy(shim.context, wanted->context, wanted->context_size);
    }
    shim.redirect = (struct wfp_redirect){.target_pid = wanted->target_pid,
                                          .context = shim.context,
                                          .context_size = wanted->context_size,
                                          .layer = wanted->layer,
                                          .remote = wanted->remote,
                                          .lost = wanted->lost};
    armed->armed = true;
    armed->redirect_to = service;
    return need_handle(wanted->handle, &shim.redirect.handle);
}

enum wfp_status shim_redirect(SOCKET client, SOCKET service, const struct shim_redirect *redirect)
{
    enum wfp_status status;

    AcquireSRWLockExclusive(&shim.lock);
    status = arm(client, service, redirect);
    ReleaseSRWLockExclusive(&shim.lock);
    return status;
}

/* ---- states ---- */

/* `peer` NULL: of the connection. */
static enum wfp_status look_at_state(SOCKET socket, const struct wfp_address *peer,
                                     const char *handle, struct wfp_answer *answer)
{
    const struct shim_socket *found = shim_socket_find(socket);
    struct wfp_reply reply;
    enum wfp_status status;
    uint32_t id;

    if (found == NULL) {
        return WFP_NO_SOCKET;
    }
    status = need_handle(handle, &id);
    if (status == WFP_OK) {
        status = peer == NULL ? wfp_redirect_state(shim.world, found->id, id, &reply)
                              : wfp_flow_redirect_state(shim.world, found->id, peer, id, &reply);
    }
    if (status == WFP_OK) {
        *answer = reply.answer;
    }
    return status;
}

enum wfp_status shim_state(SOCKET socket, const struct wfp_address *peer, const char *handle,
                           struct wfp_answer *answer)
{
    enum wfp_status status;

    AcquireSRWLockExclusive(&shim.lock);
    status = look_at_state(socket, peer, handle, answer);
    ReleaseSRWLockExclusive(&shim.lock);
    return status;
}

/* ---- what cannot be seen from a call ---- */

void shim_clock_advance(uint64_t microseconds)
{
    AcquireSRWLockExclusive(&shim.lock);
    if (shim.world != NULL) {
        wfp_clock_advance(shim.world, microseconds);
    }
    ReleaseSRWLockExclusive(&shim.lock);
}

void shim_elevated(bool elevated)
{
    AcquireSRWLockExclusive(&shim.lock);
    if (shim.world != NULL) {
        wfp_process_elevated(shim.world, elevated);
    }
    ReleaseSRWLockExclusive(&shim.lock);
}

void shim_fault(enum wfp_fault fault)
{
    shim.fault = fault;
}
