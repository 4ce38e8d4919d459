/* SPDX-License-Identifier: MIT */

/*
 * The lab: everything around a proxy under test. One thread, one loop: whatever waits, waits in
 * lab_wait(), so that nothing outlives its time.
 */

#ifndef HARNESS_LAB_SERVER_LAB_H
#define HARNESS_LAB_SERVER_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <wfp/sim.h>

#include "harness/lab/server/model.h"
#include "harness/lab/server/order.h"
#include "harness/lab/trace/trace.h"
#include "harness/lab/wire/event.h"
#include "harness/status.h"

struct client;
struct complaints;
struct dial;
struct hop;
struct peer;
struct process;
struct proxy;
struct receiver;
struct scenario_member;
struct sender;

enum {
    LAB_START_LIMIT = 30000, /* milliseconds until a proxy listens */
    LAB_DEADLINE = 5000,     /* for what a proxy has to do */
    LAB_TOKEN_MAX = 33
};

struct lab {
    uv_loop_t loop;
    const struct lab_order *order;
    struct complaints *complaints;
    struct lab_result *result;
    struct trace *trace;
    bool trace_full; /* the trace could not take an event */
    uint64_t began;  /* nanoseconds */

    uv_timer_t timer;
    bool timer_due;
    uv_signal_t signals[2];
    bool interrupted;
    bool broken; /* see lab_break() */

    uv_tcp_t wire; /* where interposers connect */
    uint16_t wire_port;
    struct peer *peers;
    size_t peer_count;

    size_t proxy_count;
    struct proxy *proxies[LAB_PROXIES_MAX];
    size_t process_count;
    struct process **processes; /* by number less one; never removed */

    struct model model;
    uint8_t *room[2];                     /* EVENT_BYTES_MAX bytes each: an ioctl's buffers */
    uint8_t *contexts[LAB_PROXIES_MAX];   /* RECIPE_SIZE_MAX bytes each, for client_context() */
    const struct scenario_member *member; /* under way, or NULL */
    uint32_t scenario_number;             /* from 1 */
    size_t client_count;
    struct client **clients; /* of this scenario, by number less one */
    size_t heard;            /* events of interposers, in this scenario */
    size_t timeouts;         /* clients that came to no end in it */
    unsigned round;          /* from 1: which of them may start; see CLIENTS_ROUNDS */
    size_t clients_started;
    size_t clients_ended;
    size_t doubtful_open; /* flows of datagrams that need not end */
    size_t sockets_open;  /* of the proxy, for this scenario's connections */
    size_t dials_open;    /* that have arrived, and not ended */
    size_t dial_count;
    struct dial **dials; /* of this scenario */
    bool reversed;       /* the second proxy's callout has the greater weight */
    size_t hop_count;
    struct hop **hops;
    size_t sender_count;
    struct sender **senders;
    size_t receiver_count;
    struct receiver **receivers;
    uint32_t dial_number; /* of the last in this trace */
    uint64_t last_end;    /* when a client last came to its end, or the first began */
};

/* The lab is zeroed. STATUS_BROKEN after a complaint. To be closed in any case, when every proxy is
 * stopped. */
enum status lab_open(struct lab *lab, const struct lab_order *order, struct complaints *complaints);
void lab_close(struct lab *lab);

/* Microseconds since it was opened. */
uint64_t lab_time(const struct lab *lab);

/* Adds an event to the trace, with its time. */
void lab_tell(struct lab *lab, struct event *event);
/* The same with a text only. */
void lab_note(struct lab *lab, enum event_kind kind, const char *text);
/*
 * What the lab rests on has died under it: neither the proxy nor the lab can be blamed for anything
 * any more, and the run ends. Only the first time counts. `what` is a sentence without its end.
 */
void lab_break(struct lab *lab, const char *what);

/*
 * Lets things happen until `done` says so, at most so many milliseconds, or until the lab is
 * interrupted. Gives what `done` says at the end.
 */
bool lab_wait(struct lab *lab, bool (*done)(struct lab *lab, void *context), void *context,
              unsigned milliseconds);

#endif
