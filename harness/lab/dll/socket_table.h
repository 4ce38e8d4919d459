/* SPDX-License-Identifier: MIT */

/*
 * What is known of the program's handles, by handle: of sockets, and of devices that are only
 * pretended. Grows with them; one lock over all, never held while anything is sent or called.
 */

#ifndef HARNESS_LAB_DLL_SOCKET_TABLE_H
#define HARNESS_LAB_DLL_SOCKET_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <winsock2.h>

#include <windows.h>

#include <wfp/sim.h>

/* As it was given to CreateThreadpoolIo. */
struct pool_place {
    PTP_IO io; /* NULL: none */
    PTP_WIN32_IO_CALLBACK callback;
    PVOID context;
};

/* Where the completion of an overlapped call arrives, besides its event. */
struct completion_place {
    HANDLE port; /* NULL: none */
    ULONG_PTR key;
    struct pool_place pool;
    LPOVERLAPPED_COMPLETION_ROUTINE bound; /* BindIoCompletionCallback; NULL: none */
    bool skips;                            /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS */
};

struct socket_facts {
    uint64_t number; /* from 1, never used again; 0: a device */
    uint64_t device; /* number of a device in the lab; 0: a socket */
    bool real;       /* the system's own device: only recorded */
    bool waits;      /* a device that was opened without FILE_FLAG_OVERLAPPED */
    int family;
    int type;
    int protocol;
    bool listens;
    bool accepting; /* AcceptEx was called for it, and not seen to end */
    bool sent;      /* its first send was told */
    bool received;  /* its first receive was told */
    bool peer_told; /* its first getpeername was told */
    bool has_peer;  /* the program has dialled this address: */
    struct wfp_address peer;
    struct completion_place completion;
};

/* False without memory: the socket stays unknown. An older one of this handle is forgotten. */
bool socket_table_add(UINT_PTR handle, const struct socket_facts *facts);
/* A copy; false if the handle is not known. */
bool socket_table_get(UINT_PTR handle, struct socket_facts *facts);
/* The same, and it is forgotten. */
bool socket_table_remove(UINT_PTR handle, struct socket_facts *facts);
size_t socket_table_count(void);

/*
 * To change what is known: NULL if the handle is not known, else the lock is held until
 * socket_table_unlock(), and nothing else may be called between.
 */
struct socket_facts *socket_table_lock(UINT_PTR handle);
void socket_table_unlock(void);

/* The next number of a socket. */
uint64_t socket_table_number(void);

#endif
