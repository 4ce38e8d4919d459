/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/world.h"

/* What a driver leaves in an OVERLAPPED; a program may look there by itself. */
static const struct {
    uint32_t error;
    DWORD status;
} statuses[] = {
    {0, 0x00000000},
    {WSA_OPERATION_ABORTED, 0xC0000120},
    {ERROR_INSUFFICIENT_BUFFER, 0xC0000023},
    {WSAEFAULT, 0xC0000005},
    {WSAEINVAL, 0xC000000D},
    {WSAEOPNOTSUPP, 0xC00000BB},
};

enum { STILL_PENDING = 0x103, FAILED = (int)0xC0000001 };

static DWORD status_of(uint32_t error)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].error == error) {
            return statuses[i].status;
        }
    }
    return (DWORD)FAILED;
}

/* ---- slots ---- */

void shim_operation_drop(struct shim_operation *operation)
{
    free(operation->call.in.bytes);
    free(operation->call.out.bytes);
    if (operation->thread != NULL) {
        CloseHandle(operation->thread);
    }
    memset(operation, 0, sizeof *operation);
}

/* The oldest that is finished makes room: its result can be asked for no more. */
struct shim_operation *shim_operation_take(void)
{
    for (size_t i = 0; i < SHIM_OPERATIONS_MAX; i++) {
        struct shim_operation *taken =
            &shim.operations[shim.operation_next++ % SHIM_OPERATIONS_MAX];

        if (!taken->used || !taken->pending) {
            if (taken->used) {
                (void)wfp_operation_release(shim.world, taken->id);
            }
            shim_operation_drop(taken);
            return taken;
        }
    }
    return NULL;
}

/* The latest call with this OVERLAPPED counts: the program may use it again and again. */
struct shim_operation *shim_operation_find(const OVERLAPPED *overlapped)
{
    for (size_t i = 0; shim.world != NULL && i < SHIM_OPERATIONS_MAX; i++) {
        const size_t at = (shim.operation_next + SHIM_OPERATIONS_MAX - 1 - i) % SHIM_OPERATIONS_MAX;
        struct shim_operation *operation = &shim.operations[at];

        if (operation->used && operation->overlapped == overlapped) {
            return operation;
        }
    }
    return NULL;
}

/* ---- telling the program ---- */

static void write_overlapped(OVERLAPPED *overlapped, DWORD status, DWORD bytes)
{
    OVERLAPPED told;

    if (pointer_read(&told, overlapped, sizeof told)) {
        told.InternalHigh = bytes;
        told.Internal = status;
        (void)pointer_write(overlapped, &told,
                            offsetof(OVERLAPPED, InternalHigh) + sizeof told.InternalHigh);
    }
}

static HANDLE event_of(const OVERLAPPED *overlapped)
{
    OVERLAPPED told;

    return pointer_read(&told, overlapped, sizeof told) ? told.hEvent : NULL;
}

static HANDLE plain(HANDLE event)
{
    return (HANDLE)((uintptr_t)event & ~(uintptr_t)1);
}

static void signal_event(const struct shim_operation *operation, HANDLE event)
{
    struct wfp_reply reply;

    if (plain(event) != NULL && wfp_operation_event(shim.world, operation->id, &reply) == WFP_OK &&
        reply.answer.error == 0) {
        (void)SetEvent(plain(event));
    }
}

/* With its lowest bit set, an event says that nothing is to arrive at the port. */
static void post(SOCKET socket, OVERLAPPED *overlapped, HANDLE event, DWORD bytes)
{
    const struct shim_socket *on = shim_socket_find(socket);

    if (on != NULL && on->port != NULL && ((uintptr_t)event & 1) == 0) {
        (void)PostQueuedCompletionStatus(on->port, bytes, on->key, overlapped);
    }
}

/* In the thread of the call, in an alertable wait. */
static void CALLBACK run_routine(ULONG_PTR argument)
{
    struct shim_operation *operation = (struct shim_operation *)argument;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine = NULL;
    OVERLAPPED *overlapped = NULL;
    struct wfp_reply reply;

    memset(&reply, 0, sizeof reply);
    AcquireSRWLockExclusive(&shim.lock);
    if (shim.world != NULL && operation->used) {
        wfp_alertable_wait(shim.world, shim_thread(), &reply);
        (void)wfp_operation_result(shim.world, operation->id, WFP_CHANNEL_ROUTINE, &reply);
        routine = operation->routine;
        overlapped = operation->overlapped;
    }
    ReleaseSRWLockExclusive(&shim.lock);
    if (routine != NULL) {
        routine(reply.answer.error, reply.answer.bytes, overlapped, 0);
    }
}

static void publish(struct shim_operation *operation)
{
    const HANDLE event = event_of(operation->overlapped);
    struct wfp_reply reply;

    operation->pending = false;
    if (wfp_operation_result(shim.world, operation->id, WFP_CHANNEL_WSA, &reply) != WFP_OK) {
        return;
    }
    write_overlapped(operation->overlapped, status_of(reply.answer.error), reply.answer.bytes);
    signal_event(operation, event);
    post(operation->socket, operation->overlapped, event, reply.answer.bytes);
    if (operation->thread != NULL) {
        (void)QueueUserAPC(run_routine, operation->thread, (ULONG_PTR)operation);
    }
}

void shim_operation_started(struct shim_operation *operation, uint32_t id, bool pending)
{
    const HANDLE event = event_of(operation->overlapped);

    operation->used = true;
    operation->id = id;
    operation->pending = pending;
    write_overlapped(operation->overlapped, STILL_PENDING, 0);
    if (event != NULL) {
        (void)ResetEvent(plain(event));
    }
    if (!pending) {
        publish(operation);
    }
}

/* ---- calls that send and receive ---- */

/* What a routine is called with, until it is. */
struct last_words {
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    OVERLAPPED *overlapped;
    DWORD bytes;
};

static void CALLBACK say(ULONG_PTR argument)
{
    struct last_words *words = (struct last_words *)argument;
    const struct last_words said = *words;

    free(words);
    said.routine(0, said.bytes, said.overlapped, 0);
}

static void queue_routine(const struct shim_call *call, DWORD bytes)
{
    struct last_words *words = malloc(sizeof *words);

    if (words == NULL) {
        return;
    }
    *words = (struct last_words){call->routine, call->overlapped, bytes};
    if (QueueUserAPC(say, GetCurrentThread(), (ULONG_PTR)words) == 0) {
        free(words);
    }
}

/* The program may have used its OVERLAPPED for one of the model's operations before. */
static void forget(const OVERLAPPED *overlapped)
{
    struct shim_operation *operation = shim_operation_find(overlapped);

    if (operation != NULL && !operation->pending) {
        (void)wfp_operation_release(shim.world, operation->id);
        shim_operation_drop(operation);
    }
}

static void complete(const struct shim_call *call, DWORD bytes)
{
    const HANDLE event = event_of(call->overlapped);

    forget(call->overlapped);
    write_overlapped(call->overlapped, 0, bytes);
    if (call->routine != NULL) {
        queue_routine(call, bytes);
        return;
    }
    if (plain(event) != NULL) {
        (void)SetEvent(plain(event));
    }
    post(call->socket, call->overlapped, event, bytes);
}

void shim_call_tell(const struct shim_call *call, const struct wfp_answer *answer)
{
    const DWORD bytes = answer->bytes;

    if (answer->count == WFP_COUNT_VALUE && call->count != NULL) {
        (void)pointer_write(call->count, &bytes, sizeof bytes);
    }
    if (answer->error == 0 && call->overlapped != NULL) {
        complete(call, bytes);
    }
}

bool shim_call_answered(const struct shim_call *call, enum shim_outcome outcome)
{
    if (outcome == SHIM_DIED) {
        guard_leave();
        shim_die(call->count);
    }
    return outcome == SHIM_ANSWERED;
}

/* ---- ends ---- */

void shim_operation_finish(struct shim_operation *operation)
{
    struct wfp_reply reply;

    if (operation->pending &&
        wfp_operation_finish(shim.world, operation->id, &operation->call, &reply) == WFP_OK) {
        (void)pointer_write(operation->out, operation->call.out.bytes, reply.written);
        publish(operation);
    }
}

static bool is_pending(const struct shim_operation *operation)
{
    struct wfp_answer_set ways;

    wfp_operation_finish_allowed(shim.world, operation->id, &operation->call, &ways);
    return ways.count > 0;
}

void shim_operation_sweep(void)
{
    for (size_t i = 0; i < SHIM_OPERATIONS_MAX; i++) {
        struct shim_operation *operation = &shim.operations[i];

        if (operation->used && operation->pending && !is_pending(operation)) {
            publish(operation);
        }
    }
}

bool shim_finish(OVERLAPPED *overlapped)
{
    struct shim_operation *operation;

    AcquireSRWLockExclusive(&shim.lock);
    operation = shim_operation_find(overlapped);
    if (operation != NULL) {
        shim_operation_finish(operation);
    }
    ReleaseSRWLockExclusive(&shim.lock);
    return operation != NULL;
}
