/* SPDX-License-Identifier: MIT */

/*
 * Datagrams come with the addresses of loopback; the lab says what the program is to see. So the
 * provider writes the address into memory of ours, and the program's gets it when the call ends.
 */

#include <winsock2.h>

#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/collect.h"
#include "harness/lab/dll/datagram.h"
#include "harness/lab/dll/extension.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/payload.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/pointer.h"

/* ---- asking ---- */

/* Where control data of the lab go: behind the provider's. */
static WSABUF control_room(const struct operation *operation)
{
    const DWORD align = sizeof(void *) - 1;
    const DWORD whole = operation->receive.message == NULL ? 0 : operation->message.Control.len;
    WSABUF room = {0, NULL};
    WSAMSG before;

    if (operation->receive.message == NULL ||
        !pointer_read(&before, operation->receive.message, sizeof before) ||
        ((whole + align) & ~align) > before.Control.len) {
        return room;
    }
    room.len = before.Control.len - ((whole + align) & ~align);
    room.buf = before.Control.buf + ((whole + align) & ~align);
    return room;
}

static void describe(struct event *event, const struct operation *operation, DWORD error,
                     DWORD count, DWORD room)
{
    struct wfp_address from;

    event_set_text(event, FIELD_NAME, operation->receive.name);
    event_set_number(event, FIELD_SIZE, count);
    event_set_number(event, FIELD_OUT_SIZE, operation->receive.room);
    event_set_number(event, FIELD_FLAGS,
                     operation->receive.message == NULL ? operation->flags
                                                        : operation->message.dwFlags);
    event_set_number(event, FIELD_ERROR, error);
    if (address_read(&operation->from, operation->from_size, &from)) {
        event_set_address(event, FIELD_REAL, &from);
    }
    if (operation->receive.message != NULL) {
        event_set_number(event, FIELD_CONTROL_SIZE, room);
    }
}

/* ---- giving ---- */

static void give_address(const struct operation *operation, const struct socket_facts *facts,
                         const struct event *answer)
{
    struct wfp_address peer = event_address(answer, FIELD_PEER);

    if (event_has(answer, FIELD_PEER) ||
        address_read(&operation->from, operation->from_size, &peer)) {
        (void)address_give(&peer, facts->family, operation->receive.from,
                           operation->receive.from_size);
    }
}

/* The program's WSAMSG gets what the provider's copy has, and the lab's part. */
static void give_message(struct operation *operation, const struct event *answer, WSABUF room)
{
    const struct event_bytes control = event_bytes(answer, FIELD_CONTROL);
    WSAMSG told;

    if (!pointer_read(&told, operation->receive.message, sizeof told)) {
        return;
    }
    if (control.size > 0 && control.size <= room.len &&
        pointer_write(room.buf, control.at, control.size)) {
        operation->message.Control.len = (ULONG)(room.buf - told.Control.buf) + (ULONG)control.size;
    }
    told.Control.len = operation->message.Control.len;
    told.dwFlags = operation->message.dwFlags | (DWORD)event_number(answer, FIELD_FLAGS);
    (void)pointer_write(operation->receive.message, &told, sizeof told);
}

static DWORD give(struct operation *operation, const struct socket_facts *facts,
                  const struct event *answer, WSABUF room, DWORD error)
{
    const DWORD answered = (DWORD)event_number(answer, FIELD_ERROR);

    give_address(operation, facts, answer);
    if (operation->receive.message != NULL) {
        give_message(operation, answer, room);
    }
    return answered == 0 ? error : answered;
}

/* A datagram that is larger than the buffers has come, too. */
static bool has_come(DWORD error)
{
    return error == 0 || error == WSAEMSGSIZE || error == ERROR_MORE_DATA;
}

DWORD datagram_received(struct operation *operation, DWORD error, DWORD count)
{
    const struct event nothing = {.kind = EVENT_ANSWER};
    const WSABUF room = control_room(operation);
    struct socket_facts facts;
    struct link_answer answer;
    struct event event;

    if (operation->receive.message != NULL) {
        operation->from_size = operation->message.namelen;
    }
    if (!has_come(error) || !socket_know(operation->socket, &facts)) {
        return error;
    }
    event = socket_event(EVENT_DATAGRAM_RECEIVE, &facts);
    describe(&event, operation, error, count, room.len);
    if (link_ask(&event, &answer) == LINK_ANSWERED) {
        error = give(operation, &facts, &answer.event, room, error);
    } else {
        error = give(operation, &facts, &nothing, room, error);
    }
    link_answer_free(&answer);
    return error;
}

/* ---- the calls ---- */

/* One receive, as every function here makes it. */
struct receive {
    struct operation_receive how;
    SOCKET socket;
    WSABUF *buffers;
    DWORD buffer_count;
    DWORD *count;
    DWORD *flags;
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

static int make(const struct receive *receive, struct operation *operation,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *count, DWORD *flags)
{
    if (receive->how.message != NULL) {
        return extensions.WSARecvMsg(receive->socket, &operation->message, count,
                                     receive->overlapped, routine);
    }
    return WSARecvFrom(receive->socket, receive->buffers, receive->buffer_count, count, flags,
                       &operation->from.any, &operation->from_size, receive->overlapped, routine);
}

static struct operation *prepare(const struct receive *receive)
{
    struct operation *operation =
        operation_new(OPERATION_RECEIVE, receive->socket, receive->overlapped);

    if (operation == NULL) {
        return NULL;
    }
    operation->receive = receive->how;
    operation->routine = receive->routine;
    operation->from_size = sizeof operation->from;
    if (receive->how.message != NULL &&
        pointer_read(&operation->message, receive->how.message, sizeof operation->message)) {
        operation->message.name = &operation->from.any;
        operation->message.namelen = operation->from_size;
    }
    return operation;
}

/* It ended before the call came back. */
static int end_now(struct operation *operation, int outcome, DWORD count)
{
    const DWORD error = outcome == 0 ? 0 : (DWORD)WSAGetLastError();
    DWORD told;

    told = datagram_received(operation, error, count);
    free(operation);
    return told == 0 ? 0 : socket_fail((int)told);
}

static int receive_now(const struct receive *receive, struct operation *operation)
{
    DWORD count = 0;
    DWORD flags = 0;
    int outcome;

    if (receive->flags != NULL) {
        (void)pointer_read(&flags, receive->flags, sizeof flags);
    }
    operation->flags = flags;
    outcome = make(receive, operation, NULL, &count, &flags);
    outcome = end_now(operation, outcome, count);
    if (receive->flags != NULL && (outcome == 0 || WSAGetLastError() == WSAEMSGSIZE)) {
        (void)pointer_write(receive->flags, &flags, sizeof flags);
    }
    if (receive->count != NULL && outcome == 0) {
        (void)pointer_write(receive->count, &count, sizeof count);
    }
    return outcome;
}

/* Will the program be told of an end that the call itself has told already? */
static bool is_told_again(const struct receive *receive, const struct socket_facts *facts)
{
    const struct completion_place *place = &facts->completion;

    return receive->routine != NULL ||
           (!place->skips && (place->port != NULL || place->pool.io != NULL));
}

static int receive_overlapped(const struct receive *receive, const struct socket_facts *facts,
                              struct operation *operation)
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = receive->routine == NULL ? NULL : collect_routine;
    int outcome;

    operation_begin(operation);
    outcome = make(receive, operation, routine, receive->count, receive->flags);
    if (outcome != 0 && WSAGetLastError() == WSA_IO_PENDING) {
        return outcome;
    }
    if (outcome == 0 && is_told_again(receive, facts)) {
        return outcome;
    }
    operation = operation_take(receive->overlapped);
    return operation == NULL
               ? outcome
               : end_now(operation, outcome, (DWORD)receive->overlapped->InternalHigh);
}

static int receive_datagram(const struct receive *receive, const struct socket_facts *facts)
{
    struct operation *operation = prepare(receive);

    if (operation == NULL) {
        return socket_fail(WSAENOBUFS);
    }
    return receive->overlapped == NULL ? receive_now(receive, operation)
                                       : receive_overlapped(receive, facts, operation);
}

static int receive_one(const char *name, SOCKET socket, const struct socket_facts *facts,
                       char *buffer, int size, int flags, struct sockaddr *from, int *from_size)
{
    WSABUF one = {(ULONG)size, buffer};
    DWORD count = 0;
    DWORD both = (DWORD)flags;
    const struct receive receive = {
        .how = {.name = name, .room = (DWORD)size, .from = from, .from_size = from_size},
        .socket = socket,
        .buffers = &one,
        .buffer_count = 1,
        .count = &count,
        .flags = &both,
    };

    return receive_datagram(&receive, facts) == 0 ? (int)count : SOCKET_ERROR;
}

int WSAAPI hook_recv(SOCKET socket, char *buffer, int size, int flags)
{
    struct socket_facts facts;

    if (!payload_is_received(socket, &facts)) {
        return recv(socket, buffer, size, flags);
    }
    return receive_one("recv", socket, &facts, buffer, size, flags, NULL, NULL);
}

int WSAAPI hook_recvfrom(SOCKET socket, char *buffer, int size, int flags, struct sockaddr *from,
                         int *from_size)
{
    struct socket_facts facts;

    if (!payload_is_received(socket, &facts)) {
        return recvfrom(socket, buffer, size, flags, from, from_size);
    }
    return receive_one("recvfrom", socket, &facts, buffer, size, flags, from, from_size);
}

static int receive_several(const struct operation_receive *how, const struct socket_facts *facts,
                           SOCKET socket, WSABUF *buffers, DWORD buffer_count, DWORD *count,
                           DWORD *flags, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct receive receive = {*how,  socket, buffers,    buffer_count,
                              count, flags,  overlapped, routine};

    receive.how.room = payload_size(buffers, buffer_count);
    return receive_datagram(&receive, facts);
}

int WSAAPI hook_WSARecv(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                        LPDWORD flags, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct operation_receive how = {.name = "WSARecv"};
    struct socket_facts facts;

    if (!payload_is_received(socket, &facts)) {
        return WSARecv(socket, buffers, buffer_count, count, flags, overlapped, routine);
    }
    return receive_several(&how, &facts, socket, buffers, buffer_count, count, flags, overlapped,
                           routine);
}

int WSAAPI hook_WSARecvFrom(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                            LPDWORD flags, struct sockaddr *from, LPINT from_size,
                            LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct operation_receive how = {
        .name = "WSARecvFrom", .from = from, .from_size = from_size};
    struct socket_facts facts;

    if (!payload_is_received(socket, &facts)) {
        return WSARecvFrom(socket, buffers, buffer_count, count, flags, from, from_size, overlapped,
                           routine);
    }
    return receive_several(&how, &facts, socket, buffers, buffer_count, count, flags, overlapped,
                           routine);
}

int WSAAPI hook_WSARecvMsg(SOCKET socket, LPWSAMSG message, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct receive receive = {.how = {.name = "WSARecvMsg", .message = message},
                              .socket = socket,
                              .count = count,
                              .overlapped = overlapped,
                              .routine = routine};
    struct socket_facts facts;
    WSAMSG copy;

    if (!payload_is_received(socket, &facts) || !pointer_read(&copy, message, sizeof copy)) {
        return extensions.WSARecvMsg(socket, message, count, overlapped, routine);
    }
    receive.how.room = payload_size(copy.lpBuffers, copy.dwBufferCount);
    receive.how.from = copy.name;
    receive.how.from_size = &message->namelen;
    return receive_datagram(&receive, &facts);
}

int PASCAL hook_WSARecvEx(SOCKET socket, char *buffer, int size, int *flags)
{
    struct socket_facts facts;

    if (payload_is_received(socket, &facts)) {
        link_passed("WSARecvEx of datagrams");
    }
    return WSARecvEx(socket, buffer, size, flags);
}
