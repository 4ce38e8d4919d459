/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <mswsock.h>

#include <stdlib.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/pointer.h"

enum { LOOKED_AT_MAX = 256 };

static void add_option(struct event *event, int level, int option)
{
    event_set_number(event, FIELD_LEVEL, (uint32_t)level);
    event_set_number(event, FIELD_OPTION, (uint32_t)option);
}

/* ---- setting ---- */

/* What the answer to an extended accept or connect makes a usual socket of. */
static bool is_update(int level, int option, enum event_kind *kind)
{
    *kind = option == SO_UPDATE_ACCEPT_CONTEXT ? EVENT_UPDATE_ACCEPT : EVENT_UPDATE_CONNECT;
    return level == SOL_SOCKET &&
           (option == SO_UPDATE_ACCEPT_CONTEXT || option == SO_UPDATE_CONNECT_CONTEXT);
}

static enum link_outcome ask_set(const struct socket_facts *facts, int level, int option,
                                 const char *value, int size, int *error)
{
    struct event event = socket_event(EVENT_OPTION_SET, facts);
    struct link_answer answer;
    enum link_outcome outcome;
    char copy[LOOKED_AT_MAX];

    add_option(&event, level, option);
    if (size > 0 && size <= LOOKED_AT_MAX && pointer_read(copy, value, (size_t)size)) {
        event_set_bytes(&event, FIELD_IN, copy, (size_t)size);
    }
    outcome = link_ask(&event, &answer);
    *error = outcome == LINK_ANSWERED ? (int)event_number(&answer.event, FIELD_ERROR) : 0;
    link_answer_free(&answer);
    return outcome;
}

static int update(const struct socket_facts *facts, enum event_kind kind, SOCKET socket, int option,
                  const char *value, int size)
{
    const int outcome = setsockopt(socket, SOL_SOCKET, option, value, size);
    struct event event = socket_event(kind, facts);

    socket_add_error(&event, outcome != 0);
    link_tell(&event);
    return outcome;
}

int WSAAPI hook_setsockopt(SOCKET socket, int level, int option, const char *value, int size)
{
    struct socket_facts facts;
    enum event_kind kind;
    int error;
    int outcome;

    if (!socket_know(socket, &facts)) {
        return setsockopt(socket, level, option, value, size);
    }
    if (is_update(level, option, &kind)) {
        return update(&facts, kind, socket, option, value, size);
    }
    if (ask_set(&facts, level, option, value, size, &error) == LINK_ANSWERED) {
        return error == 0 ? 0 : socket_fail(error);
    }
    /* Without a lab most options do what they always did, and no harm. */
    outcome = setsockopt(socket, level, option, value, size);
    socket_done(EVENT_OPTION_SET, &facts, outcome != 0);
    return outcome;
}

/* ---- getting ---- */

static int give(const struct event *answer, char *value, int *size)
{
    const struct event_bytes out = event_bytes(answer, FIELD_OUT);
    const int error = (int)event_number(answer, FIELD_ERROR);
    const int count = (int)event_number(answer, FIELD_COUNT);
    int room = 0;

    if (!pointer_read(&room, size, sizeof room) || (int)out.size > room ||
        !pointer_write(value, out.at, out.size) ||
        (event_has(answer, FIELD_COUNT) && !pointer_write(size, &count, sizeof count))) {
        return socket_fail(error == 0 ? WSAEFAULT : error);
    }
    return error == 0 ? 0 : socket_fail(error);
}

int WSAAPI hook_getsockopt(SOCKET socket, int level, int option, char *value, int *size)
{
    struct socket_facts facts;
    struct link_answer answer;
    struct event event;
    int room = 0;
    int outcome;

    if (!socket_know(socket, &facts) || !pointer_read(&room, size, sizeof room)) {
        return getsockopt(socket, level, option, value, size);
    }
    event = socket_event(EVENT_OPTION_GET, &facts);
    add_option(&event, level, option);
    event_set_number(&event, FIELD_OUT_SIZE, (uint32_t)room);
    if (link_ask(&event, &answer) == LINK_ANSWERED) {
        outcome = give(&answer.event, value, size);
    } else {
        outcome = getsockopt(socket, level, option, value, size);
        socket_done(EVENT_OPTION_GET, &facts, outcome != 0);
    }
    link_answer_free(&answer);
    return outcome;
}
