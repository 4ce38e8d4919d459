/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/kernel.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { SERVICES = 3, PORT = 8000 };

static const struct wfp_address outside = {
    .bytes = {203, 0, 113, 10}, .port = 443, .family = WFP_IPV4};

/* ---- services, each with a policy, a callout at both layers, and a listener ---- */

struct services {
    struct scene scene;
    size_t count;
    struct wfp_policy policies[SERVICES];
    uint32_t listeners[SERVICES];
};

static void add_callouts(struct services *services, size_t i)
{
    static const enum wfp_callout_layer layers[] = {WFP_CONNECT_REDIRECT_V4, WFP_AUTH_CONNECT_V4};

    for (size_t layer = 0; layer < COUNT(layers); layer++) {
        const struct wfp_callout callout = {.layer = layers[layer],
                                            .filter = (uint32_t)i + 1,
                                            .sublayer = (uint32_t)(SERVICES - i),
                                            .classify = wfp_policy_classify,
                                            .context = &services->policies[i]};
        uint32_t number = 0;

        assert_int_equal(wfp_callout_register(services->scene.world, &callout, &number), WFP_OK);
    }
}

static void listen_at(struct services *services, size_t i)
{
    const struct wfp_address local = {.port = (uint16_t)(PORT + i), .family = WFP_IPV4};

    services->listeners[i] = scene_open(&services->scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_bind(services->scene.world, services->listeners[i], &local),
                     WFP_OK);
    assert_int_equal(wfp_socket_listen(services->scene.world, services->listeners[i]), WFP_OK);
}

static void make(struct services *services, size_t count)
{
    memset(services, 0, sizeof *services);
    scene_prepare(&services->scene);
    scene_make(&services->scene);
    services->count = count;
    for (size_t i = 0; i < count; i++) {
        struct wfp_policy *policy = &services->policies[i];

        wfp_policy_recommended(policy);
        policy->handle = scene_handle(&services->scene, i + 1);
        policy->service.port = (uint16_t)(PORT + i);
        policy->target_pid = 1;
        add_callouts(services, i);
        listen_at(services, i);
    }
}

static struct wfp_connected connect_from(struct services *services, uint32_t socket)
{
    struct wfp_connected connected;
    struct wfp_reply reply;

    assert_int_equal(
        wfp_socket_connect_to(services->scene.world, socket, &outside, &connected, &reply), WFP_OK);
    return connected;
}

/* The proxy at `listener` accepts and dials on, with or without the record. */
static uint32_t dial_on(struct services *services, uint32_t listener, bool propagates)
{
    const uint32_t out = scene_open(&services->scene, WFP_TCP, true);
    uint32_t accepted = 0;

    assert_int_equal(wfp_socket_accept(services->scene.world, listener, true, &accepted), WFP_OK);
    if (propagates) {
        scene_hand_on(&services->scene, accepted, out);
    }
    return out;
}

/* Where a connection goes, hop after hop: "AB." ends outside, "A!" is blocked after A. */
static void assert_path(struct services *services, bool propagates, const char *expected)
{
    uint32_t socket = scene_open(&services->scene, WFP_TCP, true);
    char path[16] = {0};

    for (size_t hop = 0; hop < 6; hop++) {
        const struct wfp_connected connected = connect_from(services, socket);

        path[hop] = connected.blocked ? '!' : '.';
        if (connected.blocked || connected.listener == 0) {
            break;
        }
        for (size_t i = 0; i < services->count; i++) {
            if (services->listeners[i] == connected.listener) {
                path[hop] = (char)('A' + i);
            }
        }
        socket = dial_on(services, connected.listener, propagates);
    }
    assert_string_equal(path, expected);
}

/* ---- paths (ST-08, LOOP-04, LOOP-05) ---- */

static void test_recommended_ends(void **state)
{
    static const char *const expected[] = {"A.", "AB.", "ABC."};

    (void)state;
    for (size_t count = 1; count <= SERVICES; count++) {
        struct services services;

        make(&services, count);
        assert_path(&services, true, expected[count - 1]);
        scene_free(&services.scene);
    }
}

static void test_without_records_it_does_not(void **state)
{
    struct services services;

    (void)state;
    make(&services, 2);
    assert_path(&services, false, "AAAAAA");
    scene_free(&services.scene);
}

static void test_deeds_by_state(void **state)
{
    struct services services;

    (void)state;
    make(&services, 2);
    services.policies[1].deeds[WFP_REDIRECTED_BY_OTHER] = WFP_DEED_PERMIT;
    assert_path(&services, true, "A.");
    services.policies[1].deeds[WFP_REDIRECTED_BY_OTHER] = WFP_DEED_BLOCK;
    assert_path(&services, true, "A!");
    services.policies[1].deeds[WFP_REDIRECTED_BY_OTHER] = WFP_DEED_CONTINUE;
    assert_path(&services, true, "A.");
    scene_free(&services.scene);
}

/* LOOP-11: who does not accept the later redirect blocks at auth-connect. */
static void test_blocks_at_auth_connect(void **state)
{
    struct services services;

    (void)state;
    make(&services, 2);
    services.policies[0].at_auth_connect[WFP_PREVIOUSLY_REDIRECTED_BY_SELF] = WFP_DEED_BLOCK;
    assert_path(&services, true, "AB!");
    scene_free(&services.scene);
}

/* ST-05: without asking, one's own redirects are redirected again. */
static void test_without_asking(void **state)
{
    struct services services;

    (void)state;
    make(&services, 1);
    services.policies[0].without_query = true;
    assert_path(&services, true, "AAAAAA");
    scene_free(&services.scene);
}

/* ---- one connect, several callouts ---- */

/* RED-21: the heavier one's redirect stays; without looking at the chain the lighter one's does. */
static void test_chain(void **state)
{
    static const struct {
        enum wfp_chain chain;
        const char *expected;
    } table[] = {{WFP_CHAIN_WHOLE, "AB."}, {WFP_CHAIN_NEWEST, "AB."}, {WFP_CHAIN_IGNORED, "B."}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct services services;

        make(&services, 2);
        services.policies[1].chain = table[i].chain;
        services.policies[0].deeds[WFP_REDIRECTED_BY_OTHER] = WFP_DEED_PERMIT;
        assert_path(&services, true, table[i].expected);
        scene_free(&services.scene);
    }
}

/* CON-34: behind a newer version without a handle of its own the whole chain sees A's. */
static void test_newest_or_whole(void **state)
{
    struct services services;

    (void)state;
    make(&services, 3);
    services.policies[1].chain = WFP_CHAIN_IGNORED;
    services.policies[1].handle = services.policies[2].handle;
    services.policies[2].chain = WFP_CHAIN_NEWEST;
    assert_int_equal(connect_from(&services, scene_open(&services.scene, WFP_TCP, true)).listener,
                     services.listeners[2]);
    services.policies[2].chain = WFP_CHAIN_WHOLE;
    assert_int_equal(connect_from(&services, scene_open(&services.scene, WFP_TCP, true)).listener,
                     services.listeners[1]);
    scene_free(&services.scene);
}

/* CON-33: a redirect that keeps the write right leaves the others none. */
static void test_right_that_is_kept(void **state)
{
    struct services services;

    (void)state;
    make(&services, 2);
    services.policies[0].keeps_right = true;
    services.policies[1].chain = WFP_CHAIN_IGNORED;
    assert_int_equal(connect_from(&services, scene_open(&services.scene, WFP_TCP, true)).listener,
                     services.listeners[0]);
    services.policies[1].without_right = true;
    assert_true(connect_from(&services, scene_open(&services.scene, WFP_TCP, true)).blocked);
    scene_free(&services.scene);
}

/* RED-11: loopback, or where the socket is bound. */
static void test_service_address(void **state)
{
    static const struct wfp_address bound = {
        .bytes = {192, 0, 2, 1}, .port = 5000, .family = WFP_IPV4};
    static const uint8_t loopback[16] = {127, 0, 0, 1};
    struct services services;
    struct wfp_connected connected;
    uint32_t socket;

    (void)state;
    make(&services, 1);
    connected = connect_from(&services, scene_open(&services.scene, WFP_TCP, true));
    assert_memory_equal(connected.remote.bytes, loopback, sizeof loopback);
    assert_int_equal(connected.remote.port, PORT);
    socket = scene_open(&services.scene, WFP_TCP, true);
    assert_int_equal(wfp_socket_bind(services.scene.world, socket, &bound), WFP_OK);
    connected = connect_from(&services, socket);
    assert_memory_equal(connected.remote.bytes, bound.bytes, sizeof bound.bytes);
    assert_int_equal(connected.remote.port, PORT);
    scene_free(&services.scene);
}

/* ---- reauthorisations (ST-10, LOOP-07, LOOP-08) ---- */

static struct wfp_connected reauthorize(struct services *services, uint32_t socket)
{
    const struct wfp_callout *callout;
    struct wfp_classify_call call = {.call = WFP_CALL_NEXT};
    struct wfp_connected connected;
    struct wfp_reply reply;
    uint32_t number;

    assert_int_equal(wfp_reauthorize(services->scene.world, socket, WFP_REASON_POLICY_CHANGE,
                                     &call.classification, &reply),
                     WFP_OK);
    for (;;) {
        call.call = WFP_CALL_NEXT;
        assert_int_equal(wfp_classify(services->scene.world, &call, &reply), WFP_OK);
        number = wfp_classify_callout(services->scene.world, call.classification);
        if (number == 0) {
            break;
        }
        callout = wfp_callout_of(services->scene.world, number);
        callout->classify(services->scene.world, call.classification, callout->context);
        call.call = WFP_CALL_RETURN;
        assert_int_equal(wfp_classify(services->scene.world, &call, &reply), WFP_OK);
    }
    assert_int_equal(
        wfp_connect_end(services->scene.world, call.classification, &connected, &reply), WFP_OK);
    return connected;
}

static void test_reauthorized_is_permitted(void **state)
{
    struct services services;
    uint32_t socket;

    (void)state;
    make(&services, 1);
    socket = scene_open(&services.scene, WFP_TCP, true);
    (void)connect_from(&services, socket);
    for (unsigned round = 0; round < 8; round++) {
        assert_false(reauthorize(&services, socket).blocked);
    }
    scene_free(&services.scene);
}

/* CON-35: with a cap of 3 a fourth redirect is still made; the fifth is a block. */
static void test_cap_counts_own_versions(void **state)
{
    struct services services;
    uint32_t socket;

    (void)state;
    make(&services, 1);
    services.policies[0].when_reauthorizing = true;
    socket = scene_open(&services.scene, WFP_TCP, true);
    (void)connect_from(&services, socket);
    for (unsigned redirects = 2; redirects <= 4; redirects++) {
        assert_false(reauthorize(&services, socket).blocked);
    }
    assert_true(reauthorize(&services, socket).blocked);
    scene_free(&services.scene);
}

/* ---- contexts ---- */

static void test_context_goes_along_and_goes_away(void **state)
{
    static const uint8_t context[16] = "for the proxy";
    struct services services;
    struct wfp_ioctl query;
    uint32_t accepted = 0;
    uint32_t socket;

    (void)state;
    make(&services, 1);
    services.policies[0].context = context;
    services.policies[0].context_size = sizeof context;
    socket = scene_open(&services.scene, WFP_TCP, true);
    (void)connect_from(&services, socket);
    assert_int_equal(wfp_contexts_owned(services.scene.world, WFP_CONTEXT_CALLOUT), 0);
    assert_int_equal(wfp_contexts_owned(services.scene.world, WFP_CONTEXT_ENGINE), 1);
    assert_int_equal(
        wfp_socket_accept(services.scene.world, services.listeners[0], true, &accepted), WFP_OK);
    query = scene_query(&services.scene, WFP_SIO_QUERY_CONTEXT, accepted, 64);
    assert_answer(scene_call(&services.scene, &query).answer, answer_bytes(0, sizeof context));
    assert_memory_equal(services.scene.out, context, sizeof context);
    scene_close(&services.scene, socket);
    assert_int_equal(wfp_contexts_owned(services.scene.world, WFP_CONTEXT_ENGINE), 0);
    scene_free(&services.scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recommended_ends),
        cmocka_unit_test(test_without_records_it_does_not),
        cmocka_unit_test(test_deeds_by_state),
        cmocka_unit_test(test_blocks_at_auth_connect),
        cmocka_unit_test(test_without_asking),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_newest_or_whole),
        cmocka_unit_test(test_right_that_is_kept),
        cmocka_unit_test(test_service_address),
        cmocka_unit_test(test_reauthorized_is_permitted),
        cmocka_unit_test(test_cap_counts_own_versions),
        cmocka_unit_test(test_context_goes_along_and_goes_away),
    };

    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
