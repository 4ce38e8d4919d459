/* SPDX-License-Identifier: MIT */

/* Datagrams and messages that the program sends: four calls, asked of the model as one. */

#include <winsock2.h>

#include <stdlib.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/shim/address.h"
#include "harness/lab/shim/argument.h"

enum { DATA_MAX = 4194304 /* more than any datagram: what is longer nobody could send */ };

struct sending {
    struct shim_call call;
    enum wfp_message_entry entry;
    const struct sockaddr *to;
    int to_size;
    struct shim_buffers buffers;
    WSABUF control;
    DWORD flags;
    DWORD message_flags;
};

/* ---- the call as the model sees it ---- */

static bool describe(const struct sending *sending, const struct shim_socket *from,
                     struct wfp_send *call)
{
    call->socket = from->id;
    call->entry = sending->entry;
    call->name = shim_name(sending->to, sending->to_size);
    call->layout = shim_layout;
    call->flags = sending->flags;
    call->message_flags = sending->message_flags;
    call->byte_count =
        shim_argument(sending->call.count, sizeof *sending->call.count, POINTER_WRITE);
    call->overlapped = sending->call.overlapped != NULL;
    call->redirect = from->armed ? &shim.redirect : NULL;
    call->service = shim_service(from);
    return (call->name != WFP_NAME_GIVEN ||
            shim_address_read(sending->to, sending->to_size, &call->to)) &&
           shim_buffers_take(&sending->buffers, POINTER_READ, DATA_MAX, &call->data) &&
           shim_buffer_take(sending->control.buf, sending->control.len, POINTER_READ,
                            &call->control);
}

/* ---- its answer ---- */

static void carry(const struct shim_socket *from, const struct wfp_send *call,
                  const struct wfp_message_reply *reply)
{
    const struct shim_socket *to = shim_socket_of(reply->receiver);

    if (reply->receiver != 0 && to != NULL) {
        shim_carrier_send(from, to, call->data.bytes, call->data.size);
    }
}

static enum shim_outcome ask(const struct sending *sending, struct shim_socket *from,
                             struct wfp_send *call, struct wfp_answer *answer)
{
    struct wfp_message_reply reply;

    /* The model has nothing to say about a buffer or an address that is not there; the pages do. */
    if (!describe(sending, from, call)) {
        answer->error = WSAEFAULT;
        return SHIM_ANSWERED;
    }
    from->armed = false;
    if (!shim_note(wfp_message_send(shim.world, call, &reply), "the model cannot send this")) {
        answer->error = WSAENOBUFS;
        return SHIM_ANSWERED;
    }
    *answer = reply.answer;
    if (answer->outcome == WFP_DIED) {
        return SHIM_DIED;
    }
    carry(from, call, &reply);
    shim_call_tell(&sending->call, answer);
    return SHIM_ANSWERED;
}

static enum shim_outcome ask_under_lock(const struct sending *sending, struct wfp_answer *answer)
{
    enum shim_outcome outcome = SHIM_PASSED_ON;
    struct wfp_send call = {.socket = 0};
    struct shim_socket *from;

    AcquireSRWLockExclusive(&shim.lock);
    from = shim_message_socket(sending->call.socket, sending->entry);
    if (from != NULL) {
        outcome = ask(sending, from, &call, answer);
        free(call.data.bytes);
        free(call.control.bytes);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return outcome;
}

static bool answered(const struct sending *sending, struct wfp_answer *answer)
{
    return shim_call_answered(&sending->call, ask_under_lock(sending, answer));
}

/* ---- the calls ---- */

int WSAAPI shim_sendto(SOCKET socket, const char *bytes, int size, int flags,
                       const struct sockaddr *to, int to_size)
{
    const WSABUF buffer = {size < 0 ? 0 : (ULONG)size, (char *)(uintptr_t)bytes};
    const struct sending sending = {
        .call = {.socket = socket},
        .entry = WFP_MESSAGE_PLAIN,
        .to = to,
        .to_size = to_size,
        .buffers = {&buffer, 1},
        .flags = (DWORD)flags,
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.sendto(socket, bytes, size, flags, to, to_size);
    }
    outcome = answered(&sending, &answer)
                  ? shim_give_bytes(&answer)
                  : shim_originals.sendto(socket, bytes, size, flags, to, to_size);
    guard_leave();
    return outcome;
}

/* The same without an address, whoever answers. */
int WSAAPI shim_send(SOCKET socket, const char *bytes, int size, int flags)
{
    return shim_sendto(socket, bytes, size, flags, NULL, 0);
}

int WSAAPI shim_WSASendTo(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                          DWORD flags, const struct sockaddr *to, int to_size,
                          LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct sending sending = {
        .call = {socket, count, overlapped, routine},
        .entry = WFP_MESSAGE_PLAIN,
        .to = to,
        .to_size = to_size,
        .buffers = {buffers, buffer_count},
        .flags = flags,
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.WSASendTo(socket, buffers, buffer_count, count, flags, to, to_size,
                                        overlapped, routine);
    }
    outcome = answered(&sending, &answer)
                  ? shim_give(&answer)
                  : shim_originals.WSASendTo(socket, buffers, buffer_count, count, flags, to,
                                             to_size, overlapped, routine);
    guard_leave();
    return outcome;
}

/* Where nothing can be read, the buffers stay those that are not there. */
static void read_message(const WSAMSG *message, struct sending *sending)
{
    WSAMSG read;

    if (!pointer_read(&read, message, sizeof read)) {
        return;
    }
    sending->to = read.name;
    sending->to_size = read.namelen;
    sending->buffers = (struct shim_buffers){read.lpBuffers, read.dwBufferCount};
    sending->control = read.Control;
    sending->message_flags = read.dwFlags;
}

int WSAAPI shim_WSASendMsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct sending sending = {
        .call = {socket, count, overlapped, routine},
        .entry = WFP_MESSAGE_WSA,
        .buffers = {NULL, 1},
        .flags = flags,
    };
    struct wfp_answer answer = {0};
    int outcome;

    if (!guard_enter()) {
        return shim_originals.WSASendMsg(socket, message, flags, count, overlapped, routine);
    }
    read_message(message, &sending);
    outcome = answered(&sending, &answer)
                  ? shim_give(&answer)
                  : shim_originals.WSASendMsg(socket, message, flags, count, overlapped, routine);
    guard_leave();
    return outcome;
}
