/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/accept_ex.h"

#include <stdlib.h>

#include <winternl.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/pointer.h"

/*
 * The system writes both addresses behind the data, in a form of its own; getpeername fails on a
 * real Windows as long as SO_UPDATE_ACCEPT_CONTEXT was not set.
 */
static bool peer_of(const struct operation_accept *call, struct wfp_address *peer)
{
    const size_t size = (size_t)call->received + call->local + call->remote;
    struct sockaddr *local = NULL;
    struct sockaddr *remote = NULL;
    int local_size = 0;
    int remote_size = 0;

    if (!pointer_is_valid(pointer_classify(call->buffer, size, POINTER_READ))) {
        return false;
    }
    GetAcceptExSockaddrs(call->buffer, call->received, call->local, call->remote, &local,
                         &local_size, &remote, &remote_size);
    return address_read(remote, remote_size, peer);
}

static void mark(SOCKET socket, bool accepting)
{
    struct socket_facts *facts = socket_table_lock(socket);

    if (facts != NULL) {
        facts->accepting = accepting;
        socket_table_unlock();
    }
}

void accept_ex_begins(SOCKET accepted)
{
    mark(accepted, true);
}

void accept_ex_failed(SOCKET accepted)
{
    mark(accepted, false);
}

void accept_ex_told(const struct operation *operation)
{
    struct socket_facts listener;
    struct socket_facts accepted;
    struct wfp_address peer;
    struct event event;

    mark(operation->accept.accepted, false);
    if (!socket_know(operation->socket, &listener) ||
        !socket_know(operation->accept.accepted, &accepted)) {
        return;
    }
    event = socket_event(EVENT_ACCEPTED_EX, &listener);
    event_set_number(&event, FIELD_OTHER, accepted.number);
    event_set_number(&event, FIELD_OPERATION, operation->number);
    if (peer_of(&operation->accept, &peer)) {
        event_set_address(&event, FIELD_PEER, &peer);
    }
    link_tell(&event);
}

void accept_ex_look(SOCKET accepted)
{
    struct operation *operation = operation_take_accept(accepted);
    OVERLAPPED seen;

    if (operation == NULL) {
        return;
    }
    if (!pointer_read(&seen, operation->overlapped, sizeof seen)) {
        free(operation);
        return;
    }
    if (seen.Internal == STATUS_PENDING) {
        operation_begin(operation);
        return;
    }
    if (seen.Internal == 0) {
        accept_ex_told(operation);
    }
    free(operation);
}

void accept_ex_forget(SOCKET accepted)
{
    free(operation_take_accept(accepted));
}
