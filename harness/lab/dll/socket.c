/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/socket.h"

#include <string.h>

#include <ws2tcpip.h>

#include "harness/lab/dll/accept_ex.h"
#include "harness/lab/dll/address.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/pending.h"
#include "harness/lab/dll/process.h"

/* By the system, where no call was seen that made it. */
static bool look_up(SOCKET socket, struct socket_facts *facts)
{
    WSAPROTOCOL_INFOW info;
    int size = sizeof info;

    memset(facts, 0, sizeof *facts);
    if (getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) != 0) {
        return false;
    }
    facts->family = info.iAddressFamily;
    facts->type = info.iSocketType;
    facts->protocol = info.iProtocol;
    return true;
}

static void tell_opened(const struct socket_facts *facts, const DWORD *flags)
{
    struct event event = socket_event(EVENT_SOCKET, facts);

    event_set_number(&event, FIELD_FAMILY, (uint64_t)facts->family);
    event_set_number(&event, FIELD_TYPE, (uint64_t)facts->type);
    event_set_number(&event, FIELD_PROTOCOL, (uint64_t)facts->protocol);
    if (flags != NULL) {
        event_set_number(&event, FIELD_FLAGS, *flags);
    }
    link_tell(&event);
}

static bool add(SOCKET socket, struct socket_facts *facts, const DWORD *flags)
{
    facts->number = socket_table_number();
    if (!socket_table_add(socket, facts)) {
        return false;
    }
    tell_opened(facts, flags);
    return true;
}

bool socket_know(SOCKET socket, struct socket_facts *facts)
{
    const int error = WSAGetLastError();
    bool known = socket_table_get(socket, facts) && facts->number != 0;

    if (!known && link_wanted() && look_up(socket, facts)) {
        known = add(socket, facts, NULL);
    }
    if (known && facts->accepting) {
        accept_ex_look(socket);
    }
    WSASetLastError(error);
    return known;
}

bool socket_know_listener(SOCKET socket, struct socket_facts *facts)
{
    const int error = WSAGetLastError();
    bool known = socket_know(socket, facts);
    struct wfp_address local;

    if (!known && link_wanted() && address_local(socket, &local)) {
        memset(facts, 0, sizeof *facts);
        facts->family = local.family == WFP_IPV6 ? AF_INET6 : AF_INET;
        facts->type = SOCK_STREAM;
        facts->protocol = IPPROTO_TCP;
        known = add(socket, facts, NULL);
    }
    WSASetLastError(error);
    return known;
}

void socket_opened(SOCKET socket, int family, int type, int protocol, DWORD flags)
{
    struct socket_facts facts;

    memset(&facts, 0, sizeof facts);
    facts.family = family;
    facts.type = type;
    facts.protocol = protocol;
    (void)add(socket, &facts, &flags);
}

uint64_t socket_accepted(SOCKET accepted, const struct socket_facts *listener)
{
    struct socket_facts facts;

    memset(&facts, 0, sizeof facts);
    facts.number = socket_table_number();
    facts.family = listener->family;
    facts.type = listener->type;
    facts.protocol = listener->protocol;
    (void)socket_table_add(accepted, &facts);
    return facts.number;
}

void socket_closing(SOCKET socket)
{
    struct socket_facts facts;

    (void)pending_cancel(socket, NULL);
    if (socket_table_remove(socket, &facts) && facts.number != 0) {
        struct event event = socket_event(EVENT_CLOSE, &facts);

        if (facts.accepting) {
            accept_ex_forget(socket);
        }
        event_set_number(&event, FIELD_HANDLES, process_handles());
        link_tell(&event);
    }
}

/* Its place in a completion port or a thread pool goes with the handle. */
void socket_reused(SOCKET socket)
{
    struct socket_facts old;
    struct socket_facts fresh;
    const DWORD flags = WSA_FLAG_OVERLAPPED;

    if (!socket_know(socket, &old)) {
        return;
    }
    socket_closing(socket);
    memset(&fresh, 0, sizeof fresh);
    fresh.family = old.family;
    fresh.type = old.type;
    fresh.protocol = old.protocol;
    fresh.completion = old.completion;
    (void)add(socket, &fresh, &flags);
}

void socket_duplicated(SOCKET copy, const struct socket_facts *source)
{
    struct socket_facts facts = *source;
    struct event event = socket_event(EVENT_DUPLICATE, source);

    memset(&facts.completion, 0, sizeof facts.completion);
    facts.number = socket_table_number();
    event_set_number(&event, FIELD_OTHER, facts.number);
    if (socket_table_add(copy, &facts)) {
        link_tell(&event);
    }
}

struct event socket_event(enum event_kind kind, const struct socket_facts *facts)
{
    struct event event = {.kind = kind};

    event_set_number(&event, FIELD_SOCKET, facts->number);
    return event;
}

void socket_add_local(struct event *event, SOCKET socket)
{
    const int error = WSAGetLastError();
    struct wfp_address local;

    if (address_local(socket, &local)) {
        event_set_address(event, FIELD_LOCAL, &local);
    }
    WSASetLastError(error);
}

void socket_add_error(struct event *event, bool failed)
{
    event_set_number(event, FIELD_ERROR, failed ? (uint64_t)WSAGetLastError() : 0);
}

void socket_done(enum event_kind kind, const struct socket_facts *facts, bool failed)
{
    link_done(kind, facts->number, failed ? (uint32_t)WSAGetLastError() : 0, 0);
}

int socket_fail(int error)
{
    WSASetLastError(error);
    return SOCKET_ERROR;
}
