/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/device_call.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/device_pending.h"
#include "harness/lab/dll/overlapped.h"
#include "harness/lab/interpose/pointer.h"

/* ---- asking ---- */

static struct event describe(const struct device_call *call, const struct socket_facts *facts,
                             uint64_t operation, const void *in)
{
    struct event event = {.kind = EVENT_DEVICE_CONTROL};

    event_set_number(&event, FIELD_HANDLE, facts->device);
    event_set_number(&event, FIELD_OPERATION, operation);
    event_set_text(&event, FIELD_NAME, call->name);
    if (strcmp(call->name, "DeviceIoControl") == 0) {
        event_set_number(&event, FIELD_CODE, call->code);
    }
    event_set_number(&event, FIELD_IN_SIZE, call->in_size);
    event_set_number(&event, FIELD_OUT_SIZE, call->out_size);
    if (in != NULL) {
        event_set_bytes(&event, FIELD_IN, in, call->in_size);
    }
    return event;
}

DWORD device_call_ask(const struct device_call *call, const struct socket_facts *facts,
                      uint64_t operation, const void *in, bool again, struct link_answer *answer)
{
    struct event event = describe(call, facts, operation, in);

    if (again) {
        event_set_number(&event, FIELD_FLAGS, EVENT_DEVICE_AGAIN);
    }
    switch (link_ask(&event, answer)) {
    case LINK_ANSWERED:
        return 0;
    case LINK_PASSED: /* nothing stands behind a pretended device */
        return ERROR_INVALID_FUNCTION;
    default:
        return ERROR_DEVICE_NOT_CONNECTED;
    }
}

/* What can be told of the input; NULL where there is none, or it cannot be read. To be freed. */
static void *copy_input(const struct device_call *call)
{
    void *copy = call->in == NULL || call->in_size == 0 ? NULL : malloc(call->in_size);

    if (copy != NULL && !pointer_read(copy, call->in, call->in_size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

/* ---- the answer ---- */

bool device_answer_pends(const struct event *answer, DWORD *delay)
{
    const bool pends = !device_answer_ends(answer);

    *delay = pends ? INFINITE : 0;
    if (event_has(answer, FIELD_DELAY)) {
        *delay = (DWORD)event_number(answer, FIELD_DELAY);
    }
    return *delay > 0;
}

bool device_answer_ends(const struct event *answer)
{
    return (event_number(answer, FIELD_FLAGS) & EVENT_DEVICE_PENDS) == 0;
}

DWORD device_call_give(const struct device_call *call, const struct event *answer, DWORD *count)
{
    const struct event_bytes out = event_bytes(answer, FIELD_OUT);
    const DWORD size = out.size < call->out_size ? out.size : call->out_size;

    *count = (DWORD)event_number(answer, FIELD_COUNT);
    if (size > 0 && !pointer_write(call->out, out.at, size)) {
        *count = 0;
        return ERROR_NOACCESS;
    }
    return (DWORD)event_number(answer, FIELD_ERROR);
}

static BOOL end_now(const struct device_call *call, const struct socket_facts *facts, DWORD error,
                    DWORD count)
{
    const struct overlapped_call overlapped = {call->overlapped, NULL, NULL, facts->completion};

    if (call->count != NULL) {
        (void)pointer_write(call->count, &count, sizeof count);
    }
    if (error == 0 && call->overlapped != NULL) {
        (void)overlapped_succeed(&overlapped, count);
    }
    if (error != 0) {
        SetLastError(error);
    }
    return error == 0;
}

BOOL device_call_make(const struct device_call *call, const struct socket_facts *facts)
{
    const uint64_t operation = device_pending_number();
    void *in = copy_input(call);
    struct link_answer answer;
    DWORD error = device_call_ask(call, facts, operation, in, false, &answer);
    DWORD count = 0;
    DWORD delay;

    if (error == 0 && device_answer_pends(&answer.event, &delay)) {
        /* what was copied goes along */
        error = device_pend(call, facts, operation, in, &answer, delay, &count);
        in = NULL;
    } else if (error == 0) {
        error = device_call_give(call, &answer.event, &count);
    }
    link_answer_free(&answer);
    free(in);
    if (error == ERROR_IO_PENDING) {
        SetLastError(error);
        return FALSE;
    }
    return end_now(call, facts, error, count);
}

/* ---- real devices ---- */

uint64_t device_call_begins(const struct device_call *call, const struct socket_facts *facts)
{
    const uint64_t operation = device_pending_number();
    void *in = copy_input(call);
    struct event event = describe(call, facts, operation, in);
    struct link_answer answer;

    (void)link_ask(&event, &answer);
    link_answer_free(&answer);
    free(in);
    return operation;
}

/* What the driver wrote; NULL where that is not known. To be freed. */
static void *copy_output(const struct device_call *call, DWORD *count)
{
    void *copy = NULL;

    if (call->count != NULL && pointer_read(count, call->count, sizeof *count) && *count > 0 &&
        *count <= call->out_size) {
        copy = malloc(*count);
    }
    if (copy != NULL && !pointer_read(copy, call->out, *count)) {
        free(copy);
        return NULL;
    }
    return copy;
}

void device_call_ended(const struct device_call *call, const struct socket_facts *facts,
                       uint64_t operation, BOOL done)
{
    const DWORD error = GetLastError();
    struct event event = {.kind = EVENT_DONE};
    DWORD count = 0;
    void *out = done ? copy_output(call, &count) : NULL;

    event_set_number(&event, FIELD_KIND_OF, EVENT_DEVICE_CONTROL);
    event_set_number(&event, FIELD_HANDLE, facts->device);
    event_set_number(&event, FIELD_OPERATION, operation);
    event_set_number(&event, FIELD_ERROR, done ? 0 : error);
    event_set_number(&event, FIELD_COUNT, count);
    if (out != NULL) {
        event_set_bytes(&event, FIELD_OUT, out, count);
    }
    link_tell(&event);
    free(out);
    SetLastError(error);
}
