/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include <mswsock.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/lab/dll/extension.h"
#include "harness/lab/dll/ioctl_passed.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/operation.h"
#include "harness/lab/dll/overlapped.h"
#include "harness/lab/dll/pending.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket.h"
#include "harness/lab/interpose/ioctl_call.h"
#include "harness/lab/interpose/pointer.h"

/* mswsock.h's; mingw-w64 lacks it. */
#ifndef SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER _WSAIORW(IOC_WS2, 36)
#endif

/* ---- the call as it is told ---- */

static void add_pointer(struct event *event, enum event_field field, const void *at, size_t size,
                        enum pointer_use use)
{
    event_set_number(event, field, pointer_classify(at, size, use));
}

/* A copy of what is handed in, as far as it is told; NULL where it cannot be read. To be freed. */
static void *copy_input(const struct ioctl_call *question, size_t *size)
{
    void *copy;

    *size = question->in_size < EVENT_BYTES_MAX ? question->in_size : EVENT_BYTES_MAX;
    if (question->in == NULL || *size == 0) {
        return NULL;
    }
    copy = malloc(*size);
    if (copy != NULL && !pointer_read(copy, question->in, *size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static void describe(struct event *event, const struct ioctl_call *question)
{
    event_set_number(event, FIELD_CODE, question->code);
    event_set_number(event, FIELD_IN_SIZE, question->in_size);
    event_set_number(event, FIELD_OUT_SIZE, question->out_size);
    add_pointer(event, FIELD_IN_POINTER, question->in, question->in_size, POINTER_READ);
    add_pointer(event, FIELD_OUT_POINTER, question->out, question->out_size, POINTER_WRITE);
    add_pointer(event, FIELD_COUNT_POINTER, question->count, sizeof *question->count,
                POINTER_WRITE);
    add_pointer(event, FIELD_OVERLAPPED_POINTER, question->overlapped, sizeof *question->overlapped,
                POINTER_WRITE);
    add_pointer(event, FIELD_ROUTINE_POINTER, (const void *)(uintptr_t)question->routine, 1,
                POINTER_EXECUTE);
}

/* ---- the call as it is made ---- */

static int make(const struct ioctl_call *question)
{
    return WSAIoctl(question->socket, question->code, question->in, question->in_size,
                    question->out, question->out_size, question->count, question->overlapped,
                    question->routine);
}

/* Functions come as pointers: those of registered I/O are a table of them, which is not followed.
 */
static void replace_functions(const struct ioctl_call *question)
{
    if (question->code == SIO_GET_EXTENSION_FUNCTION_POINTER) {
        extension_replace(question->in, question->in_size, question->out, question->out_size);
    }
    if (question->code == SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER) {
        link_passed("registered I/O");
    }
}

/* What no vendor defines is the system's own, and only told. */
static int make_and_tell(const struct ioctl_call *question, const struct socket_facts *facts)
{
    struct event event = socket_event(EVENT_IOCTL, facts);
    int outcome;

    describe(&event, question);
    outcome = make(question);
    if (outcome == 0) {
        replace_functions(question);
    }
    socket_add_error(&event, outcome != 0);
    link_tell(&event);
    return outcome;
}

/* ---- the answer ---- */

static void write_out(const struct ioctl_call *question, const struct event *answer)
{
    const struct event_bytes out = event_bytes(answer, FIELD_OUT);
    const size_t size = out.size < question->out_size ? out.size : question->out_size;

    (void)pointer_write(question->out, out.at, size);
}

static void write_count(const struct ioctl_call *question, const struct event *answer)
{
    const DWORD count = (DWORD)event_number(answer, FIELD_COUNT);

    if (event_has(answer, FIELD_COUNT) && question->count != NULL) {
        (void)pointer_write(question->count, &count, sizeof count);
    }
}

static int give_later(const struct ioctl_call *question, const struct socket_facts *facts,
                      uint64_t operation, const struct event *answer)
{
    const struct event_bytes out = event_bytes(answer, FIELD_OUT);
    const struct pending_answer later = {
        .handle = question->socket,
        .how = {question->overlapped, question->routine, NULL, facts->completion},
        .out = question->out,
        .bytes = out.at,
        .size = out.size < question->out_size ? out.size : question->out_size,
        .error = (DWORD)event_number(answer, FIELD_ERROR),
        .count = (DWORD)event_number(answer, FIELD_COUNT),
        .operation = operation,
        .socket = facts->number,
    };
    const DWORD delay = (DWORD)event_number(answer, FIELD_DELAY);

    return socket_fail(pending_begin(&later, delay) ? WSA_IO_PENDING : WSAENOBUFS);
}

static int give_now(const struct ioctl_call *question, const struct socket_facts *facts,
                    const struct event *answer)
{
    const int error = (int)event_number(answer, FIELD_ERROR);
    const struct overlapped_call call = {question->overlapped, question->routine, NULL,
                                         facts->completion};

    write_out(question, answer);
    write_count(question, answer);
    if (error != 0) {
        return socket_fail(error);
    }
    if (question->overlapped != NULL) {
        (void)overlapped_succeed(&call, (DWORD)event_number(answer, FIELD_COUNT));
    }
    return 0;
}

/* Only an overlapped call can be under way; any other waits. */
static int give(const struct ioctl_call *question, const struct socket_facts *facts,
                uint64_t operation, const struct event *answer)
{
    if (event_has(answer, FIELD_DELAY) && question->overlapped != NULL) {
        return give_later(question, facts, operation, answer);
    }
    if (event_has(answer, FIELD_DELAY)) {
        Sleep((DWORD)event_number(answer, FIELD_DELAY));
    }
    return give_now(question, facts, answer);
}

static int ask(const struct ioctl_call *question, const struct socket_facts *facts)
{
    struct event event = socket_event(EVENT_IOCTL, facts);
    struct link_answer answer;
    size_t size;
    void *copy = copy_input(question, &size);
    int outcome;

    describe(&event, question);
    if (copy != NULL) {
        event_set_bytes(&event, FIELD_IN, copy, size);
    }
    if (question->overlapped != NULL) {
        event_set_number(&event, FIELD_OPERATION, operation_number());
    }
    switch (link_ask(&event, &answer)) {
    case LINK_ANSWERED:
        outcome = give(question, facts, event_number(&event, FIELD_OPERATION), &answer.event);
        break;
    case LINK_PASSED:
        outcome = ioctl_pass(question, facts, event_number(&event, FIELD_OPERATION));
        break;
    default:
        outcome = socket_fail(WSAENETDOWN);
        break;
    }
    link_answer_free(&answer);
    free(copy);
    return outcome;
}

int WSAAPI hook_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct ioctl_call question = {socket,   code,  in,         in_size, out,
                                        out_size, count, overlapped, routine};
    struct socket_facts facts;

    if (!socket_know(socket, &facts) || (overlapped != NULL && !overlapped_is_there(overlapped))) {
        return make(&question);
    }
    return event_is_vendors(code) ? ask(&question, &facts) : make_and_tell(&question, &facts);
}
