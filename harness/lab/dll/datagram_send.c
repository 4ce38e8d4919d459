/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/dial.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/payload.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/interpose/pointer.h"

/* A datagram as the program wants to send it. */
struct datagram {
    const char *name; /* of the function */
    DWORD size;
    DWORD flags;
    const struct sockaddr *to; /* NULL: whom the socket is connected to */
    int to_size;
    WSABUF control; /* none: all zeros */
};

/* Control data stay behind: what of them means something is the lab's to say. */
static void ask(struct dial *dial, const struct datagram *datagram)
{
    const DWORD size = datagram->control.len < EVENT_BYTES_MAX ? datagram->control.len : 0;
    struct event event = socket_event(EVENT_DATAGRAM_SEND, &dial->facts);
    void *control = size == 0 ? NULL : malloc(size);

    event_set_text(&event, FIELD_NAME, datagram->name);
    event_set_number(&event, FIELD_SIZE, datagram->size);
    event_set_number(&event, FIELD_FLAGS, datagram->flags);
    event_set_number(&event, FIELD_CONTROL_SIZE, datagram->control.len);
    if (datagram->to != NULL) {
        event_set_address(&event, FIELD_PEER, &dial->peer);
    }
    if (control != NULL && pointer_read(control, datagram->control.buf, size)) {
        event_set_bytes(&event, FIELD_CONTROL, control, size);
    }
    dial_ask_event(dial, &event, dial->facts.family);
    free(control);
}

/* False: the call is made as it is, and nobody asks. */
static bool follow(struct dial *dial, SOCKET socket, const struct datagram *datagram)
{
    struct socket_facts facts;

    memset(dial, 0, sizeof *dial);
    if (!payload_is_sent(socket, &facts) ||
        (datagram->to != NULL && !address_read(datagram->to, datagram->to_size, &dial->peer))) {
        return false;
    }
    dial->facts = facts;
    ask(dial, datagram);
    return true;
}

static int done(const struct dial *dial, int outcome)
{
    if (dial->followed) {
        socket_done(EVENT_DATAGRAM_SEND, &dial->facts, outcome == SOCKET_ERROR);
    }
    return outcome;
}

static int send_elsewhere(const struct dial *dial, SOCKET socket, WSABUF *buffers, DWORD count,
                          DWORD *sent, DWORD flags, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return WSASendTo(socket, buffers, count, sent, flags, &dial->real.any, dial->real_size,
                     overlapped, routine);
}

/* ---- of one buffer ---- */

static int send_one(const struct dial *dial, SOCKET socket, const char *buffer, int size, int flags)
{
    WSABUF one = {(ULONG)size, (char *)(uintptr_t)buffer};
    DWORD sent = 0;
    const int outcome = send_elsewhere(dial, socket, &one, 1, &sent, (DWORD)flags, NULL, NULL);

    return outcome == 0 ? (int)sent : outcome;
}

int WSAAPI hook_send(SOCKET socket, const char *buffer, int size, int flags)
{
    const struct datagram datagram = {.name = "send", .size = (DWORD)size, .flags = (DWORD)flags};
    struct dial dial;

    if (!follow(&dial, socket, &datagram)) {
        return send(socket, buffer, size, flags);
    }
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    return done(&dial, dial.elsewhere ? send_one(&dial, socket, buffer, size, flags)
                                      : send(socket, buffer, size, flags));
}

int WSAAPI hook_sendto(SOCKET socket, const char *buffer, int size, int flags,
                       const struct sockaddr *to, int to_size)
{
    const struct datagram datagram = {"sendto", (DWORD)size, (DWORD)flags, to, to_size, {0, NULL}};
    struct dial dial;

    if (!follow(&dial, socket, &datagram)) {
        return sendto(socket, buffer, size, flags, to, to_size);
    }
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    return done(&dial, dial.elsewhere ? send_one(&dial, socket, buffer, size, flags)
                                      : sendto(socket, buffer, size, flags, to, to_size));
}

/* ---- of several ---- */

int WSAAPI hook_WSASend(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                        LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct datagram datagram = {
        .name = "WSASend", .size = payload_size(buffers, count), .flags = flags};
    struct dial dial;

    if (!follow(&dial, socket, &datagram)) {
        return WSASend(socket, buffers, count, sent, flags, overlapped, routine);
    }
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    return done(
        &dial, dial.elsewhere
                   ? send_elsewhere(&dial, socket, buffers, count, sent, flags, overlapped, routine)
                   : WSASend(socket, buffers, count, sent, flags, overlapped, routine));
}

int WSAAPI hook_WSASendTo(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                          const struct sockaddr *to, int to_size, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct datagram datagram = {"WSASendTo", payload_size(buffers, count), flags, to, to_size,
                                      {0, NULL}};
    struct dial dial;

    if (!follow(&dial, socket, &datagram)) {
        return WSASendTo(socket, buffers, count, sent, flags, to, to_size, overlapped, routine);
    }
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    return done(&dial, dial.elsewhere ? send_elsewhere(&dial, socket, buffers, count, sent, flags,
                                                       overlapped, routine)
                                      : WSASendTo(socket, buffers, count, sent, flags, to, to_size,
                                                  overlapped, routine));
}

/* The system of this machine may know no control data at all: what is passed has them. */
int WSAAPI hook_WSASendMsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct datagram datagram = {.name = "WSASendMsg", .flags = flags};
    struct dial dial;
    WSAMSG copy;

    if (!pointer_read(&copy, message, sizeof copy)) {
        return WSASendMsg(socket, message, flags, sent, overlapped, routine);
    }
    datagram.size = payload_size(copy.lpBuffers, copy.dwBufferCount);
    datagram.to = copy.name;
    datagram.to_size = copy.namelen;
    datagram.control = copy.Control;
    if (!follow(&dial, socket, &datagram)) {
        return WSASendMsg(socket, message, flags, sent, overlapped, routine);
    }
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    return done(&dial, dial.elsewhere
                           ? send_elsewhere(&dial, socket, copy.lpBuffers, copy.dwBufferCount, sent,
                                            flags, overlapped, routine)
                           : WSASendMsg(socket, message, flags, sent, overlapped, routine));
}

BOOL PASCAL hook_TransmitFile(SOCKET socket, HANDLE file, DWORD size, DWORD size_per_send,
                              LPOVERLAPPED overlapped, LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags)
{
    struct socket_facts facts;

    (void)payload_is_sent(socket, &facts);
    link_passed("TransmitFile");
    return TransmitFile(socket, file, size, size_per_send, overlapped, buffers, flags);
}
