/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <stdlib.h>
#include <string.h>

#include <ws2tcpip.h>

#include <mswsock.h>

#include "harness/pattern.h"

enum { ARRIVAL = 200 /* milliseconds until a datagram of loopback must be there */ };

/* The flags that Winsock uses for other things (broadcast, multicast) are left out. */
#define SHOWN_FLAGS (WFP_MSG_TRUNC | WFP_MSG_CTRUNC)

_Static_assert(MSG_PEEK == WFP_MSG_PEEK && MSG_OOB == WFP_MSG_OOB, "20.2");
_Static_assert(MSG_DONTROUTE == WFP_MSG_DONTROUTE && MSG_PARTIAL == WFP_MSG_PARTIAL, "20.2");
_Static_assert(MSG_TRUNC == WFP_MSG_TRUNC && MSG_CTRUNC == WFP_MSG_CTRUNC, "20.2");

struct received {
    uint8_t *data;
    uint8_t *control; /* NULL: none is passed */
    uint32_t control_size;
    DWORD flags;
};

/* MSG-01: it is in no import library. */
static bool find_receive(struct machine *machine, SOCKET socket, LPFN_WSARECVMSG *receive,
                         struct winsock_answer *answer)
{
    GUID id = WSAID_WSARECVMSG;
    DWORD count;

    return WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, receive,
                    sizeof *receive, &count, NULL, NULL) == 0 ||
           machine_failed(machine, answer, "SIO_GET_EXTENSION_FUNCTION_POINTER");
}

/* The call must not block: there may be nothing to come. What the shim answers has come. */
static void await_datagram(SOCKET socket)
{
    struct timeval patience = {0, shim_active() ? 0 : ARRIVAL * 1000};
    u_long nonblocking = 1;
    fd_set readable;

    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    (void)select(0, &readable, NULL, NULL, &patience);
    (void)ioctlsocket(socket, (long)FIONBIO, &nonblocking);
}

static bool receive_message(struct machine *machine, struct machine_thread *thread, SOCKET socket,
                            const struct winsock_order *order, struct received *received,
                            struct winsock_answer *answer)
{
    LPFN_WSARECVMSG receive;
    OVERLAPPED overlapped = {0};
    SOCKADDR_STORAGE from;
    WSABUF data = {order->out_size, (char *)received->data};
    WSAMSG message = {
        .name = order->null_name != 0 ? NULL : (struct sockaddr *)&from,
        .namelen = (INT)sizeof from,
        .lpBuffers = &data,
        .dwBufferCount = 1,
        .Control = {order->control_size, (char *)received->control},
        .dwFlags = order->flags,
    };
    const bool waits = order->overlapped == WFP_POINTER_NULL;
    DWORD count = MACHINE_COUNT_MARK;

    if (!find_receive(machine, socket, &receive, answer)) {
        return false;
    }
    call_begins();
    datagram_error(thread, answer,
                   receive(socket, &message, order->count == WFP_POINTER_NULL ? NULL : &count,
                           waits ? NULL : &overlapped, NULL));
    call_ends();
    datagram_take_back(socket, &overlapped, answer);
    datagram_count(answer, count);
    received->flags = message.dwFlags & SHOWN_FLAGS;
    received->control_size = received->control == NULL ? 0 : (uint32_t)message.Control.len;
    return true;
}

/* recvfrom() tells of a cut by its error alone. */
static void receive_plain(struct machine_thread *thread, SOCKET socket,
                          const struct winsock_order *order, struct received *received,
                          struct winsock_answer *answer)
{
    SOCKADDR_STORAGE from;
    int size = (int)sizeof from;
    int outcome;

    call_begins();
    outcome = recvfrom(socket, (char *)received->data, (int)order->out_size, (int)order->flags,
                       (struct sockaddr *)&from, &size);
    datagram_error(thread, answer, outcome);
    call_ends();
    answer->counted = outcome != SOCKET_ERROR;
    answer->bytes = outcome != SOCKET_ERROR ? (uint32_t)outcome : 0;
    received->flags = answer->error == WSAEMSGSIZE ? WFP_MSG_TRUNC : 0;
    received->control_size = 0;
}

static bool keep(const uint8_t *from, uint32_t size, struct winsock_bytes *to)
{
    to->bytes = malloc((size_t)size + 1);
    if (to->bytes == NULL) {
        return false;
    }
    memcpy(to->bytes, from, size);
    to->size = size;
    return true;
}

static bool answer_received(struct machine *machine, const struct winsock_order *order,
                            const struct received *received, struct winsock_answer *answer)
{
    const uint32_t size =
        received->control_size < order->control_size ? received->control_size : order->control_size;

    answer->out_size = order->out_size;
    answer->received = answer->error == 0 || answer->error == WSAEMSGSIZE;
    answer->flags = answer->received != 0 ? received->flags : 0;
    if (!keep(received->data, pattern_changed(received->data, order->out_size), &answer->out) ||
        (received->control != NULL && answer->received != 0 &&
         !keep(received->control, size, &answer->control))) {
        return machine_trouble(machine, answer, "no memory for what was received");
    }
    return true;
}

static bool receive_into(struct machine *machine, struct machine_thread *thread, SOCKET socket,
                         const struct winsock_order *order, struct received *received,
                         struct winsock_answer *answer)
{
    pattern_fill(received->data, order->out_size);
    if (order->overlapped == WFP_POINTER_NULL) {
        await_datagram(socket);
    }
    if (order->entry == WFP_MESSAGE_PLAIN) {
        receive_plain(thread, socket, order, received, answer);
    } else if (!receive_message(machine, thread, socket, order, received, answer)) {
        return false;
    }
    return answer_received(machine, order, received, answer);
}

bool datagram_receive(struct machine *machine, struct machine_thread *thread,
                      const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct received received = {.data = malloc((size_t)order->out_size + 1)};
    bool whole;

    if (on != NULL && order->control_pointer != WFP_POINTER_NULL) {
        received.control = malloc((size_t)order->control_size + 1);
    }
    whole = on != NULL && received.data != NULL &&
            (received.control != NULL || order->control_pointer == WFP_POINTER_NULL);
    if (on != NULL && !whole) {
        (void)machine_trouble(machine, answer, "no memory for what is received");
    }
    whole = whole && receive_into(machine, thread, on->socket, order, &received, answer);
    free(received.data);
    free(received.control);
    return whole;
}
