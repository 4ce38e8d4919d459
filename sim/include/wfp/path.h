/* SPDX-License-Identifier: MIT */

/*
 * The way of one connection through several redirect services on one machine.
 *
 * A topology is up to eight services: each has callouts that redirect, and a proxy that accepts
 * what they redirect to it and dials on. A journey is one connection of an application; each
 * connect on its way is a hop. The path engine plays every party (the application, the callouts,
 * the proxies) with the public calls of wfp/sim.h and wfp/kernel.h and knows no rule by itself: who
 * is asked, what he is told and where a connection arrives is the world's answer.
 *
 *     wfp_path_limits        how large the world must be
 *     wfp_path_set_up        the services are installed
 *     wfp_path_begin         an application is about to connect
 *     wfp_path_step          one hop; false when there is none left
 *     wfp_path_tear_down     the services are removed
 *
 * A journey leaves the world as wfp_path_set_up() left it, and wfp_path_tear_down() leaves it as it
 * was before. Nothing is allocated.
 *
 * With datagrams a hop is one flow: its first datagram is classified, and arrives at a service as a
 * connection would; what the service passes on goes out with the first datagram of its own flow.
 */

#ifndef WFP_PATH_H
#define WFP_PATH_H

#include <wfp/datagram.h>
#include <wfp/kernel.h>
#include <wfp/sim.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    WFP_PATH_SERVICES_MAX = 8,
    WFP_PATH_HOPS_MAX = 64,
    WFP_PATH_REAUTHORIZATIONS_MAX = 8,
    WFP_PATH_CONTEXT_MAX = 1024,
    WFP_PATH_RECORD_MAX = 32768, /* bytes; a record that outgrows it ends the journey: no room */
    WFP_PATH_OBJECT_ROOM = 32    /* bytes that a control object needs beside its data, at most */
};

/* ---- the topology ---- */

/* Whose redirect handle a callout names (KRN-01, KRN-04). */
enum wfp_path_handle {
    WFP_PATH_HANDLE_SHARED,      /* one for the service */
    WFP_PATH_HANDLE_PER_FILTER,  /* one for the V4 filter, another for the V6 filter */
    WFP_PATH_HANDLE_PER_CLASSIFY /* a new one for each classification, never destroyed */
};

/*
 * What the proxy does with the record of the connection that it accepted, or of the flow that it
 * received (LOOP-02).
 */
enum wfp_path_propagation {
    /* QUERY on the accepted socket, SET on the outgoing one, then connect. Datagrams: WSARecvMsg,
     * and WSASendMsg with the control object. */
    WFP_PATH_CORRECTLY,
    WFP_PATH_NEVER,      /* neither; recvfrom and sendto */
    WFP_PATH_LATE,       /* SET after connect; with the second datagram of its flow */
    WFP_PATH_FIRST_ONLY, /* for its first connection or flow of the journey only */
    WFP_PATH_TRUNCATED,  /* the record without its last byte */
    /* SET on another socket than the one that connects; with a datagram that another socket sends,
     * which nobody redirects and this engine does not follow. */
    WFP_PATH_WRONG_SOCKET,
    /* The record does not survive the way to this proxy (QRY-19); the control buffer is too small
     * for it (MSG-15). */
    WFP_PATH_LOST
};

/* A form in which a destination is dialled. All name the same host. */
enum wfp_path_form {
    WFP_PATH_SAME, /* as it was asked for; not for a journey */
    WFP_PATH_IPV4,
    WFP_PATH_IPV6,
    WFP_PATH_MAPPED, /* an IPv6 socket dials ::ffff:a.b.c.d */
    WFP_PATH_OTHER   /* in the other family than it was asked for; not for a journey */
};

enum { WFP_PATH_V4 = 1, WFP_PATH_V6 = 2 };

struct wfp_path_service {
    /* deeds, chain, caps, context_size ... of its callouts; handle, service, target_pid and
     * context are the engine's. */
    struct wfp_policy policy;
    uint8_t families;    /* WFP_PATH_V4, WFP_PATH_V6: where it has callouts */
    uint8_t handle;      /* enum wfp_path_handle */
    uint8_t propagation; /* enum wfp_path_propagation */
    uint8_t outgoing;    /* enum wfp_path_form: how it dials */
    bool refuses;        /* closes a connection whose record it cannot get or cannot pass on */
    uint32_t sublayer;
    uint32_t weight;
};

/* As the pages recommend, for both families, in the sublayer and of the weight given. */
void wfp_path_service_recommended(struct wfp_path_service *service, uint32_t sublayer,
                                  uint32_t weight);

struct wfp_path_topology {
    uint32_t count; /* of services, 0 to 8 */
    struct wfp_path_service services[WFP_PATH_SERVICES_MAX];
};

struct wfp_path_journey {
    enum wfp_type type; /* WFP_TCP or WFP_UDP */
    enum wfp_path_form to;
    uint32_t reauthorizations; /* of every connection, once it is made */
};

/* ---- what happened ---- */

enum wfp_path_end {
    WFP_PATH_UNDER_WAY,
    WFP_PATH_REACHED, /* the destination */
    WFP_PATH_BLOCKED, /* by the callout `by` */
    WFP_PATH_REFUSED, /* by the proxy `by` */
    WFP_PATH_LOOPS,   /* hops `cycle_start` to `cycle_start + cycle_length - 1` repeat for ever */
    WFP_PATH_NO_ROOM  /* a limit is reached: of hops, of the record's size, of versions */
};

enum { WFP_PATH_NOT_TOLD = 0xFF, WFP_PATH_NOTHING = 0xFF };

/* One callout that was asked. */
struct wfp_path_asked {
    uint8_t service; /* from 1 */
    uint8_t layer;   /* enum wfp_callout_layer */
    uint8_t round;   /* 0: the connect; from 1: that reauthorisation */
    uint8_t told;    /* enum wfp_redirect_state, or WFP_PATH_NOT_TOLD: it asked for no state here */
    uint8_t did;     /* enum wfp_deed, or WFP_PATH_NOTHING: it left the action as it was */
};

enum { WFP_PATH_ASKED_MAX = 2 * WFP_PATH_SERVICES_MAX * (1 + WFP_PATH_REAUTHORIZATIONS_MAX) };

struct wfp_path_hop {
    uint8_t dialler;       /* 0: the application; else a service */
    uint8_t to;            /* enum wfp_path_form: how it dials */
    uint8_t redirected_by; /* a service, 0: nobody; it accepts the connection */
    uint8_t blocked_by;    /* a service, 0: nobody */
    bool tracked;         /* the connect is classified with a list of redirects, not an empty one */
    bool accepted_record; /* the proxy that accepted got a record */
    uint32_t conditions;  /* WFP_CONDITION_* at AUTH_CONNECT, seen last there */
    uint32_t asked_count;
    struct wfp_path_asked asked[WFP_PATH_ASKED_MAX];
};

/* ---- to watch it ---- */

/* One public call of the world, as it was made. */
struct wfp_path_call {
    uint32_t hop;     /* from 0 */
    uint32_t party;   /* 0: the application; a service; WFP_PATH_ENGINE: the filter engine */
    const char *name; /* "connect-begin", "query-records" ... */
    uint32_t about;   /* a socket, a classification or a handle: what the call is made on */
    uint32_t asked;   /* with "next-callout": the service that is asked, 0: none, or a watcher */
    uint32_t with;    /* "edit": enum wfp_member; "action": WFP_ACTION_* */
    uint32_t rights;  /* "action": WFP_RIGHT_* */
    struct wfp_reply reply; /* rule NULL: the call has no answer, or none that a rule allows */
    const struct wfp_answer_set *allowed; /* while a trace is followed, else NULL */
};

enum { WFP_PATH_ENGINE = 0xFF };

typedef void wfp_path_observer(void *context, const struct wfp_path_call *call);

/* ---- one path ---- */

/* What a hop depends on, reduced to what makes a difference: see path_state.c. */
struct wfp_path_state {
    uint32_t members; /* bit set of the handles in the list */
    uint8_t last;     /* the last of the list, 0: empty, 0xFF: a handle that nobody asks with */
    uint8_t repeated; /* the last one was redirected by in between, too */
    uint8_t strangers;
    uint8_t dialler;
    uint8_t to;
    uint8_t spent; /* bit set: services that have propagated their first time */
};

/* Owned by the caller; to be read, not to be written. */
struct wfp_path {
    /* the result */
    enum wfp_path_end end;
    uint32_t by;
    uint32_t cycle_start;
    uint32_t cycle_length;
    uint32_t hop_count;
    struct wfp_path_hop hops[WFP_PATH_HOPS_MAX];

    wfp_path_observer *observer; /* NULL, or told of every call; may be set after set-up */
    void *observer_context;

    /* of wfp_path_follow() */
    bool strayed;                /* the trace did not go on with `wanted` */
    struct wfp_path_call wanted; /* party, name, asked */
    uint32_t followed_count;     /* of its calls, those that were followed */

    /* the engine's own */
    struct wfp_world *world;
    const struct wfp_path_topology *topology;
    const struct wfp_path_call *trace;
    uint32_t trace_count;
    struct wfp_path_journey journey;
    struct wfp_policy policies[WFP_PATH_SERVICES_MAX][2];
    uint32_t handles[WFP_PATH_SERVICES_MAX][2];
    uint32_t listeners[WFP_PATH_SERVICES_MAX];
    uint32_t callout_count;
    struct {
        uint32_t number;
        uint8_t service; /* 0: it only watches */
        uint8_t family;  /* 0: V4, 1: V6 */
        uint8_t layer;   /* enum wfp_callout_layer */
    } callouts[4 * WFP_PATH_SERVICES_MAX + 2];
    uint32_t turn; /* of the service whose callout is asked */
    uint32_t last_error;
    uint32_t fresh_count;
    uint32_t fresh[WFP_PATH_HOPS_MAX * WFP_PATH_SERVICES_MAX];
    uint32_t receivers[WFP_PATH_SERVICES_MAX]; /* the proxies' UDP sockets */
    uint32_t classification;                   /* of the datagram that is sent next */
    uint32_t sockets[6];                       /* of this connection and of the one before */
    uint32_t dialler;
    enum wfp_path_form to;
    uint8_t spent;
    bool has_record;
    uint32_t record_size;
    struct wfp_path_state states[WFP_PATH_HOPS_MAX];
    uint8_t record[WFP_PATH_RECORD_MAX];
    uint32_t control_size; /* of what is sent next */
    uint8_t control[WFP_PATH_RECORD_MAX + WFP_PATH_OBJECT_ROOM];
};

/*
 * What a world must at least have for this topology. A record has as much room as WFP_PATH_HOPS_MAX
 * hops may need, but not more than WFP_PATH_RECORD_MAX.
 */
struct wfp_limits wfp_path_limits(const struct wfp_path_topology *topology);

/*
 * Creates handles, registers callouts, opens the proxies' listeners. `topology` must outlive the
 * path. The world must be fresh, or as large as it takes. On failure the world is as it was.
 */
enum wfp_status wfp_path_set_up(struct wfp_path *path, struct wfp_world *world,
                                const struct wfp_path_topology *topology);
void wfp_path_tear_down(struct wfp_path *path);

/* WFP_BAD_STATE: a journey is under way, or is not one that can be made. */
enum wfp_status wfp_path_begin(struct wfp_path *path, const struct wfp_path_journey *journey);

/*
 * To follow a path that was recorded elsewhere, in the order of its calls; between set-up and
 * begin. The next journey takes the answers of these calls, as wfp_ioctl_assume() and its like do,
 * and the observer is told what the rules allow to each. What a callout does when it is asked is
 * what the trace has; all else is what the topology says. Of a call count hop, party, name, asked,
 * with, rights and, where it answers, the answer. Where the trace goes on otherwise, with another
 * party, call or callout, the path has `strayed` and ends without room. `calls` must outlive the
 * journey.
 */
void wfp_path_follow(struct wfp_path *path, const struct wfp_path_call *calls, uint32_t count);

/* One hop. False: the journey is at its end, and all of its sockets are closed. */
bool wfp_path_step(struct wfp_path *path);

/* "reached", "blocked" ...; "correctly", "never" ...: the words of path vectors. */
const char *wfp_path_end_name(enum wfp_path_end end);

#ifdef __cplusplus
}
#endif

#endif
