/* SPDX-License-Identifier: MIT */

/* A process that an interposer is in, and its sockets, as the interposer tells of them. */

#ifndef HARNESS_LAB_SERVER_PROCESS_H
#define HARNESS_LAB_SERVER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

#include "harness/lab/server/scenario.h"

struct client;
struct dial;
struct lab;
struct peer;
struct proxy;

enum { PROCESS_SOCKETS_MAX = 1 << 20, SOCKET_OPTIONS = 4 };

struct socket_option {
    uint32_t level;
    uint32_t name;
    uint32_t value;
};

/* One socket of the process. */
struct socket {
    uint32_t number; /* of the interposer */
    struct process *process;
    enum wfp_family family;
    enum wfp_type type;
    struct wfp_address local;
    bool bound;
    bool listening;
    bool connected;
    bool peeked;         /* in the model a datagram waits that was only looked at */
    uint32_t world;      /* what stands for it in the model; see socket_world() */
    uint32_t generation; /* of the model */
    uint32_t door;       /* AcceptEx: where its connection waits in the model; 0: nowhere */
    uint32_t client;     /* number of the client whose connection it accepted; 0: none */
    uint32_t scenario;   /* in which it was accepted, or dialled to the lab; 0: it was not */
    uint32_t calls[SCENARIO_CALLS];
    size_t option_count;
    struct socket_option options[SOCKET_OPTIONS]; /* record options that were set */
};

struct process {
    struct lab *lab;
    uint32_t number; /* from 1 */
    struct proxy *proxy;
    struct peer *peer; /* NULL: it is gone */
    uint32_t system_process;
    uint32_t bits;
    bool said_exit;
    bool started_others; /* that are followed */
    bool passed_on; /* it was the first, and ended well: what it started goes on in its place */
    uint32_t exit_code;
    uint32_t room;           /* of `sockets` */
    struct socket **sockets; /* by number; NULL: closed, or never there */
};

/* NULL without memory. */
struct process *process_add(struct lab *lab, struct proxy *proxy);
void processes_free(struct lab *lab);

/* NULL: there is none of that number. */
struct socket *process_socket(const struct process *process, uint64_t number);
/* The socket of that number, made if need be; NULL without memory, or no number can be so large. */
struct socket *process_socket_add(struct process *process, uint64_t number);
void process_socket_close(struct process *process, uint64_t number);

/* It is one of a connection of this scenario, which is to be closed at its end. */
void socket_count(struct socket *socket);

/* The model's socket for it, opened (bound, listening) there now if need be; 0: no room. */
uint32_t socket_world(struct socket *socket);

#endif
