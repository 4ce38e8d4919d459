/* SPDX-License-Identifier: MIT */

/*
 * A backend performs the steps of a vector somewhere: in the model, or on the Winsock of the
 * machine. The runner cannot tell which it has.
 */

#ifndef HARNESS_BACKEND_H
#define HARNESS_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include <wfp/path.h>
#include <wfp/sim.h>

#include "harness/status.h"
#include "harness/vector.h"

struct path_scene;

/* One step with everything symbolic worked out. */
struct backend_call {
    const struct step *step;
    const uint8_t *in;              /* the bytes of the input buffer, or NULL */
    uint32_t in_size;               /* bytes */
    uint32_t out_size;              /* bytes */
    const uint8_t *control;         /* send: the control data, or NULL */
    uint32_t control_size;          /* bytes: of those, or of the room for a receive's */
    struct wfp_answer_set *allowed; /* NULL, or gets what the rules allow to an ioctl; model only */
    /*
     * NULL, or what this step answered elsewhere; model only. Then `allowed` must be there, gets
     * what may come back from any step that answers, and the world goes on from the observed
     * answer.
     */
    const struct wfp_answer *observed;
};

enum { BACKEND_TROUBLE_MAX = 160 };

/* What a receive shows beside its data. `control` stays valid as long as `out` does. */
struct backend_message {
    bool received;          /* a datagram, whole or cut */
    const uint8_t *control; /* the control buffer, or NULL */
    uint32_t control_size;  /* Control.len on return */
    uint32_t flags;         /* dwFlags on return */
};

/* What came back. `out` stays valid until the next step of the same run. */
struct backend_reply {
    struct wfp_answer answer; /* count: UNCHANGED or VALUE */
    const uint8_t *out;       /* the output buffer as the call left it, or NULL */
    uint32_t out_size;        /* bytes */
    struct backend_message message;
    const struct wfp_rule *rule;       /* the model's reason; NULL where the model did not answer */
    const char *answered_by;           /* model | provider | shim | helper */
    char trouble[BACKEND_TROUBLE_MAX]; /* unless STATUS_OK: what could not be done, and why */
};

/* A path to be played. */
struct backend_path {
    const struct path_scene *scene;
    const struct profile *profile;
    wfp_path_observer *observer; /* told of every call, in order; may be NULL */
    void *context;
    const struct wfp_path_call *followed; /* NULL, or what happened elsewhere (wfp_path_follow) */
    uint32_t followed_count;
};

struct backend {
    const char *name;
    enum wfp_layout layout; /* of control objects in the processes that it runs */
    uint32_t needs;         /* the capabilities it has, bits of enum need */

    /*
     * Who redirects: "none", "shim", or a helper by name and version. Lives as long as the backend.
     */
    const char *redirector;

    /* What answers: "model", "Wine 8.0 x64" ... Lives as long as the backend. */
    const char *(*target)(void *state);

    /* A fresh machine for one run of `vector`: no socket open, process started and elevated. */
    enum status (*begin)(void *state, const struct vector *vector, const struct profile *profile,
                         char *trouble);
    /*
     * Performs one step. STATUS_BAD_INPUT with a sentence in `trouble`: there is nothing to perform
     * it on, because an earlier call did not give it (no operation was started). Every output
     * buffer starts filled by pattern_fill(). A step that gives no answer of the API under test
     * answers OK/unchanged, or the status is STATUS_BROKEN.
     */
    enum status (*perform)(void *state, const struct backend_call *call,
                           struct backend_reply *reply);
    /* Closes everything that the run opened. STATUS_BROKEN with a sentence when something is left.
     */
    enum status (*end)(void *state, char *trouble);

    /*
     * Plays a whole path on a fresh machine of its own; NULL: it cannot. `*made` stays valid until
     * the next one. STATUS_BROKEN with a sentence in `trouble` when the topology cannot be set up.
     */
    enum status (*path)(void *state, const struct backend_path *play, const struct wfp_path **made,
                        char *trouble);

    void (*close)(void *state);

    void *state;
};

/* The model, answering by these rules. `rules` must outlive it. */
enum status backend_simulator_open(const struct wfp_rules *rules, struct backend *backend);

/*
 * The Winsock of this machine. `redirector` says who redirects: "none", "shim" (the model answers
 * in the provider's place) or the command line of a helper (harness/backend/redirector.h).
 * STATUS_BROKEN with a sentence in `trouble`, of BACKEND_TROUBLE_MAX bytes, where there is none.
 */
enum status backend_winsock_open(const char *redirector, struct backend *backend, char *trouble);

#endif
