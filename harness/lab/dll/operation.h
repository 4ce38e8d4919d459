/* SPDX-License-Identifier: MIT */

/*
 * Overlapped calls of the program that the system carries out and whose end matters: found again by
 * their OVERLAPPED when the program collects them, by whatever way it does.
 */

#ifndef HARNESS_LAB_DLL_OPERATION_H
#define HARNESS_LAB_DLL_OPERATION_H

#include <winsock2.h>

#include <mswsock.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/lab/dll/address.h"

enum operation_kind { OPERATION_ACCEPT, OPERATION_IOCTL, OPERATION_RECEIVE };

/* AcceptEx, as it was called. */
struct operation_accept {
    SOCKET accepted;
    PVOID buffer;
    DWORD received;
    DWORD local;
    DWORD remote;
};

/* A receive of datagrams: the provider writes where the address came from into `from`. */
struct operation_receive {
    const char *name; /* of the function */
    DWORD room;       /* of the buffers, bytes */
    struct sockaddr *from;
    int *from_size;
    WSAMSG *message; /* WSARecvMsg's; else NULL */
};

struct operation_ioctl {
    void *out; /* the program's */
    DWORD out_size;
    uint64_t socket; /* its number */
};

struct operation {
    const OVERLAPPED *overlapped;
    uint64_t number;
    enum operation_kind kind;
    SOCKET socket;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine; /* the program's; NULL: none */
    struct operation_accept accept;
    struct operation_ioctl ioctl;
    struct operation_receive receive;

    /* Where the provider writes while it is under way. */
    union address from;
    int from_size;
    DWORD flags;
    WSAMSG message;
    struct operation *next; /* of the table */
};

/* The next number of an overlapped call that is followed, from 1. */
uint64_t operation_number(void);
/* With its number; NULL without memory. Zeroed for the rest. */
struct operation *operation_new(enum operation_kind kind, SOCKET socket,
                                const OVERLAPPED *overlapped);
/* From now on it is found. One that was left with this OVERLAPPED is freed: it is over. */
void operation_begin(struct operation *operation);
/* Whoever takes it out has it alone, and frees it. NULL: there is none. */
struct operation *operation_take(const OVERLAPPED *overlapped);
/* The AcceptEx under way that this socket is for. */
struct operation *operation_take_accept(SOCKET accepted);

#endif
