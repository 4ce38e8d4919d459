/* SPDX-License-Identifier: MIT */

#include "harness/backend/winsock_machine.h"

#include <stdio.h>
#include <string.h>

/*
 * Handle values are small multiples of four, so all of them can be asked. What a library opens once
 * and keeps is no leak: only so many more handles than after the first run are. To count them takes
 * as long as a run, so not every run is followed by it; a pile does not go away.
 */
enum { STEP = 4, LEAST = 0x400, BEYOND = 0x100, MOST = 0x20000, TOLERATED = 32, COUNT_EVERY = 16 };

static bool is_socket(SOCKET value)
{
    int type = 0;
    int size = (int)sizeof type;

    return getsockopt(value, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0;
}

/* Where to stop looking: well above every socket of the run. */
static uintptr_t highest(const struct machine *machine)
{
    uintptr_t found = LEAST;

    for (size_t i = 0; i < machine->socket_count; i++) {
        const uintptr_t value = (uintptr_t)machine->sockets[i].socket;

        found = value > found ? value : found;
    }
    return found + BEYOND < MOST ? found + BEYOND : MOST;
}

static const char *name_of(const struct machine *machine, SOCKET value)
{
    for (size_t i = machine->socket_count; i-- > 0;) {
        if (machine->sockets[i].socket == value && machine->sockets[i].name[0] != '\0') {
            return machine->sockets[i].name;
        }
    }
    return "one without a name in the script";
}

static bool sockets_closed(struct machine *machine, uintptr_t end, struct winsock_answer *answer)
{
    SOCKET first = INVALID_SOCKET;
    unsigned count = 0;

    for (uintptr_t value = STEP; value < end; value += STEP) {
        if (is_socket((SOCKET)value)) {
            first = count == 0 ? (SOCKET)value : first;
            count++;
        }
    }
    return count == 0 ||
           machine_trouble(machine, answer, "%u sockets are left open, the first 0x%lX: %s", count,
                           (unsigned long)first, name_of(machine, first));
}

static uint32_t count_handles(uintptr_t end)
{
    uint32_t count = 0;
    DWORD flags;

    for (uintptr_t value = STEP; value < end; value += STEP) {
        count += GetHandleInformation((HANDLE)value, &flags) != 0;
    }
    return count;
}

static bool handles_kept(struct machine *machine, uintptr_t end, struct winsock_answer *answer)
{
    const uint32_t now = count_handles(end);

    if (machine->handles == 0) {
        machine->handles = now;
    }
    return now <= machine->handles + TOLERATED ||
           machine_trouble(machine, answer, "handles are left open: %u after the first run, %u now",
                           machine->handles, now);
}

bool leak_check(struct machine *machine, struct winsock_answer *answer)
{
    const uintptr_t end = highest(machine);

    return sockets_closed(machine, end, answer) &&
           (machine->runs++ % COUNT_EVERY != 0 || handles_kept(machine, end, answer));
}
