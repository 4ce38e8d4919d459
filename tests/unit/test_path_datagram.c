/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/path.h>

/* ---- a topology, once with connections and once with datagrams ---- */

struct way {
    struct wfp_profile profile;
    struct wfp_path_topology topology;
    struct wfp_world *world;
    size_t size;
    uint8_t *before; /* the world as set-up left it */
    struct wfp_path path;
};

static void prepare(struct way *way, uint32_t services)
{
    memset(way, 0, sizeof *way);
    wfp_profile_documented(&way->profile);
    way->topology.count = services;
    for (uint32_t i = 0; i < services; i++) {
        wfp_path_service_recommended(&way->topology.services[i], services - i, 1);
    }
}

static void make(struct way *way)
{
    const struct wfp_limits limits = wfp_path_limits(&way->topology);

    way->size = wfp_world_size(&limits);
    way->world = wfp_world_init(malloc(way->size), &limits, wfp_rules_shipped(), &way->profile);
    way->before = malloc(way->size);
    assert_int_equal(wfp_path_set_up(&way->path, way->world, &way->topology), WFP_OK);
    memcpy(way->before, way->world, way->size);
}

static void go(struct way *way, const struct wfp_path_journey *journey)
{
    assert_int_equal(wfp_path_begin(&way->path, journey), WFP_OK);
    while (wfp_path_step(&way->path)) {
    }
    assert_memory_equal(way->before, way->world, way->size);
}

static void unmake(struct way *way)
{
    wfp_path_tear_down(&way->path);
    free(way->world);
    free(way->before);
}

static void assert_same_hop(const struct wfp_path_hop *actual, const struct wfp_path_hop *expected)
{
    assert_int_equal(actual->dialler, expected->dialler);
    assert_int_equal(actual->to, expected->to);
    assert_int_equal(actual->redirected_by, expected->redirected_by);
    assert_int_equal(actual->blocked_by, expected->blocked_by);
    assert_int_equal(actual->tracked, expected->tracked);
    assert_int_equal(actual->accepted_record, expected->accepted_record);
    assert_int_equal(actual->conditions, expected->conditions);
    assert_int_equal(actual->asked_count, expected->asked_count);
    assert_memory_equal(actual->asked, expected->asked,
                        expected->asked_count * sizeof expected->asked[0]);
}

/* LOOP-02: what the record does for connections, it does for datagrams. */
static void assert_same_way(struct way *way, struct wfp_path_journey journey)
{
    static struct wfp_path tcp;

    make(way);
    journey.type = WFP_TCP;
    go(way, &journey);
    tcp = way->path;
    journey.type = WFP_UDP;
    go(way, &journey);
    assert_int_equal(way->path.end, tcp.end);
    assert_int_equal(way->path.by, tcp.by);
    assert_int_equal(way->path.cycle_start, tcp.cycle_start);
    assert_int_equal(way->path.cycle_length, tcp.cycle_length);
    assert_int_equal(way->path.hop_count, tcp.hop_count);
    for (uint32_t hop = 0; hop < tcp.hop_count; hop++) {
        assert_same_hop(&way->path.hops[hop], &tcp.hops[hop]);
    }
    unmake(way);
}

static void go_once(struct way *way, enum wfp_path_form to)
{
    const struct wfp_path_journey journey = {.type = WFP_UDP, .to = to};

    make(way);
    go(way, &journey);
}

/* ---- what the end is ---- */

static const struct {
    enum wfp_path_propagation propagation;
    bool refuses;
    enum wfp_path_end expected;
    uint32_t hops;
} ends[] = {
    {WFP_PATH_CORRECTLY, true, WFP_PATH_REACHED, 3},
    {WFP_PATH_CORRECTLY, false, WFP_PATH_REACHED, 3},
    {WFP_PATH_NEVER, false, WFP_PATH_LOOPS, 2},
    {WFP_PATH_LATE, true, WFP_PATH_LOOPS, 2},
    {WFP_PATH_FIRST_ONLY, true, WFP_PATH_REACHED, 3},
    {WFP_PATH_TRUNCATED, true, WFP_PATH_REFUSED, 1},
    {WFP_PATH_TRUNCATED, false, WFP_PATH_LOOPS, 2},
    {WFP_PATH_WRONG_SOCKET, true, WFP_PATH_LOOPS, 2},
    {WFP_PATH_LOST, true, WFP_PATH_REFUSED, 1},
    {WFP_PATH_LOST, false, WFP_PATH_LOOPS, 2},
};

static void test_end_by_propagation(void **state)
{
    static const enum wfp_path_form forms[] = {WFP_PATH_IPV4, WFP_PATH_IPV6, WFP_PATH_MAPPED};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0] * 3; i++) {
        static struct way way;

        prepare(&way, 2);
        way.topology.services[0].propagation = (uint8_t)ends[i / 3].propagation;
        way.topology.services[0].refuses = ends[i / 3].refuses;
        go_once(&way, forms[i % 3]);
        assert_int_equal(way.path.end, ends[i / 3].expected);
        assert_int_equal(way.path.hop_count, ends[i / 3].hops);
        unmake(&way);
    }
}

/* LOOP-04: six that propagate are passed once each. */
static void test_every_service_once(void **state)
{
    static struct way way;

    (void)state;
    prepare(&way, 6);
    go_once(&way, WFP_PATH_IPV6);
    assert_int_equal(way.path.end, WFP_PATH_REACHED);
    assert_int_equal(way.path.hop_count, 7);
    for (uint8_t hop = 0; hop < 7; hop++) {
        assert_int_equal(way.path.hops[hop].dialler, hop);
        assert_int_equal(way.path.hops[hop].tracked, hop > 0);
    }
    unmake(&way);
}

static void test_blocked(void **state)
{
    static struct way way;

    (void)state;
    prepare(&way, 2);
    way.topology.services[1].policy.deeds[WFP_REDIRECTED_BY_OTHER] = WFP_DEED_BLOCK;
    go_once(&way, WFP_PATH_IPV4);
    assert_int_equal(way.path.end, WFP_PATH_BLOCKED);
    assert_int_equal(way.path.by, 2);
    unmake(&way);
}

/* ---- as with connections ---- */

static void test_same_for_each_propagation(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7 * 2 * 3 * 2; i++) {
        const struct wfp_path_journey journey = {.to = (enum wfp_path_form)(1 + i / 14 % 3),
                                                 .reauthorizations = i / 42 * 2};
        static struct way way;

        prepare(&way, 3);
        way.topology.services[i % 2].propagation = (uint8_t)(i / 2 % 7);
        way.topology.services[i % 2].refuses = i % 3 == 0;
        way.topology.services[0].policy.context_size = 32;
        assert_same_way(&way, journey);
    }
}

/* KRN-04: a handle for each filter, and a proxy that dials in the other family. */
static void test_same_for_each_handle(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * 3 * 2; i++) {
        const struct wfp_path_journey journey = {.to = (enum wfp_path_form)(1 + i / 3 % 3)};
        static struct way way;

        prepare(&way, 2);
        way.topology.services[0].handle = (uint8_t)(i % 3);
        way.topology.services[0].outgoing = i / 9 == 0 ? WFP_PATH_OTHER : WFP_PATH_MAPPED;
        assert_same_way(&way, journey);
    }
}

static void test_same_where_policies_differ(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * 4 * 4; i++) {
        const struct wfp_path_journey journey = {.to = WFP_PATH_IPV4, .reauthorizations = i % 2};
        static struct way way;

        prepare(&way, 2);
        way.topology.services[1].policy.deeds[i / 2 % 4] = (uint8_t)(i / 8);
        way.topology.services[1].policy.at_auth_connect[i / 2 % 4] = WFP_DEED_BLOCK;
        way.topology.services[1].policy.when_reauthorizing = true;
        assert_same_way(&way, journey);
    }
}

/* A provider that has no options still lets datagrams through. */
static void test_option_refused(void **state)
{
    static struct way way;

    (void)state;
    prepare(&way, 1);
    way.profile.keys[WFP_KEY_OPTIONS].values[0].answer = (struct wfp_answer){.error = 10042};
    go_once(&way, WFP_PATH_IPV4);
    assert_int_equal(way.path.end, WFP_PATH_REFUSED);
    unmake(&way);
}

static void test_impossible_type(void **state)
{
    const struct wfp_path_journey journey = {.type = WFP_RAW, .to = WFP_PATH_IPV4};
    static struct way way;

    (void)state;
    prepare(&way, 1);
    make(&way);
    assert_int_equal(wfp_path_begin(&way.path, &journey), WFP_BAD_STATE);
    unmake(&way);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end_by_propagation),
        cmocka_unit_test(test_every_service_once),
        cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_same_for_each_propagation),
        cmocka_unit_test(test_same_for_each_handle),
        cmocka_unit_test(test_same_where_policies_differ),
        cmocka_unit_test(test_option_refused),
        cmocka_unit_test(test_impossible_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
