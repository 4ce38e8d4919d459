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

enum {
    SHIM_SOCKETS_MAX = 256,
    SHIM_HANDLES_MAX = 8,
    SHIM_OPERATIONS_MAX = 64,
    SHIM_DATAGRAM_MAX = 65536
};

struct shim_socket {
    SOCKET socket;
    uint32_t id; /* in the world */
    enum wfp_family family;
    enum wfp_type type;
    bool listening;
    bool armed;            /* the next connect(), or first datagram, is redirected to: */
    SOCKET redirect_to;    /* INVALID_SOCKET: outside this world */
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
    int(WSAAPI *setsockopt)(SOCKET, int, int, const char *, int);
    int(WSAAPI *getsockopt)(SOCKET, int, int, char *, int *);
    int(WSAAPI *getsockname)(SOCKET, struct sockaddr *, int *);
    int(WSAAPI *send)(SOCKET, const char *, int, int);
    int(WSAAPI *sendto)(SOCKET, const char *, int, int, const struct sockaddr *, int);
    int(WSAAPI *WSASendTo)(SOCKET, LPWSABUF, DWORD, LPDWORD, DWORD, const struct sockaddr *, int,
                           LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE);
    int(WSAAPI *WSASendMsg)(SOCKET, LPWSAMSG, DWORD, LPDWORD, LPWSAOVERLAPPED,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE);
    int(WSAAPI *recv)(SOCKET, char *, int, int);
    int(WSAAPI *recvfrom)(SOCKET, char *, int, int, struct sockaddr *, int *);
    int(WSAAPI *WSARecvFrom)(SOCKET, LPWSABUF, DWORD, LPDWORD, LPDWORD, struct sockaddr *, LPINT,
                             LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE);
    /* as the provider handed them out */
    LPFN_ACCEPTEX AcceptEx;
    LPFN_WSARECVMSG WSARecvMsg;
};

/* Of a replaced call. */
enum shim_outcome {
    SHIM_PASSED_ON, /* it is the provider's to answer */
    SHIM_ANSWERED,
    SHIM_DIED
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
    uint8_t datagram[SHIM_DATAGRAM_MAX]; /* one that has arrived */
};

/* No argument can reach a replaced call. */
extern struct shim shim;
extern struct shim_originals shim_originals;

/* ---- world.c; all under the lock ---- */

/* NULL if the socket is unknown, or nothing is active. The latest that had this value. */
struct shim_socket *shim_socket_find(SOCKET socket);
struct shim_socket *shim_socket_add(SOCKET socket, uint32_t id, enum wfp_family family,
                                    enum wfp_type type);
/* Through which descriptor of the world; NULL: none of this program's. */
struct shim_socket *shim_socket_of(uint32_t id);
/* The world's number of the thread that calls. */
uint32_t shim_thread(void);
/* Where the armed socket's next flow is redirected to, in the world; 0: outside, or not armed. */
uint32_t shim_service(const struct shim_socket *socket);
/* Notes what the model could not do; true if there was nothing to note. */
bool shim_note(enum wfp_status status, const char *what);

/* ---- answers ---- */

/* Returns as Winsock does: 0, or SOCKET_ERROR with its reason. */
int shim_give(const struct wfp_answer *answer);
/* ... or the bytes, as calls without a place for their count do. */
int shim_give_bytes(const struct wfp_answer *answer);
/* As the provider would die: of the pointer that it was given. Not under the lock. */
void shim_die(const void *at);

/* ---- carrier.c: datagrams on the provider's own sockets; under the lock ---- */

/* Gives it an address of loopback, unless it has one: SOCKET_ERROR with its reason if it cannot. */
int shim_carrier_bind(const struct shim_socket *socket);
/* What the model has sent from one to the other really goes there. Trouble is noted. */
void shim_carrier_send(const struct shim_socket *from, const struct shim_socket *to,
                       const void *bytes, uint32_t size);
/*
 * What the model has received of the oldest datagram, `size` bytes: those that really arrived. They
 * stay in the carrier's hands until the next call; NULL, with trouble noted, if they are others.
 */
const uint8_t *shim_carrier_receive(const struct shim_socket *at, bool peek, const uint8_t *bytes,
                                    uint32_t size);

/* ---- datagram_hooks.c; not under the lock. False: it is no datagram socket of the world ---- */

bool shim_datagram_bind(SOCKET socket, const struct sockaddr *address, int size, int *outcome);
bool shim_datagram_shutdown(SOCKET socket, int *outcome);

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

/* ---- calls that send and receive: how their end is told ---- */

struct shim_call {
    SOCKET socket;
    LPDWORD count; /* NULL, too, where the call returns it */
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

/* Tells it by every way that the program asked for; under the lock. */
void shim_call_tell(const struct shim_call *call, const struct wfp_answer *answer);
/* False: the provider is to be asked. Of a death, nobody comes back; inside the guard. */
bool shim_call_answered(const struct shim_call *call, enum shim_outcome outcome);

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
int WSAAPI shim_setsockopt(SOCKET socket, int level, int name, const char *value, int size);
int WSAAPI shim_getsockopt(SOCKET socket, int level, int name, char *value, int *size);
int WSAAPI shim_getsockname(SOCKET socket, struct sockaddr *address, int *size);
int WSAAPI shim_send(SOCKET socket, const char *bytes, int size, int flags);
int WSAAPI shim_sendto(SOCKET socket, const char *bytes, int size, int flags,
                       const struct sockaddr *to, int to_size);
int WSAAPI shim_WSASendTo(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                          DWORD flags, const struct sockaddr *to, int to_size,
                          LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI shim_WSASendMsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI shim_recv(SOCKET socket, char *bytes, int size, int flags);
int WSAAPI shim_recvfrom(SOCKET socket, char *bytes, int size, int flags, struct sockaddr *from,
                         int *from_size);
int WSAAPI shim_WSARecvFrom(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                            LPDWORD flags, struct sockaddr *from, LPINT from_size,
                            LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int PASCAL shim_WSARecvMsg(SOCKET socket, LPWSAMSG message, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

#endif
