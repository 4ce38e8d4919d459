/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/ioctl_call.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

/* More than any record; a buffer may be said to be larger, but no more of it is looked at. */
enum { LOOKED_AT_MAX = 4194304 };

enum outcome { PASSED_ON, ANSWERED, ANSWERED_BY_DEATH };

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

/* An argument that is there in part is not there. */
static enum wfp_pointer argument(const void *at, size_t size, enum pointer_use use)
{
    const enum wfp_pointer kind = pointer_classify(at, size, use);

    if (kind == WFP_POINTER_NULL) {
        return kind;
    }
    return pointer_is_valid(kind) ? WFP_POINTER_HEAP : WFP_POINTER_UNMAPPED;
}

/* A copy of what stands there, so that the model touches nothing of the program's. */
static bool copy_buffer(const void *at, uint32_t size, enum pointer_use use,
                        struct wfp_buffer *buffer)
{
    const size_t looked_at = size < LOOKED_AT_MAX ? size : LOOKED_AT_MAX;

    buffer->size = size;
    buffer->pointer = pointer_classify(at, size, use);
    buffer->bytes = calloc(1, looked_at + 1);
    if (buffer->bytes == NULL || (use == POINTER_READ && size > LOOKED_AT_MAX)) {
        return false;
    }
    if (pointer_is_valid(buffer->pointer) && !pointer_read(buffer->bytes, at, looked_at)) {
        buffer->pointer = WFP_POINTER_UNMAPPED;
    }
    return true;
}

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
    call->byte_count = argument(question->count, sizeof *question->count, POINTER_WRITE);
    call->overlapped = argument(question->overlapped, sizeof *question->overlapped, POINTER_WRITE);
    call->routine = argument((const void *)routine_address(question), 1, POINTER_EXECUTE);
    call->entry = WFP_ENTRY_WSAIOCTL;
    call->fault = shim.fault;
    call->thread = shim_thread();
    shim.fault = WFP_FAULT_NONE;
    return copy_buffer(question->in, question->in_size, POINTER_READ, &call->in) &&
           copy_buffer(question->out, question->out_size, POINTER_WRITE, &call->out);
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

static enum outcome ask(const struct ioctl_call *question, struct wfp_answer *answer)
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
        return PASSED_ON;
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
    return reply.answer.outcome == WFP_DIED ? ANSWERED_BY_DEATH : ANSWERED;
}

static enum outcome answer_under_lock(const struct ioctl_call *question, struct wfp_answer *answer)
{
    enum outcome outcome = PASSED_ON;

    AcquireSRWLockExclusive(&shim.lock);
    /* A socket that somebody else opened is somebody else's matter; no socket at all is not. */
    if (shim.world != NULL && is_answered(question->code) &&
        (shim_socket_find(question->socket) != NULL || question->socket == INVALID_SOCKET)) {
        outcome = ask(question, answer);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return outcome;
}

/* As the provider would die: of the pointer that it was given. */
static void die(const struct ioctl_call *question)
{
    const ULONG_PTR arguments[] = {1, (ULONG_PTR)question->count};

    RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 2, arguments);
}

/* ---- the call ---- */

/* Pointers that the provider hands out instead of exporting the call. */
static void replace_extension(const struct ioctl_call *question)
{
    static const GUID accept_ex = WSAID_ACCEPTEX;
    const LPFN_ACCEPTEX ours = shim_AcceptEx;
    GUID id;

    if (question->out_size == sizeof ours && pointer_read(&id, question->in, sizeof id) &&
        memcmp(&id, &accept_ex, sizeof id) == 0 &&
        pointer_read(&shim_originals.AcceptEx, question->out, sizeof ours)) {
        (void)pointer_write(question->out, &ours, sizeof ours);
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

static int give(const struct wfp_answer *answer)
{
    if (answer->error == 0) {
        return 0;
    }
    WSASetLastError((int)answer->error);
    return SOCKET_ERROR;
}

int WSAAPI shim_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct ioctl_call question = {socket,   code,  in,         in_size, out,
                                        out_size, count, overlapped, routine};
    struct wfp_answer answer = {0};
    enum outcome outcome;
    int passed = 0;

    if (!guard_enter()) {
        return shim_originals.WSAIoctl(socket, code, in, in_size, out, out_size, count, overlapped,
                                       routine);
    }
    outcome = answer_under_lock(&question, &answer);
    if (outcome == PASSED_ON) {
        passed = pass_on(&question);
    }
    guard_leave();
    if (outcome == ANSWERED_BY_DEATH) {
        die(&question);
    }
    return outcome == PASSED_ON ? passed : give(&answer);
}
