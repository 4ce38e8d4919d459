/* SPDX-License-Identifier: MIT */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <wfp/datagram.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define IP WFP_IPPROTO_IP
#define IPV6 WFP_IPPROTO_IPV6

struct value {
    uint8_t bytes[8];
};

static struct wfp_option about(uint32_t socket, uint32_t level, uint32_t name, struct value *value,
                               uint32_t size)
{
    const struct wfp_option option = {socket, level, name, {value->bytes, size, WFP_POINTER_HEAP}};

    return option;
}

static struct wfp_answer set(struct scene *scene, uint32_t socket, uint32_t level, uint32_t name,
                             uint8_t number)
{
    struct value value = {{number}};
    const struct wfp_option option = about(socket, level, name, &value, 4);
    struct wfp_reply reply;

    assert_int_equal(wfp_option_set(scene->world, &option, &reply), WFP_OK);
    return reply.answer;
}

static uint32_t get(struct scene *scene, uint32_t socket, uint32_t level, uint32_t name)
{
    struct value value;
    const struct wfp_option option = about(socket, level, name, &value, sizeof value.bytes);
    struct wfp_reply reply;

    memset(&value, 0xEE, sizeof value);
    assert_int_equal(wfp_option_get(scene->world, &option, &reply), WFP_OK);
    assert_answer(reply.answer, answer_bytes(0, 4));
    assert_int_equal(reply.written, 4);
    assert_int_equal(value.bytes[1] | value.bytes[2] | value.bytes[3], 0);
    assert_int_equal(value.bytes[4], 0xEE);
    return value.bytes[0];
}

static uint32_t open_ipv6(struct scene *scene)
{
    uint32_t socket = 0;

    assert_int_equal(wfp_socket_open(scene->world, WFP_IPV6, WFP_UDP, true, &socket), WFP_OK);
    return socket;
}

static void test_four_switches(void **state)
{
    static const struct {
        uint32_t level, name;
    } table[] = {{IP, 60}, {IP, 70}, {IPV6, 60}, {IPV6, 70}};
    struct scene *scene = *state;
    const uint32_t socket = open_ipv6(scene);

    for (size_t i = 0; i < COUNT(table); i++) {
        assert_answer(set(scene, socket, table[i].level, table[i].name, 9), answer_unchanged(0));
        for (size_t j = 0; j < COUNT(table); j++) {
            assert_int_equal(get(scene, socket, table[j].level, table[j].name), j <= i);
        }
    }
    assert_answer(set(scene, socket, IP, 70, 0), answer_unchanged(0));
    assert_int_equal(get(scene, socket, IP, 70), 0);
    assert_int_equal(get(scene, socket, IP, 60), 1);
}

static void test_a_new_socket_has_none(void **state)
{
    struct scene *scene = *state;
    const uint32_t first = open_ipv6(scene);

    assert_answer(set(scene, first, IP, 60, 1), answer_unchanged(0));
    scene_close(scene, first);
    assert_int_equal(get(scene, open_ipv6(scene), IP, 60), 0);
}

static void test_refusals(void **state)
{
    struct scene *scene = *state;
    const uint32_t udp = scene_open(scene, WFP_UDP, true);
    const uint32_t tcp = scene_open(scene, WFP_TCP, true);
    const struct {
        uint32_t socket, level, name, size;
        enum wfp_pointer pointer;
        uint32_t expected;
    } table[] = {
        {udp, IP, 61, 4, WFP_POINTER_HEAP, 10042},   {udp, 6, 60, 4, WFP_POINTER_HEAP, 10022},
        {udp, IPV6, 60, 4, WFP_POINTER_HEAP, 10042}, {tcp, IP, 60, 4, WFP_POINTER_HEAP, 10042},
        {udp, IP, 60, 3, WFP_POINTER_HEAP, 10014},   {udp, IP, 60, 0, WFP_POINTER_HEAP, 10014},
        {udp, IP, 60, 4, WFP_POINTER_NULL, 10014},   {udp, IP, 60, 4, WFP_POINTER_HEAP, 0},
        {udp, IP, 60, 8, WFP_POINTER_HEAP, 0},
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        struct value value = {{1}};
        struct wfp_option option =
            about(table[i].socket, table[i].level, table[i].name, &value, table[i].size);
        struct wfp_answer_set allowed;
        struct wfp_reply reply;

        option.value.pointer = table[i].pointer;
        wfp_option_set_allowed(scene->world, &option, &allowed);
        assert_int_equal(wfp_option_set(scene->world, &option, &reply), WFP_OK);
        assert_answer(reply.answer, answer_unchanged(table[i].expected));
        assert_int_equal(allowed.count, 1);
        assert_answer(allowed.answers[0], reply.answer);
    }
}

static void test_no_socket(void **state)
{
    struct scene *scene = *state;
    struct value value = {{1}};
    const struct wfp_option option = about(99, IP, 60, &value, 4);
    struct wfp_answer_set allowed;
    struct wfp_reply reply;

    assert_int_equal(wfp_option_set(scene->world, &option, &reply), WFP_NO_SOCKET);
    assert_int_equal(wfp_option_get(scene->world, &option, &reply), WFP_NO_SOCKET);
    wfp_option_get_allowed(scene->world, &option, &allowed);
    assert_int_equal(allowed.count, 0);
}

/* What was observed elsewhere counts, allowed or not. */
static void test_assume(void **state)
{
    struct scene *scene = *state;
    const uint32_t udp = scene_open(scene, WFP_UDP, true);
    struct value value = {{1}};
    const struct wfp_option option = about(udp, IP, 60, &value, 4);
    struct wfp_reply reply;

    assert_int_equal(wfp_option_set_assume(scene->world, &option, answer_unchanged(10013), &reply),
                     WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(get(scene, udp, IP, 60), 0);
    assert_int_equal(wfp_option_set_assume(scene->world, &option, answer_unchanged(0), &reply),
                     WFP_OK);
    assert_string_equal(reply.rule->id, "option.set");
    assert_int_equal(get(scene, udp, IP, 60), 1);
    assert_int_equal(wfp_option_get_assume(scene->world, &option, answer_bytes(0, 1), &reply),
                     WFP_OK);
    assert_null(reply.rule);
    assert_int_equal(reply.written, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_four_switches), TEST(test_a_new_socket_has_none),
        TEST(test_refusals),      TEST(test_no_socket),
        TEST(test_assume),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
