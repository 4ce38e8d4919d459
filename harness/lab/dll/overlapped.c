/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/overlapped.h"

#include <stdlib.h>
#include <string.h>

#include <winternl.h>

#include "harness/lab/interpose/pointer.h"

/*
 * ntdll's; in no header. Unlike PostQueuedCompletionStatus it can say that a call failed.
 */
NTSTATUS NTAPI NtSetIoCompletion(HANDLE port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                 ULONG_PTR count);

/*
 * A status with this head is turned into the error in its low half, whatever that is, by the
 * system; and marks an OVERLAPPED as one that was answered here.
 */
enum { ERROR_HEAD = (int)0x80070000, HEAD_SHIFT = 16, NO_PACKET = 1 };

static NTSTATUS status_of(DWORD error)
{
    return error == 0 ? 0 : (NTSTATUS)((DWORD)ERROR_HEAD | (error & 0xffff));
}

ULONG_PTR overlapped_status(DWORD error)
{
    return (ULONG_PTR)(LONG_PTR)status_of(error);
}

bool overlapped_error(const OVERLAPPED *overlapped, DWORD *error)
{
    OVERLAPPED copy;

    if (!pointer_read(&copy, overlapped, sizeof copy) ||
        (DWORD)copy.Internal >> HEAD_SHIFT != (DWORD)ERROR_HEAD >> HEAD_SHIFT) {
        return false;
    }
    *error = (DWORD)copy.Internal & 0xffff;
    return true;
}

bool overlapped_is_there(const OVERLAPPED *overlapped)
{
    return pointer_is_valid(pointer_classify(overlapped, sizeof *overlapped, POINTER_READ)) &&
           pointer_is_valid(pointer_classify(overlapped, sizeof *overlapped, POINTER_WRITE));
}

/* The two words that the system writes. */
static bool write_words(OVERLAPPED *overlapped, NTSTATUS status, DWORD count)
{
    OVERLAPPED words;

    memset(&words, 0, sizeof words);
    words.Internal = (ULONG_PTR)(LONG_PTR)status;
    words.InternalHigh = count;
    return pointer_write(overlapped, &words,
                         offsetof(OVERLAPPED, InternalHigh) + sizeof words.InternalHigh);
}

static HANDLE plain_event(HANDLE event)
{
    return (HANDLE)((uintptr_t)event & ~(uintptr_t)NO_PACKET);
}

void overlapped_begin(OVERLAPPED *overlapped)
{
    OVERLAPPED copy;

    if (write_words(overlapped, STATUS_PENDING, 0) &&
        pointer_read(&copy, overlapped, sizeof copy) && plain_event(copy.hEvent) != NULL) {
        (void)ResetEvent(plain_event(copy.hEvent));
    }
}

/* ---- telling the program ---- */

/* What is called back in another place, where it will be freed. */
struct callback {
    struct overlapped_call call;
    DWORD error;
    DWORD count;
};

static struct callback *callback_of(const struct overlapped_call *call, DWORD error, DWORD count)
{
    struct callback *made = malloc(sizeof *made);

    if (made != NULL) {
        made->call = *call;
        made->error = error;
        made->count = count;
    }
    return made;
}

static void CALLBACK run_routine(ULONG_PTR argument)
{
    struct callback *callback = (struct callback *)argument;
    const struct callback copy = *callback;

    free(callback);
    copy.call.routine(copy.error, copy.count, copy.call.overlapped, 0);
}

/* In the thread of the call, once it waits alertably. */
static void queue_routine(struct callback *callback)
{
    const HANDLE thread =
        callback->call.thread == NULL ? GetCurrentThread() : callback->call.thread;

    if (QueueUserAPC(run_routine, thread, (ULONG_PTR)callback) == 0) {
        free(callback);
    }
}

static void CALLBACK run_in_pool(PTP_CALLBACK_INSTANCE instance, PVOID argument)
{
    struct callback *callback = argument;
    const struct callback copy = *callback;
    const struct completion_place *place = &copy.call.place;

    free(callback);
    if (place->bound != NULL) {
        place->bound(copy.error, copy.count, copy.call.overlapped);
        return;
    }
    /* StartThreadpoolIo expects the system to deliver something, which it will not. */
    CancelThreadpoolIo(place->pool.io);
    place->pool.callback(instance, place->pool.context, copy.call.overlapped, copy.error,
                         copy.count, place->pool.io);
}

static void submit(struct callback *callback)
{
    if (!TrySubmitThreadpoolCallback(run_in_pool, callback, NULL)) {
        free(callback);
    }
}

static void call_back(const struct overlapped_call *call, DWORD error, DWORD count)
{
    struct callback *callback;

    if (call->routine == NULL && call->place.pool.io == NULL && call->place.bound == NULL) {
        return;
    }
    callback = callback_of(call, error, count);
    if (callback == NULL) {
        return;
    }
    if (call->routine != NULL) {
        queue_routine(callback);
    } else {
        submit(callback);
    }
}

/* With its lowest bit set, an event says that nothing is to arrive at the port. */
static bool deliver(const struct overlapped_call *call, DWORD error, DWORD count, bool packet)
{
    OVERLAPPED copy;

    if (!write_words(call->overlapped, status_of(error), count) ||
        !pointer_read(&copy, call->overlapped, sizeof copy)) {
        return false;
    }
    if (plain_event(copy.hEvent) != NULL) {
        (void)SetEvent(plain_event(copy.hEvent));
    }
    if (call->routine != NULL) {
        call_back(call, error, count);
        return true;
    }
    if (!packet || ((uintptr_t)copy.hEvent & NO_PACKET) != 0) {
        return true;
    }
    if (call->place.port != NULL) {
        (void)NtSetIoCompletion(call->place.port, call->place.key, (ULONG_PTR)call->overlapped,
                                status_of(error), count);
    }
    call_back(call, error, count);
    return true;
}

bool overlapped_end(const struct overlapped_call *call, DWORD error, DWORD count)
{
    return deliver(call, error, count, true);
}

bool overlapped_succeed(const struct overlapped_call *call, DWORD count)
{
    return deliver(call, 0, count, !call->place.skips);
}
