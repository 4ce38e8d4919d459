/* SPDX-License-Identifier: MIT */

/* Overlapped calls that the lab answers later. */

#ifndef HARNESS_LAB_DLL_PENDING_H
#define HARNESS_LAB_DLL_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/dll/overlapped.h"

struct pending_answer {
    UINT_PTR handle;            /* of the socket or device that the call was made on */
    struct overlapped_call how; /* `thread` is found here */
    void *out;                  /* the program's; `bytes` are written to it at the end */
    const void *bytes;          /* copied */
    size_t size;
    DWORD error;
    DWORD count;
    uint64_t operation; /* its number: of operation_number() */
    uint64_t socket;    /* number of the socket, for EVENT_IOCTL_END; 0: nobody is told */
};

/*
 * From now on the call is under way, and ends after so many milliseconds. False when the system has
 * no means left.
 */
bool pending_begin(const struct pending_answer *answer, DWORD milliseconds);
/*
 * The calls on this handle, only the one with this OVERLAPPED or (NULL) all, end at once as
 * aborted. Gives how many there were.
 */
size_t pending_cancel(UINT_PTR handle, const OVERLAPPED *overlapped);

#endif
