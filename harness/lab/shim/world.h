/* SPDX-License-Identifier: MIT */

/* Between the files of the shim: the world, and what of the process stands for what in it. */

#ifndef HARNESS_LAB_SHIM_WORLD_H
#define HARNESS_LAB_SHIM_WORLD_H

#include <winsock2.h>

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#include <mswsock.h>

#include "harness/lab/shim/shim.h"

enum { SHIM_SOCKETS_MAX = 256, SHIM_HANDLES_MAX = 8, SHIM_OPERATIONS_MAX = 64 };

struct shim_socket {
    SOCKET socket;
    uint32_t id; /* in the world */
    enum wfp_type type;
    bool listening;
    bool armed; /* the next connect() is redirected to: */
    SOCKET redirect_to;
    SOCKET accepting_from; /* AcceptEx under way, else INVALID_SOCKET */
    HANDLE port;           /* completion port, or NULL */
    ULONG_PTR key;
};

struct shim_handle {
    char name[SHIM_NAME_MAX];
    uint32_t id;
};

/* An overlapped call that the model answered with success or WSA_IO_PENDING. */
struct shim_operation {
    bool used;
    bool pending;
    uint32_t id;
    OVERLAPPED *overlapped; /* the program's */
    SOCKET socket;
    HANDLE thread; /* of the call, for its completion routine; or NULL */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    void *out;             /* the program's output buffer */
    struct wfp_ioctl call; /* with copies of the buffers, ours */
};

/* The calls that are replaced, as they were. */
struct shim_originals {
    int(WSAAPI *WSAIoctl)(SOCKET, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPWSAOVERLAPPED,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE);
    SOCKET(WSAAPI *WSASocketW)(int, int, int, LPWSAPROTOCOL_INFOW, GROUP, DWORD);
    int(WSAAPI *WSADuplicateSocketW)(SOCKET, DWORD, LPWSAPROTOCOL_INFOW);
    int(WSAAPI *WSAStartup)(WORD, LPWSADATA);
    int(WSAAPI *WSACleanup)(void);
    int(WSAAPI *bind)(SOCKET, const struct sockaddr *, int);
    int(WSAAPI *listen)(SOCKET, int);
    int(WSAAPI *shutdown)(SOCKET, int);
    int(WSAAPI *closesocket)(SOCKET);
    int(WSAAPI *connect)(SOCKET, const struct sockaddr *, int);
    SOCKET(WSAAPI *accept)(SOCKET, struct sockaddr *, int *);
    BOOL(WSAAPI *WSAGetOverlappedResult)(SOCKET, LPWSAOVERLAPPED, LPDWORD, BOOL, LPDWORD);
    BOOL(WINAPI *GetOverlappedResult)(HANDLE, LPOVERLAPPED, LPDWORD, BOOL);
    BOOL(WINAPI *GetQueuedCompletionStatus)(HANDLE, LPDWORD, PULONG_PTR, LPOVERLAPPED *, DWORD);
    HANDLE(WINAPI *CreateIoCompletionPort)(HANDLE, HANDLE, ULONG_PTR, DWORD);
    BOOL(WINAPI *CancelIoEx)(HANDLE, LPOVERLAPPED);
    LPFN_ACCEPTEX AcceptEx; /* as the provider handed it out */
};

struct shim {
    SRWLOCK lock; /* over all that follows */
    const struct shim_begin *begin;
    struct wfp_world *world; /* NULL: not active */
    size_t world_size;
    void *memory;
    const char *trouble;
    LONG startups; /* WSAStartup less WSACleanup, since the calls were replaced */
    struct shim_socket sockets[SHIM_SOCKETS_MAX];
    size_t socket_count;
    struct shim_handle handles[SHIM_HANDLES_MAX];
    size_t handle_count;
    DWORD threads[WFP_THREADS]; /* their numbers in the system; 0: free */
    struct shim_operation operations[SHIM_OPERATIONS_MAX];
    size_t operation_next;
    enum wfp_fault fault;
    struct wfp_redirect redirect; /* of the armed socket */
    uint8_t context[SHIM_CONTEXT_MAX];
    DWORD duplicate_token; /* marks what WSADuplicateSocketW gave of: */
    SOCKET duplicated;
};

/* No argument can reach a replaced call. */
extern struct shim shim;
extern struct shim_originals shim_originals;

/* ---- world.c; all under the lock ---- */

/* NULL if the socket is unknown, or nothing is active. The latest that had this value. */
struct shim_socket *shim_socket_find(SOCKET socket);
struct shim_socket *shim_socket_add(SOCKET socket, uint32_t id, enum wfp_type type);
/* The world's number of the thread that calls. */
uint32_t shim_thread(void);
/* Notes what the model could not do; true if there was nothing to note. */
bool shim_note(enum wfp_status status, const char *what);

/* ---- operation.c; under the lock ---- */

struct shim_operation *shim_operation_take(void);
struct shim_operation *shim_operation_find(const OVERLAPPED *overlapped);
/* Frees what a call that left no operation holds. */
void shim_operation_drop(struct shim_operation *operation);
/* A call of the model left this operation: tells the program as far as it is finished. */
void shim_operation_started(struct shim_operation *operation, uint32_t id, bool pending);
void shim_operation_finish(struct shim_operation *operation);
/* After a call that may have ended operations: tells the program about those that did. */
void shim_operation_sweep(void);

/* ---- the replaced calls: hooks.c lists them ---- */

int WSAAPI shim_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
SOCKET WSAAPI shim_WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                              GROUP group, DWORD flags);
int WSAAPI shim_WSADuplicateSocketW(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOW info);
int WSAAPI shim_WSAStartup(WORD version, LPWSADATA data);
int WSAAPI shim_WSACleanup(void);
int WSAAPI shim_bind(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI shim_listen(SOCKET socket, int backlog);
int WSAAPI shim_shutdown(SOCKET socket, int how);
int WSAAPI shim_closesocket(SOCKET socket);
int WSAAPI shim_connect(SOCKET socket, const struct sockaddr *address, int size);
SOCKET WSAAPI shim_accept(SOCKET listener, struct sockaddr *address, int *size);
BOOL PASCAL shim_AcceptEx(SOCKET listener, SOCKET accepted, PVOID buffer, DWORD received,
                          DWORD local, DWORD remote, LPDWORD count, LPOVERLAPPED overlapped);
BOOL WSAAPI shim_WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD count,
                                        BOOL wait, LPDWORD flags);
BOOL WINAPI shim_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count,
                                     BOOL wait);
BOOL WINAPI shim_GetQueuedCompletionStatus(HANDLE port, LPDWORD count, PULONG_PTR key,
                                           LPOVERLAPPED *overlapped, DWORD milliseconds);
HANDLE WINAPI shim_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL WINAPI shim_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped);

#endif
