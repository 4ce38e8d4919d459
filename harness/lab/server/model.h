/* SPDX-License-Identifier: MIT */

/*
 * The model's world of one scenario: its redirect services, and what stands in it for sockets of
 * the proxies and of their clients. Sockets are those of <wfp/sim.h>; 0 is none.
 */

#ifndef HARNESS_LAB_SERVER_MODEL_H
#define HARNESS_LAB_SERVER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/datagram.h>
#include <wfp/kernel.h>
#include <wfp/sim.h>

#include "harness/status.h"

enum {
    MODEL_SERVICES_MAX = 2,
    MODEL_NOBODY = 0xFF,
    MODEL_DATAGRAM_MAX = 2048, /* bytes */
    MODEL_HOPS_MAX = 8         /* redirects of one connection, after which it is refused */
};

/* A redirect service: its callouts, and where its proxy is. */
struct model_service {
    struct wfp_policy policy;
    uint32_t handle;
};

struct model {
    void *memory;
    size_t size; /* of `memory` */
    struct wfp_world *world;
    struct wfp_profile profile;
    size_t service_count;
    struct model_service services[MODEL_SERVICES_MAX];
    uint16_t next_port;  /* of the doors that only the world knows */
    uint32_t generation; /* of worlds, from 1: sockets of an older one are none */
};

/* What a world must hold. */
struct model_size {
    uint32_t sockets;
    uint32_t context; /* bytes, at most */
    uint32_t record;  /* bytes of a redirect's record, at most; 0: as the profile has it */
};

/* Makes a new world; `reversed`: the last service has the greatest weight, else the first.
 * STATUS_BROKEN without memory. */
enum status model_begin(struct model *model, const struct wfp_profile *profile,
                        const struct model_size *size, size_t services, bool reversed);
void model_end(struct model *model);

/* ---- connections ---- */

/* What the callouts decide on. */
struct model_connect {
    uint32_t socket; /* of the world */
    enum wfp_type type;
    struct wfp_address to;
    uint32_t target_pid;                         /* of the proxies; not 0 */
    const uint8_t *contexts[MODEL_SERVICES_MAX]; /* that each service would attach */
    uint32_t context_sizes[MODEL_SERVICES_MAX];
    bool lost; /* fault: the record does not survive the way (QRY-19) */
};

struct model_connected {
    uint32_t error;                   /* of connect() */
    uint8_t by;                       /* service that redirects it, or MODEL_NOBODY */
    uint32_t door;                    /* where it waits then: a listening socket of its own */
    uint8_t told[MODEL_SERVICES_MAX]; /* enum wfp_redirect_state, or MODEL_NOBODY: not asked */
};

/* A socket for a connection of `family`; 0 where the world has no room. */
uint32_t model_socket(struct model *model, enum wfp_family family, enum wfp_type type,
                      bool overlapped, uint32_t process);
/* Asks the callouts, in the order of their weights, and connects. False: no room. */
bool model_connect(struct model *model, const struct model_connect *call,
                   struct model_connected *connected);
/* A connection that no callout sees. */
bool model_connect_direct(struct model *model, uint32_t socket, enum wfp_family family,
                          uint32_t *door);
/* Takes the connection that waits at the door, and closes the door; 0: there is none. */
uint32_t model_accept(struct model *model, uint32_t door, bool update);

#endif
