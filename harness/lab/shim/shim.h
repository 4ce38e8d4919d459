/* SPDX-License-Identifier: MIT */

/*
 * The interposer: Winsock calls of this program are followed, and those about redirect records
 * answered by the model in the provider's place. It shows how a program and its own Windows code
 * fare, and nothing about Windows: what it answers is never an observation.
 *
 * Datagrams travel over loopback to whichever socket the model says; what it sends to anywhere else
 * is not sent. A receive never waits: where nothing has come it is WSAEWOULDBLOCK. With an
 * OVERLAPPED it is left pending with the provider, and not followed further.
 */

#ifndef HARNESS_LAB_SHIM_SHIM_H
#define HARNESS_LAB_SHIM_SHIM_H

#include <winsock2.h>

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#include <wfp/sim.h>

enum { SHIM_CONTEXT_MAX = 65536, SHIM_NAME_MAX = 40 };

/* What the model of one run is made of. */
struct shim_begin {
    struct wfp_profile profile;
    struct wfp_limits limits; /* flows 0: connect() of a datagram socket goes to the provider */
    /* Answer also codes and options that nobody defined; else they go to the provider. */
    uint32_t every_code;
};

/* Replaces the calls of the program's own module, once. False when that cannot be done. */
bool shim_install(void);

/* An empty world. `begin` must outlive it. False without memory. */
bool shim_begin(const struct shim_begin *begin);
/* The world is gone: every call goes to the provider until the next shim_begin(). */
void shim_end(void);
bool shim_active(void);
/* What the model could not do since shim_begin(), a sentence; NULL if all is well. */
const char *shim_trouble(void);

/* ---- what a driver would do ---- */

struct shim_redirect {
    const char *handle; /* by name; comes into being when it is first named */
    uint32_t target_pid;
    const uint8_t *context; /* copied */
    uint32_t context_size;  /* bytes, at most SHIM_CONTEXT_MAX */
    enum wfp_layer layer;
    bool remote;
    bool lost; /* the record does not survive the way */
};

/*
 * The next connect() of `client`, or the first datagram of its next flow, is redirected to
 * `service`, a listener or a socket for datagrams; INVALID_SOCKET: to somewhere outside.
 */
enum wfp_status shim_redirect(SOCKET client, SOCKET service, const struct shim_redirect *redirect);
enum wfp_status shim_handle_create(const char *name);
enum wfp_status shim_handle_destroy(const char *name);
/*
 * FwpsQueryConnectionRedirectState0 for the flow of datagrams from this socket to that peer; NULL:
 * for its connection.
 */
enum wfp_status shim_state(SOCKET socket, const struct wfp_address *peer, const char *handle,
                           struct wfp_answer *answer);

/* ---- what cannot be seen from a call ---- */

void shim_elevated(bool elevated);
/* The next ioctl meets this fault. */
void shim_fault(enum wfp_fault fault);
/* Time passes in the world, which reads no clock: idle flows end. */
void shim_clock_advance(uint64_t microseconds);
/* A thread is about to end. */
void shim_thread_exit(DWORD thread);
/* The provider finishes a pending operation; false if it is none of ours. */
bool shim_finish(OVERLAPPED *overlapped);

#endif
