/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/world.h"
#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define IPV4(a, b, c, d, p)                                                                        \
    {                                                                                              \
        .bytes = {a, b, c, d}, .port = (p), .family = WFP_IPV4                                     \
    }
#define MAPPED(a, b, c, d, p)                                                                      \
    {                                                                                              \
        .bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}, .port = (p),              \
        .family = WFP_IPV6                                                                         \
    }
#define IPV6(last, p)                                                                              \
    {                                                                                              \
        .bytes = {0x20, 0x01, [15] = (last)}, .port = (p), .family = WFP_IPV6                      \
    }

/* ---- values ---- */

static void test_equal_in_every_part(void **state)
{
    static const struct wfp_address all[] = {
        IPV4(192, 0, 2, 1, 80),   IPV4(192, 0, 2, 2, 80),
        IPV4(192, 0, 2, 1, 81),   IPV6(1, 80),
        MAPPED(192, 0, 2, 1, 80), {.port = 80, .family = WFP_IPV6},
    };

    (void)state;
    for (size_t a = 0; a < COUNT(all); a++) {
        for (size_t b = 0; b < COUNT(all); b++) {
            assert_int_equal(wfp_address_equal(&all[a], &all[b]), a == b);
        }
    }
}

static void test_unspecified_whatever_the_port(void **state)
{
    static const struct wfp_address none4 = IPV4(0, 0, 0, 0, 80);
    static const struct wfp_address none6 = {.port = 1, .family = WFP_IPV6};
    static const struct wfp_address some = IPV4(0, 0, 0, 1, 0);
    static const struct wfp_address last = {.bytes = {[15] = 1}, .family = WFP_IPV6};

    (void)state;
    assert_true(wfp_address_unspecified(&none4));
    assert_true(wfp_address_unspecified(&none6));
    assert_false(wfp_address_unspecified(&some));
    assert_false(wfp_address_unspecified(&last));
}

static void test_unmapped(void **state)
{
    static const struct {
        struct wfp_address from;
        struct wfp_address expected;
    } table[] = {
        {MAPPED(192, 0, 2, 1, 80), IPV4(192, 0, 2, 1, 80)},
        {IPV4(192, 0, 2, 1, 80), IPV4(192, 0, 2, 1, 80)},
        {IPV6(1, 80), IPV6(1, 80)},
        {{.bytes = {[9] = 1, [10] = 0xFF, [11] = 0xFF}, .family = WFP_IPV6},
         {.bytes = {[9] = 1, [10] = 0xFF, [11] = 0xFF}, .family = WFP_IPV6}},
        {{.bytes = {[10] = 0xFF, [11] = 0xFE}, .family = WFP_IPV6},
         {.bytes = {[10] = 0xFF, [11] = 0xFE}, .family = WFP_IPV6}},
        {{.bytes = {[10] = 0xFF, [11] = 0xFF}, .family = WFP_IPV4},
         {.bytes = {[10] = 0xFF, [11] = 0xFF}, .family = WFP_IPV4}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct wfp_address actual = wfp_address_unmapped(&table[i].from);

        assert_true(wfp_address_equal(&actual, &table[i].expected));
    }
}

/* ---- who gets what is sent there ---- */

struct bound {
    enum wfp_family family;
    enum wfp_type type;
    struct wfp_address local;
};

static uint32_t bind_one(struct scene *scene, const struct bound *bound)
{
    uint32_t socket = 0;

    assert_int_equal(wfp_socket_open(scene->world, bound->family, bound->type, true, &socket),
                     WFP_OK);
    assert_int_equal(wfp_socket_bind(scene->world, socket, &bound->local), WFP_OK);
    if (bound->type == WFP_TCP) {
        assert_int_equal(wfp_socket_listen(scene->world, socket), WFP_OK);
    }
    return socket;
}

/* Numbered from 1, as their sockets are. */
static const struct bound sockets[] = {
    {WFP_IPV4, WFP_TCP, IPV4(0, 0, 0, 0, 80)},
    {WFP_IPV4, WFP_TCP, IPV4(127, 0, 0, 1, 80)},
    {WFP_IPV6, WFP_TCP, {.port = 81, .family = WFP_IPV6}},
    {WFP_IPV6, WFP_TCP, IPV6(1, 82)},
    {WFP_IPV4, WFP_UDP, IPV4(0, 0, 0, 0, 80)},
    {WFP_IPV4, WFP_TCP, IPV4(192, 0, 2, 1, 83)},
};

static void test_who_is_bound_there(void **state)
{
    static const struct {
        enum wfp_type type;
        struct wfp_address to;
        uint32_t expected;
    } table[] = {
        {WFP_TCP, IPV4(127, 0, 0, 1, 80), 2},
        {WFP_TCP, IPV4(192, 0, 2, 9, 80), 1},
        {WFP_TCP, MAPPED(127, 0, 0, 1, 80), 2},
        {WFP_UDP, IPV4(127, 0, 0, 1, 80), 5},
        {WFP_TCP, IPV4(127, 0, 0, 1, 81), 3},
        {WFP_TCP, IPV6(7, 81), 3},
        {WFP_TCP, IPV6(1, 82), 4},
        {WFP_TCP, IPV6(2, 82), 0},
        {WFP_TCP, IPV6(7, 80), 0},
        {WFP_TCP, IPV4(192, 0, 2, 2, 83), 0},
        {WFP_TCP, IPV4(192, 0, 2, 1, 83), 6},
        {WFP_TCP, IPV4(192, 0, 2, 1, 84), 0},
        {WFP_UDP, IPV4(192, 0, 2, 1, 83), 0},
        {WFP_RAW, IPV4(127, 0, 0, 1, 80), 0},
    };
    struct scene scene;

    (void)state;
    scene_prepare(&scene);
    scene_make(&scene);
    for (size_t i = 0; i < COUNT(sockets); i++) {
        assert_int_equal(bind_one(&scene, &sockets[i]), i + 1);
    }
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(world_endpoint_bound(scene.world, table[i].type, &table[i].to),
                         table[i].expected);
    }
    scene_close(&scene, 2);
    assert_int_equal(world_endpoint_bound(scene.world, WFP_TCP, &table[0].to), 1);
    scene_free(&scene);
}

/* Bound but not listening, a TCP socket gets nothing. */
static void test_only_listeners_get_connections(void **state)
{
    static const struct wfp_address local = IPV4(127, 0, 0, 1, 80);
    struct scene scene;
    uint32_t socket;

    (void)state;
    scene_prepare(&scene);
    scene_make(&scene);
    socket = scene_open(&scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_bind(scene.world, socket, &local), WFP_OK);
    assert_int_equal(world_endpoint_bound(scene.world, WFP_TCP, &local), 0);
    assert_int_equal(wfp_socket_listen(scene.world, socket), WFP_OK);
    assert_int_equal(world_endpoint_bound(scene.world, WFP_TCP, &local), 1);
    scene_free(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_in_every_part),
        cmocka_unit_test(test_unspecified_whatever_the_port),
        cmocka_unit_test(test_unmapped),
        cmocka_unit_test(test_who_is_bound_there),
        cmocka_unit_test(test_only_listeners_get_connections),
    };

    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
