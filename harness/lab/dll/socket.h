/* SPDX-License-Identifier: MIT */

/* Sockets as the lab knows them. All of it leaves WSAGetLastError as it was. */

#ifndef HARNESS_LAB_DLL_SOCKET_H
#define HARNESS_LAB_DLL_SOCKET_H

#include <winsock2.h>

#include <stdbool.h>

#include "harness/lab/dll/socket_table.h"
#include "harness/lab/wire/event.h"

/*
 * What is known of a socket. One that was there before, or that came by a way that is not followed,
 * is asked about, and told, now. False for what is no socket.
 */
bool socket_know(SOCKET socket, struct socket_facts *facts);
/*
 * The same of a socket that accepts: Wine says nothing of one that was inherited, but what accepts
 * is known to be a stream.
 */
bool socket_know_listener(SOCKET socket, struct socket_facts *facts);
/* A new socket: it is told, with these flags of WSASocket. */
void socket_opened(SOCKET socket, int family, int type, int protocol, DWORD flags);
/* One that accept gave, like its listener; gives its number. */
uint64_t socket_accepted(SOCKET accepted, const struct socket_facts *listener);
/* Another handle of the same socket: `source` as it was known. */
void socket_duplicated(SOCKET copy, const struct socket_facts *source);
/* It is about to be closed, by whichever call. */
void socket_closing(SOCKET socket);
/* The same handle stands for a socket that begins anew. */
void socket_reused(SOCKET socket);

/* An event of this kind with the socket's number in it. */
struct event socket_event(enum event_kind kind, const struct socket_facts *facts);
/* Adds the address that the socket is bound to, where it is. */
void socket_add_local(struct event *event, SOCKET socket);

/* Adds what a call gave: 0, or WSAGetLastError() when it failed. */
void socket_add_error(struct event *event, bool failed);
/* Tells what became of a call that was passed. */
void socket_done(enum event_kind kind, const struct socket_facts *facts, bool failed);

/* Fails as Winsock fails. */
int socket_fail(int error);

#endif
