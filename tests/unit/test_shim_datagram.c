/* SPDX-License-Identifier: MIT */

/* Datagrams through the shim: this program's own calls, which the model answers. */

#include <winsock2.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <ws2tcpip.h>

#include <mswsock.h>

#include <cmocka.h>

#include "harness/lab/shim/shim.h"

enum { PAGE = 65536, ROOM = 2048 };

static struct shim_begin begin;

/* A service on a port of its own, a client, and the peer that the client means. */
struct scene {
    SOCKET service;
    SOCKET client;
    struct sockaddr_in at; /* where the service is, in the world */
    struct sockaddr_in peer;
};

static struct scene scene;

static struct sockaddr_in address(const char *text, uint16_t port)
{
    struct sockaddr_in made;

    memset(&made, 0, sizeof made);
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    assert_int_equal(InetPtonA(AF_INET, text, &made.sin_addr), 1);
    return made;
}

static SOCKET open_socket(void)
{
    return WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
}

static int start(void **state)
{
    WSADATA data;

    (void)state;
    wfp_profile_documented(&begin.profile);
    begin.limits = (struct wfp_limits){.sockets = 32,
                                       .handles = 4,
                                       .records = 8,
                                       .record_bytes = 4096,
                                       .operations = 8,
                                       .flows = 16,
                                       .datagrams = 8,
                                       .datagram_bytes = 64,
                                       .origin = 1};
    begin.every_code = 0;
    if (!shim_install() || !shim_begin(&begin) || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return -1;
    }
    scene.service = open_socket();
    scene.client = open_socket();
    scene.at = address("192.0.2.5", 9000);
    scene.peer = address("203.0.113.9", 53);
    return bind(scene.service, (const struct sockaddr *)&scene.at, sizeof scene.at);
}

static int stop(void **state)
{
    (void)state;
    closesocket(scene.service);
    closesocket(scene.client);
    shim_end();
    return WSACleanup();
}

static void arm(void)
{
    static const uint8_t context[] = {1, 2, 3};
    const struct shim_redirect redirect = {
        "self", 1234, context, sizeof context, WFP_LAYER_CONNECT_REDIRECT, false, false};

    assert_int_equal(shim_redirect(scene.client, scene.service, &redirect), WFP_OK);
}

/* ---- the calls, each in its kind ---- */

static int send_message(SOCKET from, const struct sockaddr_in *to, const char *text, WSABUF control,
                        OVERLAPPED *overlapped)
{
    WSABUF data = {(ULONG)strlen(text), (char *)(uintptr_t)text};
    WSAMSG message = {.name = (struct sockaddr *)(uintptr_t)to,
                      .namelen = (INT)sizeof *to,
                      .lpBuffers = &data,
                      .dwBufferCount = 1,
                      .Control = control};
    DWORD count = 99;
    const int outcome = WSASendMsg(from, &message, 0, &count, overlapped, NULL);

    return outcome == 0 ? (int)count : outcome;
}

static int by_sendto(const char *text)
{
    return sendto(scene.client, text, (int)strlen(text), 0, (const struct sockaddr *)&scene.at,
                  sizeof scene.at);
}

static int by_send(const char *text)
{
    if (connect(scene.client, (const struct sockaddr *)&scene.at, sizeof scene.at) != 0) {
        return -1;
    }
    return send(scene.client, text, (int)strlen(text), 0);
}

/* In two parts, the first of them one byte. */
static int by_wsasendto(const char *text)
{
    WSABUF parts[] = {{1, (char *)(uintptr_t)text},
                      {(ULONG)strlen(text) - 1, (char *)(uintptr_t)text + 1}};
    DWORD count = 99;
    const int outcome = WSASendTo(scene.client, parts, 2, &count, 0,
                                  (const struct sockaddr *)&scene.at, sizeof scene.at, NULL, NULL);

    return outcome == 0 ? (int)count : outcome;
}

static int by_wsasendmsg(const char *text)
{
    return send_message(scene.client, &scene.at, text, (WSABUF){0, NULL}, NULL);
}

static LPFN_WSARECVMSG find_receive(void)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG found = NULL;
    DWORD count;

    assert_int_equal(WSAIoctl(scene.service, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id,
                              &found, sizeof found, &count, NULL, NULL),
                     0);
    return found;
}

/* `message->Control` is the room on the way in, and what came on the way out. */
static int receive_message(char *bytes, ULONG size, WSAMSG *message, struct sockaddr_in *from)
{
    WSABUF data = {size, bytes};
    DWORD count = 99;
    int outcome;

    message->name = (struct sockaddr *)from;
    message->namelen = (INT)sizeof *from;
    message->lpBuffers = &data;
    message->dwBufferCount = 1;
    outcome = find_receive()(scene.service, message, &count, NULL, NULL);
    return outcome == 0 ? (int)count : outcome;
}

static int by_recv(char *bytes, struct sockaddr_in *from)
{
    memset(from, 0, sizeof *from);
    return recv(scene.service, bytes, ROOM, 0);
}

static int by_recvfrom(char *bytes, struct sockaddr_in *from)
{
    int size = (int)sizeof *from;

    return recvfrom(scene.service, bytes, ROOM, 0, (struct sockaddr *)from, &size);
}

static int by_wsarecvfrom(char *bytes, struct sockaddr_in *from)
{
    WSABUF parts[] = {{2, bytes}, {ROOM - 2, bytes + 2}};
    int size = (int)sizeof *from;
    DWORD count = 99;
    DWORD flags = 0;
    const int outcome = WSARecvFrom(scene.service, parts, 2, &count, &flags,
                                    (struct sockaddr *)from, &size, NULL, NULL);

    return outcome == 0 ? (int)count : outcome;
}

static int by_wsarecvmsg(char *bytes, struct sockaddr_in *from)
{
    WSAMSG message = {.Control = {0, NULL}};

    return receive_message(bytes, ROOM, &message, from);
}

static void every_call_sends_and_every_call_receives(void **state)
{
    static int (*const senders[])(const char *) = {by_sendto, by_wsasendto, by_wsasendmsg, by_send};
    static int (*const receivers[])(char *, struct sockaddr_in *) = {by_recv, by_recvfrom,
                                                                     by_wsarecvfrom, by_wsarecvmsg};
    struct sockaddr_in from;
    char bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            assert_int_equal(senders[i]("hello"), 5);
            assert_int_equal(receivers[j](bytes, &from), 5);
            assert_memory_equal(bytes, "hello", 5);
            assert_int_equal(from.sin_addr.s_addr, j == 0 ? 0 : htonl(INADDR_LOOPBACK));
        }
    }
    assert_int_equal(receivers[1](bytes, &from), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEWOULDBLOCK);
    assert_null(shim_trouble());
}

/* ---- what stands beside the datagram ---- */

/* The record in the control data of what is received next; 0 bytes: there is none. */
static uint32_t receive_record(const char *expected, WSABUF *control)
{
    WSAMSG message = {.Control = *control};
    struct sockaddr_in from;
    WSACMSGHDR header;
    char bytes[ROOM];

    assert_int_equal(receive_message(bytes, ROOM, &message, &from), strlen(expected));
    assert_memory_equal(bytes, expected, strlen(expected));
    assert_int_equal(message.dwFlags, 0);
    control->len = message.Control.len;
    if (control->len == 0) {
        return 0;
    }
    memcpy(&header, control->buf, sizeof header);
    assert_int_equal(header.cmsg_level, IPPROTO_IP);
    assert_int_equal(header.cmsg_type, 60);
    return (uint32_t)(header.cmsg_len - sizeof header);
}

static void show_records(void)
{
    const DWORD on = 1;
    DWORD is_on = 0;
    int size = (int)sizeof is_on;

    assert_int_equal(setsockopt(scene.service, IPPROTO_IP, 60, (const char *)&on, sizeof on), 0);
    assert_int_equal(getsockopt(scene.service, IPPROTO_IP, 60, (char *)&is_on, &size), 0);
    assert_int_equal(is_on, 1);
    assert_int_equal(size, sizeof is_on);
}

static int send_to_peer(const char *text)
{
    return sendto(scene.client, text, (int)strlen(text), 0, (const struct sockaddr *)&scene.peer,
                  sizeof scene.peer);
}

static void first_datagram_of_a_flow_brings_the_record(void **state)
{
    char room[ROOM];
    WSABUF control = {ROOM, room};
    struct wfp_answer told = {0};
    const struct wfp_address peer = {.bytes = {203, 0, 113, 9}, .port = 53};

    (void)state;
    show_records();
    arm();
    assert_int_equal(send_to_peer("first"), 5);
    assert_int_equal(send_to_peer("next"), 4);
    assert_true(receive_record("first", &control) > 0);

    /* The service hands it on: whoever asks sees that it was redirected by himself. */
    assert_int_equal(send_message(scene.service, &scene.peer, "on", control, NULL), 2);
    assert_int_equal(shim_state(scene.service, &peer, "self", &told), WFP_OK);
    assert_int_equal(told.error, WFP_REDIRECTED_BY_SELF);

    control.len = ROOM;
    assert_int_equal(receive_record("next", &control), 0);
    shim_clock_advance(61000000);
    arm();
    assert_int_equal(send_to_peer("again"), 5);
    control.len = ROOM;
    assert_true(receive_record("again", &control) > 0);
    assert_null(shim_trouble());
}

static void cut_data_say_so(void **state)
{
    char room[8];
    WSAMSG message = {.Control = {sizeof room, room}};
    struct sockaddr_in from;
    char bytes[4];

    (void)state;
    show_records();
    arm();
    assert_int_equal(send_to_peer("too long"), 8);
    assert_int_equal(receive_message(bytes, sizeof bytes, &message, &from), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEMSGSIZE);
    assert_memory_equal(bytes, "too ", 4);
    assert_int_equal(message.dwFlags, MSG_TRUNC | MSG_CTRUNC);
    assert_int_equal(message.Control.len, 0);
}

static void other_options_reach_the_provider(void **state)
{
    int type = 0;
    int size = (int)sizeof type;
    DWORD value = 0;

    (void)state;
    assert_int_equal(getsockopt(scene.service, SOL_SOCKET, SO_TYPE, (char *)&type, &size), 0);
    assert_int_equal(type, SOCK_DGRAM);
    size = (int)sizeof value;
    assert_int_equal(getsockopt(scene.service, IPPROTO_IP, IP_TTL, (char *)&value, &size), 0);
    assert_true(value > 0);
}

/* ---- where it really goes ---- */

static void bytes_really_travel_over_loopback(void **state)
{
    struct sockaddr_in here;
    int size = (int)sizeof here;
    char bytes[ROOM];

    (void)state;
    arm();
    assert_int_equal(send_to_peer("carried"), 7);
    assert_int_equal(getsockname(scene.service, (struct sockaddr *)&here, &size), 0);
    assert_memory_equal(&here.sin_addr, &scene.at.sin_addr, sizeof here.sin_addr);
    shim_end();
    assert_int_equal(getsockname(scene.service, (struct sockaddr *)&here, &size), 0);
    assert_int_equal(here.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(recv(scene.service, bytes, ROOM, 0), 7);
    assert_memory_equal(bytes, "carried", 7);
}

/* By calls that are not replaced, behind the shim's back. */
static void another_datagram_than_the_models_is_noticed(void **state)
{
    struct sockaddr_in here;
    int size = (int)sizeof here;
    WSAPROTOCOL_INFOA info;
    struct sockaddr_in from;
    char bytes[ROOM];
    SOCKET behind;

    (void)state;
    assert_int_equal(WSADuplicateSocketA(scene.service, GetCurrentProcessId(), &info), 0);
    behind = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &info, 0, 0);
    assert_int_equal(getsockname(behind, (struct sockaddr *)&here, &size), 0);
    assert_int_equal(sendto(behind, "foreign", 7, 0, (struct sockaddr *)&here, size), 7);
    assert_int_equal(by_sendto("model's"), 7);
    (void)by_recvfrom(bytes, &from);
    assert_non_null(shim_trouble());
    closesocket(behind);
}

/* ---- pointers ---- */

static void bad_pointers_are_answered_without_being_touched(void **state)
{
    char *nowhere = VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_NOACCESS);
    const struct sockaddr *to = (const struct sockaddr *)&scene.at;
    WSABUF here = {2, (char *)(uintptr_t) "hi"};
    WSABUF gone = {2, nowhere};
    WSAMSG message = {.Control = {64, nowhere}};
    struct sockaddr_in from;
    char bytes[ROOM];

    (void)state;
    assert_int_equal(sendto(scene.client, nowhere, 2, 0, to, sizeof scene.at), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(sendto(scene.client, "hi", 2, 0, (void *)nowhere, 16), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(sendto(scene.client, "hi", 2, 0, to, 4), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(WSASendTo(scene.client, &gone, 1, NULL, 0, to, sizeof scene.at, NULL, NULL),
                     SOCKET_ERROR);
    assert_int_equal(
        WSASendTo(scene.client, (void *)nowhere, 1, NULL, 0, to, sizeof scene.at, NULL, NULL),
        SOCKET_ERROR);
    assert_int_equal(WSASendMsg(scene.client, (void *)nowhere, 0, NULL, NULL, NULL), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(setsockopt(scene.service, IPPROTO_IP, 60, nowhere, 4), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);

    /* What waits is still there after a receive that had no buffer for it. */
    assert_int_equal(WSASendTo(scene.client, &here, 1, NULL, 0, to, sizeof scene.at, NULL, NULL),
                     0);
    assert_int_equal(recv(scene.service, nowhere, 2, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(find_receive()(scene.service, (void *)nowhere, NULL, NULL, NULL),
                     SOCKET_ERROR);
    assert_int_equal(receive_message(bytes, ROOM, &message, &from), 2);
    assert_null(shim_trouble());
    VirtualFree(nowhere, 0, MEM_RELEASE);
}

/* ---- overlapped ---- */

static DWORD routine_bytes;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)overlapped;
    (void)flags;
    routine_bytes = error == 0 ? bytes : 0;
}

static void what_is_done_at_once_is_told_by_event_and_routine(void **state)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    WSABUF data = {5, (char *)(uintptr_t) "hello"};
    char bytes[ROOM];
    DWORD count = 99;
    DWORD flags = 9;

    (void)state;
    assert_int_equal(by_sendto("binds"), 5);
    assert_int_equal(send_message(scene.client, &scene.at, "hello", (WSABUF){0, NULL}, &overlapped),
                     5);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    assert_true(WSAGetOverlappedResult(scene.client, &overlapped, &count, FALSE, &flags));
    assert_int_equal(count, 5);
    assert_int_equal(WSASendTo(scene.client, &data, 1, &count, 0, (struct sockaddr *)&scene.at,
                               sizeof scene.at, &overlapped, routine),
                     0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(routine_bytes, 5);
    ResetEvent(overlapped.hEvent);
    data = (WSABUF){ROOM, bytes};
    flags = 0;
    assert_int_equal(
        WSARecvFrom(scene.service, &data, 1, NULL, &flags, NULL, NULL, &overlapped, NULL), 0);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    assert_int_equal(overlapped.InternalHigh, 5);
    CloseHandle(overlapped.hEvent);
}

static void what_waits_for_a_datagram_can_be_cancelled(void **state)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    char bytes[ROOM];
    WSABUF data = {ROOM, bytes};
    WSAMSG message = {.lpBuffers = &data, .dwBufferCount = 1};
    DWORD count = 99;
    DWORD flags = 0;

    (void)state;
    assert_int_equal(find_receive()(scene.service, &message, &count, &overlapped, NULL),
                     SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_true(CancelIoEx((HANDLE)scene.service, &overlapped));
    assert_false(WSAGetOverlappedResult(scene.service, &overlapped, &count, TRUE, &flags));
    assert_int_equal(WSAGetLastError(), WSA_OPERATION_ABORTED);
    CloseHandle(overlapped.hEvent);
}

#define SHIM_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHIM_TEST(every_call_sends_and_every_call_receives),
        SHIM_TEST(first_datagram_of_a_flow_brings_the_record),
        SHIM_TEST(cut_data_say_so),
        SHIM_TEST(other_options_reach_the_provider),
        SHIM_TEST(bytes_really_travel_over_loopback),
        SHIM_TEST(another_datagram_than_the_models_is_noticed),
        SHIM_TEST(bad_pointers_are_answered_without_being_touched),
        SHIM_TEST(what_is_done_at_once_is_told_by_event_and_routine),
        SHIM_TEST(what_waits_for_a_datagram_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
