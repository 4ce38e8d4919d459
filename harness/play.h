/* SPDX-License-Identifier: MIT */

/* Plays the script of a vector on a backend and keeps what came back; judges nothing. */

#ifndef HARNESS_PLAY_H
#define HARNESS_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/backend.h"
#include "harness/blob.h"
#include "harness/status.h"
#include "harness/vector.h"

struct profile;

/* N of each step, as far as it has one: the true size of what the step asks for. */
struct learned {
    bool known[VECTOR_STEPS_MAX];
    uint32_t n[VECTOR_STEPS_MAX];
};

/* What to play. `member` is NULL outside a sweep; `control` puts in the replacing steps. */
struct script {
    const struct vector *vector;
    const struct profile *profile;
    const struct sweep_member *member;
    bool control;
    const struct learned *learned; /* or NULL: no N is known */
    bool allowed;                  /* ask also for what the rules allow to each ioctl */
};

/* One step as it was played. */
struct played {
    struct step step; /* with the sweep's member put in */
    uint32_t in_size; /* bytes passed, as resolved */
    uint32_t out_size;
    uint32_t control_size;  /* bytes of control data passed, or of room for them */
    enum wfp_layout layout; /* of control objects */
    struct backend_reply reply;
    uint32_t changed;              /* bytes of the output buffer up to the last one that changed */
    struct wfp_answer_set allowed; /* empty unless it was asked for */
};

/*
 * Looks at a step that has just been played; reply.out is still valid. Anything but STATUS_OK ends
 * the play.
 */
typedef enum status play_observer(void *context, size_t index, const struct played *played,
                                  const struct blobs *blobs);

enum { PLAY_TROUBLE_MAX = 256 };

/*
 * Plays all steps. STATUS_BROKEN with a sentence in `trouble` when the set-up fails,
 * STATUS_BAD_INPUT with one when a step lacks what an earlier call would have given: N, a saved
 * record, an operation.
 */
enum status play_script(const struct backend *backend, const struct script *script,
                        play_observer *observer, void *context, char *trouble);

/* What a step passes in, made from what earlier ones saved; fills in the members of `call`. */
struct play_inputs {
    uint8_t *in;
    uint8_t *control;
};

/* False when something was not saved, or without memory; there is nothing to free then. */
bool play_inputs_make(const struct blobs *blobs, const struct step *step, enum wfp_layout native,
                      struct backend_call *call, struct play_inputs *inputs);
void play_inputs_free(struct play_inputs *inputs);

/* Keeps the record that a receive has shown, if it has. False without memory. */
bool play_save_record(struct blobs *blobs, const struct step *step,
                      const struct backend_reply *reply, enum wfp_layout layout);

/* The step that started the operation which step `index` looks at; else `index` itself. */
size_t play_origin(const struct script *script, size_t index);

/*
 * Learns N on a twin of each query in the script: the steps before it are played elsewhere, then a
 * query with ample room is made there (DESIGN: the tested socket's first call stays first).
 */
void play_learn(const struct backend *backend, const struct script *script,
                struct learned *learned);

/*
 * Asks again with ample room, in the middle of a play, what `step` asked for: its N now. False if
 * it cannot be had any more.
 */
bool play_ask_again(const struct backend *backend, const struct step *step, uint32_t *n);

/* The answer of the claim's step when the script is played; false if it did not come that far. */
bool play_claim(const struct backend *backend, const struct script *script,
                struct wfp_answer *answer);

#endif
