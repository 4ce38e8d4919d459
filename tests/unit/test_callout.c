/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/kernel.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct wfp_address outside = {
    .bytes = {203, 0, 113, 10}, .port = 443, .family = WFP_IPV4};

static struct scene begin(void)
{
    struct scene scene;

    scene_prepare(&scene);
    scene_make(&scene);
    return scene;
}

static uint32_t add(struct scene *scene, enum wfp_callout_layer layer, uint32_t sublayer,
                    uint32_t weight)
{
    const struct wfp_callout callout = {
        .layer = layer, .filter = 1, .sublayer = sublayer, .weight = weight};
    uint32_t number = 0;

    assert_int_equal(wfp_callout_register(scene->world, &callout, &number), WFP_OK);
    return number;
}

/* ---- the engine's order ---- */

static uint32_t next(struct scene *scene, uint32_t classification)
{
    const struct wfp_classify_call call = {.call = WFP_CALL_NEXT, .classification = classification};
    struct wfp_reply reply;

    assert_int_equal(wfp_classify(scene->world, &call, &reply), WFP_OK);
    return wfp_classify_callout(scene->world, classification);
}

static void decide(struct scene *scene, uint32_t classification, uint32_t action)
{
    const struct wfp_classify_call back = {.call = WFP_CALL_RETURN,
                                           .classification = classification};
    struct wfp_reply reply;

    (void)wfp_classify_out(scene->world, classification, action, WFP_RIGHT_ACTION_WRITE);
    assert_int_equal(wfp_classify(scene->world, &back, &reply), WFP_OK);
}

/* Who is asked if everybody answers with `action`: a digit for each. */
static void assert_asked(struct scene *scene, const struct wfp_address *to, uint32_t action,
                         const char *expected)
{
    const enum wfp_family family = (enum wfp_family)to->family;
    struct wfp_connected connected;
    struct wfp_reply reply;
    char asked[32];
    size_t count = 0;
    uint32_t socket = 0;
    uint32_t classification = 0;
    uint32_t number;

    assert_int_equal(wfp_socket_open(scene->world, family, WFP_TCP, true, &socket), WFP_OK);
    assert_int_equal(wfp_connect_begin(scene->world, socket, to, &classification), WFP_OK);
    while ((number = next(scene, classification)) != 0) {
        asked[count++] = (char)('0' + number);
        decide(scene, classification, action);
    }
    asked[count] = '\0';
    assert_string_equal(asked, expected);
    assert_int_equal(wfp_connect_end(scene->world, classification, &connected, &reply), WFP_OK);
    assert_int_equal(connected.blocked, action == WFP_ACTION_BLOCK);
    scene_close(scene, socket);
}

static void test_sublayer_then_weight_then_age(void **state)
{
    struct scene scene = begin();

    (void)state;
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 5);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 3, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 3, 9);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 5);
    (void)add(&scene, WFP_AUTH_CONNECT_V4, 9, 9);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 2, 0);
    (void)add(&scene, WFP_AUTH_CONNECT_V4, 10, 0);
    assert_asked(&scene, &outside, WFP_ACTION_CONTINUE, "3261475");
    scene_free(&scene);
}

/* A decision ends its sublayer; a block at connect-redirect ends it all. */
static void test_a_decision_ends_its_sublayer(void **state)
{
    struct scene scene = begin();

    (void)state;
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 2, 2);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 2, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 1);
    (void)add(&scene, WFP_AUTH_CONNECT_V4, 1, 2);
    (void)add(&scene, WFP_AUTH_CONNECT_V4, 1, 1);
    assert_asked(&scene, &outside, WFP_ACTION_CONTINUE, "12345");
    assert_asked(&scene, &outside, WFP_ACTION_PERMIT, "134");
    assert_asked(&scene, &outside, WFP_ACTION_BLOCK, "13");
    scene_free(&scene);
}

static void test_layers_of_the_family(void **state)
{
    static const struct wfp_address v6 = {.bytes = {0x20, 1}, .port = 1, .family = WFP_IPV6};
    static const struct wfp_address mapped = {
        .bytes = {[10] = 0xFF, [11] = 0xFF, [12] = 192}, .port = 1, .family = WFP_IPV6};
    struct scene scene = begin();

    (void)state;
    (void)add(&scene, WFP_AUTH_CONNECT_V6, 1, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V6, 1, 1);
    (void)add(&scene, WFP_AUTH_CONNECT_V4, 1, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 1);
    assert_asked(&scene, &outside, WFP_ACTION_CONTINUE, "43");
    assert_asked(&scene, &v6, WFP_ACTION_CONTINUE, "21");
    assert_asked(&scene, &mapped, WFP_ACTION_CONTINUE, "43");
    scene_free(&scene);
}

/* ---- registering ---- */

static void test_unregistered_leaves_nothing_behind(void **state)
{
    struct scene scene = begin();
    void *before = malloc(scene.size);
    uint32_t numbers[3];

    (void)state;
    assert_non_null(before);
    memcpy(before, scene.world, scene.size);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        numbers[i] = add(&scene, (enum wfp_callout_layer)i, (uint32_t)i, 1);
    }
    assert_memory_not_equal(before, scene.world, scene.size);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_int_equal(wfp_callout_unregister(scene.world, numbers[(i + 1) % 3]), WFP_OK);
    }
    assert_memory_equal(before, scene.world, scene.size);
    free(before);
    scene_free(&scene);
}

static void test_unregistered_is_not_asked(void **state)
{
    struct scene scene = begin();

    (void)state;
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 3, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 2, 1);
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 1);
    assert_int_equal(wfp_callout_unregister(scene.world, 2), WFP_OK);
    assert_null(wfp_callout_of(scene.world, 2));
    assert_asked(&scene, &outside, WFP_ACTION_CONTINUE, "13");
    assert_int_equal(add(&scene, WFP_CONNECT_REDIRECT_V4, 4, 1), 2);
    assert_asked(&scene, &outside, WFP_ACTION_CONTINUE, "213");
    scene_free(&scene);
}

static void test_limits_and_wrong_numbers(void **state)
{
    const struct wfp_callout wrong = {.layer = (enum wfp_callout_layer)4};
    struct scene scene = begin();
    const struct wfp_callout callout = {.layer = WFP_CONNECT_REDIRECT_V4};
    uint32_t number = 77;

    (void)state;
    assert_int_equal(wfp_callout_register(scene.world, &wrong, &number), WFP_BAD_STATE);
    for (uint32_t i = 0; i < scene.limits.callouts; i++) {
        (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 1);
    }
    assert_int_equal(wfp_callout_register(scene.world, &callout, &number), WFP_NO_ROOM);
    assert_int_equal(number, 77);
    assert_int_equal(wfp_callout_unregister(scene.world, 0), WFP_BAD_STATE);
    assert_int_equal(wfp_callout_unregister(scene.world, 99), WFP_BAD_STATE);
    assert_null(wfp_callout_of(scene.world, 0));
    assert_null(wfp_callout_of(scene.world, UINT32_MAX));
    scene_free(&scene);
}

/* The order must not change under a connect that is being classified. */
static void test_no_change_while_classifying(void **state)
{
    struct scene scene = begin();
    const struct wfp_callout callout = {.layer = WFP_CONNECT_REDIRECT_V4};
    const uint32_t socket = scene_open(&scene, WFP_TCP, true);
    uint32_t classification = 0;
    uint32_t number = 0;

    (void)state;
    (void)add(&scene, WFP_CONNECT_REDIRECT_V4, 1, 1);
    assert_int_equal(wfp_connect_begin(scene.world, socket, &outside, &classification), WFP_OK);
    assert_int_equal(wfp_callout_register(scene.world, &callout, &number), WFP_BAD_STATE);
    assert_int_equal(wfp_callout_unregister(scene.world, 1), WFP_BAD_STATE);
    scene_close(&scene, socket);
    assert_int_equal(wfp_callout_unregister(scene.world, 1), WFP_OK);
    scene_free(&scene);
}

/* ---- pool memory ---- */

static void test_contexts_have_owners(void **state)
{
    static const uint8_t bytes[8] = "context";
    struct scene scene = begin();
    struct wfp_reply reply;
    uint32_t first = 0;
    uint32_t second = 0;

    (void)state;
    assert_int_equal(wfp_context_allocate(scene.world, bytes, 8, &first), WFP_OK);
    assert_int_equal(wfp_context_allocate(scene.world, NULL, 0, &second), WFP_OK);
    assert_int_equal(wfp_contexts_owned(scene.world, WFP_CONTEXT_CALLOUT), 2);
    assert_int_equal(wfp_context_free(scene.world, first, &reply), WFP_OK);
    assert_string_equal(reply.rule->id, "context.freed");
    assert_int_equal(wfp_context_owner(scene.world, first), WFP_CONTEXT_FREE);
    assert_int_equal(wfp_context_free(scene.world, first, &reply), WFP_OK);
    assert_int_equal(reply.answer.outcome, WFP_MISUSE);
    assert_int_equal(wfp_context_free(scene.world, 0, &reply), WFP_NO_HANDLE);
    assert_int_equal(wfp_context_free(scene.world, 99, &reply), WFP_NO_HANDLE);
    assert_int_equal(wfp_contexts_owned(scene.world, WFP_CONTEXT_CALLOUT), 1);
    assert_int_equal(wfp_context_allocate(scene.world, bytes, 65, &first), WFP_NO_ROOM);
    scene_free(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sublayer_then_weight_then_age),
        cmocka_unit_test(test_a_decision_ends_its_sublayer),
        cmocka_unit_test(test_layers_of_the_family),
        cmocka_unit_test(test_unregistered_leaves_nothing_behind),
        cmocka_unit_test(test_unregistered_is_not_asked),
        cmocka_unit_test(test_limits_and_wrong_numbers),
        cmocka_unit_test(test_no_change_while_classifying),
        cmocka_unit_test(test_contexts_have_owners),
    };

    return cmocka_run_group_tests_name("callout", tests, NULL, NULL);
}
