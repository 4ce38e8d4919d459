/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/record.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { HANDLES = 3 };

/* An empty world with the handles 1 (A), 2 (B) and 3 (C). */
static void begin(struct scene *scene)
{
    scene_prepare(scene);
    scene_make(scene);
    for (uint32_t handle = 1; handle <= HANDLES; handle++) {
        assert_int_equal(scene_handle(scene, 10 + handle), handle);
    }
}

static uint32_t handle_of(char letter)
{
    return (uint32_t)(letter - 'A') + 1;
}

/* A proxy's outgoing socket, not yet connected, after these redirects; each proxy SETs. */
static uint32_t chain(struct scene *scene, const char *redirects)
{
    uint32_t out = scene_open(scene, WFP_TCP, true);

    for (const char *letter = redirects; *letter != '\0'; letter++) {
        const uint32_t accepted = scene_accept(scene, out, handle_of(*letter));

        out = scene_open(scene, WFP_TCP, true);
        scene_hand_on(scene, accepted, out);
    }
    return out;
}

/* ---- the table of ST-06, and UNK-35 ---- */

struct row {
    const char *list;
    uint32_t expected[HANDLES]; /* asking A, B, C */
};

static const struct row rows[] = {
    {"", {0, 0, 0}},    {"A", {1, 2, 2}},   {"AB", {3, 1, 2}}, {"ABC", {3, 3, 1}},
    {"BA", {1, 3, 2}},  {"ABA", {1, 3, 2}}, {"AA", {1, 2, 2}}, {"CAB", {3, 1, 3}},
    {"BCC", {2, 3, 1}}, {"BAB", {3, 1, 2}},
};

static void check_states(struct scene *scene, uint32_t socket, const struct row *row)
{
    for (uint32_t i = 0; i < HANDLES; i++) {
        const uint32_t actual = scene_state(scene, socket, i + 1);

        if (actual != row->expected[i]) {
            print_error("[%s] asked by %c: state: expected %u, actual %u\n", row->list,
                        (char)('A' + i), (unsigned)row->expected[i], (unsigned)actual);
            fail();
        }
    }
}

static void test_state_by_list_and_handle(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene scene;
        uint32_t out;

        begin(&scene);
        out = chain(&scene, rows[i].list);
        check_states(&scene, out, &rows[i]);
        scene_connect(&scene, out, 0, NULL);
        check_states(&scene, out, &rows[i]);
        scene_free(&scene);
    }
}

static void test_rules_name_the_states(void **state)
{
    static const char *const ids[] = {"state.not-redirected", "state.by-self", "state.by-other",
                                      "state.previously-by-self"};
    struct scene scene;
    uint32_t out;

    (void)state;
    begin(&scene);
    for (size_t i = 0; i < COUNT(rows); i++) {
        out = chain(&scene, rows[i].list);
        for (uint32_t handle = 1; handle <= HANDLES; handle++) {
            struct wfp_reply reply;

            assert_int_equal(wfp_redirect_state(scene.world, out, handle, &reply), WFP_OK);
            if (strcmp(reply.rule->id, "state.repeated") != 0) {
                assert_string_equal(reply.rule->id, ids[rows[i].expected[handle - 1]]);
            }
        }
        scene_free(&scene);
        begin(&scene);
    }
    scene_free(&scene);
}

/* UNK-17: a hop whose handle is gone does not count. */
static void test_dead_handles_do_not_count(void **state)
{
    static const struct {
        const char *list;
        char dead;
        char asked;
        uint32_t expected;
    } table[] = {
        {"A", 'A', 'B', 0},   {"AB", 'A', 'B', 1},  {"AB", 'A', 'C', 2},
        {"AB", 'B', 'A', 1},  {"AB", 'B', 'C', 2},  {"ABC", 'C', 'B', 1},
        {"ABC", 'C', 'A', 3}, {"ABA", 'B', 'A', 1}, {"BAB", 'B', 'A', 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct scene scene;
        uint32_t out;

        begin(&scene);
        out = chain(&scene, table[i].list);
        assert_int_equal(wfp_handle_destroy(scene.world, handle_of(table[i].dead)), WFP_OK);
        assert_int_equal(scene_state(&scene, out, handle_of(table[i].asked)), table[i].expected);
        scene_free(&scene);
    }
}

/* KRN-04: what makes a stranger is the handle; another provider's in its place is one. */
static void test_another_provider_is_a_stranger(void **state)
{
    struct scene scene;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "A");
    assert_int_equal(wfp_handle_destroy(scene.world, 1), WFP_OK);
    assert_int_equal(scene_handle(&scene, 99), 1);
    assert_int_equal(scene_state(&scene, out, 1), WFP_NOT_REDIRECTED);
    scene_free(&scene);
}

static void test_two_handles_of_one_provider_are_strangers(void **state)
{
    struct scene scene;
    uint32_t out;

    (void)state;
    begin(&scene);
    assert_int_equal(scene_handle(&scene, 11), HANDLES + 1);
    out = chain(&scene, "A");
    assert_int_equal(scene_state(&scene, out, 1), WFP_REDIRECTED_BY_SELF);
    assert_int_equal(scene_state(&scene, out, HANDLES + 1), WFP_REDIRECTED_BY_OTHER);
    scene_free(&scene);
}

/* A well-formed record, not of our making, that names handles which never were. */
static void test_invented_handles_do_not_count(void **state)
{
    static const struct record_hop hops[] = {
        {.handle = HANDLES + 1, .provider = 0}, {.handle = 0, .provider = 11},
        {.handle = 0, .provider = 0},           {.handle = 9, .provider = 11},
        {.handle = UINT32_MAX, .provider = 11}, {.handle = 1, .provider = 12},
    };
    const struct record_view none = {NULL, 0};
    const struct record_shape shape = {188, 560};

    (void)state;
    for (size_t i = 0; i < COUNT(hops); i++) {
        struct scene scene;
        uint8_t bytes[SCENE_ROOM];
        struct wfp_ioctl set;

        begin(&scene);
        set = scene_set(
            &scene, scene_open(&scene, WFP_TCP, true), bytes,
            record_append(none, &hops[i], shape, scene.limits.origin, bytes, sizeof bytes));
        assert_answer(scene_call(&scene, &set).answer, answer_bytes(0, 0));
        assert_int_equal(scene_state(&scene, set.socket, 1), WFP_NOT_REDIRECTED);
        scene_decide(&scene, WFP_KEY_SET_DEAD_HANDLE, answer_bytes(10022, 0));
        assert_answer(scene_call(&scene, &set).answer, answer_bytes(10022, 0));
        scene_free(&scene);
    }
}

/* ---- SET, and when (SET-06, UNK-11, UNK-12, UNK-25, ST-07) ---- */

enum moment { NEVER, FIRST, AFTER_BIND, AFTER_CONNECT };

/* Binds and connects a socket; the record is handed on when `moment` has come. */
static void go_through(struct scene *scene, uint32_t accepted, uint32_t out, enum moment moment)
{
    if (moment == FIRST) {
        scene_hand_on(scene, accepted, out);
    }
    assert_int_equal(wfp_socket_bind(scene->world, out, NULL), WFP_OK);
    if (moment == AFTER_BIND) {
        scene_hand_on(scene, accepted, out);
    }
    scene_connect(scene, out, 0, NULL);
    if (moment == AFTER_CONNECT) {
        scene_hand_on(scene, accepted, out);
    }
}

static void test_set_counts_before_connect(void **state)
{
    static const struct {
        enum moment moment;
        uint32_t expected;
    } table[] = {{NEVER, 0}, {FIRST, 1}, {AFTER_BIND, 1}, {AFTER_CONNECT, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct scene scene;
        uint32_t out;

        begin(&scene);
        out = scene_open(&scene, WFP_TCP, true);
        go_through(&scene, scene_accept(&scene, scene_open(&scene, WFP_TCP, true), 1), out,
                   table[i].moment);
        assert_int_equal(scene_state(&scene, out, 1), table[i].expected);
        scene_free(&scene);
    }
}

/* A record that comes too late neither adds to nor takes from what connect was classified with. */
static void test_late_set_changes_no_state(void **state)
{
    static const struct row row = {"A", {1, 2, 2}};
    struct scene scene;
    uint32_t other;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "A");
    other = scene_accept(&scene, chain(&scene, "B"), 3);
    scene_connect(&scene, out, 0, NULL);
    scene_hand_on(&scene, other, out);
    check_states(&scene, out, &row);
    scene_hand_on(&scene, other, out);
    check_states(&scene, out, &row);
    scene_free(&scene);
}

static void test_last_set_wins(void **state)
{
    static const struct row row = {"BC", {2, 3, 1}};
    struct scene scene;
    uint32_t other;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "A");
    other = scene_accept(&scene, chain(&scene, "B"), 3);
    scene_hand_on(&scene, other, out);
    check_states(&scene, out, &row);
    scene_hand_on(&scene, other, out);
    scene_connect(&scene, out, 0, NULL);
    check_states(&scene, out, &row);
    scene_free(&scene);
}

static void test_refused_set_keeps_the_first(void **state)
{
    static const struct row row = {"A", {1, 2, 2}};
    struct scene scene;
    uint8_t bytes[SCENE_ROOM];
    struct wfp_ioctl set;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "A");
    set = scene_set(&scene, scene_open(&scene, WFP_TCP, true), bytes,
                    scene_record(&scene, scene_accept(&scene, chain(&scene, "B"), 3), bytes));
    set.socket = out;
    bytes[100] ^= 1;
    assert_answer(scene_call(&scene, &set).answer, answer_bytes(10022, 0));
    check_states(&scene, out, &row);
    scene_free(&scene);
}

/* UNK-13, UNK-15, UNK-50: a provider may say OK to what is no record; it becomes none. */
static void test_no_record_is_none_even_if_accepted(void **state)
{
    static const enum wfp_key keys[] = {WFP_KEY_SET_GARBAGE, WFP_KEY_SET_TRUNCATED,
                                        WFP_KEY_SET_EXTENDED, WFP_KEY_SET_FOREIGN};
    static const enum scene_blob blobs[] = {SCENE_GARBAGE, SCENE_TRUNCATED, SCENE_EXTENDED,
                                            SCENE_FOREIGN};
    static struct scene_cast cast;
    struct scene scene;

    (void)state;
    scene_prepare(&scene);
    scene_make(&scene);
    scene_populate(&scene, &cast);
    for (size_t i = 0; i < COUNT(keys); i++) {
        const uint32_t out = cast.sockets[SCENE_FRESH];
        const struct wfp_ioctl set =
            scene_set(&scene, out, cast.blobs[blobs[i]], cast.sizes[blobs[i]]);

        assert_answer(scene_call(&scene, &set).answer, answer_bytes(10022, 0));
        scene_decide(&scene, keys[i], answer_pass);
        assert_answer(scene_call(&scene, &set).answer, answer_bytes(0, 0));
        assert_int_equal(scene_state(&scene, out, scene.handle), WFP_NOT_REDIRECTED);
    }
    scene_free(&scene);
}

/* ---- who can be asked about ---- */

static void test_state_needs_socket_and_handle(void **state)
{
    struct scene scene;
    struct wfp_reply reply;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "A");
    assert_int_equal(wfp_redirect_state(scene.world, 0, 1, &reply), WFP_NO_SOCKET);
    assert_int_equal(wfp_redirect_state(scene.world, 60, 1, &reply), WFP_NO_SOCKET);
    assert_int_equal(wfp_redirect_state(scene.world, out, 0, &reply), WFP_NO_HANDLE);
    assert_int_equal(wfp_redirect_state(scene.world, out, HANDLES + 1, &reply), WFP_NO_HANDLE);
    assert_int_equal(wfp_redirect_state(scene.world, out, 1000, &reply), WFP_NO_HANDLE);
    assert_int_equal(wfp_handle_destroy(scene.world, 2), WFP_OK);
    assert_int_equal(wfp_redirect_state(scene.world, out, 2, &reply), WFP_NO_HANDLE);
    scene_free(&scene);
}

static void test_allowed_states(void **state)
{
    struct scene scene;
    struct wfp_answer_set set;
    uint32_t out;

    (void)state;
    begin(&scene);
    out = chain(&scene, "AB");
    wfp_redirect_state_allowed(scene.world, out, 1, &set);
    assert_int_equal(set.count, 1);
    assert_answer(set.answers[0], answer_state(WFP_PREVIOUSLY_REDIRECTED_BY_SELF));
    wfp_redirect_state_allowed(scene.world, out, 99, &set);
    assert_int_equal(set.count, 0);
    wfp_redirect_state_allowed(scene.world, 99, 1, &set);
    assert_int_equal(set.count, 0);
    scene_free(&scene);
}

/* The record belongs to the service's side: the redirected client itself has an empty list. */
static void test_client_of_a_redirect_has_an_empty_list(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(scene_state(scene, scene->client, scene->handle), WFP_NOT_REDIRECTED);
    assert_int_equal(scene_state(scene, scene->listener, scene->handle), WFP_NOT_REDIRECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_by_list_and_handle),
        cmocka_unit_test(test_rules_name_the_states),
        cmocka_unit_test(test_dead_handles_do_not_count),
        cmocka_unit_test(test_another_provider_is_a_stranger),
        cmocka_unit_test(test_invented_handles_do_not_count),
        cmocka_unit_test(test_two_handles_of_one_provider_are_strangers),
        cmocka_unit_test(test_set_counts_before_connect),
        cmocka_unit_test(test_late_set_changes_no_state),
        cmocka_unit_test(test_last_set_wins),
        cmocka_unit_test(test_refused_set_keeps_the_first),
        cmocka_unit_test(test_no_record_is_none_even_if_accepted),
        cmocka_unit_test(test_state_needs_socket_and_handle),
        cmocka_unit_test(test_allowed_states),
        cmocka_unit_test_setup_teardown(test_client_of_a_redirect_has_an_empty_list, scene_setup,
                                        scene_teardown),
    };

    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
