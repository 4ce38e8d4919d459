/* SPDX-License-Identifier: MIT */

/* Flows, queues and who receives. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <wfp/datagram.h>

#include "tests/unit/scene.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { ROOM = 2048 };

struct mail {
    struct wfp_message_reply reply;
    uint8_t data[64];
    uint8_t control[ROOM];
};

static struct wfp_address ipv4(uint8_t last, uint16_t port)
{
    return (struct wfp_address){.bytes = {203, 0, 113, last}, .port = port, .family = WFP_IPV4};
}

static struct wfp_address home(uint16_t port)
{
    return (struct wfp_address){.bytes = {127, 0, 0, 1}, .port = port, .family = WFP_IPV4};
}

static uint32_t open_bound(struct scene *scene, enum wfp_family family, uint16_t port)
{
    const struct wfp_address any = {.port = port, .family = (uint8_t)family};
    uint32_t socket = 0;

    assert_int_equal(wfp_socket_open(scene->world, family, WFP_UDP, true, &socket), WFP_OK);
    assert_int_equal(wfp_socket_bind(scene->world, socket, &any), WFP_OK);
    return socket;
}

static void enable(struct scene *scene, uint32_t socket, uint32_t level)
{
    uint8_t one[4] = {1};
    const struct wfp_option option = {
        socket, level, WFP_REDIRECT_RECORDS, {one, sizeof one, WFP_POINTER_HEAP}};
    struct wfp_reply reply;

    assert_int_equal(wfp_option_set(scene->world, &option, &reply), WFP_OK);
    assert_answer(reply.answer, answer_unchanged(0));
}

static struct wfp_send plain(uint32_t socket, struct wfp_address to, const char *text)
{
    const struct wfp_send send = {
        .socket = socket,
        .entry = WFP_MESSAGE_PLAIN,
        .name = WFP_NAME_GIVEN,
        .to = to,
        .data = {(uint8_t *)(uintptr_t)text, (uint32_t)strlen(text), WFP_POINTER_HEAP},
        .control = {.pointer = WFP_POINTER_NULL},
    };

    return send;
}

static struct wfp_message_reply send(struct scene *scene, const struct wfp_send *call)
{
    struct wfp_message_reply reply;

    assert_int_equal(wfp_message_send(scene->world, call, &reply), WFP_OK);
    return reply;
}

static void send_plain(struct scene *scene, uint32_t socket, struct wfp_address to,
                       const char *text)
{
    const struct wfp_send call = plain(socket, to, text);

    assert_answer(send(scene, &call).answer, answer_bytes(0, (uint32_t)strlen(text)));
}

static void send_redirected(struct scene *scene, uint32_t socket, struct wfp_address to,
                            uint32_t service)
{
    const struct wfp_redirect redirect = scene_redirect(scene->handle);
    struct wfp_send call = plain(socket, to, "first");

    call.redirect = &redirect;
    call.service = service;
    assert_answer(send(scene, &call).answer, answer_bytes(0, 5));
}

static void receive(struct scene *scene, uint32_t socket, struct mail *mail)
{
    const struct wfp_receive call = {
        .socket = socket,
        .name = WFP_NAME_GIVEN,
        .data = {mail->data, sizeof mail->data, WFP_POINTER_HEAP},
        .control = {mail->control, sizeof mail->control, WFP_POINTER_HEAP},
    };

    memset(mail, 0, sizeof *mail);
    assert_int_equal(wfp_message_receive(scene->world, &call, &mail->reply), WFP_OK);
}

static void expect_mail(struct scene *scene, uint32_t socket, const char *text, bool record)
{
    struct mail mail;

    receive(scene, socket, &mail);
    assert_answer(mail.reply.answer, answer_bytes(0, (uint32_t)strlen(text)));
    assert_memory_equal(mail.data, text, strlen(text));
    assert_int_equal(mail.reply.control > 0, record);
    assert_int_equal(mail.reply.flags, 0);
}

static void expect_nothing(struct scene *scene, uint32_t socket)
{
    struct mail mail;

    receive(scene, socket, &mail);
    assert_answer(mail.reply.answer, answer_unchanged(10035));
}

/* ---- who receives ---- */

static void test_addresses(void **state)
{
    struct scene *scene = *state;
    const uint32_t client = open_bound(scene, WFP_IPV4, 1000);
    const uint32_t one = open_bound(scene, WFP_IPV4, 2000);
    const uint32_t dual = open_bound(scene, WFP_IPV6, 3000);
    struct mail mail;

    send_plain(scene, client, home(2000), "one");
    send_plain(scene, client, home(3000), "dual");
    send_plain(scene, client, home(4000), "nobody");
    expect_mail(scene, one, "one", false);
    expect_nothing(scene, one);
    receive(scene, dual, &mail);
    assert_answer(mail.reply.answer, answer_bytes(0, 4));
    assert_int_equal(mail.reply.from.family, WFP_IPV6);
    assert_int_equal(mail.reply.from.port, 1000);
    assert_int_equal(mail.reply.from.bytes[10], 0xFF);
    assert_int_equal(mail.reply.from.bytes[12], 127);
    expect_nothing(scene, client);
}

/* An address of the other family is our own mistake, never an answer. */
static void test_family_of_the_address(void **state)
{
    struct scene *scene = *state;
    const uint32_t dual = open_bound(scene, WFP_IPV6, 3000);
    const struct wfp_send call = plain(dual, home(1000), "x");
    struct wfp_message_reply reply;

    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_BAD_STATE);
}

static void test_connected_takes_its_peer_alone(void **state)
{
    struct scene *scene = *state;
    const uint32_t one = open_bound(scene, WFP_IPV4, 1000);
    const uint32_t two = open_bound(scene, WFP_IPV4, 1001);
    const uint32_t connected = open_bound(scene, WFP_IPV4, 2000);
    const struct wfp_send peer = plain(connected, home(1000), "");
    struct wfp_message_reply reply;

    assert_int_equal(wfp_datagram_connect(scene->world, &peer, &reply), WFP_OK);
    assert_answer(reply.answer, answer_unchanged(0));
    send_plain(scene, two, home(2000), "stranger");
    send_plain(scene, one, home(2000), "peer");
    expect_mail(scene, connected, "peer", false);
    expect_nothing(scene, connected);
}

static void test_tcp_is_not_connected_so(void **state)
{
    struct scene *scene = *state;
    const struct wfp_send peer = plain(scene_open(scene, WFP_TCP, true), home(1000), "");
    struct wfp_message_reply reply;

    assert_int_equal(wfp_datagram_connect(scene->world, &peer, &reply), WFP_BAD_STATE);
}

/* ---- flows ---- */

struct flows {
    uint32_t service;
    uint32_t client;
};

static struct flows begin(struct scene *scene)
{
    const struct flows flows = {open_bound(scene, WFP_IPV4, 5000),
                                open_bound(scene, WFP_IPV4, 1000)};

    enable(scene, flows.service, WFP_IPPROTO_IP);
    return flows;
}

/* Seconds before each datagram, and whether it brings a record. */
static void test_idle_time(void **state)
{
    static const struct {
        uint64_t wait;
        bool record;
    } table[] = {{0, true}, {60000000, false}, {59999999, false}, {60000001, true}, {1, false}};
    struct scene *scene = *state;
    const struct flows flows = begin(scene);

    for (size_t i = 0; i < COUNT(table); i++) {
        wfp_clock_advance(scene->world, table[i].wait);
        send_redirected(scene, flows.client, ipv4(1, 53), flows.service);
        expect_mail(scene, flows.service, "first", table[i].record);
    }
    assert_int_equal(wfp_clock(scene->world), 180000001);
}

static void test_idle_time_is_the_profiles(void **state)
{
    struct scene *scene = *state;
    const struct flows flows = begin(scene);

    scene->profile.keys[WFP_KEY_UDP_IDLE].values[0].number = 5;
    send_redirected(scene, flows.client, ipv4(1, 53), flows.service);
    wfp_clock_advance(scene->world, 5000001);
    send_redirected(scene, flows.client, ipv4(1, 53), flows.service);
    expect_mail(scene, flows.service, "first", true);
    expect_mail(scene, flows.service, "first", true);
}

/* When all is closed and idle, the block is what it was, but for the clock: nothing is left. */
static void test_nothing_is_left(void **state)
{
    struct scene *scene = *state;
    uint8_t *before = malloc(scene->size);

    assert_non_null(before);
    memcpy(before, scene->world, scene->size);
    for (unsigned round = 0; round < 3; round++) {
        const struct flows flows = begin(scene);

        send_redirected(scene, flows.client, ipv4(1, 53), flows.service);
        send_redirected(scene, flows.client, ipv4(2, 53), flows.service);
        expect_mail(scene, flows.service, "first", true);
        scene_close(scene, flows.service);
        send_plain(scene, flows.client, ipv4(2, 53), "to nobody now");
        scene_close(scene, flows.client);
        assert_memory_equal(before, scene->world, scene->size);
    }
    free(before);
}

/* The socket that takes a closed service's place gets none of its datagrams. */
static void test_service_is_gone(void **state)
{
    struct scene *scene = *state;
    const struct flows flows = begin(scene);
    uint32_t heir;

    send_redirected(scene, flows.client, ipv4(1, 53), flows.service);
    scene_close(scene, flows.service);
    heir = open_bound(scene, WFP_IPV4, 5000);
    assert_int_equal(heir, flows.service);
    send_plain(scene, flows.client, ipv4(1, 53), "later");
    expect_nothing(scene, heir);
}

/* The answer of a service comes in the name of the peer, and keeps the client's flow alive. */
static void test_service_answers_for_the_peer(void **state)
{
    struct scene *scene = *state;
    const struct flows flows = begin(scene);
    const struct wfp_address peer = ipv4(1, 53);
    struct mail mail;

    send_redirected(scene, flows.client, peer, flows.service);
    receive(scene, flows.service, &mail);
    send_plain(scene, flows.service, mail.reply.from, "answer");
    receive(scene, flows.client, &mail);
    assert_answer(mail.reply.answer, answer_bytes(0, 6));
    assert_true(wfp_address_equal(&mail.reply.from, &peer));
}

/* ---- limits ---- */

static void test_full_queue_drops(void **state)
{
    struct scene *scene = *state;
    const struct flows flows = begin(scene);
    const struct wfp_send call = plain(flows.client, home(5000), "x");
    uint32_t arrived = 0;

    for (uint32_t i = 0; i < scene->limits.datagrams + 3; i++) {
        const struct wfp_message_reply reply = send(scene, &call);

        assert_answer(reply.answer, answer_bytes(0, 1));
        assert_int_equal(reply.dropped, i >= scene->limits.datagrams);
        assert_int_equal(reply.receiver, reply.dropped ? 0 : flows.service);
    }
    for (uint32_t i = 0; i < scene->limits.datagrams; i++) {
        expect_mail(scene, flows.service, "x", false);
        arrived++;
    }
    expect_nothing(scene, flows.service);
    assert_int_equal(arrived, scene->limits.datagrams);
}

static void test_limits_of_flows(void **state)
{
    struct scene *scene = *state;
    const uint32_t client = open_bound(scene, WFP_IPV4, 1000);
    struct wfp_message_reply reply;
    struct wfp_send call;

    for (uint32_t i = 0; i < scene->limits.flows; i++) {
        send_plain(scene, client, ipv4(1, (uint16_t)(i + 1)), "x");
    }
    call = plain(client, ipv4(2, 53), "x");
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_NO_ROOM);
    send_plain(scene, client, ipv4(1, 1), "the old ones go on");
    wfp_clock_advance(scene->world, 61000000);
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
}

static void test_limit_of_bytes(void **state)
{
    static uint8_t payload[4096];
    struct scene *scene = *state;
    struct wfp_send call = plain(open_bound(scene, WFP_IPV4, 1000), ipv4(1, 53), "");
    struct wfp_message_reply reply;

    call.data = (struct wfp_buffer){payload, scene->limits.datagram_bytes, WFP_POINTER_HEAP};
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
    call.data.size++;
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_NO_ROOM);
}

static void test_no_handle_no_service(void **state)
{
    struct scene *scene = *state;
    const struct flows flows = begin(scene);
    struct wfp_redirect redirect = scene_redirect(99);
    struct wfp_send call = plain(flows.client, ipv4(1, 53), "x");
    struct wfp_message_reply reply;

    call.redirect = &redirect;
    call.service = flows.service;
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_NO_HANDLE);
    redirect.handle = scene->handle;
    call.service = 99;
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_NO_SOCKET);
    call.service = flows.service;
    assert_int_equal(wfp_message_send(scene->world, &call, &reply), WFP_OK);
    expect_mail(scene, flows.service, "x", true);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_addresses),
        TEST(test_family_of_the_address),
        TEST(test_connected_takes_its_peer_alone),
        TEST(test_tcp_is_not_connected_so),
        TEST(test_idle_time),
        TEST(test_idle_time_is_the_profiles),
        TEST(test_nothing_is_left),
        TEST(test_service_is_gone),
        TEST(test_service_answers_for_the_peer),
        TEST(test_full_queue_drops),
        TEST(test_limits_of_flows),
        TEST(test_limit_of_bytes),
        TEST(test_no_handle_no_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
