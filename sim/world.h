/* SPDX-License-Identifier: MIT */

#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/flow.h>
#include <wfp/kernel.h>
#include <wfp/sim.h>

#include "sim/record.h"

enum endpoint_state {
    ENDPOINT_FREE,
    ENDPOINT_FRESH,
    ENDPOINT_BOUND,
    ENDPOINT_LISTENING,
    ENDPOINT_CONNECTED,
    ENDPOINT_WAITING, /* at a listener, not yet accepted */
    ENDPOINT_ACCEPTED
};

/* Links are index + 1; 0 is none. A free slot is all zeros. */
struct endpoint {
    uint8_t state;
    uint8_t type;
    uint8_t overlapped;
    uint8_t shut_down;
    uint8_t not_updated; /* AcceptEx without SO_UPDATE_ACCEPT_CONTEXT */
    uint8_t attached;    /* the record came by SET */
    uint8_t asked;       /* a QUERY has succeeded */
    uint8_t family;
    uint32_t descriptors; /* that name it */
    uint32_t process;
    uint32_t record;
    uint32_t classified; /* the record that its own connect was classified with */
    uint32_t listener;   /* where it waits */
    uint32_t next;       /* the one that waits behind it */
    struct wfp_address local;
    struct wfp_address remote; /* where its application connected to */
    uint32_t flow;             /* the classification that is kept with it */
    uint32_t queue;            /* the oldest datagram received */
    uint8_t options;           /* bits of enum option_bit */
};

struct descriptor {
    uint32_t endpoint;
    uint32_t duplicate;
};

struct redirect_handle {
    uint64_t provider; /* 0: free */
};

struct record_slot {
    uint32_t size; /* 0: free */
};

struct operation {
    uint8_t used;
    uint8_t pending;
    uint8_t routine; /* a completion routine was given */
    uint8_t due;     /* ... and has not run yet */
    uint32_t thread;
    uint32_t endpoint;
    uint32_t bytes;
    uint32_t error;
    uint32_t status; /* the NTSTATUS behind the error */
};

/* ---- the kernel face ---- */

struct callout {
    struct wfp_callout is;
    bool used;
};

struct context_slot {
    uint32_t owner; /* enum wfp_context_owner */
    uint32_t size;
};

struct told {
    uint32_t handle;
    uint32_t state;
};

enum { TOLD_MAX = 8, LAYER_COUNT = WFP_AUTH_CONNECT_V6 + 1 };

enum classify_stage {
    CLASSIFY_FREE,
    CLASSIFY_UNDER_WAY,
    CLASSIFY_KEPT /* the connect has been made; its versions stay with the flow */
};

/* A connect under way. What a turn is: one callout being asked. */
struct classification {
    uint8_t stage;
    uint8_t layer;            /* enum wfp_callout_layer */
    uint8_t sublayer_decided; /* `sublayer` has had its decision at this layer */
    uint8_t rights;           /* for the next turn */
    uint8_t version_count;
    uint8_t told_count;
    /* of the turn */
    uint8_t returned;
    uint8_t edited_any;
    uint8_t modified; /* a version that `watching` has was changed by another filter */
    uint8_t record_lost;
    uint32_t facts;   /* bits of enum wfp_kernel_fact: those that are kept, see classify.h */
    uint32_t callout; /* that is asked; 0: none */
    uint32_t out_action;

    uint32_t action;   /* what has been decided so far */
    uint32_t watching; /* bits: versions whose callout wants to be asked again if others modify */
    uint32_t position; /* in the callouts' order, of the next to look at */
    uint32_t sublayer;
    uint32_t reason;
    uint32_t endpoint;
    uint8_t of_datagrams;           /* a flow of datagrams, not a connection */
    uint32_t list;                  /* its list of redirects, until the flow has it */
    uint32_t flow;                  /* the flow, once it is there */
    struct wfp_address destination; /* as the application wants it */
    struct wfp_version edited;      /* the writable data */
    struct wfp_version versions[WFP_VERSIONS_MAX];
    struct told told[TOLD_MAX];
};

/* ---- datagrams ---- */

enum option_bit {
    OPTION_RECORDS_IP = 1,
    OPTION_CONTEXT_IP = 2,
    OPTION_RECORDS_IPV6 = 4,
    OPTION_CONTEXT_IPV6 = 8
};

/* What is classified once: the datagrams between one socket and one peer (UDP-06). */
struct flow_slot {
    struct wfp_flow flow;
    uint32_t endpoint;   /* 0: free */
    uint32_t list;       /* the record that came with its first datagram, as SET has on TCP */
    uint32_t carried;    /* the record that its first datagram will bring to the service */
    uint32_t service;    /* where it is redirected to; 0: nobody there any more */
    uint32_t classified; /* the classification that is kept with it */
    uint8_t redirected;
    struct wfp_address peer; /* never v4-mapped */
};

/* A datagram that the program has not taken yet. Its payload is in the datagram's room. */
struct datagram_slot {
    uint32_t endpoint; /* the receiver's; 0: free */
    uint32_t next;
    uint32_t size;
    uint32_t record;
    struct wfp_address from; /* never v4-mapped; its family is the packet's */
    uint8_t options;         /* the receiver's when it arrived (UNK-39) */
};

/* Where each array starts in the block, in bytes. */
struct layout {
    uint32_t endpoints;
    uint32_t descriptors;
    uint32_t handles;
    uint32_t records;
    uint32_t operations;
    uint32_t record_bytes;

    uint32_t callouts;
    uint32_t callout_order;
    uint32_t classifications;
    uint32_t contexts;
    uint32_t context_bytes;

    uint32_t flows;
    uint32_t datagrams;
    uint32_t datagram_bytes;
    uint64_t end;
};

/* A subject is a kind of call, or a look at one thing, of which most rules of looks do not speak.
 */
enum {
    SUBJECT_LOOKS = WFP_CALL_COUNT,
    SUBJECT_COUNT = SUBJECT_LOOKS + WFP_KERNEL_COUNT - WFP_KERNEL_LOOK_RIGHT,
    ORDER_MAX = 448
};

enum rule_gives { GIVES_VALUE, GIVES_ANSWER, GIVES_STORED };

/*
 * A row of the table, a fact without which its guard is not met (most rows need no other look), and
 * what it gives: its own answer as it stands, the stored one, or one that must be worked out.
 */
struct ordered_rule {
    uint16_t row;
    uint8_t fact;
    uint8_t gives; /* enum rule_gives */
};

/* The rules of each subject, in the order of the profile's first precedence. */
struct rule_order {
    uint16_t start[SUBJECT_COUNT + 1];
    struct ordered_rule rules[ORDER_MAX];
};

struct wfp_world {
    const struct wfp_rules *rules;
    const struct wfp_profile *profile;
    struct wfp_limits limits;
    struct layout layout;
    struct rule_order order;
    uint8_t not_started;
    uint8_t unelevated;
    uint32_t last_error[WFP_THREADS];
    uint32_t callout_count;
    uint32_t layer_start[LAYER_COUNT]; /* in the callouts' order */
    uint64_t clock;                    /* microseconds */
    uint32_t flow_end;                 /* the last flow that is there; 0: none is */
};

/* The slot of a link, 1 being the first, in the array that starts at `start`. */
static inline void *world_slot(const struct wfp_world *world, uint32_t start, size_t size,
                               uint32_t link)
{
    return (uint8_t *)(uintptr_t)world + start + (size_t)(link - 1) * size;
}

/* Inline is what every call looks at. Slots by number from 1, whatever is in them. */
static inline struct endpoint *world_endpoint_slot(const struct wfp_world *world, uint32_t link)
{
    return world_slot(world, world->layout.endpoints, sizeof(struct endpoint), link);
}

static inline struct descriptor *world_descriptor_slot(const struct wfp_world *world, uint32_t link)
{
    return world_slot(world, world->layout.descriptors, sizeof(struct descriptor), link);
}

static inline struct redirect_handle *world_handle_slot(const struct wfp_world *world,
                                                        uint32_t link)
{
    return world_slot(world, world->layout.handles, sizeof(struct redirect_handle), link);
}

static inline struct record_slot *world_record_slot(const struct wfp_world *world, uint32_t link)
{
    return world_slot(world, world->layout.records, sizeof(struct record_slot), link);
}

/* By link, descriptor or handle; NULL for 0, out of range, or a free slot. */
static inline const struct endpoint *world_endpoint_at(const struct wfp_world *world, uint32_t link)
{
    if (link == 0 || link > world->limits.sockets ||
        world_endpoint_slot(world, link)->state == ENDPOINT_FREE) {
        return NULL;
    }
    return world_endpoint_slot(world, link);
}

static inline struct endpoint *world_endpoint(struct wfp_world *world, uint32_t link)
{
    return world_endpoint_at(world, link) == NULL ? NULL : world_endpoint_slot(world, link);
}

static inline const struct descriptor *world_descriptor(const struct wfp_world *world,
                                                        uint32_t socket)
{
    if (socket == 0 || socket > world->limits.sockets ||
        world_descriptor_slot(world, socket)->endpoint == 0) {
        return NULL;
    }
    return world_descriptor_slot(world, socket);
}

static inline const struct endpoint *world_endpoint_of(const struct wfp_world *world,
                                                       uint32_t socket)
{
    const struct descriptor *descriptor = world_descriptor(world, socket);

    return descriptor == NULL ? NULL : world_endpoint_slot(world, descriptor->endpoint);
}

static inline const struct redirect_handle *world_handle_of(const struct wfp_world *world,
                                                            uint32_t handle)
{
    if (handle == 0 || handle > world->limits.handles ||
        world_handle_slot(world, handle)->provider == 0) {
        return NULL;
    }
    return world_handle_slot(world, handle);
}

static inline struct redirect_handle *world_handle(struct wfp_world *world, uint32_t handle)
{
    return world_handle_of(world, handle) == NULL ? NULL : world_handle_slot(world, handle);
}

static inline bool world_handle_alive(const struct wfp_world *world, const struct record_hop *hop)
{
    return hop->handle != 0 && hop->handle <= world->limits.handles && hop->provider != 0 &&
           world_handle_slot(world, hop->handle)->provider == hop->provider;
}

/* The bytes of record `link`; size 0 for none. */
static inline struct record_view world_record(const struct wfp_world *world, uint32_t link)
{
    struct record_view view = {NULL, 0};

    if (link == 0) {
        return view;
    }
    view.bytes = world_slot(world, world->layout.record_bytes, world->limits.record_bytes, link);
    view.size = world_record_slot(world, link)->size;
    return view;
}

/* Flows by number from 1, free ones included. */
static inline const struct flow_slot *world_flow_at(const struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.flows, sizeof(struct flow_slot), number);
}

static inline struct flow_slot *world_flow(struct wfp_world *world, uint32_t number)
{
    return world_slot(world, world->layout.flows, sizeof(struct flow_slot), number);
}

/* Slots by link; NULL for 0, out of range, or a free slot. */
struct operation *world_operation(struct wfp_world *world, uint32_t operation);
const struct operation *world_operation_of(const struct wfp_world *world, uint32_t operation);
/* Copies an address member by member: no stray byte between them gets into the world. */
void world_put_address(struct wfp_address *to, const struct wfp_address *from);
/* The endpoint that gets what is sent to `to`; 0 if nobody is there. TCP: the one that listens. */
uint32_t world_endpoint_bound(const struct wfp_world *world, enum wfp_type type,
                              const struct wfp_address *to);
/* Is a socket bound to `local` the one for what is sent to `to`, which is not v4-mapped? */
bool world_receives(const struct wfp_address *local, const struct wfp_address *to);
/* a.b.c.d becomes ::ffff:a.b.c.d. */
struct wfp_address world_mapped(const struct wfp_address *address);

/* Takes the lowest free slot, or gives 0. */
uint32_t world_take_endpoint(struct wfp_world *world);
uint32_t world_take_descriptor(struct wfp_world *world, uint32_t endpoint);
uint32_t world_take_handle(struct wfp_world *world);
uint32_t world_take_operation(struct wfp_world *world);
void world_name_handle(struct wfp_world *world, uint32_t handle, uint64_t provider);
void world_mark_duplicate(struct wfp_world *world, uint32_t socket);
void world_free_descriptor(struct wfp_world *world, uint32_t socket);

/* A free record slot's bytes, `limits.record_bytes` of them; keep it with world_keep_record(). */
uint32_t world_free_record_slot(const struct wfp_world *world);
uint8_t *world_record_room(struct wfp_world *world, uint32_t link);
void world_clear_room(struct wfp_world *world, uint32_t link);
void world_keep_record(struct wfp_world *world, uint32_t link, uint32_t size);
void world_drop_record(struct wfp_world *world, uint32_t *link);

/* What the endpoint's own connect is, or will be, classified with (SET-06). */
struct record_view world_record_classified(const struct wfp_world *world,
                                           const struct endpoint *endpoint);
/* The lowest descriptor of an endpoint, 0 if it has none. */
uint32_t world_descriptor_of(const struct wfp_world *world, uint32_t endpoint);
/* Slots of datagrams by number from 1, free ones included. */
struct datagram_slot *world_datagram(struct wfp_world *world, uint32_t number);
const struct datagram_slot *world_datagram_at(const struct wfp_world *world, uint32_t number);
uint8_t *world_datagram_room(const struct wfp_world *world, uint32_t number);

/* The profile's first value of a key. */
const struct wfp_value *world_value(const struct wfp_world *world, enum wfp_key key);

#endif
