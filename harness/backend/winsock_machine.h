/* SPDX-License-Identifier: MIT */

/*
 * Inside the worker: one machine with its sockets, threads, buffers and overlapped operations. Only
 * one step is under way at any time, on one of the threads, so nothing here is locked.
 */

#ifndef HARNESS_BACKEND_WINSOCK_MACHINE_H
#define HARNESS_BACKEND_WINSOCK_MACHINE_H

#include <winsock2.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#include <wfp/sim.h>

#include "harness/backend/winsock_message.h"
#include "harness/lab/shim/shim.h"
#include "harness/text.h"

enum {
    MACHINE_NAME_MAX = 40,          /* the schema allows 32 */
    MACHINE_ADDRESS_MAX = 64,       /* "[::1]:50000" */
    MACHINE_SOCKETS_MAX = 160,      /* up to 3 a step, and some of our own */
    MACHINE_OPERATIONS_MAX = 48,    /* ioctls of a run */
    MACHINE_PATIENCE = 2000,        /* milliseconds that a step waits for something to happen */
    MACHINE_STACK = 2359296,        /* bytes for buffers on the stack of a thread */
    MACHINE_COUNT_MARK = 0x5AC3A55A /* stands in a byte count before the call */
};

/* Memory for one argument of a call. */
struct machine_buffer {
    uint8_t *at;       /* what is passed */
    uint32_t readable; /* bytes from there on that may be touched */
    void *heap;        /* to be freed, or NULL */
    void *pages;       /* to be given back to VirtualFree(), or NULL */
    bool on_stack;     /* gone when its thread ends */
};

struct machine_socket {
    char name[MACHINE_NAME_MAX]; /* "" where the script has none for it */
    SOCKET socket;               /* once closed: the value that it had */
    enum wfp_family family;
    enum wfp_type type;
    bool overlapped;
    bool closed;
};

/* One ioctl with all that has to live until the provider is done with it (OVL-12). */
struct machine_operation {
    OVERLAPPED overlapped;
    HANDLE event; /* made once per worker; hEvent of the call */
    char name[MACHINE_NAME_MAX];
    SOCKET socket;
    uint32_t thread;
    bool started; /* the call left something to ask the result of */
    DWORD count;
    struct machine_buffer in;
    struct machine_buffer out;
    uint32_t out_size;
    DWORD association; /* why the socket is on no completion port; 0 if it is */
    bool routine_ran;
    DWORD routine_error, routine_bytes;
    bool packet_seen;
    DWORD packet_error, packet_bytes;
};

struct machine;

struct machine_thread {
    HANDLE handle; /* NULL: not running */
    HANDLE go, done;
    const struct winsock_order *order; /* NULL: end */
    struct winsock_answer *answer;
    struct machine *machine;
    uint8_t *stack; /* MACHINE_STACK bytes of its own stack, or NULL */
    size_t stack_used;
    uint32_t last_error; /* what the last call under test left in WSAGetLastError */
};

/* What stands around a connection that is to be redirected. */
struct machine_way {
    bool prepared;
    SOCKET client;
    SOCKET destination;
    struct machine_socket listener;
};

struct machine {
    bool started;     /* between WSAStartup and WSACleanup */
    uint32_t handles; /* open ones of the process after its first run; 0: none yet */
    uint32_t runs;    /* that were ended */
    struct machine_way way;
    struct shim_begin shim; /* what the shim answers from in this run */
    struct machine_socket sockets[MACHINE_SOCKETS_MAX];
    size_t socket_count;
    struct machine_operation operations[MACHINE_OPERATIONS_MAX];
    size_t operation_count;
    struct machine_thread threads[WFP_THREADS];
    HANDLE port;
    uint8_t *unmapped;                      /* address space without memory behind it */
    char trouble[160];                      /* behind winsock_answer.trouble */
    char addresses[3][MACHINE_ADDRESS_MAX]; /* behind from, to and listener of an answer */
};

/* ---- winsock_machine.c ---- */

/* What lasts as long as the worker. False when the system does not give it. */
bool machine_open(struct machine *machine);
/* Says in `answer` why a step could not be performed; false, to return at once. */
bool machine_trouble(struct machine *machine, struct winsock_answer *answer, const char *format,
                     ...) TEXT_FORMAT(3, 4);
/* The same for a Winsock call that should have succeeded, with what WSAGetLastError says. */
bool machine_failed(struct machine *machine, struct winsock_answer *answer, const char *call);
bool machine_begin(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer);
/* Trouble when the provider still holds memory of ours: this process must not be used again. */
bool machine_end(struct machine *machine, struct winsock_answer *answer);
bool machine_start(struct machine *machine, struct winsock_answer *answer);
bool machine_stop(struct machine *machine, struct winsock_answer *answer);
/* Copies a name into MACHINE_NAME_MAX bytes; NULL becomes "". Cuts off what the schema forbids. */
void machine_name(const char *name, char *copy);

/* ---- winsock_thread.c ---- */

/* Performs the order on its thread, which is started if need be, and waits for it. */
bool thread_perform(struct machine *machine, uint32_t number, const struct winsock_order *order,
                    struct winsock_answer *answer);
void thread_end(struct machine_thread *thread);
/* Bytes of the thread's own stack, or NULL when there are no more. */
uint8_t *thread_stack(struct machine_thread *thread, uint32_t size);

/*
 * Around each call under test: an exception between the two is the call's; else it is our own.
 * winsock_worker.c.
 */
void call_begins(void);
void call_ends(void);

/* ---- winsock_buffer.c ---- */

/* A buffer of that kind; false without memory, or when no such buffer can be made. */
bool buffer_make(struct machine *machine, struct machine_thread *thread, enum wfp_pointer pointer,
                 uint32_t size, struct machine_buffer *buffer);
void buffer_free(struct machine_buffer *buffer);

/* ---- winsock_socket.c ---- */

/* NULL, with trouble, when nothing has that name. The name may stand for a closed socket. */
struct machine_socket *socket_find(struct machine *machine, const char *name,
                                   struct winsock_answer *answer);
/*
 * Sockets of loopback. Each keeps what it opened until the run ends; false with trouble. A handle
 * value that a closed socket had is not used again: the script may still pass it.
 */
bool socket_open(struct machine *machine, const struct machine_socket *wanted, SOCKET *opened,
                 struct winsock_answer *answer);
bool socket_bind(struct machine *machine, SOCKET socket, enum wfp_family family,
                 struct winsock_answer *answer);
bool socket_listen(struct machine *machine, const struct machine_socket *wanted, SOCKET *listener,
                   struct winsock_answer *answer);
/* `update` false: AcceptEx without SO_UPDATE_ACCEPT_CONTEXT. `listener` says what to accept. */
bool socket_accept(struct machine *machine, const struct machine_socket *listener, bool update,
                   const char *name, struct winsock_answer *answer);
/* Calls connect(); its outcome is in `answer`. */
bool socket_connect(struct machine *machine, SOCKET client, SOCKET listener,
                    struct winsock_answer *answer);
/* Is there a connection to be accepted, or does one come within so many milliseconds? */
bool socket_waits(SOCKET listener, unsigned milliseconds);
bool socket_duplicate(struct machine *machine, const struct machine_socket *original,
                      const char *name, struct winsock_answer *answer);
void socket_close_all(struct machine *machine);
bool socket_raw_possible(void);

/* ---- winsock_operation.c ---- */

bool operation_ioctl(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer);
bool operation_result(struct machine *machine, struct machine_thread *thread,
                      const struct winsock_order *order, struct winsock_answer *answer);
bool operation_event(struct machine *machine, const struct winsock_order *order,
                     struct winsock_answer *answer);
bool operation_cancel(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer);
bool operation_finish(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer);
/* The thread that the step has to run on: a completion routine runs where its call was made. */
uint32_t operation_thread(const struct machine *machine, const struct winsock_order *order);
/* Waits for all and frees their buffers; false if one does not end. */
bool operation_release_all(struct machine *machine);
/* The thread's stack is gone, and the buffers there. */
void operation_forget_stack(struct machine *machine, uint32_t thread);

/* ---- winsock_redirected.c ---- */

/* Opens the sockets around a redirected connection and tells their addresses. */
bool redirected_prepare(struct machine *machine, const struct winsock_order *order,
                        struct winsock_answer *answer);
/* Connects what was prepared, to its destination, and sees where it arrives. */
bool redirected_connect(struct machine *machine, struct winsock_answer *answer);
/* The same, which must succeed, and accepts it as `order->as`. */
bool redirected_accept(struct machine *machine, const struct winsock_order *order,
                       struct winsock_answer *answer);
/* Both addresses of a connection. */
bool redirected_addresses(struct machine *machine, const struct winsock_order *order,
                          struct winsock_answer *answer);

/* ---- winsock_leak.c ---- */

/*
 * Once everything of a run is closed: is a socket left, or do handles pile up? Trouble then, which
 * names them. Winsock must be started.
 */
bool leak_check(struct machine *machine, struct winsock_answer *answer);

/* ---- winsock_datagram.c ---- */

bool datagram_bind(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer);
bool datagram_connect(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer);
bool datagram_option(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer);
bool datagram_send(struct machine *machine, struct machine_thread *thread,
                   const struct winsock_order *order, struct winsock_answer *answer);
/* For the calls of the two files: what the call returned, and the count that it set. */
void datagram_error(struct machine_thread *thread, struct winsock_answer *answer, int outcome);
void datagram_count(struct winsock_answer *answer, DWORD count);
/* What the call was left pending with is taken back: its buffers are ours again. */
void datagram_take_back(SOCKET socket, OVERLAPPED *overlapped, const struct winsock_answer *answer);

/* ---- winsock_receive.c ---- */

bool datagram_receive(struct machine *machine, struct machine_thread *thread,
                      const struct winsock_order *order, struct winsock_answer *answer);

/* ---- winsock_shim.c: what only the shim can do ---- */

/* Replaces the calls of this process by the model's, if the order says so. */
bool shimmed_begin(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer);
bool shimmed_redirect(struct machine *machine, const struct winsock_order *order,
                      struct winsock_answer *answer);
bool shimmed_handle(struct machine *machine, const struct winsock_order *order,
                    struct winsock_answer *answer);
/* Of a connection, or of the flow to `order->peer`. */
bool shimmed_state(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer);
bool shimmed_clock(struct machine *machine, const struct winsock_order *order,
                   struct winsock_answer *answer);

/* ---- winsock_steps.c ---- */

/* A step; on its thread. */
bool machine_perform(struct machine *machine, struct machine_thread *thread,
                     const struct winsock_order *order, struct winsock_answer *answer);

#endif
