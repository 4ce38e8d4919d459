/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/dial.h"

#include <string.h>

#include "harness/lab/dll/link.h"

static void take(struct dial *dial, const struct event *answer, int family)
{
    struct wfp_address real;

    dial->error = (int)event_number(answer, FIELD_ERROR);
    dial->refused = dial->error != 0;
    if (!dial->refused && event_has(answer, FIELD_REAL)) {
        real = event_address(answer, FIELD_REAL);
        dial->elsewhere = true;
        dial->real_size = address_make(&real, family, &dial->real);
        dial->to = &dial->real.any;
        dial->to_size = dial->real_size;
    }
}

void dial_ask_event(struct dial *dial, struct event *event, int family)
{
    struct link_answer answer;

    dial->followed = true;
    switch (link_ask(event, &answer)) {
    case LINK_PASSED:
        break;
    case LINK_ANSWERED:
        take(dial, &answer.event, family);
        break;
    case LINK_GONE:
        dial->refused = true;
        dial->error = WSAENETDOWN;
        break;
    }
    link_answer_free(&answer);
}

void dial_ask(struct dial *dial, const char *name, SOCKET socket, const struct sockaddr *address,
              int size)
{
    struct event event;
    union address as_passed;

    memset(dial, 0, sizeof *dial);
    dial->to = address;
    dial->to_size = size;
    if (!address_read(address, size, &dial->peer) || !socket_know(socket, &dial->facts)) {
        return;
    }
    event = socket_event(EVENT_CONNECT, &dial->facts);
    event_set_text(&event, FIELD_NAME, name);
    event_set_address(&event, FIELD_PEER, &dial->peer);
    socket_add_local(&event, socket);
    (void)address_make(&dial->peer, AF_UNSPEC, &as_passed);
    dial_ask_event(dial, &event, as_passed.any.sa_family);
}

static void remember(const struct dial *dial, SOCKET socket)
{
    struct socket_facts *facts = socket_table_lock(socket);

    if (facts != NULL) {
        facts->has_peer = dial->elsewhere;
        facts->peer = dial->peer;
        socket_table_unlock();
    }
}

bool dial_is_pending(int error)
{
    return error == WSAEWOULDBLOCK || error == WSA_IO_PENDING;
}

void dial_made(const struct dial *dial, SOCKET socket, bool failed)
{
    if (!dial->followed) {
        return;
    }
    if (!failed || dial_is_pending(WSAGetLastError())) {
        remember(dial, socket);
    }
    socket_done(EVENT_CONNECT, &dial->facts, failed);
}
