/* SPDX-License-Identifier: MIT */

/* What comes of AcceptEx. */

#ifndef HARNESS_LAB_DLL_ACCEPT_EX_H
#define HARNESS_LAB_DLL_ACCEPT_EX_H

#include "harness/lab/dll/operation.h"

/* AcceptEx is about to be called for this socket, or it failed. */
void accept_ex_begins(SOCKET accepted);
void accept_ex_failed(SOCKET accepted);
/* It succeeded: it is told, with the peer that stands in the program's buffer. */
void accept_ex_told(const struct operation *operation);
/* The program uses a socket that AcceptEx was called for: has it succeeded meanwhile? */
void accept_ex_look(SOCKET accepted);
/* It is closed before that. */
void accept_ex_forget(SOCKET accepted);

#endif
