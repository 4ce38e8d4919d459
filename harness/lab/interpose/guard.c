/* SPDX-License-Identifier: MIT */

#include "harness/lab/interpose/guard.h"

#include <windows.h>

/* Not _Thread_local: in a DLL that is loaded late not every system provides for it. */
static DWORD place = TLS_OUT_OF_INDEXES;
static char inside; /* its address only */

bool guard_open(void)
{
    if (place == TLS_OUT_OF_INDEXES) {
        place = TlsAlloc();
    }
    return place != TLS_OUT_OF_INDEXES;
}

bool guard_enter(void)
{
    const DWORD error = GetLastError();
    const bool first = TlsGetValue(place) == NULL;

    if (first) {
        (void)TlsSetValue(place, &inside);
    }
    SetLastError(error);
    return first;
}

void guard_leave(void)
{
    const DWORD error = GetLastError();

    (void)TlsSetValue(place, NULL);
    SetLastError(error);
}
