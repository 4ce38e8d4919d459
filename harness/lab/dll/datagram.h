/* SPDX-License-Identifier: MIT */

/* What the lab says of a datagram that has come. */

#ifndef HARNESS_LAB_DLL_DATAGRAM_H
#define HARNESS_LAB_DLL_DATAGRAM_H

#include "harness/lab/dll/operation.h"

/*
 * The receive ended with `error` and `count` bytes, and the address and the control data that the
 * provider wrote stand in the operation: the lab is asked, and the program gets what it says. Gives
 * the error that the program is to see.
 */
DWORD datagram_received(struct operation *operation, DWORD error, DWORD count);

#endif
