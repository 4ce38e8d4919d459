/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* More than any size that a vector may pass, twice over. */
enum { UNMAPPED_BYTES = 4194304 };

bool machine_trouble(struct machine *machine, struct winsock_answer *answer, const char *format,
                     ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(machine->trouble, sizeof machine->trouble, format, arguments);
    va_end(arguments);
    answer->trouble = machine->trouble;
    return false;
}

bool machine_failed(struct machine *machine, struct winsock_answer *answer, const char *call)
{
    const uint32_t error = (uint32_t)WSAGetLastError();
    const char *name = wfp_error_name(error);

    return machine_trouble(machine, answer, "%s answered %s %u", call, name == NULL ? "" : name,
                           error);
}

void machine_name(const char *name, char *copy)
{
    (void)snprintf(copy, MACHINE_NAME_MAX, "%s", name == NULL ? "" : name);
}

/* Made here, once, for two reasons: it is cheaper, and no event takes a closed socket's value. */
bool machine_open(struct machine *machine)
{
    bool whole = true;

    for (size_t i = 0; i < MACHINE_OPERATIONS_MAX; i++) {
        machine->operations[i].event = CreateEventW(NULL, TRUE, FALSE, NULL);
        whole = whole && machine->operations[i].event != NULL;
    }
    for (size_t i = 0; i < WFP_THREADS; i++) {
        struct machine_thread *thread = &machine->threads[i];

        thread->machine = machine;
        thread->go = CreateEventW(NULL, FALSE, FALSE, NULL);
        thread->done = CreateEventW(NULL, FALSE, FALSE, NULL);
        whole = whole && thread->go != NULL && thread->done != NULL;
    }
    machine->unmapped = VirtualAlloc(NULL, UNMAPPED_BYTES, MEM_RESERVE, PAGE_NOACCESS);
    return whole && machine->unmapped != NULL;
}

bool machine_start(struct machine *machine, struct winsock_answer *answer)
{
    WSADATA data;
    int error;

    if (machine->started) {
        return true;
    }
    error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        return machine_trouble(machine, answer, "WSAStartup answered %d", error);
    }
    machine->started = true;
    return true;
}

bool machine_stop(struct machine *machine, struct winsock_answer *answer)
{
    if (!machine->started) {
        return true;
    }
    if (WSACleanup() != 0) {
        return machine_failed(machine, answer, "WSACleanup");
    }
    machine->started = false;
    /* The last clean-up closes every socket; the names keep the values. */
    for (size_t i = 0; i < machine->socket_count; i++) {
        machine->sockets[i].closed = true;
    }
    return true;
}

bool machine_begin(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer)
{
    return shimmed_begin(machine, order, answer) && machine_start(machine, answer);
}

bool machine_end(struct machine *machine, struct winsock_answer *answer)
{
    bool released;

    socket_close_all(machine);
    released = operation_release_all(machine);
    for (size_t i = 0; i < WFP_THREADS; i++) {
        thread_end(&machine->threads[i]);
        machine->threads[i].last_error = 0;
    }
    shim_end();
    if (machine->port != NULL) {
        CloseHandle(machine->port);
        machine->port = NULL;
    }
    if (released && !(machine_start(machine, answer) && leak_check(machine, answer))) {
        return false;
    }
    if (!machine_stop(machine, answer)) {
        return false;
    }
    machine->socket_count = 0;
    if (!released) {
        answer->absent = true; /* the provider's doing, and gone with this process */
        return machine_trouble(machine, answer, "an operation is still pending");
    }
    return true;
}
