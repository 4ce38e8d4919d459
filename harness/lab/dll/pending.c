/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/pending.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/link.h"
#include "harness/lab/interpose/pointer.h"

/* Belongs to its timer, which frees it; in the list as long as the call has not ended. */
struct pending {
    struct pending_answer answer;
    struct pending *next;
    uint8_t bytes[]; /* of the answer */
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct pending *first;

/* True if it was still under way: the caller ends it. */
static bool take(struct pending *pending)
{
    struct pending **at = &first;
    bool taken = false;

    AcquireSRWLockExclusive(&lock);
    while (*at != NULL && *at != pending) {
        at = &(*at)->next;
    }
    if (*at == pending) {
        *at = pending->next;
        taken = true;
    }
    ReleaseSRWLockExclusive(&lock);
    return taken;
}

static void tell_end(const struct pending_answer *answer, DWORD error)
{
    struct event event = {.kind = EVENT_IOCTL_END};

    if (answer->socket != 0) {
        event_set_number(&event, FIELD_SOCKET, answer->socket);
        event_set_number(&event, FIELD_OPERATION, answer->operation);
        event_set_number(&event, FIELD_ERROR, error);
        link_tell(&event);
    }
}

static void release(const struct pending_answer *answer)
{
    if (answer->how.thread != NULL) {
        CloseHandle(answer->how.thread);
    }
}

static void end(const struct pending *pending)
{
    const struct pending_answer *answer = &pending->answer;
    const bool written = pointer_write(answer->out, pending->bytes, answer->size);

    /* Before the program can act on it. */
    tell_end(answer, written && overlapped_is_there(answer->how.overlapped) ? 0 : WSAEFAULT);
    (void)overlapped_end(&answer->how, answer->error, answer->count);
    release(answer);
}

static VOID CALLBACK time_is_up(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    struct pending *pending = context;

    (void)instance;
    if (take(pending)) {
        end(pending);
    }
    CloseThreadpoolTimer(timer);
    free(pending);
}

static bool set_timer(struct pending *pending, DWORD milliseconds)
{
    const PTP_TIMER timer = CreateThreadpoolTimer(time_is_up, pending, NULL);
    const LONGLONG units = -(LONGLONG)milliseconds * 10000; /* of 100 ns; from now */
    FILETIME due;

    if (timer == NULL) {
        return false;
    }
    due.dwLowDateTime = (DWORD)(units & 0xffffffff);
    due.dwHighDateTime = (DWORD)((ULONGLONG)units >> 32);
    SetThreadpoolTimer(timer, &due, 0, 0);
    return true;
}

static struct pending *make(const struct pending_answer *answer)
{
    struct pending *made = calloc(1, sizeof *made + answer->size);

    if (made != NULL) {
        made->answer = *answer;
        memcpy(made->bytes, answer->bytes, answer->size);
        if (answer->how.routine != NULL) {
            made->answer.how.thread = OpenThread(THREAD_SET_CONTEXT, FALSE, GetCurrentThreadId());
        }
    }
    return made;
}

bool pending_begin(const struct pending_answer *answer, DWORD milliseconds)
{
    struct pending *pending = make(answer);

    if (pending == NULL) {
        return false;
    }
    overlapped_begin(answer->how.overlapped);
    AcquireSRWLockExclusive(&lock);
    pending->next = first;
    first = pending;
    ReleaseSRWLockExclusive(&lock);
    if (!set_timer(pending, milliseconds)) {
        (void)take(pending);
        free(pending);
        return false;
    }
    return true;
}

/* The next of these calls, out of the list; a copy, for its timer may free it at any time. */
static bool take_next(UINT_PTR handle, const OVERLAPPED *overlapped, struct pending_answer *answer)
{
    struct pending **at = &first;
    bool taken;

    AcquireSRWLockExclusive(&lock);
    while (*at != NULL && ((*at)->answer.handle != handle ||
                           (overlapped != NULL && (*at)->answer.how.overlapped != overlapped))) {
        at = &(*at)->next;
    }
    taken = *at != NULL;
    if (taken) {
        *answer = (*at)->answer;
        *at = (*at)->next;
    }
    ReleaseSRWLockExclusive(&lock);
    return taken;
}

size_t pending_cancel(UINT_PTR handle, const OVERLAPPED *overlapped)
{
    struct pending_answer answer;
    size_t count = 0;

    while (take_next(handle, overlapped, &answer)) {
        tell_end(&answer,
                 overlapped_is_there(answer.how.overlapped) ? WSA_OPERATION_ABORTED : WSAEFAULT);
        (void)overlapped_end(&answer.how, WSA_OPERATION_ABORTED, 0);
        release(&answer);
        count++;
    }
    return count;
}
