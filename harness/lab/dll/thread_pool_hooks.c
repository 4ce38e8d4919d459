/* SPDX-License-Identifier: MIT */

/* Completions that the system's thread pool takes in the program's place. */

#include <winsock2.h>

#include <stdlib.h>

#include "harness/lab/dll/collect.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/dll/socket_table.h"

/* Stays as long as the process: when the system last uses it cannot be known here. */
static VOID CALLBACK completed(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                               ULONG error, ULONG_PTR count, PTP_IO io)
{
    const struct pool_place *theirs = context;

    theirs->callback(instance, theirs->context, overlapped,
                     collect(overlapped, error, (DWORD)count), count, io);
}

static void note(HANDLE file, const struct pool_place *place)
{
    struct socket_facts *facts = socket_table_lock((UINT_PTR)file);

    if (facts != NULL) {
        facts->completion.pool = *place;
        socket_table_unlock();
    }
}

PTP_IO WINAPI hook_CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context,
                                      PTP_CALLBACK_ENVIRON environment)
{
    struct pool_place *place = malloc(sizeof *place);
    PTP_IO made;

    if (place == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    place->callback = callback;
    place->context = context;
    place->io = made = CreateThreadpoolIo(file, completed, place, environment);
    if (made == NULL) {
        free(place);
        return NULL;
    }
    note(file, place);
    return made;
}

/* The routine gets no context in which ours could find theirs: what it collects is not followed. */
BOOL WINAPI hook_BindIoCompletionCallback(HANDLE file, LPOVERLAPPED_COMPLETION_ROUTINE routine,
                                          ULONG flags)
{
    const BOOL done = BindIoCompletionCallback(file, routine, flags);
    struct socket_facts *facts = done ? socket_table_lock((UINT_PTR)file) : NULL;

    if (facts != NULL) {
        facts->completion.bound = routine;
        socket_table_unlock();
        link_passed("BindIoCompletionCallback");
    }
    return done;
}
