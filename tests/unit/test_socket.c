/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- what a socket may do, by where it stands ---- */

typedef enum wfp_status step_function(struct scene *scene, uint32_t socket);

static enum wfp_status bind_it(struct scene *scene, uint32_t socket)
{
    return wfp_socket_bind(scene->world, socket, NULL);
}

static enum wfp_status listen_it(struct scene *scene, uint32_t socket)
{
    return wfp_socket_listen(scene->world, socket);
}

static enum wfp_status shut_down(struct scene *scene, uint32_t socket)
{
    return wfp_socket_shutdown(scene->world, socket);
}

static enum wfp_status connect_it(struct scene *scene, uint32_t socket)
{
    const struct wfp_connect what = {0, NULL};
    struct wfp_reply reply;

    return wfp_socket_connect(scene->world, socket, &what, &reply);
}

static enum wfp_status accept_it(struct scene *scene, uint32_t socket)
{
    uint32_t accepted = 0;
    const enum wfp_status status = wfp_socket_accept(scene->world, socket, true, &accepted);

    assert_true((status == WFP_OK) == (accepted != 0));
    return status;
}

static enum wfp_status duplicate_it(struct scene *scene, uint32_t socket)
{
    uint32_t copy = 0;
    const enum wfp_status status = wfp_socket_duplicate(scene->world, socket, &copy);

    assert_true((status == WFP_OK) == (copy != 0));
    return status;
}

static enum wfp_status close_it(struct scene *scene, uint32_t socket)
{
    return wfp_socket_close(scene->world, socket);
}

static step_function *const steps[] = {bind_it,   listen_it,    shut_down, connect_it,
                                       accept_it, duplicate_it, close_it};

enum { STEPS = COUNT(steps) };

/* Of bind, listen, shutdown, connect, accept, duplicate, close: done, refused, or no such socket.
 */
static const char *const expected[SCENE_PLACES] = {
    [SCENE_NO_SOCKET] = "-------",       [SCENE_FRESH] = "ynnynyy",
    [SCENE_BOUND] = "nynynyy",           [SCENE_LISTENING] = "nnnnnyy",
    [SCENE_CONNECTED] = "nnynnyy",       [SCENE_UDP] = "ynnynyy",
    [SCENE_UDP_CONNECTED] = "nnynnyy",   [SCENE_RAW] = "ynnynyy",
    [SCENE_ACCEPTED] = "nnynnyy",        [SCENE_ACCEPTED_PLAIN] = "nnynnyy",
    [SCENE_WITHOUT_CONTEXT] = "nnynnyy", [SCENE_WITHOUT_OVERLAPPED] = "nnynnyy",
    [SCENE_NOT_UPDATED] = "nnynnyy",     [SCENE_DUPLICATE] = "nnynnyy",
    [SCENE_SHUT_DOWN] = "nnynnyy",       [SCENE_ASKED] = "nnynnyy",
    [SCENE_ATTACHED] = "ynnynyy",        [SCENE_ATTACHED_CONNECTED] = "nnynnyy",
};

static char letter_of(enum wfp_status status)
{
    switch (status) {
    case WFP_OK:
        return 'y';
    case WFP_BAD_STATE:
        return 'n';
    case WFP_NO_SOCKET:
        return '-';
    case WFP_NO_ROOM:
    case WFP_NO_HANDLE:
    default:
        return '?';
    }
}

static void check_step(size_t place, size_t step)
{
    static struct scene_cast cast;
    struct scene scene;
    char actual;

    scene_prepare(&scene);
    scene_make(&scene);
    scene_populate(&scene, &cast);
    actual = letter_of(steps[step](&scene, cast.sockets[place]));
    scene_free(&scene);
    if (actual != expected[place][step]) {
        print_error("place %u, step %u: expected %c, actual %c\n", (unsigned)place, (unsigned)step,
                    expected[place][step], actual);
        fail();
    }
}

static void test_steps_fit_the_state(void **state)
{
    (void)state;
    for (size_t place = 0; place < SCENE_PLACES; place++) {
        for (size_t step = 0; step < STEPS; step++) {
            check_step(place, step);
        }
    }
}

static void test_unknown_sockets_are_refused(void **state)
{
    struct scene *scene = *state;
    const uint32_t closed = scene_open(scene, WFP_TCP, true);
    const uint32_t unknown[] = {0, closed, scene->limits.sockets, scene->limits.sockets + 1,
                                UINT32_MAX};

    scene_close(scene, closed);
    for (size_t i = 0; i < COUNT(unknown) * STEPS; i++) {
        assert_int_equal(steps[i % STEPS](scene, unknown[i / STEPS]), WFP_NO_SOCKET);
    }
}

static void test_only_tcp_listens(void **state)
{
    static const enum wfp_type types[] = {WFP_TCP, WFP_UDP, WFP_RAW};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT(types); i++) {
        const uint32_t socket = scene_open(scene, types[i], true);

        assert_int_equal(wfp_socket_bind(scene->world, socket, NULL), WFP_OK);
        assert_int_equal(wfp_socket_listen(scene->world, socket),
                         types[i] == WFP_TCP ? WFP_OK : WFP_BAD_STATE);
    }
}

/* ---- descriptors ---- */

static void test_lowest_free_descriptor_is_taken(void **state)
{
    struct scene scene;
    uint32_t copy = 0;

    (void)state;
    scene_prepare(&scene);
    scene_make(&scene);
    for (uint32_t socket = 1; socket <= 4; socket++) {
        assert_int_equal(scene_open(&scene, WFP_TCP, true), socket);
    }
    scene_close(&scene, 3);
    scene_close(&scene, 2);
    assert_int_equal(scene_open(&scene, WFP_UDP, true), 2);
    assert_int_equal(wfp_socket_duplicate(scene.world, 4, &copy), WFP_OK);
    assert_int_equal(copy, 3);
    assert_int_equal(scene_open(&scene, WFP_UDP, true), 5);
    scene_free(&scene);
}

static bool has_record(struct scene *scene, uint32_t socket)
{
    struct wfp_ioctl query = scene_query(scene, WFP_SIO_QUERY_RECORDS, socket, sizeof scene->out);

    return scene_call(scene, &query).answer.error == 0;
}

static void test_descriptors_share_their_socket(void **state)
{
    struct scene *scene = *state;
    uint32_t copies[2] = {0, 0};

    for (size_t i = 0; i < COUNT(copies); i++) {
        assert_int_equal(wfp_socket_duplicate(scene->world, scene->accepted, &copies[i]), WFP_OK);
    }
    scene_close(scene, scene->accepted);
    assert_false(has_record(scene, scene->accepted));
    assert_true(has_record(scene, copies[0]));
    scene_close(scene, copies[0]);
    assert_true(has_record(scene, copies[1]));
    scene_close(scene, copies[1]);
    assert_false(has_record(scene, copies[1]));
}

/* What is done through one descriptor is seen through the other. */
static void test_duplicate_follows_its_original(void **state)
{
    struct scene *scene = *state;
    const uint32_t socket = scene_open(scene, WFP_TCP, true);
    uint32_t copy = 0;

    assert_int_equal(wfp_socket_duplicate(scene->world, socket, &copy), WFP_OK);
    scene_hand_on(scene, scene->accepted, copy);
    assert_int_equal(scene_state(scene, socket, scene->handle), WFP_REDIRECTED_BY_SELF);
    assert_int_equal(wfp_socket_bind(scene->world, copy, NULL), WFP_OK);
    assert_int_equal(wfp_socket_bind(scene->world, socket, NULL), WFP_BAD_STATE);
    scene_connect(scene, socket, 0, NULL);
    assert_int_equal(wfp_socket_shutdown(scene->world, copy), WFP_OK);
}

/* A descriptor taken again tells nothing of the socket that had it before. */
static void test_new_socket_is_a_fresh_one(void **state)
{
    struct scene *scene = *state;
    const uint32_t before = scene->accepted;
    uint32_t socket;

    assert_true(has_record(scene, before));
    scene_close(scene, before);
    socket = scene_open(scene, WFP_TCP, true);
    assert_int_equal(socket, before);
    assert_false(has_record(scene, socket));
    assert_int_equal(scene_state(scene, socket, scene->handle), WFP_NOT_REDIRECTED);
    assert_int_equal(wfp_socket_shutdown(scene->world, socket), WFP_BAD_STATE);
}

/* ---- a listener's end ---- */

static void test_waiting_connections_end_with_their_listener(void **state)
{
    struct scene *scene = *state;
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    const uint32_t other = scene_listen(scene, true);
    uint32_t accepted = 0;

    scene_connect(scene, scene_open(scene, WFP_TCP, true), scene->listener, &redirect);
    scene_connect(scene, scene_open(scene, WFP_TCP, true), other, &redirect);
    scene_close(scene, scene->listener);
    assert_int_equal(scene_listen(scene, true), scene->listener);
    assert_int_equal(wfp_socket_accept(scene->world, scene->listener, true, &accepted),
                     WFP_BAD_STATE);
    assert_int_equal(wfp_socket_accept(scene->world, other, true, &accepted), WFP_OK);
    assert_true(has_record(scene, accepted));
}

static void test_connection_outlives_client_and_listener(void **state)
{
    struct scene *scene = *state;

    scene_close(scene, scene->client);
    scene_close(scene, scene->listener);
    assert_true(has_record(scene, scene->accepted));
}

static void test_waiting_connection_outlives_its_client(void **state)
{
    struct scene *scene = *state;
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    const uint32_t client = scene_open(scene, WFP_TCP, true);
    uint32_t accepted = 0;

    scene_connect(scene, client, scene->listener, &redirect);
    scene_close(scene, client);
    assert_int_equal(wfp_socket_accept(scene->world, scene->listener, true, &accepted), WFP_OK);
    assert_true(has_record(scene, accepted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_fit_the_state),
        cmocka_unit_test_setup_teardown(test_unknown_sockets_are_refused, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(test_only_tcp_listens, scene_setup, scene_teardown),
        cmocka_unit_test(test_lowest_free_descriptor_is_taken),
        cmocka_unit_test_setup_teardown(test_descriptors_share_their_socket, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(test_duplicate_follows_its_original, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(test_new_socket_is_a_fresh_one, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(test_waiting_connections_end_with_their_listener,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(test_connection_outlives_client_and_listener, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(test_waiting_connection_outlives_its_client, scene_setup,
                                        scene_teardown),
    };

    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
