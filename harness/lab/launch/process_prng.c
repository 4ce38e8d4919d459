/* SPDX-License-Identifier: MIT */

/*
 * bcryptprimitives.dll, as far as programs in Go need it: Wine 8 has none, and their start ends
 * with its absence. The launcher puts it into a program only where the system has no such file.
 */

#include <windows.h>

#include <ntsecapi.h> /* RtlGenRandom; after windows.h */

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T size);

BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T size)
{
    static const ULONG most = 1 << 20;

    while (size > 0) {
        const ULONG part = size < most ? (ULONG)size : most;

        if (!RtlGenRandom(bytes, part)) {
            return FALSE;
        }
        bytes += part;
        size -= part;
    }
    return TRUE;
}
