/* SPDX-License-Identifier: MIT */

/* The buffers of a send or a receive. */

#ifndef HARNESS_LAB_DLL_PAYLOAD_H
#define HARNESS_LAB_DLL_PAYLOAD_H

#include <winsock2.h>

#include <stdbool.h>

/* All of them together, bytes; what cannot be read counts for nothing. */
DWORD payload_size(const WSABUF *buffers, DWORD count);

/*
 * A call that carries payload. True for a datagram socket: the lab is asked about each. Of a
 * connection the first is told, and the call is made as it is.
 */
struct socket_facts;
bool payload_is_sent(SOCKET socket, struct socket_facts *facts);
bool payload_is_received(SOCKET socket, struct socket_facts *facts);

/* ReadFile and WriteFile serve for sockets, too; what is not known to be one is left alone. */
void payload_file_is_read(HANDLE file);
void payload_file_is_written(HANDLE file);

#endif
