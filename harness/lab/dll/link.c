/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/link.h"

#include <winsock2.h>

#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "harness/lab/dll/link_connection.h"
#include "harness/lab/dll/process.h"
#include "harness/lab/interpose/guard.h"

enum { DEFERRED_MAX = 131072, NAMES_MAX = 64 };

enum state { NOT_YET, WANTED, NOT_WANTED, GONE };

static SRWLOCK lock = SRWLOCK_INIT; /* over the connection and what follows */
static enum state state = NOT_YET;

static SRWLOCK deferred_lock = SRWLOCK_INIT; /* never held while anything is sent */
static uint8_t deferred[DEFERRED_MAX];
static size_t deferred_size;

static SRWLOCK names_lock = SRWLOCK_INIT;
static const char *names[NAMES_MAX];
static size_t name_count;

/* ---- beginning and end ---- */

static void give_up(void)
{
    connection_close();
    state = GONE;
}

static enum state introduce(const char *token)
{
    struct event hello = {.kind = EVENT_HELLO};
    struct event answer;
    char path[PROCESS_PATH_MAX];

    event_set_number(&hello, FIELD_PROTOCOL, EVENT_PROTOCOL);
    event_set_number(&hello, FIELD_SYSTEM_PROCESS, GetCurrentProcessId());
    event_set_number(&hello, FIELD_PARENT, process_parent());
    event_set_number(&hello, FIELD_BITS, sizeof(void *) * 8);
    event_set_number(&hello, FIELD_THREAD, GetCurrentThreadId());
    event_set_text(&hello, FIELD_TEXT, process_module_path(NULL, path));
    event_set_text(&hello, FIELD_NAME, token);
    if (!connection_send(&hello) || !connection_receive(&answer)) {
        return GONE;
    }
    return answer.kind == EVENT_ANSWER && event_number(&answer, FIELD_ERROR) == 0 ? WANTED
                                                                                  : NOT_WANTED;
}

static void open_link(void)
{
    struct connection_place place;

    if (!connection_place(&place)) {
        state = NOT_WANTED;
        return;
    }
    state = connection_open(place.port) ? introduce(place.token) : GONE;
    if (state != WANTED) {
        connection_close();
    }
}

static size_t take_deferred(uint8_t *into)
{
    size_t size;

    AcquireSRWLockExclusive(&deferred_lock);
    size = deferred_size;
    memcpy(into, deferred, size);
    deferred_size = 0;
    ReleaseSRWLockExclusive(&deferred_lock);
    return size;
}

static void send_deferred(void)
{
    static uint8_t taken[DEFERRED_MAX]; /* under the link's lock */
    const size_t size = take_deferred(taken);

    if (size > 0 && !connection_send_bytes(taken, size)) {
        give_up();
    }
}

static void send_event(struct event *event)
{
    if (state == NOT_YET) {
        open_link();
    }
    if (state == WANTED) {
        send_deferred();
    }
    event_set_number(event, FIELD_THREAD, GetCurrentThreadId());
    if (state == WANTED && !connection_send(event)) {
        give_up();
    }
}

/* ---- telling ---- */

bool link_wanted(void)
{
    return state == NOT_YET || state == WANTED;
}

void link_tell(struct event *event)
{
    const DWORD error = GetLastError();

    if (link_wanted() && guard_enter()) {
        AcquireSRWLockExclusive(&lock);
        send_event(event);
        ReleaseSRWLockExclusive(&lock);
        guard_leave();
    }
    SetLastError(error);
}

void link_tell_end(struct event *event)
{
    static LONG told;

    if (state == WANTED && InterlockedExchange(&told, 1) == 0 &&
        TryAcquireSRWLockExclusive(&lock)) {
        event_set_number(event, FIELD_THREAD, GetCurrentThreadId());
        (void)connection_send(event);
        ReleaseSRWLockExclusive(&lock);
    }
}

bool link_defer(const struct event *event)
{
    size_t size;

    AcquireSRWLockExclusive(&deferred_lock);
    size = event_write(event, deferred + deferred_size, sizeof deferred - deferred_size);
    deferred_size += size;
    ReleaseSRWLockExclusive(&deferred_lock);
    return size > 0;
}

void link_done(enum event_kind kind, uint64_t socket, uint32_t error, uint64_t count)
{
    struct event done = {.kind = EVENT_DONE};

    event_set_number(&done, FIELD_KIND_OF, kind);
    event_set_number(&done, FIELD_SOCKET, socket);
    event_set_number(&done, FIELD_ERROR, error);
    event_set_number(&done, FIELD_COUNT, count);
    link_tell(&done);
}

static bool is_new(const char *name)
{
    bool added = false;
    size_t i = 0;

    AcquireSRWLockExclusive(&names_lock);
    while (i < name_count && strcmp(names[i], name) != 0) {
        i++;
    }
    if (i == name_count && name_count < NAMES_MAX) {
        names[name_count++] = name;
        added = true;
    }
    ReleaseSRWLockExclusive(&names_lock);
    return added;
}

void link_passed(const char *name)
{
    struct event passed = {.kind = EVENT_PASSED};

    if (is_new(name)) {
        event_set_text(&passed, FIELD_NAME, name);
        link_tell(&passed);
    }
}

/* ---- asking ---- */

/* The bytes of the answer stand in the connection's memory: they are copied, all in one block. */
static bool keep_bytes(struct event *event, void **memory)
{
    size_t size = 0;
    char *at;

    for (size_t i = 0; i < EVENT_BYTES; i++) {
        size += event->bytes[i].size;
    }
    at = size == 0 ? NULL : malloc(size);
    *memory = at;
    for (size_t i = 0; at != NULL && i < EVENT_BYTES; i++) {
        if (event->bytes[i].size > 0) {
            memcpy(at, event->bytes[i].at, event->bytes[i].size);
            event->bytes[i].at = (const uint8_t *)at;
            at += event->bytes[i].size;
        }
    }
    return size == 0 || at != NULL;
}

static enum link_outcome receive_answer(struct link_answer *answer)
{
    if (!connection_receive(&answer->event)) {
        give_up();
        return LINK_GONE;
    }
    if (answer->event.kind == EVENT_PASS) {
        return LINK_PASSED;
    }
    if (answer->event.kind != EVENT_ANSWER || !keep_bytes(&answer->event, &answer->memory)) {
        give_up();
        return LINK_GONE;
    }
    return LINK_ANSWERED;
}

static enum link_outcome ask(struct event *event, struct link_answer *answer)
{
    send_event(event);
    switch (state) {
    case WANTED:
        return receive_answer(answer);
    case GONE:
        return LINK_GONE;
    default:
        return LINK_PASSED;
    }
}

enum link_outcome link_ask(struct event *event, struct link_answer *answer)
{
    const DWORD error = GetLastError();
    enum link_outcome outcome = LINK_PASSED;

    answer->memory = NULL;
    if (state != NOT_WANTED && guard_enter()) {
        AcquireSRWLockExclusive(&lock);
        outcome = ask(event, answer);
        ReleaseSRWLockExclusive(&lock);
        guard_leave();
    }
    SetLastError(error);
    return outcome;
}

void link_answer_free(struct link_answer *answer)
{
    free(answer->memory);
    answer->memory = NULL;
}
