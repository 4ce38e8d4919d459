/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <stddef.h>
#include <string.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/import.h"
#include "harness/lab/interpose/ioctl_call.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/argument.h"
#include "harness/lab/shim/world.h"

static bool is_answered(DWORD code)
{
    switch (code) {
    case WFP_SIO_QUERY_RECORDS:
    case WFP_SIO_QUERY_CONTEXT:
    case WFP_SIO_SET_RECORDS:
    case WFP_SIO_FLUSH:
        return true;
    case SIO_GET_EXTENSION_FUNCTION_POINTER:
        return false;
    default:
        return shim.begin->every_code != 0;
    }
}

/* ---- the call as the model sees it ---- */

static uintptr_t routine_address(const struct ioctl_call *question)
{
    return (uintptr_t)question->routine;
}

static bool describe(const struct ioctl_call *question, struct wfp_ioctl *call)
{
    const struct shim_socket *on = shim_socket_find(question->socket);

    memset(call, 0, sizeof *call);
    call->socket = on == NULL ? WFP_INVALID_SOCKET : on->id;
    call->code = question->code;
    call->byte_count = shim_argument(question->count, sizeof *question->count, POINTER_WRITE);
    call->overlapped =
        shim_argument(question->overlapped, sizeof *question->overlapped, POINTER_WRITE);
    call->routine = shim_argument((const void *)routine_address(question), 1, POINTER_EXECUTE);
    call->entry = WFP_ENTRY_WSAIOCTL;
    call->fault = shim.fault;
    call->thread = shim_thread();
    shim.fault = WFP_FAULT_NONE;
    return shim_buffer_take(question->in, question->in_size, POINTER_READ, &call->in) &&
           shim_buffer_take(question->out, question->out_size, POINTER_WRITE, &call->out);
}

/* ---- its answer ---- */

static HANDLE own_thread(void)
{
    return OpenThread(THREAD_SET_CONTEXT, FALSE, GetCurrentThreadId());
}

static void tell(const struct ioctl_call *question, const struct wfp_ioctl *call,
                 const struct wfp_reply *reply)
{
    const DWORD bytes = reply->answer.bytes;

    (void)pointer_write(question->out, call->out.bytes, reply->written);
    if (reply->answer.count == WFP_COUNT_VALUE && call->byte_count == WFP_POINTER_HEAP) {
        (void)pointer_write(question->count, &bytes, sizeof bytes);
    }
}

static void keep(const struct ioctl_call *question, const struct wfp_reply *reply,
                 struct shim_operation *operation)
{
    operation->overlapped = question->overlapped;
    operation->socket = question->socket;
    operation->routine = question->routine;
    operation->thread = question->routine == NULL ? NULL : own_thread();
    operation->out = question->out;
    shim_operation_started(operation, reply->operation, reply->answer.error == WSA_IO_PENDING);
}

static enum shim_outcome ask(const struct ioctl_call *question, struct wfp_answer *answer)
{
    struct shim_operation *operation = shim_operation_take();
    struct wfp_reply reply;

    if (operation == NULL || !describe(question, &operation->call) ||
        !shim_note(wfp_socket_ioctl(shim.world, &operation->call, &reply),
                   "the model has no room for another operation")) {
        if (operation != NULL) {
            shim_operation_drop(operation);
        }
        (void)shim_note(WFP_NO_ROOM, "no room for the buffers of an ioctl");
        return SHIM_PASSED_ON;
    }
    *answer = reply.answer;
    if (reply.answer.outcome == WFP_RETURNED) {
        tell(question, &operation->call, &reply);
    }
    if (reply.operation != 0) {
        keep(question, &reply, operation);
    } else {
        shim_operation_drop(operation);
    }
    shim_operation_sweep();
    return reply.answer.outcome == WFP_DIED ? SHIM_DIED : SHIM_ANSWERED;
}

static enum shim_outcome answer_under_lock(const struct ioctl_call *question,
                                           struct wfp_answer *answer)
{
    enum shim_outcome outcome = SHIM_PASSED_ON;

    AcquireSRWLockExclusive(&shim.lock);
    /* A socket that somebody else opened is somebody else's matter; no socket at all is not. */
    if (shim.world != NULL && is_answered(question->code) &&
        (shim_socket_find(question->socket) != NULL || question->socket == INVALID_SOCKET)) {
        outcome = ask(question, answer);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return outcome;
}

/* ---- the call ---- */

/* Pointers that the provider hands out instead of exporting the call. */
static const struct {
    GUID id;
    shim_function *ours;
    size_t original;
} extensions[] = {
    {WSAID_ACCEPTEX, (shim_function *)shim_AcceptEx, offsetof(struct shim_originals, AcceptEx)},
    {WSAID_WSASENDMSG, (shim_function *)shim_WSASendMsg,
     offsetof(struct shim_originals, WSASendMsg)},
    {WSAID_WSARECVMSG, (shim_function *)shim_WSARecvMsg,
     offsetof(struct shim_originals, WSARecvMsg)},
};

static void replace_extension(const struct ioctl_call *question)
{
    shim_function *original;
    GUID id;

    if (question->out_size != sizeof original || !pointer_read(&id, question->in, sizeof id) ||
        !pointer_read(&original, question->out, sizeof original)) {
        return;
    }
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if (memcmp(&id, &extensions[i].id, sizeof id) == 0) {
            memcpy((char *)&shim_originals + extensions[i].original, &original, sizeof original);
            (void)pointer_write(question->out, &extensions[i].ours, sizeof original);
        }
    }
}

static int pass_on(const struct ioctl_call *question)
{
    const int outcome = shim_originals.WSAIoctl(
        question->socket, question->code, question->in, question->in_size, question->out,
        question->out_size, question->count, question->overlapped, question->routine);
    const int error = WSAGetLastError();

    if (outcome == 0 && question->code == SIO_GET_EXTENSION_FUNCTION_POINTER && shim_active()) {
        replace_extension(question);
    }
    WSASetLastError(error);
    return outcome;
}

int WSAAPI shim_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct ioctl_call question = {socket,   code,  in,         in_size, out,
                                        out_size, count, overlapped, routine};
    struct wfp_answer answer = {0};
    enum shim_outcome outcome;
    int passed = 0;

    if (!guard_enter()) {
        return shim_originals.WSAIoctl(socket, code, in, in_size, out, out_size, count, overlapped,
                                       routine);
    }
    outcome = answer_under_lock(&question, &answer);
    if (outcome == SHIM_PASSED_ON) {
        passed = pass_on(&question);
    }
    guard_leave();
    if (outcome == SHIM_DIED) {
        shim_die(question.count);
    }
    return outcome == SHIM_PASSED_ON ? passed : shim_give(&answer);
}
