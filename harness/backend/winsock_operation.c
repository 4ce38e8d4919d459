/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "harness/backend/winsock_machine.h"
#include "harness/pattern.h"

/* ---- the operations of a run ---- */

static struct machine_operation *find(struct machine *machine, const char *name)
{
    for (size_t i = machine->operation_count; name != NULL && i-- > 0;) {
        if (strcmp(machine->operations[i].name, name) == 0) {
            return &machine->operations[i];
        }
    }
    return NULL;
}

static struct machine_operation *find_started(struct machine *machine, const char *name,
                                              struct winsock_answer *answer)
{
    struct machine_operation *operation = find(machine, name);

    if (operation == NULL || !operation->started) {
        answer->absent = true;
        (void)machine_trouble(machine, answer, "the call %s left no operation behind",
                              name == NULL ? "" : name);
        return NULL;
    }
    return operation;
}

static bool pending(const struct machine_operation *operation)
{
    return operation->started && !HasOverlappedIoCompleted(&operation->overlapped);
}

/* Not by waiting for hEvent: Wine 8 never signals it. */
static bool settle(struct machine_operation *operation)
{
    const ULONGLONG end = GetTickCount64() + MACHINE_PATIENCE;

    /* The shim's provider does nothing of itself: the moment is the script's to choose. */
    (void)shim_finish(&operation->overlapped);
    while (pending(operation) && GetTickCount64() < end) {
        Sleep(1);
    }
    return !pending(operation);
}

uint32_t operation_thread(const struct machine *machine, const struct winsock_order *order)
{
    for (size_t i = machine->operation_count; order->of != NULL && i-- > 0;) {
        const struct machine_operation *operation = &machine->operations[i];

        if (strcmp(operation->name, order->of) == 0 &&
            machine->threads[operation->thread].handle != NULL) {
            return operation->thread;
        }
    }
    return order->thread;
}

bool operation_release_all(struct machine *machine)
{
    bool released = true;

    for (size_t i = 0; i < machine->operation_count; i++) {
        struct machine_operation *operation = &machine->operations[i];

        if (settle(operation)) {
            buffer_free(&operation->in);
            buffer_free(&operation->out);
        } else {
            released = false;
        }
    }
    machine->operation_count = 0;
    return released;
}

void operation_forget_stack(struct machine *machine, uint32_t thread)
{
    for (size_t i = 0; i < machine->operation_count; i++) {
        struct machine_operation *operation = &machine->operations[i];

        if (operation->thread == thread && operation->out.on_stack) {
            operation->out.readable = 0;
        }
    }
}

/* ---- the call ---- */

static struct machine_operation *add(struct machine *machine, const struct winsock_order *order)
{
    struct machine_operation *operation;
    HANDLE event;

    if (machine->operation_count == MACHINE_OPERATIONS_MAX) {
        return NULL;
    }
    operation = &machine->operations[machine->operation_count];
    event = operation->event;
    memset(operation, 0, sizeof *operation);
    ResetEvent(event);
    operation->event = event;
    operation->overlapped.hEvent = event;
    operation->thread = order->thread;
    operation->out_size = order->out_size;
    operation->count = MACHINE_COUNT_MARK;
    machine_name(order->as, operation->name);
    machine->operation_count++;
    return operation;
}

static void fill_in(struct machine_operation *operation, const struct winsock_bytes *bytes)
{
    const uint32_t readable = operation->in.readable;

    if (bytes->bytes != NULL) {
        memcpy(operation->in.at, bytes->bytes, bytes->size < readable ? bytes->size : readable);
    }
}

static struct machine_operation *prepare(struct machine *machine, struct machine_thread *thread,
                                         const struct winsock_order *order,
                                         struct winsock_answer *answer)
{
    struct machine_operation *operation = add(machine, order);

    if (operation == NULL ||
        !buffer_make(machine, thread, (enum wfp_pointer)order->in_pointer, order->in_size,
                     &operation->in) ||
        !buffer_make(machine, thread, (enum wfp_pointer)order->out_pointer, order->out_size,
                     &operation->out)) {
        (void)machine_trouble(machine, answer, "no room for the buffers of the call");
        return NULL;
    }
    fill_in(operation, &order->in);
    pattern_fill(operation->out.at, operation->out.readable);
    return operation;
}

static void associate(struct machine *machine, struct machine_operation *operation)
{
    HANDLE port;

    SetLastError(0);
    port = CreateIoCompletionPort((HANDLE)operation->socket, machine->port, 0, 0);
    if (port == NULL) {
        operation->association = GetLastError();
        return;
    }
    machine->port = port;
}

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    struct machine_operation *operation;

    (void)flags;
    if (overlapped == NULL) {
        return;
    }
    operation = CONTAINING_RECORD(overlapped, struct machine_operation, overlapped);
    operation->routine_ran = true;
    operation->routine_error = error;
    operation->routine_bytes = bytes;
}

/* An argument that is given, not given, or points to where nothing is. */
static void *argument(const struct machine *machine, uint32_t pointer, void *valid)
{
    if (pointer == WFP_POINTER_NULL) {
        return NULL;
    }
    return pointer == WFP_POINTER_UNMAPPED ? machine->unmapped : valid;
}

static LPWSAOVERLAPPED_COMPLETION_ROUTINE routine_argument(const struct machine *machine,
                                                           uint32_t pointer)
{
    if (pointer == WFP_POINTER_NULL) {
        return NULL;
    }
    return pointer == WFP_POINTER_UNMAPPED
               ? (LPWSAOVERLAPPED_COMPLETION_ROUTINE)(uintptr_t)machine->unmapped
               : routine;
}

/* Gives what WSAGetLastError says afterwards; `outcome` is what the call returned. */
static uint32_t call(const struct machine *machine, const struct winsock_order *order,
                     struct machine_operation *operation, int *outcome)
{
    DWORD *count = argument(machine, order->count, &operation->count);
    OVERLAPPED *overlapped = argument(machine, order->overlapped, &operation->overlapped);
    const LPWSAOVERLAPPED_COMPLETION_ROUTINE completion = routine_argument(machine, order->routine);
    uint32_t error;

    call_begins();
    WSASetLastError(0);
    *outcome = WSAIoctl(operation->socket, order->code, operation->in.at, order->in_size,
                        operation->out.at, order->out_size, count, overlapped, completion);
    error = (uint32_t)WSAGetLastError();
    call_ends();
    return error;
}

/* The byte count that a call gave, if it gave one. */
static void answer_count(struct winsock_answer *answer, DWORD count)
{
    answer->counted = count != MACHINE_COUNT_MARK;
    answer->bytes = answer->counted ? count : 0;
}

/* The output buffer as it is now, up to the last byte that changed. */
static bool answer_out(struct machine *machine, const struct machine_operation *operation,
                       struct winsock_answer *answer)
{
    const uint32_t changed = pattern_changed(operation->out.at, operation->out.readable);

    answer->out_size = operation->out_size;
    if (changed == 0) {
        return true;
    }
    answer->out.bytes = malloc(changed);
    if (answer->out.bytes == NULL) {
        return machine_trouble(machine, answer, "no memory for the output buffer");
    }
    memcpy(answer->out.bytes, operation->out.at, changed);
    answer->out.size = changed;
    return true;
}

static bool find_target(struct machine *machine, const struct winsock_order *order, SOCKET *socket,
                        struct winsock_answer *answer)
{
    const struct machine_socket *found;

    if (order->on != NULL && strcmp(order->on, "invalid") == 0) {
        *socket = INVALID_SOCKET;
        return true;
    }
    found = socket_find(machine, order->on, answer);
    if (found == NULL) {
        return false;
    }
    *socket = found->socket;
    return true;
}

bool operation_ioctl(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer)
{
    struct machine_operation *operation;
    SOCKET socket = INVALID_SOCKET;
    uint32_t error;
    int outcome;

    if (!find_target(machine, order, &socket, answer)) {
        return false;
    }
    operation = prepare(machine, thread, order, answer);
    if (operation == NULL) {
        return false;
    }
    operation->socket = socket;
    if (order->port != 0) {
        associate(machine, operation);
    }
    shim_fault((enum wfp_fault)order->fault);
    error = call(machine, order, operation, &outcome);
    if (outcome != 0 && error == 0) {
        return machine_trouble(machine, answer, "WSAIoctl returned %d without an error", outcome);
    }
    if (outcome != 0) {
        thread->last_error = error;
        answer->error = error;
    }
    operation->started =
        order->overlapped == WFP_POINTER_HEAP && (outcome == 0 || error == WSA_IO_PENDING);
    answer_count(answer, operation->count);
    return answer_out(machine, operation, answer);
}

/* ---- what follows a call ---- */

static bool result_wsa(struct machine *machine, struct machine_operation *operation,
                       const struct winsock_order *order, struct winsock_answer *answer)
{
    DWORD bytes = MACHINE_COUNT_MARK;
    DWORD flags = 0;

    (void)machine;
    (void)order;
    call_begins();
    WSASetLastError(0);
    if (!WSAGetOverlappedResult(operation->socket, &operation->overlapped, &bytes, FALSE, &flags)) {
        answer->error = (uint32_t)WSAGetLastError();
    }
    call_ends();
    answer_count(answer, bytes);
    return true;
}

static bool result_win32(struct machine *machine, struct machine_operation *operation,
                         const struct winsock_order *order, struct winsock_answer *answer)
{
    DWORD bytes = MACHINE_COUNT_MARK;

    (void)machine;
    (void)order;
    call_begins();
    SetLastError(0);
    if (!GetOverlappedResult((HANDLE)operation->socket, &operation->overlapped, &bytes, FALSE)) {
        answer->error = GetLastError();
    }
    call_ends();
    answer_count(answer, bytes);
    return true;
}

/* Takes one packet off the port and leaves it with its operation; else gives the error. */
static DWORD take_packet(struct machine *machine, DWORD patience)
{
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    DWORD error = 0;

    call_begins();
    SetLastError(0);
    if (!GetQueuedCompletionStatus(machine->port, &bytes, &key, &overlapped, patience)) {
        error = GetLastError();
    }
    call_ends();
    for (size_t i = 0; i < machine->operation_count; i++) {
        struct machine_operation *operation = &machine->operations[i];

        if (overlapped == &operation->overlapped) {
            operation->packet_seen = true;
            operation->packet_error = error;
            operation->packet_bytes = bytes;
        }
    }
    return overlapped == NULL ? error : 0;
}

static bool result_port(struct machine *machine, struct machine_operation *operation,
                        const struct winsock_order *order, struct winsock_answer *answer)
{
    const DWORD patience = order->wait != 0 ? MACHINE_PATIENCE : 0;
    DWORD error = 0;

    if (operation->association != 0) {
        SetLastError(operation->association);
        return machine_failed(machine, answer, "CreateIoCompletionPort");
    }
    while (!operation->packet_seen && error == 0) {
        error = take_packet(machine, patience);
    }
    answer->error = operation->packet_seen ? operation->packet_error : error;
    answer_count(answer, operation->packet_seen ? operation->packet_bytes : MACHINE_COUNT_MARK);
    return true;
}

/* Runs on the thread of the call: elsewhere its routine cannot run. */
static bool result_routine(struct machine *machine, struct machine_operation *operation,
                           const struct winsock_order *order, struct winsock_answer *answer)
{
    const ULONGLONG end = GetTickCount64() + MACHINE_PATIENCE;

    (void)machine;
    call_begins();
    while (order->wait != 0 && !operation->routine_ran && GetTickCount64() < end) {
        (void)SleepEx(MACHINE_PATIENCE / 10, TRUE);
    }
    call_ends();
    answer->error = operation->routine_ran ? operation->routine_error : WSA_IO_INCOMPLETE;
    answer_count(answer, operation->routine_ran ? operation->routine_bytes : MACHINE_COUNT_MARK);
    return true;
}

typedef bool result_function(struct machine *machine, struct machine_operation *operation,
                             const struct winsock_order *order, struct winsock_answer *answer);

static result_function *const channels[] = {
    [WFP_CHANNEL_WSA] = result_wsa,
    [WFP_CHANNEL_WIN32] = result_win32,
    [WFP_CHANNEL_PORT] = result_port,
    [WFP_CHANNEL_ROUTINE] = result_routine,
};

bool operation_result(struct machine *machine, struct machine_thread *thread,
                      const struct winsock_order *order, struct winsock_answer *answer)
{
    struct machine_operation *operation = find_started(machine, order->of, answer);

    if (operation == NULL) {
        return false;
    }
    if (order->wait != 0) {
        (void)settle(operation);
    }
    if (!channels[order->channel](machine, operation, order, answer)) {
        return false;
    }
    if (answer->error != 0) {
        thread->last_error = answer->error;
    }
    return answer_out(machine, operation, answer);
}

bool operation_event(struct machine *machine, const struct winsock_order *order,
                     struct winsock_answer *answer)
{
    const struct machine_operation *operation = find_started(machine, order->of, answer);

    if (operation == NULL) {
        return false;
    }
    answer->error = WaitForSingleObject(operation->event, 0);
    return true;
}

bool operation_cancel(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer)
{
    struct machine_operation *operation = find_started(machine, order->of, answer);

    if (operation == NULL) {
        return false;
    }
    call_begins();
    SetLastError(0);
    if (!CancelIoEx((HANDLE)operation->socket, &operation->overlapped)) {
        answer->error = GetLastError();
    }
    call_ends();
    return true;
}

bool operation_finish(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer)
{
    struct machine_operation *operation = find_started(machine, order->of, answer);

    if (operation == NULL) {
        return false;
    }
    return settle(operation) || machine_trouble(machine, answer, "%s is still pending after %d ms",
                                                operation->name, MACHINE_PATIENCE);
}
