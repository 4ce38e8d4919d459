/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scene.h"

static const uint8_t contexts[] =
    "the quick brown fox jumps over the lazy dog, twice and once more";

/* ---- the world ---- */

void scene_prepare(struct scene *scene)
{
    const struct wfp_limits limits = {.sockets = 64,
                                      .handles = 8,
                                      .records = 24,
                                      .record_bytes = SCENE_ROOM,
                                      .operations = 8,
                                      .origin = 0x1234,
                                      .callouts = 16,
                                      .classifications = 8,
                                      .contexts = 8,
                                      .context_bytes = 64,
                                      .flows = 32,
                                      .datagrams = 32,
                                      .datagram_bytes = 2048};

    memset(scene, 0, sizeof *scene);
    scene->limits = limits;
    scene->rules = wfp_rules_shipped();
    wfp_profile_documented(&scene->profile);
}

void scene_make(struct scene *scene)
{
    void *memory;

    scene->size = wfp_world_size(&scene->limits);
    memory = malloc(scene->size);
    assert_non_null(memory);
    memset(memory, SCENE_UNTOUCHED, scene->size);
    scene->world = wfp_world_init(memory, &scene->limits, scene->rules, &scene->profile);
    assert_ptr_equal(scene->world, memory);
}

void scene_fill(struct scene *scene)
{
    const struct wfp_redirect redirect = scene_redirect(1);

    scene->handle = scene_handle(scene, 1);
    scene->listener = scene_listen(scene, true);
    scene->client = scene_open(scene, WFP_TCP, true);
    scene_connect(scene, scene->client, scene->listener, &redirect);
    assert_int_equal(wfp_socket_accept(scene->world, scene->listener, true, &scene->accepted),
                     WFP_OK);
}

void scene_free(struct scene *scene)
{
    free(scene->world);
}

int scene_setup(void **state)
{
    struct scene *scene = malloc(sizeof *scene);

    if (scene == NULL) {
        return -1;
    }
    scene_prepare(scene);
    scene_make(scene);
    scene_fill(scene);
    *state = scene;
    return 0;
}

int scene_teardown(void **state)
{
    scene_free(*state);
    free(*state);
    return 0;
}

/* ---- what must succeed ---- */

uint32_t scene_handle(struct scene *scene, uint64_t provider)
{
    uint32_t handle = 0;

    assert_int_equal(wfp_handle_create(scene->world, provider, &handle), WFP_OK);
    return handle;
}

uint32_t scene_open(struct scene *scene, enum wfp_type type, bool overlapped)
{
    uint32_t socket = WFP_INVALID_SOCKET;

    assert_int_equal(wfp_socket_open(scene->world, WFP_IPV4, type, overlapped, &socket), WFP_OK);
    return socket;
}

uint32_t scene_listen(struct scene *scene, bool overlapped)
{
    const uint32_t socket = scene_open(scene, WFP_TCP, overlapped);

    assert_int_equal(wfp_socket_bind(scene->world, socket, NULL), WFP_OK);
    assert_int_equal(wfp_socket_listen(scene->world, socket), WFP_OK);
    return socket;
}

struct wfp_redirect scene_redirect(uint32_t handle)
{
    const struct wfp_redirect redirect = {handle,
                                          1234,
                                          contexts + handle % (sizeof contexts - SCENE_CONTEXT),
                                          SCENE_CONTEXT,
                                          WFP_LAYER_CONNECT_REDIRECT,
                                          false,
                                          false};

    return redirect;
}

struct wfp_reply scene_connect(struct scene *scene, uint32_t socket, uint32_t listener,
                               const struct wfp_redirect *redirect)
{
    const struct wfp_connect what = {listener, redirect};
    struct wfp_reply reply;

    assert_int_equal(wfp_socket_connect(scene->world, socket, &what, &reply), WFP_OK);
    return reply;
}

uint32_t scene_accept(struct scene *scene, uint32_t client, uint32_t handle)
{
    const struct wfp_redirect redirect = scene_redirect(handle);
    const uint32_t listener = scene_listen(scene, true);
    uint32_t accepted = WFP_INVALID_SOCKET;

    scene_connect(scene, client, listener, handle == 0 ? NULL : &redirect);
    assert_int_equal(wfp_socket_accept(scene->world, listener, true, &accepted), WFP_OK);
    scene_close(scene, listener);
    return accepted;
}

void scene_close(struct scene *scene, uint32_t socket)
{
    assert_int_equal(wfp_socket_close(scene->world, socket), WFP_OK);
}

/* ---- calls ---- */

struct wfp_ioctl scene_query(struct scene *scene, uint32_t code, uint32_t socket, uint32_t size)
{
    struct wfp_ioctl call = {.socket = socket,
                             .code = code,
                             .in = {NULL, 0, WFP_POINTER_NULL},
                             .out = {scene->out, size, WFP_POINTER_HEAP},
                             .byte_count = WFP_POINTER_HEAP,
                             .overlapped = WFP_POINTER_NULL,
                             .routine = WFP_POINTER_NULL};

    memset(scene->out, SCENE_UNTOUCHED, sizeof scene->out);
    if (size == 0) {
        call.out.pointer = WFP_POINTER_NULL;
    }
    return call;
}

struct wfp_ioctl scene_set(struct scene *scene, uint32_t socket, const uint8_t *bytes,
                           uint32_t size)
{
    struct wfp_ioctl call = scene_query(scene, WFP_SIO_SET_RECORDS, socket, 0);

    call.in.bytes = (uint8_t *)(uintptr_t)bytes;
    call.in.size = size;
    call.in.pointer = bytes == NULL ? WFP_POINTER_NULL : WFP_POINTER_HEAP;
    return call;
}

struct wfp_reply scene_call(struct scene *scene, const struct wfp_ioctl *call)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_socket_ioctl(scene->world, call, &reply), WFP_OK);
    return reply;
}

uint32_t scene_record(struct scene *scene, uint32_t socket, uint8_t bytes[SCENE_ROOM])
{
    const struct wfp_ioctl query =
        scene_query(scene, WFP_SIO_QUERY_RECORDS, socket, sizeof scene->out);
    const struct wfp_reply reply = scene_call(scene, &query);

    assert_answer(reply.answer, answer_bytes(0, reply.written));
    memcpy(bytes, scene->out, sizeof scene->out);
    return reply.written;
}

void scene_hand_on(struct scene *scene, uint32_t from, uint32_t out)
{
    uint8_t bytes[SCENE_ROOM];
    const uint32_t size = scene_record(scene, from, bytes);
    const struct wfp_ioctl set = scene_set(scene, out, bytes, size);

    assert_answer(scene_call(scene, &set).answer, answer_bytes(0, 0));
}

uint32_t scene_state(struct scene *scene, uint32_t socket, uint32_t handle)
{
    struct wfp_reply reply;

    assert_int_equal(wfp_redirect_state(scene->world, socket, handle, &reply), WFP_OK);
    assert_answer(reply.answer, answer_state(reply.answer.error));
    return reply.answer.error;
}

bool scene_untouched(const struct scene *scene, size_t from)
{
    for (size_t i = from; i < sizeof scene->out; i++) {
        if (scene->out[i] != SCENE_UNTOUCHED) {
            return false;
        }
    }
    return true;
}

/* ---- the profile ---- */

void scene_decide(struct scene *scene, enum wfp_key key, struct wfp_answer answer)
{
    scene->profile.keys[key].count = 0;
    scene_also(scene, key, answer);
}

void scene_also(struct scene *scene, enum wfp_key key, struct wfp_answer answer)
{
    struct wfp_choice *choice = &scene->profile.keys[key];

    assert_in_range(choice->count, 0, WFP_VALUES_MAX - 1);
    choice->values[choice->count++].answer = answer;
}

void scene_compare(struct wfp_answer actual, struct wfp_answer expected, const char *file, int line)
{
    if (!wfp_answer_equal(actual, expected)) {
        print_error("%s:%d: answer: expected %u/%u (count %d, outcome %d), "
                    "actual %u/%u (count %d, outcome %d)\n",
                    file, line, (unsigned)expected.error, (unsigned)expected.bytes,
                    (int)expected.count, (int)expected.outcome, (unsigned)actual.error,
                    (unsigned)actual.bytes, (int)actual.count, (int)actual.outcome);
        _fail(file, line);
    }
}

/* ---- one of each ---- */

static void place_unaccepted(struct scene *scene, uint32_t sockets[SCENE_PLACES])
{
    sockets[SCENE_NO_SOCKET] = WFP_INVALID_SOCKET;
    sockets[SCENE_FRESH] = scene_open(scene, WFP_TCP, true);
    sockets[SCENE_BOUND] = scene_open(scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_bind(scene->world, sockets[SCENE_BOUND], NULL), WFP_OK);
    sockets[SCENE_LISTENING] = scene->listener;
    sockets[SCENE_CONNECTED] = scene->client;
    sockets[SCENE_UDP] = scene_open(scene, WFP_UDP, true);
    sockets[SCENE_UDP_CONNECTED] = scene_open(scene, WFP_UDP, true);
    scene_connect(scene, sockets[SCENE_UDP_CONNECTED], 0, NULL);
    sockets[SCENE_RAW] = scene_open(scene, WFP_RAW, true);
    sockets[SCENE_ATTACHED] = scene_open(scene, WFP_TCP, true);
    sockets[SCENE_ATTACHED_CONNECTED] = scene_open(scene, WFP_TCP, true);
    scene_hand_on(scene, scene->accepted, sockets[SCENE_ATTACHED]);
    scene_hand_on(scene, scene->accepted, sockets[SCENE_ATTACHED_CONNECTED]);
    scene_connect(scene, sockets[SCENE_ATTACHED_CONNECTED], 0, NULL);
}

static uint32_t place_accepted(struct scene *scene, bool overlapped, bool update, uint32_t context)
{
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    const uint32_t listener = scene_listen(scene, overlapped);
    struct wfp_redirect redirect = scene_redirect(scene->handle);
    uint32_t accepted = WFP_INVALID_SOCKET;

    redirect.context_size = context;
    scene_connect(scene, client, listener, &redirect);
    assert_int_equal(wfp_socket_accept(scene->world, listener, update, &accepted), WFP_OK);
    return accepted;
}

static void place_all_accepted(struct scene *scene, uint32_t sockets[SCENE_PLACES])
{
    uint8_t bytes[SCENE_ROOM];

    sockets[SCENE_ACCEPTED] = place_accepted(scene, true, true, SCENE_CONTEXT);
    sockets[SCENE_ACCEPTED_PLAIN] = scene_accept(scene, scene_open(scene, WFP_TCP, true), 0);
    sockets[SCENE_WITHOUT_CONTEXT] = place_accepted(scene, true, true, 0);
    sockets[SCENE_WITHOUT_OVERLAPPED] = place_accepted(scene, false, true, SCENE_CONTEXT);
    sockets[SCENE_NOT_UPDATED] = place_accepted(scene, true, false, SCENE_CONTEXT);
    assert_int_equal(
        wfp_socket_duplicate(scene->world, sockets[SCENE_ACCEPTED], &sockets[SCENE_DUPLICATE]),
        WFP_OK);
    sockets[SCENE_SHUT_DOWN] = place_accepted(scene, true, true, SCENE_CONTEXT);
    assert_int_equal(wfp_socket_shutdown(scene->world, sockets[SCENE_SHUT_DOWN]), WFP_OK);
    sockets[SCENE_ASKED] = place_accepted(scene, true, true, SCENE_CONTEXT);
    scene_record(scene, sockets[SCENE_ASKED], bytes);
}

static void copy_blob(struct scene_cast *cast, enum scene_blob blob, int more)
{
    const uint32_t size = cast->sizes[SCENE_VALID];

    memcpy(cast->blobs[blob], cast->blobs[SCENE_VALID], size);
    cast->sizes[blob] = (uint32_t)((int)size + more);
}

static void place_foreign(struct scene_cast *cast)
{
    struct scene other;

    scene_prepare(&other);
    other.limits.origin++;
    scene_make(&other);
    scene_fill(&other);
    cast->sizes[SCENE_FOREIGN] = scene_record(&other, other.accepted, cast->blobs[SCENE_FOREIGN]);
    scene_free(&other);
}

static void place_blobs(struct scene *scene, struct scene_cast *cast)
{
    const uint32_t dying = scene_handle(scene, 7);
    const uint32_t accepted = scene_accept(scene, scene_open(scene, WFP_TCP, true), dying);
    const uint32_t other =
        scene_accept(scene, scene_open(scene, WFP_TCP, true), scene_handle(scene, 8));

    cast->sizes[SCENE_NO_BLOB] = 0;
    cast->sizes[SCENE_VALID] = scene_record(scene, scene->accepted, cast->blobs[SCENE_VALID]);
    cast->sizes[SCENE_ANOTHER] = scene_record(scene, other, cast->blobs[SCENE_ANOTHER]);
    cast->sizes[SCENE_DEAD] = scene_record(scene, accepted, cast->blobs[SCENE_DEAD]);
    assert_int_equal(wfp_handle_destroy(scene->world, dying), WFP_OK);
    copy_blob(cast, SCENE_TRUNCATED, -1);
    copy_blob(cast, SCENE_EXTENDED, 1);
    copy_blob(cast, SCENE_GARBAGE, 0);
    cast->blobs[SCENE_GARBAGE][cast->sizes[SCENE_GARBAGE] / 2] ^= 1;
    place_foreign(cast);
}

void scene_populate(struct scene *scene, struct scene_cast *cast)
{
    memset(cast, 0, sizeof *cast);
    scene_fill(scene);
    place_unaccepted(scene, cast->sockets);
    place_all_accepted(scene, cast->sockets);
    place_blobs(scene, cast);
}
