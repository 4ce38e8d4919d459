/* SPDX-License-Identifier: MIT */

/*
 * A topology of redirect services, and the way that one connection takes through it.
 *
 * A *service* is a callout driver with the proxy that it redirects to. What the drivers do is
 * decided by their callouts in a world's classifications, what the proxies do by their ioctls on
 * its sockets: a path is made of the same calls that <wfp/sim.h> and <wfp/kernel.h> offer to
 * everybody, one hop after the other. A hop is one connect, with all who were asked about it.
 *
 * Everything that a service does depends on the state that a path has at a connect: who dials, what
 * the record on the dialling socket says of the handles that are still used, and which services
 * have spent their one good turn. When a state comes again, so does all that followed it: the hops
 * between the two are a loop, and the smallest one.
 */

#ifndef WFP_PATH_H
#define WFP_PATH_H

#include <wfp/kernel.h>
#include <wfp/sim.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    WFP_SERVICES_MAX = 8,
    WFP_HOPS_MAX = 40, /* then the path is WFP_PATH_ENDLESS */
    WFP_APPLICATION = WFP_SERVICES_MAX /* who dials first, where a service's number would stand */
};

/* ---- the topology ---- */

/* How a driver uses redirect handles (KRN-01, KRN-04). */
enum wfp_handle_use {
    WFP_HANDLE_SHARED,       /* one for all its filters: right */
    WFP_HANDLE_PER_FILTER,   /* one for IPv4, another for IPv6 */
    WFP_HANDLE_PER_CLASSIFY, /* a new one for each classification */
    WFP_HANDLE_OF_FIRST      /* that of service 0: two drivers that pass for one */
};

/* What a proxy does with the record of a connection (LOOP-02). */
enum wfp_propagation {
    WFP_PROPAGATES,
    WFP_PROPAGATES_NEVER,     /* does not even ask for it */
    WFP_PROPAGATES_LATE,      /* SETs it when its connect has been made */
    WFP_PROPAGATES_ONCE,      /* only for the first connection */
    WFP_PROPAGATES_TRUNCATED, /* without its last byte */
    WFP_PROPAGATES_ELSEWHERE  /* SETs it on another socket than the one that dials */
};

/* The destination that a proxy dials, and by which family. */
enum wfp_dial {
    WFP_DIAL_SAME, /* as the connection came */
    WFP_DIAL_IPV4,
    WFP_DIAL_IPV6,
    WFP_DIAL_MAPPED /* an IPv4 destination, from an IPv6 socket */
};

#define WFP_SERVES_IPV4 0x1u
#define WFP_SERVES_IPV6 0x2u

struct wfp_service {
    uint8_t families; /* WFP_SERVES_*: where it has filters */
    uint8_t handles;  /* enum wfp_handle_use */
    uint8_t propagation;
    uint8_t dials;              /* enum wfp_dial */
    uint8_t refuses;            /* a connection whose record it cannot hand on, else dials all the
                                   same */
    uint8_t record_lost;        /* its connections arrive without their record (QRY-19) */
    uint8_t chain;              /* enum wfp_chain */
    uint8_t deeds[4];           /* at connect-redirect, enum wfp_deed by redirect state */
    uint8_t at_auth_connect[4]; /* at AUTH_CONNECT, BLOCK or anything else */
    uint8_t keeps_right;        /* does not hand the write right back (CON-33) */
    uint8_t without_right;      /* redirects even without the write right */
    uint8_t without_query;      /* takes every connection for NOT_REDIRECTED (ST-05) */
    uint8_t when_reauthorizing; /* redirects even then */
    uint32_t weight;            /* of its filters; the greatest is asked first */
    uint32_t sublayer;
    uint32_t target_pid;
    uint32_t context_size; /* bytes, at most WFP_PATH_CONTEXT_MAX */
};

enum { WFP_PATH_CONTEXT_MAX = 256 };

/* What the pages recommend, for both families: propagates, refuses without a record. */
void wfp_service_recommended(struct wfp_service *service);

struct wfp_topology {
    uint32_t count; /* 1..WFP_SERVICES_MAX */
    struct wfp_service services[WFP_SERVICES_MAX];
};

struct wfp_journey {
    uint8_t dials;           /* enum wfp_dial of the application; SAME is IPv4 */
    uint8_t reauthorization; /* times that each connect is classified again after it was made */
};

/* ---- what is told of it ---- */

enum wfp_deed_seen {
    WFP_SEEN_NOTHING, /* it left everything as it was */
    WFP_SEEN_PERMIT,
    WFP_SEEN_CONTINUE,
    WFP_SEEN_BLOCK,
    WFP_SEEN_REDIRECT
};

enum { WFP_STATE_NOT_TOLD = 0xFF };

/* A callout that was asked at connect-redirect. */
struct wfp_asked {
    uint8_t service;
    uint8_t state; /* enum wfp_redirect_state, or WFP_STATE_NOT_TOLD */
    uint8_t deed;  /* enum wfp_deed_seen */
};

/* What a proxy's attempt to hand the record on came to. */
struct wfp_handed {
    struct wfp_answer query; /* of SIO_QUERY_..._RECORDS, where it was made */
    struct wfp_answer set;   /* of SIO_SET_..., where it was made */
    const struct wfp_rule *query_rule;
    const struct wfp_rule *set_rule;
    uint32_t size; /* bytes of the record; 0: it has none */
    bool queried;
    bool attached;
};

struct wfp_hop {
    uint8_t from;    /* a service's number, or WFP_APPLICATION */
    uint8_t to;      /* the service that got it; WFP_APPLICATION: none, it went outside */
    uint8_t blocked; /* by a callout, at either layer */
    uint8_t again;   /* a reauthorisation of the connect before, not a new one */
    uint8_t asked_count;
    uint8_t dials; /* enum wfp_dial, never SAME */
    uint32_t conditions; /* WFP_CONDITION_* as at AUTH_CONNECT; 0 if that was not reached */
    uint32_t listed;     /* hops that the record on the dialling socket names */
    struct wfp_handed handed; /* before this connect, by who dials */
    struct wfp_answer answer; /* of connect() */
    const struct wfp_rule *rule;
    struct wfp_asked asked[WFP_SERVICES_MAX];
};

enum wfp_path_end {
    WFP_PATH_UNDER_WAY,
    WFP_PATH_REACHED, /* the last hop went to the destination */
    WFP_PATH_BLOCKED, /* by a callout */
    WFP_PATH_REFUSED, /* a service has no record to hand on, and gives up */
    WFP_PATH_FAILED,  /* connect() answered an error */
    WFP_PATH_LOOP,    /* hops loop_start .. hop_count - 1 repeat for ever */
    WFP_PATH_ENDLESS, /* WFP_HOPS_MAX hops without an end or a state that comes again */
    WFP_PATH_NO_ROOM  /* a limit of the world; wfp_path_limits() is enough for every topology */
};

/* What a path has at a connect; two that are equal go on alike. */
struct wfp_path_state {
    uint64_t bits;
};

/*
 * A path under way. Members are for reading. It lives in the caller's memory and must not move
 * while it is under way: the world's callouts point to it.
 */
struct wfp_path {
    struct wfp_world *world;
    const struct wfp_topology *topology;
    struct wfp_journey journey;
    uint8_t *buffer; /* for the records that the proxies fetch */
    uint32_t buffer_size;

    uint32_t hop_count;
    uint32_t loop_start; /* WFP_PATH_LOOP */
    enum wfp_path_end end;
    uint8_t ended_by; /* BLOCKED, REFUSED: the service */
    struct wfp_hop hops[WFP_HOPS_MAX];

    /* the engine's own */
    struct wfp_path_state states[WFP_HOPS_MAX];
    struct wfp_path_seat {
        struct wfp_path *path;
        uint32_t service;
        uint32_t listener;
        uint32_t handles[2];    /* by family, or twice the same */
        uint32_t callouts[4];   /* by enum wfp_callout_layer; 0: none */
        struct wfp_policy policy;
        bool spent; /* its one good turn (WFP_PROPAGATES_ONCE) */
    } seats[WFP_SERVICES_MAX];
    uint32_t witness[2]; /* callouts at AUTH_CONNECT that only look */
    uint32_t fresh;      /* handles made for single classifications */
    uint32_t dialling;   /* socket; 0: none */
    uint32_t dialler;
    uint8_t dials;
};

/* Limits of a world in which every path of such a topology ends otherwise than with NO_ROOM. */
struct wfp_limits wfp_path_limits(const struct wfp_profile *profile);

/*
 * Sets the services up in `world`, which must be empty, and lets the application open its socket.
 * `buffer`: at least limits.record_bytes. WFP_BAD_STATE: the topology is out of its ranges.
 */
enum wfp_status wfp_path_begin(struct wfp_path *path, struct wfp_world *world,
                               const struct wfp_topology *topology,
                               const struct wfp_journey *journey, uint8_t *buffer,
                               uint32_t buffer_size);

/* The next hop. False: the path has ended, and nothing was done. */
bool wfp_path_step(struct wfp_path *path);

/* All the hops that are left. */
enum wfp_path_end wfp_path_run(struct wfp_path *path);

/* Closes and destroys all that the path made: the world is empty again. */
void wfp_path_finish(struct wfp_path *path);

#ifdef __cplusplus
}
#endif

#endif
