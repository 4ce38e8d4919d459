/* SPDX-License-Identifier: MIT */

/*
 * Devices: those that are only pretended, and those of the system, which are recorded. Of a
 * pretended one the program gets a handle of a real file object, the system's
 * null device, opened as it asked: it can be waited for, duplicated, bound to a completion port and
 * closed like any other. What is asked of it goes to the lab. Devices that are opened by
 * NtCreateFile itself are not seen.
 */

#ifndef HARNESS_LAB_DLL_DEVICE_H
#define HARNESS_LAB_DLL_DEVICE_H

#include <winsock2.h>

#include <stdbool.h>
#include <windows.h>

#include "harness/lab/dll/socket_table.h"

/* Does the path lead into the namespace of devices, and to no drive, pipe or share there? */
bool device_is_path(const wchar_t *path);

enum device_opening { DEVICE_REAL, DEVICE_PRETENDED, DEVICE_REFUSED };

/*
 * Asks the lab. DEVICE_PRETENDED: `*handle` is open. DEVICE_REFUSED: GetLastError says why.
 * DEVICE_REAL: open it as asked, then device_opened().
 */
enum device_opening device_open(const wchar_t *path, DWORD access, DWORD share, DWORD flags,
                                HANDLE *handle);
void device_opened(HANDLE handle);

/* False where the handle is none of a pretended device, or of a real one. GetLastError stays. */
bool device_know(HANDLE handle, struct socket_facts *facts);
bool device_know_real(HANDLE handle, struct socket_facts *facts);
/* `copy` is the same device. */
void device_duplicated(HANDLE copy, const struct socket_facts *facts);
/* It is about to be closed: what pends is aborted, the lab is told. */
void device_closing(HANDLE handle);

/*
 * Waits for the end of an overlapped call, so many milliseconds: without an event the system would
 * wait for the file object, which nothing signals. False where it goes on; at once true for what is
 * none of a pretended device.
 */
bool device_wait(HANDLE handle, const OVERLAPPED *overlapped, DWORD limit);

#endif
