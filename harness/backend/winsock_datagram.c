/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <stdlib.h>
#include <string.h>

#include <ws2tcpip.h>

#include <mswsock.h>

#include "harness/address.h"
#include "harness/lab/shim/address.h"
#include "harness/pattern.h"

/* ---- addresses ---- */

struct destination {
    union shim_address address;
    int size; /* 0: none is given */
};

static void written_address(const char *text, struct destination *destination)
{
    struct wfp_address parsed;

    if (address_parse(text, &parsed)) {
        destination->size = shim_address_make(&parsed, &destination->address);
    }
}

/* A socket that a send has bound stands at no address; Windows sends nothing to that. */
static void make_reachable(struct destination *destination)
{
    struct wfp_address loopback;
    struct wfp_address found;

    if (shim_address_read(&destination->address.any, destination->size, &found) &&
        wfp_address_unspecified(&found)) {
        loopback = shim_address_loopback((enum wfp_family)found.family);
        loopback.port = found.port;
        destination->size = shim_address_make(&loopback, &destination->address);
    }
}

static bool find_destination(struct machine *machine, const struct winsock_order *order,
                             struct destination *destination, struct winsock_answer *answer)
{
    const struct machine_socket *to;

    memset(destination, 0, sizeof *destination);
    if (order->peer != NULL) {
        written_address(order->peer, destination);
        return true;
    }
    if (order->to == NULL) {
        return true;
    }
    to = socket_find(machine, order->to, answer);
    if (to == NULL) {
        return false;
    }
    destination->size = (int)sizeof destination->address;
    if (getsockname(to->socket, &destination->address.any, &destination->size) != 0) {
        return machine_failed(machine, answer, "getsockname");
    }
    make_reachable(destination);
    return true;
}

bool datagram_bind(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct destination local;

    if (on == NULL || !find_destination(machine, order, &local, answer)) {
        return false;
    }
    if (bind(on->socket, &local.address.any, local.size) == 0) {
        return true;
    }
    /* An address that the script names may not be had on every machine. */
    answer->absent = WSAGetLastError() == WSAEADDRNOTAVAIL || WSAGetLastError() == WSAEADDRINUSE;
    return machine_failed(machine, answer, "bind");
}

/* ---- calls ---- */

void datagram_error(struct machine_thread *thread, struct winsock_answer *answer, int outcome)
{
    if (outcome == SOCKET_ERROR) {
        answer->error = (uint32_t)WSAGetLastError();
        thread->last_error = answer->error;
    }
}

void datagram_count(struct winsock_answer *answer, DWORD count)
{
    answer->counted = count != MACHINE_COUNT_MARK;
    answer->bytes = answer->counted ? count : 0;
}

void datagram_take_back(SOCKET socket, OVERLAPPED *overlapped, const struct winsock_answer *answer)
{
    DWORD bytes;
    DWORD flags;

    if (answer->error == WSA_IO_PENDING) {
        (void)CancelIoEx((HANDLE)socket, overlapped);
        (void)WSAGetOverlappedResult(socket, overlapped, &bytes, TRUE, &flags);
    }
}

bool datagram_connect(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct destination peer;

    if (on == NULL || !find_destination(machine, order, &peer, answer)) {
        return false;
    }
    call_begins();
    if (connect(on->socket, &peer.address.any, peer.size) == SOCKET_ERROR) {
        answer->error = (uint32_t)WSAGetLastError();
    }
    call_ends();
    return true;
}

/* ---- options ---- */

static bool answer_value(struct machine *machine, const struct machine_buffer *value,
                         const struct winsock_order *order, struct winsock_answer *answer)
{
    const uint32_t changed = pattern_changed(value->at, value->readable);

    answer->out_size = order->out_size;
    answer->out.bytes = changed == 0 ? NULL : malloc(changed);
    if (changed > 0 && answer->out.bytes == NULL) {
        return machine_trouble(machine, answer, "no memory for the option's value");
    }
    if (changed > 0) {
        memcpy(answer->out.bytes, value->at, changed);
        answer->out.size = changed;
    }
    return true;
}

static bool get_option(struct machine *machine, struct machine_thread *thread, SOCKET socket,
                       const struct winsock_order *order, struct machine_buffer *value,
                       struct winsock_answer *answer)
{
    int size = (int)order->out_size;
    int outcome;

    pattern_fill(value->at, value->readable);
    call_begins();
    outcome = getsockopt(socket, (int)order->level, (int)order->option, (char *)value->at, &size);
    datagram_error(thread, answer, outcome);
    call_ends();
    answer->counted = outcome == 0;
    answer->bytes = outcome == 0 ? (uint32_t)size : 0;
    return answer_value(machine, value, order, answer);
}

static void set_option(struct machine_thread *thread, SOCKET socket,
                       const struct winsock_order *order, struct machine_buffer *value,
                       struct winsock_answer *answer)
{
    for (uint32_t i = 0; i < value->readable; i++) {
        value->at[i] = (uint8_t)(i < 4 ? order->code >> (8 * i) : 0);
    }
    call_begins();
    datagram_error(thread, answer,
                   setsockopt(socket, (int)order->level, (int)order->option,
                              (const char *)value->at, (int)order->out_size));
    call_ends();
}

bool datagram_option(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct machine_buffer value;
    bool whole = true;

    if (on == NULL) {
        return false;
    }
    if (!buffer_make(machine, thread, (enum wfp_pointer)order->out_pointer, order->out_size,
                     &value)) {
        return machine_trouble(machine, answer, "no memory for the option's value");
    }
    if (order->verb == STEP_OPTION_SET) {
        set_option(thread, on->socket, order, &value, answer);
    } else {
        whole = get_option(machine, thread, on->socket, order, &value, answer);
    }
    buffer_free(&value);
    return whole;
}

/* ---- sending ---- */

static char *text_of(const struct winsock_bytes *bytes)
{
    return (char *)bytes->bytes;
}

static void send_message(struct machine_thread *thread, SOCKET socket,
                         const struct winsock_order *order, struct destination *to,
                         struct winsock_answer *answer)
{
    OVERLAPPED overlapped = {0};
    WSABUF data = {order->in.size, text_of(&order->in)};
    WSAMSG message = {
        .name = order->null_name != 0 || to->size == 0 ? NULL : &to->address.any,
        .namelen = order->null_name != 0 ? (INT)sizeof to->address.ipv4 : to->size,
        .lpBuffers = &data,
        .dwBufferCount = 1,
        .Control = {order->control_size, text_of(&order->control)},
        .dwFlags = order->message_flags,
    };
    const bool waits = order->overlapped == WFP_POINTER_NULL;
    DWORD count = MACHINE_COUNT_MARK;

    call_begins();
    datagram_error(thread, answer,
                   WSASendMsg(socket, &message, order->flags,
                              order->count == WFP_POINTER_NULL ? NULL : &count,
                              waits ? NULL : &overlapped, NULL));
    call_ends();
    datagram_take_back(socket, &overlapped, answer);
    datagram_count(answer, count);
}

static void send_plain(struct machine_thread *thread, SOCKET socket,
                       const struct winsock_order *order, const struct destination *to,
                       struct winsock_answer *answer)
{
    int outcome;

    call_begins();
    outcome = sendto(socket, text_of(&order->in), (int)order->in.size, (int)order->flags,
                     to->size == 0 ? NULL : &to->address.any, to->size);
    datagram_error(thread, answer, outcome);
    call_ends();
    answer->counted = outcome != SOCKET_ERROR;
    answer->bytes = outcome != SOCKET_ERROR ? (uint32_t)outcome : 0;
}

bool datagram_send(struct machine *machine, struct machine_thread *thread,
                   const struct winsock_order *order, struct winsock_answer *answer)
{
    const struct machine_socket *on = socket_find(machine, order->on, answer);
    struct destination to;

    if (on == NULL || !find_destination(machine, order, &to, answer)) {
        return false;
    }
    if (order->entry == WFP_MESSAGE_WSA) {
        send_message(thread, on->socket, order, &to, answer);
    } else {
        send_plain(thread, on->socket, order, &to, answer);
    }
    return true;
}
