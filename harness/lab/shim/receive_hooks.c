/* SPDX-License-Identifier: MIT */

/*
 * Datagrams and messages that the program receives: four calls, asked of the model as one. The
 * bytes are those that really came; all that stands beside them is the model's.
 */

#include <winsock2.h>

#include <stdlib.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/shim/address.h"
#include "harness/lab/shim/argument.h"

struct receiving {
    struct shim_call call;
    enum wfp_message_entry entry;
    struct sockaddr *from;
    int *from_size;
    struct shim_buffers buffers;
    WSABUF control;
    DWORD flags;
    LPDWORD flags_out; /* NULL: by the error alone */
    WSAMSG *message;   /* of WSARecvMsg, to be filled */
};

/* ---- the call as the model sees it ---- */

static int name_size(const struct receiving *receiving)
{
    int size = 0;

    (void)pointer_read(&size, receiving->from_size, sizeof size);
    return size;
}

static bool describe(const struct receiving *receiving, const struct shim_socket *at,
                     struct wfp_receive *call)
{
    call->socket = at->id;
    call->entry = receiving->entry;
    call->name = receiving->from_size == NULL ? WFP_NAME_NONE
                                              : shim_name(receiving->from, name_size(receiving));
    call->layout = shim_layout;
    call->flags = receiving->flags;
    call->byte_count =
        shim_argument(receiving->call.count, sizeof *receiving->call.count, POINTER_WRITE);
    call->overlapped = receiving->call.overlapped != NULL;
    return shim_buffers_take(&receiving->buffers, POINTER_WRITE, SHIM_DATAGRAM_MAX, &call->data) &&
           shim_buffer_take(receiving->control.buf, receiving->control.len, POINTER_WRITE,
                            &call->control);
}

/* ---- its answer ---- */

static bool has_received(const struct wfp_answer *answer)
{
    return answer->error == 0 || answer->error == WSAEMSGSIZE;
}

static void tell_message(const struct receiving *receiving, const struct wfp_message_reply *reply)
{
    const ULONG control = reply->control;
    const DWORD flags = reply->flags;

    (void)pointer_write(&receiving->message->Control.len, &control, sizeof control);
    (void)pointer_write(&receiving->message->dwFlags, &flags, sizeof flags);
}

static void tell_datagram(const struct receiving *receiving, const struct shim_socket *at,
                          const struct wfp_receive *call, const struct wfp_message_reply *reply)
{
    const uint8_t *bytes = shim_carrier_receive(at, (receiving->flags & MSG_PEEK) != 0,
                                                call->data.bytes, reply->written);
    const DWORD flags = reply->flags;

    if (bytes != NULL) {
        shim_buffers_give(&receiving->buffers, bytes, reply->written);
    }
    (void)pointer_write(receiving->control.buf, call->control.bytes, reply->control);
    if (call->name == WFP_NAME_GIVEN) {
        (void)shim_address_write(&reply->from, receiving->from, receiving->from_size);
    }
    if (receiving->message != NULL) {
        tell_message(receiving, reply);
    }
    if (receiving->flags_out != NULL) {
        (void)pointer_write(receiving->flags_out, &flags, sizeof flags);
    }
}

/* Nothing has come yet: the provider, to whom nothing has come either, keeps the buffers. */
static bool is_pending(const struct receiving *receiving, const struct wfp_answer *answer)
{
    return receiving->call.overlapped != NULL &&
           (answer->error == WSA_IO_PENDING || answer->error == WSAEWOULDBLOCK);
}

static enum shim_outcome ask(const struct receiving *receiving, const struct shim_socket *at,
                             struct wfp_receive *call, struct wfp_answer *answer)
{
    struct wfp_message_reply reply;

    /* The model has nothing to say about a buffer that is not there; the pages do. */
    if (!describe(receiving, at, call)) {
        answer->error = WSAEFAULT;
        return SHIM_ANSWERED;
    }
    if (!shim_note(wfp_message_receive(shim.world, call, &reply),
                   "the model cannot receive here")) {
        return SHIM_PASSED_ON;
    }
    *answer = reply.answer;
    if (answer->outcome == WFP_DIED) {
        return SHIM_DIED;
    }
    if (is_pending(receiving, answer)) {
        return SHIM_PASSED_ON;
    }
    if (has_received(answer)) {
        tell_datagram(receiving, at, call, &reply);
    }
    shim_call_tell(&receiving->call, answer);
    return SHIM_ANSWERED;
}

static enum shim_outcome ask_under_lock(const struct receiving *receiving,
                                        struct wfp_answer *answer)
{
    enum shim_outcome outcome = SHIM_PASSED_ON;
    struct wfp_receive call = {.socket = 0};
    const struct shim_socket *at;

    AcquireSRWLockExclusive(&shim.lock);
    at = shim_message_socket(receiving->call.socket, receiving->entry);
    if (at != NULL) {
        outcome = ask(receiving, at, &call, answer);
        free(call.data.bytes);
        free(call.control.bytes);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return outcome;
}

static bool answered(const struct receiving *receiving, struct wfp_answer *answer)
{
    return shim_call_answered(&receiving->call, ask_under_lock(receiving, answer));
}

/* ---- the calls ---- */

int WSAAPI shim_recvfrom(SOCKET socket, char *bytes, int size, int flags, struct sockaddr *from,
                         int *from_size)
{
    const WSABUF buffer = {size < 0 ? 0 : (ULONG)size, bytes};
    const struct receiving receiving = {
        .call = {.socket = socket},
        .entry = WFP_MESSAGE_PLAIN,
        .from = from,
        .from_size = from_size,
        .buffers = {&buffer, 1},
        .flags = (DWORD)flags,
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.recvfrom(socket, bytes, size, flags, from, from_size);
    }
    outcome = answered(&receiving, &answer)
                  ? shim_give_bytes(&answer)
                  : shim_originals.recvfrom(socket, bytes, size, flags, from, from_size);
    guard_leave();
    return outcome;
}

/* The same without an address, whoever answers. */
int WSAAPI shim_recv(SOCKET socket, char *bytes, int size, int flags)
{
    return shim_recvfrom(socket, bytes, size, flags, NULL, NULL);
}

int WSAAPI shim_WSARecvFrom(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                            LPDWORD flags, struct sockaddr *from, LPINT from_size,
                            LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct receiving receiving = {
        .call = {socket, count, overlapped, routine},
        .entry = WFP_MESSAGE_PLAIN,
        .from = from,
        .from_size = from_size,
        .buffers = {buffers, buffer_count},
        .flags_out = flags,
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.WSARecvFrom(socket, buffers, buffer_count, count, flags, from,
                                          from_size, overlapped, routine);
    }
    outcome = pointer_read(&receiving.flags, flags, sizeof *flags) && answered(&receiving, &answer)
                  ? shim_give(&answer)
                  : shim_originals.WSARecvFrom(socket, buffers, buffer_count, count, flags, from,
                                               from_size, overlapped, routine);
    guard_leave();
    return outcome;
}

/* Where nothing can be read, the buffers stay those that are not there. */
static void read_message(WSAMSG *message, struct receiving *receiving)
{
    WSAMSG read;

    if (!pointer_read(&read, message, sizeof read)) {
        return;
    }
    receiving->message = message;
    receiving->from = read.name;
    receiving->from_size = &message->namelen;
    receiving->buffers = (struct shim_buffers){read.lpBuffers, read.dwBufferCount};
    receiving->control = read.Control;
    receiving->flags = read.dwFlags;
}

int PASCAL shim_WSARecvMsg(SOCKET socket, LPWSAMSG message, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct receiving receiving = {
        .call = {socket, count, overlapped, routine},
        .entry = WFP_MESSAGE_WSA,
        .buffers = {NULL, 1},
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.WSARecvMsg(socket, message, count, overlapped, routine);
    }
    read_message(message, &receiving);
    outcome = answered(&receiving, &answer)
                  ? shim_give(&answer)
                  : shim_originals.WSARecvMsg(socket, message, count, overlapped, routine);
    guard_leave();
    return outcome;
}
