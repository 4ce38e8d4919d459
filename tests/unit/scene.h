/* SPDX-License-Identifier: MIT */

/* A world of the model with what most tests need in it: one redirected, accepted connection. */

#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wfp/sim.h>

enum {
    SCENE_CONTEXT = 32, /* bytes of every context that scene_redirect() attaches */
    SCENE_N = 780,      /* bytes of a record of one hop with it, as documented (QRY-17) */
    SCENE_ROOM = 4096,  /* of scene->out */
    SCENE_UNTOUCHED = 0xA5
};

struct scene {
    struct wfp_profile profile;
    struct wfp_limits limits;
    const struct wfp_rules *rules;
    struct wfp_world *world;
    size_t size; /* of the world's block, bytes */
    uint32_t handle;
    uint32_t listener;
    uint32_t client;
    uint32_t accepted; /* redirected by `handle` */
    uint8_t out[SCENE_ROOM];
};

/* The documented profile, the table as shipped, ample limits; may be changed before the next. */
void scene_prepare(struct scene *scene);
/* An empty world in a block of exactly its size, whose bytes were not zero before. */
void scene_make(struct scene *scene);
/* Fills `handle` to `accepted`. */
void scene_fill(struct scene *scene);
void scene_free(struct scene *scene);

/* For cmocka: *state is a filled scene. */
int scene_setup(void **state);
int scene_teardown(void **state);

/* What must succeed. */
uint32_t scene_handle(struct scene *scene, uint64_t provider);
uint32_t scene_open(struct scene *scene, enum wfp_type type, bool overlapped);
uint32_t scene_listen(struct scene *scene, bool overlapped);
struct wfp_redirect scene_redirect(uint32_t handle);
struct wfp_reply scene_connect(struct scene *scene, uint32_t socket, uint32_t listener,
                               const struct wfp_redirect *redirect);
/* Connects `client` to a listener of its own, redirected by `handle` unless that is 0; accepts. */
uint32_t scene_accept(struct scene *scene, uint32_t client, uint32_t handle);
void scene_close(struct scene *scene, uint32_t socket);

/* Calls; the output buffer is scene->out, filled with SCENE_UNTOUCHED. */
struct wfp_ioctl scene_query(struct scene *scene, uint32_t code, uint32_t socket, uint32_t size);
struct wfp_ioctl scene_set(struct scene *scene, uint32_t socket, const uint8_t *bytes,
                           uint32_t size);
struct wfp_reply scene_call(struct scene *scene, const struct wfp_ioctl *call);
/* Copies the record of a socket; gives its size. */
uint32_t scene_record(struct scene *scene, uint32_t socket, uint8_t bytes[SCENE_ROOM]);
/* SETs on `out` the record of `from`. */
void scene_hand_on(struct scene *scene, uint32_t from, uint32_t out);
uint32_t scene_state(struct scene *scene, uint32_t socket, uint32_t handle);
bool scene_untouched(const struct scene *scene, size_t from);

/* The profile gives these answers to a key; more than one leaves it open. */
void scene_decide(struct scene *scene, enum wfp_key key, struct wfp_answer answer);
void scene_also(struct scene *scene, enum wfp_key key, struct wfp_answer answer);

/* Sockets in every state that a rule looks at; SCENE_NO_SOCKET is none. */
enum scene_place {
    SCENE_NO_SOCKET,
    SCENE_FRESH,
    SCENE_BOUND,
    SCENE_LISTENING,
    SCENE_CONNECTED,
    SCENE_UDP,
    SCENE_UDP_CONNECTED,
    SCENE_RAW,
    SCENE_ACCEPTED,
    SCENE_ACCEPTED_PLAIN,
    SCENE_WITHOUT_CONTEXT,
    SCENE_WITHOUT_OVERLAPPED,
    SCENE_NOT_UPDATED,
    SCENE_DUPLICATE,
    SCENE_SHUT_DOWN,
    SCENE_ASKED,
    SCENE_ATTACHED,
    SCENE_ATTACHED_CONNECTED,
    SCENE_PLACES
};

/* Byte strings of every kind that a SET can hand in; SCENE_NO_BLOB is none. */
enum scene_blob {
    SCENE_NO_BLOB,
    SCENE_VALID,
    SCENE_ANOTHER, /* valid, and SET on no socket */
    SCENE_GARBAGE,
    SCENE_TRUNCATED,
    SCENE_EXTENDED,
    SCENE_FOREIGN,
    SCENE_DEAD,
    SCENE_BLOBS
};

struct scene_cast {
    uint32_t sockets[SCENE_PLACES];
    uint32_t sizes[SCENE_BLOBS];
    uint8_t blobs[SCENE_BLOBS][SCENE_ROOM];
};

/* Fills a scene that scene_make() has made. */
void scene_populate(struct scene *scene, struct scene_cast *cast);

#define answer_bytes(error, bytes)                                                                 \
    ((struct wfp_answer){(error), (bytes), WFP_COUNT_VALUE, WFP_RETURNED})
#define answer_needed(error) ((struct wfp_answer){(error), 0, WFP_COUNT_NEEDED, WFP_RETURNED})
#define answer_unchanged(error) ((struct wfp_answer){(error), 0, WFP_COUNT_UNCHANGED, WFP_RETURNED})
#define answer_pass ((struct wfp_answer){0, 0, WFP_COUNT_UNCHANGED, WFP_PASS})
#define answer_died ((struct wfp_answer){0, 0, WFP_COUNT_UNCHANGED, WFP_DIED})
#define answer_state(state) ((struct wfp_answer){(state), 0, WFP_COUNT_UNCHANGED, WFP_STATE})

#define assert_answer(actual, expected) scene_compare((actual), (expected), __FILE__, __LINE__)
void scene_compare(struct wfp_answer actual, struct wfp_answer expected, const char *file,
                   int line);

#endif
