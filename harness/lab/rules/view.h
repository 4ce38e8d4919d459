/* SPDX-License-Identifier: MIT */

/*
 * A trace in an order that rules can ask: scenarios, calls by socket, clients with their accepted
 * sockets, and dials with the client that each is for.
 */

#ifndef HARNESS_LAB_RULES_VIEW_H
#define HARNESS_LAB_RULES_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lab/trace/trace.h"

#define NOWHERE SIZE_MAX /* as an index: there is none */

/* A scenario under a profile, or the start-up before the first. */
struct part {
    char *scenario;
    char *profile;
    size_t first;   /* event */
    size_t clients; /* the first of its own */
    size_t end;     /* the event behind its last */
    bool started;   /* by EVENT_SCENARIO */
    bool ended;     /* by EVENT_SCENARIO_END; else the trace stops within it */
    size_t death;   /* event by which a process of the proxy ended in it, not by the lab's doing */
    enum event_end death_how; /* EVENT_END_CLOSED without one */
    size_t unclear; /* event by which one that the proxy had started ended, and nobody knows how */
    size_t broken;  /* event that tells what died under the lab: no rule looks at this part */
};

/* Did a process of the proxy end in it by an exception, and not by itself? */
static inline bool part_died(const struct part *part)
{
    return part->death_how == EVENT_END_DIED;
}

/* A call on a socket, or what was told of one. */
struct act {
    size_t event;
    enum event_kind kind;
    size_t part;
    size_t socket;
    size_t next; /* on the same socket */
    size_t before;
    uint64_t error;
    uint64_t count;
    uint64_t in_size;
    uint64_t out_size;
    uint32_t code;
    uint64_t operation; /* 0: none */
    size_t finished;    /* the event by which its outcome is known; NOWHERE: it is not */
    bool counted;       /* `count` is there */
    bool pended;        /* the outcome came later than the call returned */
    enum event_by by;
};

struct endpoint {
    uint64_t process;
    uint64_t number;
    size_t first; /* act */
    size_t last;
    size_t family_of; /* act of kind EVENT_SOCKET, NOWHERE: not seen */
    size_t listener;  /* endpoint that accepted it */
    size_t accepted;  /* act */
    size_t client;
    size_t also;   /* another endpoint that accepted this client: in another process, or again */
    size_t dial;   /* its last */
    size_t closed; /* act that closed its last descriptor */
    unsigned descriptors;
    bool listens;
    bool by_accept_ex;
};

struct client {
    size_t event;
    size_t part;
    uint64_t number;
    uint64_t flags; /* enum event_client */
    struct wfp_address destination;
    struct wfp_address local;
    size_t accepted; /* endpoint, the first; NOWHERE: none was */
    size_t dials;    /* the first for it */
    size_t end;      /* event of kind EVENT_CLIENT_END */
    size_t deadline; /* event */
    size_t shutdown; /* event */
    enum event_end how;
    uint64_t expected; /* bytes; 0: not known */
    uint64_t received;
};

/* One connect on a socket, to where the lab plays the destinations or for a client. */
struct dial {
    size_t act;
    size_t endpoint;
    size_t part;
    size_t client; /* NOWHERE: nobody's */
    uint64_t number;
    struct wfp_address peer;
    size_t arrival; /* event */
    size_t end;     /* event of kind EVENT_ARRIVAL_END */
    size_t next;    /* for the same client */
};

struct sockets;

struct view {
    const struct trace *trace;
    struct part *parts;
    size_t part_count;
    struct act *acts;
    size_t act_count;
    struct endpoint *endpoints;
    size_t endpoint_count;
    struct client *clients;
    size_t client_count;
    struct dial *dials;
    size_t dial_count;
    size_t processes; /* that said hello */
};

/* NULL without memory. The trace is to outlive the view. */
struct view *view_new(const struct trace *trace);
/* NULL is nothing. */
void view_free(struct view *view);

/* The event behind an index of `trace`. */
struct event view_event(const struct view *view, size_t event);

/* ---- asking ---- */

/* The first act of a kind on a socket at or behind `act`, in their order; NOWHERE. */
size_t view_find(const struct view *view, size_t act, enum event_kind kind);
/* The first act on it that is an ioctl of that code. */
size_t view_find_ioctl(const struct view *view, size_t act, uint32_t code);

/* Did the call succeed, as far as the trace knows it? */
bool act_succeeded(const struct act *act);
bool act_failed(const struct act *act);

/* What a query gave, from its answer or from what followed; what a call was given. */
struct event_bytes view_output(const struct view *view, const struct act *act);
struct event_bytes view_input(const struct view *view, const struct act *act);

/* The query that gave a client's sockets exactly these bytes as the record; NOWHERE. */
size_t view_query_giving(const struct view *view, size_t client, const struct event_bytes *bytes);

/* It did not reach its destination, and that is known. */
bool dial_failed(const struct view *view, const struct dial *dial);

/* AF_INET (2) or AF_INET6 (23) and SOCK_STREAM (1) or SOCK_DGRAM (2); 0 where it is not known. */
uint64_t view_family(const struct view *view, const struct endpoint *endpoint);
uint64_t view_type(const struct view *view, const struct endpoint *endpoint);

/* 198.18.0.0/15 and 2001:db8::/32, where the lab plays the destinations. */
bool address_of_lab(const struct wfp_address *address);
/* Equal, a mapped IPv4 address being what it maps. */
bool address_same(const struct wfp_address *a, const struct wfp_address *b, bool with_port);

/* The endpoint that accepted a client in this process, else the first that did; NOWHERE. */
size_t view_accepted(const struct view *view, size_t client, uint64_t process);

/* What kind of client it is; one of these holds, but for clients of datagrams. */
bool client_is_proper(const struct client *client); /* redirected, and its record is there */
bool client_is_lost(const struct client *client);
bool client_is_direct(const struct client *client);
bool client_is_datagrams(const struct client *client);

/* ---- between the files that make a view ---- */

/* Room for one more of `size` bytes behind `count`, a power of two at a time; NULL without memory.
 */
void *view_room(void *array, size_t count, size_t size);

bool view_add_act(struct view *view, struct sockets *sockets, size_t index,
                  const struct event *event);
bool view_add_client(struct view *view, size_t index, const struct event *event);
/* By its number, the latest of that part; NOWHERE. */
size_t view_client_numbered(const struct view *view, size_t part, uint64_t number);
/* Whose client has this address; NOWHERE. */
size_t view_client_at(const struct view *view, size_t part, const struct wfp_address *local);
/*
 * Where the lab played no clients, whoever was accepted with a record is one, as far as the trace
 * shows him: nobody knows where he was going, or how he ended.
 */
bool view_find_clients(struct view *view);
bool view_add_dials(struct view *view);

#endif
