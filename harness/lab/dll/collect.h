/* SPDX-License-Identifier: MIT */

/* The program learns that an overlapped call has ended: now the lab does, too. */

#ifndef HARNESS_LAB_DLL_COLLECT_H
#define HARNESS_LAB_DLL_COLLECT_H

#include <winsock2.h>

#include <windows.h>

/*
 * The call with this OVERLAPPED ended with `error` and `count` bytes. Gives the error that the
 * program is to see: of a datagram the lab may say something else. GetLastError stays what it was.
 */
DWORD collect(const OVERLAPPED *overlapped, DWORD error, DWORD count);
/* The completion routine of an operation that has one of the program's: collects, and calls it. */
void CALLBACK collect_routine(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags);

#endif
