/* SPDX-License-Identifier: MIT */

/*
 * The end of an overlapped call that the lab answered in the system's place: what the system would
 * leave in the OVERLAPPED, at the event, at the completion port, in the thread pool, and call.
 */

#ifndef HARNESS_LAB_DLL_OVERLAPPED_H
#define HARNESS_LAB_DLL_OVERLAPPED_H

#include <winsock2.h>

#include <stdbool.h>

#include "harness/lab/dll/socket_table.h"

struct overlapped_call {
    OVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine; /* NULL: none */
    HANDLE thread;                              /* of the call; NULL: the one that runs */
    struct completion_place place;              /* of the socket or device */
};

/* Can the OVERLAPPED be read and written? Only then is the call answered. */
bool overlapped_is_there(const OVERLAPPED *overlapped);
/* The call is under way: so the program finds it until its end. */
void overlapped_begin(OVERLAPPED *overlapped);
/*
 * It ended so, after it was under way. False where the OVERLAPPED has gone meanwhile: nobody is
 * told then, for nobody would know of what.
 */
bool overlapped_end(const struct overlapped_call *call, DWORD error, DWORD count);
/* It succeeded at once: whoever asked not to be told then is not told. */
bool overlapped_succeed(const struct overlapped_call *call, DWORD count);

/* As it stands in an OVERLAPPED. */
ULONG_PTR overlapped_status(DWORD error);
/* The error that overlapped_end() left there; false where it was not ours to say, or succeeded. */
bool overlapped_error(const OVERLAPPED *overlapped, DWORD *error);

#endif
