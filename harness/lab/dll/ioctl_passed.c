/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/ioctl_passed.h"

#include <stdlib.h>

#include "harness/lab/dll/collect.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/interpose/pointer.h"

/* What the system wrote, as far as it is told; NULL: nothing. To be freed. */
static void *copy_output(const void *out, DWORD out_size, DWORD count, size_t *size)
{
    void *copy;

    *size = count < out_size ? count : out_size;
    if (out == NULL || *size == 0 || *size > EVENT_BYTES_MAX) {
        return NULL;
    }
    copy = malloc(*size);
    if (copy != NULL && !pointer_read(copy, out, *size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static void tell(uint64_t socket, uint64_t number, const struct operation_ioctl *call, DWORD error,
                 DWORD count)
{
    struct event done = {.kind = EVENT_DONE};
    size_t size;
    void *out = error == 0 ? copy_output(call->out, call->out_size, count, &size) : NULL;

    event_set_number(&done, FIELD_KIND_OF, EVENT_IOCTL);
    event_set_number(&done, FIELD_SOCKET, socket);
    event_set_number(&done, FIELD_ERROR, error);
    event_set_number(&done, FIELD_COUNT, count);
    if (number != 0) {
        event_set_number(&done, FIELD_OPERATION, number);
    }
    if (out != NULL) {
        event_set_bytes(&done, FIELD_OUT, out, size);
    }
    link_tell(&done);
    free(out);
}

void ioctl_passed(const struct operation *operation, DWORD error, DWORD count)
{
    tell(operation->ioctl.socket, operation->number, &operation->ioctl, error, count);
}

/* Found again by its OVERLAPPED; without memory it is not. */
static bool begin(const struct ioctl_call *call, const struct operation_ioctl *ioctl,
                  uint64_t number)
{
    struct operation *operation =
        call->overlapped == NULL ? NULL
                                 : operation_new(OPERATION_IOCTL, call->socket, call->overlapped);

    if (operation == NULL) {
        return false;
    }
    operation->number = number;
    operation->ioctl = *ioctl;
    operation->routine = call->routine;
    operation_begin(operation);
    return true;
}

static DWORD count_of(const struct ioctl_call *call)
{
    DWORD count = 0;

    (void)pointer_read(&count, call->count, sizeof count);
    return count;
}

int ioctl_pass(const struct ioctl_call *call, const struct socket_facts *facts, uint64_t number)
{
    const struct operation_ioctl ioctl = {call->out, call->out_size, facts->number};
    const bool begun = begin(call, &ioctl, number);
    const int outcome = WSAIoctl(call->socket, call->code, call->in, call->in_size, call->out,
                                 call->out_size, call->count, call->overlapped,
                                 begun && call->routine != NULL ? collect_routine : call->routine);
    const int error = outcome == 0 ? 0 : WSAGetLastError();

    /* A routine is called after a success, too, and is told then. */
    if (begun && error == 0 && call->routine != NULL) {
        return outcome;
    }
    if (begun && error != WSA_IO_PENDING) {
        free(operation_take(call->overlapped));
    }
    tell(facts->number, number, &ioctl, (DWORD)error, error == 0 ? count_of(call) : 0);
    WSASetLastError(error);
    return outcome;
}
