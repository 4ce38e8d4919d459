/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/device_pending.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/overlapped.h"

/* Under the lock, but for what only its holder touches. */
struct pending {
    struct pending *next;
    struct device_call call;
    struct socket_facts facts;
    uint64_t number;
    DWORD thread;
    void *in;
    struct link_answer answer; /* what it ends with, where that is known */
    bool known;
    bool asked; /* the lab is being asked about it just now */
    bool cancelled;
    ULONGLONG due; /* GetTickCount64; UINT64_MAX: never */
    HANDLE over;   /* signalled for whoever waits; NULL: overlapped */
    DWORD error;   /* what it ended with */
    DWORD count;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct pending *first; /* the oldest */
static HANDLE wake;
static LONG64 last_number;

uint64_t device_pending_number(void)
{
    return (uint64_t)InterlockedIncrement64(&last_number);
}

static void free_pending(struct pending *pending)
{
    link_answer_free(&pending->answer);
    free(pending->in);
    free(pending);
}

/* ---- the list ---- */

static void append(struct pending *pending)
{
    struct pending **at = &first;

    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = pending;
}

static void take_out(struct pending *pending)
{
    struct pending **at = &first;

    while (*at != pending) {
        at = &(*at)->next;
    }
    *at = pending->next;
    pending->next = NULL;
}

static void set_due(struct pending *pending, DWORD delay)
{
    pending->due = delay == INFINITE ? UINT64_MAX : GetTickCount64() + delay;
}

/* ---- the end ---- */

/* It is in no list any more. Whoever waits for it frees it. */
static void end(struct pending *pending, DWORD error, DWORD count)
{
    const struct overlapped_call overlapped = {pending->call.overlapped, NULL, NULL,
                                               pending->facts.completion};

    if (pending->over != NULL) {
        pending->error = error;
        pending->count = count;
        (void)SetEvent(pending->over);
        return;
    }
    (void)overlapped_end(&overlapped, error, count);
    free_pending(pending);
}

static void end_with_answer(struct pending *pending)
{
    DWORD count = 0;
    const DWORD error = device_call_give(&pending->call, &pending->answer.event, &count);

    end(pending, error, count);
}

/* ---- the thread ---- */

static struct pending *take_due(ULONGLONG now, DWORD *wait)
{
    ULONGLONG next = UINT64_MAX;

    for (struct pending *pending = first; pending != NULL; pending = pending->next) {
        if (pending->due <= now) {
            pending->asked = true;
            return pending;
        }
        next = pending->due < next ? pending->due : next;
    }
    *wait = next == UINT64_MAX ? INFINITE : (DWORD)(next - now);
    return NULL;
}

/* The lab is asked once more; gives the error where there is no answer. */
static DWORD ask_again(struct pending *pending)
{
    struct link_answer answer;
    const DWORD error = device_call_ask(&pending->call, &pending->facts, pending->number,
                                        pending->in, true, &answer);
    DWORD delay = INFINITE;

    if (error == 0) {
        (void)device_answer_pends(&answer.event, &delay);
        pending->known = device_answer_ends(&answer.event);
        link_answer_free(&pending->answer);
        pending->answer = answer;
    }
    set_due(pending, delay);
    return error;
}

/* A driver keeps many requests of a kind: while the oldest gets no answer, none of them does. */
static void put_off_alike(const struct pending *asked)
{
    for (struct pending *other = first; other != NULL; other = other->next) {
        const bool alike = other->facts.device == asked->facts.device &&
                           other->call.code == asked->call.code &&
                           strcmp(other->call.name, asked->call.name) == 0;

        if (alike && !other->known && other->due < asked->due) {
            other->due = asked->due;
        }
    }
}

static void carry_on(struct pending *pending)
{
    const DWORD error = pending->known ? 0 : ask_again(pending);
    bool over;

    AcquireSRWLockExclusive(&lock);
    over = error != 0 || pending->cancelled || (pending->known && pending->due <= GetTickCount64());
    pending->asked = false;
    if (over) {
        take_out(pending);
    } else {
        put_off_alike(pending);
    }
    ReleaseSRWLockExclusive(&lock);
    if (!over) {
        return;
    }
    if (error == 0 && pending->known) {
        end_with_answer(pending);
        return;
    }
    end(pending, error != 0 ? error : ERROR_OPERATION_ABORTED, 0);
}

/* Ends what is due, or waits until something is. */
static bool step(void)
{
    DWORD wait = INFINITE;
    struct pending *due;

    AcquireSRWLockExclusive(&lock);
    due = take_due(GetTickCount64(), &wait);
    ReleaseSRWLockExclusive(&lock);
    if (due == NULL) {
        return WaitForSingleObject(wake, wait) != WAIT_FAILED;
    }
    carry_on(due);
    return true;
}

static DWORD WINAPI run(LPVOID nothing)
{
    (void)nothing;
    while (step()) {
    }
    return 0;
}

static BOOL CALLBACK start(PINIT_ONCE once, PVOID argument, PVOID *context)
{
    HANDLE thread;
    (void)once;
    (void)argument;
    (void)context;

    wake = CreateEventW(NULL, FALSE, FALSE, NULL);
    thread = wake == NULL ? NULL : CreateThread(NULL, 0, run, NULL, 0, NULL);
    if (thread == NULL) {
        return FALSE;
    }
    return CloseHandle(thread);
}

static bool started(void)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    return InitOnceExecuteOnce(&once, start, NULL, NULL);
}

/* ---- pending ---- */

static struct pending *pending_new(const struct device_call *call, const struct socket_facts *facts,
                                   uint64_t operation, void *in, struct link_answer *answer,
                                   DWORD delay)
{
    struct pending *made = calloc(1, sizeof *made);

    if (made == NULL) {
        free(in);
        return NULL;
    }
    made->call = *call;
    made->facts = *facts;
    made->number = operation;
    made->thread = GetCurrentThreadId();
    made->in = in;
    made->answer = *answer;
    answer->memory = NULL;
    made->known = device_answer_ends(&made->answer.event);
    set_due(made, delay);
    return made;
}

static void add(struct pending *pending)
{
    AcquireSRWLockExclusive(&lock);
    append(pending);
    ReleaseSRWLockExclusive(&lock);
    (void)SetEvent(wake);
}

static DWORD wait_for(struct pending *pending, DWORD *count)
{
    DWORD error;

    add(pending);
    (void)WaitForSingleObject(pending->over, INFINITE);
    (void)CloseHandle(pending->over);
    error = pending->error;
    *count = pending->count;
    free_pending(pending);
    return error;
}

DWORD device_pend(const struct device_call *call, const struct socket_facts *facts,
                  uint64_t operation, void *in, struct link_answer *answer, DWORD delay,
                  DWORD *count)
{
    struct pending *pending = pending_new(call, facts, operation, in, answer, delay);

    if (pending == NULL || !started()) {
        if (pending != NULL) {
            free_pending(pending);
        }
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    if (call->overlapped != NULL && !facts->waits) {
        overlapped_begin(call->overlapped);
        add(pending);
        return ERROR_IO_PENDING;
    }
    pending->over = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (pending->over == NULL) {
        free_pending(pending);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    return wait_for(pending, count);
}

/* ---- cancelling ---- */

static bool is_meant(const struct pending *pending, HANDLE handle, const OVERLAPPED *overlapped,
                     DWORD thread)
{
    return pending->call.handle == handle && !pending->cancelled &&
           (overlapped == NULL || pending->call.overlapped == overlapped) &&
           (thread == 0 || pending->thread == thread);
}

/* The next that is meant, out of the list unless the lab is being asked about it. */
static struct pending *mark_next(HANDLE handle, const OVERLAPPED *overlapped, DWORD thread,
                                 bool *asked)
{
    struct pending *pending;

    AcquireSRWLockExclusive(&lock);
    pending = first;
    while (pending != NULL && !is_meant(pending, handle, overlapped, thread)) {
        pending = pending->next;
    }
    if (pending != NULL) {
        pending->cancelled = true;
        *asked = pending->asked;
        if (!pending->asked) {
            take_out(pending);
        }
    }
    ReleaseSRWLockExclusive(&lock);
    return pending;
}

size_t device_cancel(HANDLE handle, const OVERLAPPED *overlapped, DWORD thread)
{
    size_t found = 0;
    bool asked = false;

    for (struct pending *pending;
         (pending = mark_next(handle, overlapped, thread, &asked)) != NULL;) {
        found++;
        if (!asked) {
            end(pending, ERROR_OPERATION_ABORTED, 0);
        }
    }
    return found;
}
