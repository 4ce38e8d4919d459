/* SPDX-License-Identifier: MIT */

/* The shim's parts in this very program: its own calls are replaced and answered by the model. */

#include <winsock2.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <cmocka.h>

#include "harness/lab/interpose/guard.h"
#include "harness/lab/interpose/pointer.h"
#include "harness/lab/shim/shim.h"

enum { PAGE = 65536 };

static struct shim_begin begin;

/* ---- pointers ---- */

static void pointers_are_told_apart(void **state)
{
    uint64_t local[4];
    char *heap = malloc(64);
    char *pages = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    const struct {
        const void *at;
        size_t size;
        enum pointer_use use;
        enum wfp_pointer expected;
    } cases[] = {
        {NULL, 0, POINTER_READ, WFP_POINTER_NULL},
        {NULL, 64, POINTER_WRITE, WFP_POINTER_NULL},
        {heap, 64, POINTER_WRITE, WFP_POINTER_HEAP},
        {heap, 0, POINTER_READ, WFP_POINTER_HEAP},
        {heap + 1, 8, POINTER_WRITE, WFP_POINTER_MISALIGNED},
        {local, sizeof local, POINTER_WRITE, WFP_POINTER_STACK},
        {pages + PAGE, 1, POINTER_READ, WFP_POINTER_UNMAPPED},
        {pages + PAGE, 0, POINTER_READ, WFP_POINTER_UNMAPPED},
        {pages + PAGE - 16, 16, POINTER_WRITE, WFP_POINTER_HEAP},
        {pages + PAGE - 16, 17, POINTER_WRITE, WFP_POINTER_PARTLY_UNMAPPED},
        {pages + PAGE - 16, SIZE_MAX, POINTER_READ, WFP_POINTER_PARTLY_UNMAPPED},
        {(const void *)(uintptr_t)16, 4, POINTER_READ, WFP_POINTER_UNMAPPED},
        {(const void *)UINTPTR_MAX, 4, POINTER_WRITE, WFP_POINTER_UNMAPPED},
        {heap, 1, POINTER_EXECUTE, WFP_POINTER_UNMAPPED},
        {"constant", 8, POINTER_WRITE, WFP_POINTER_UNMAPPED},
        {(const void *)(uintptr_t)pointers_are_told_apart, 1, POINTER_EXECUTE, WFP_POINTER_HEAP},
    };

    (void)state;
    assert_non_null(heap);
    assert_non_null(VirtualAlloc(pages, PAGE, MEM_COMMIT, PAGE_READWRITE));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(pointer_classify(cases[i].at, cases[i].size, cases[i].use),
                         cases[i].expected);
    }
    free(heap);
    VirtualFree(pages, 0, MEM_RELEASE);
}

static void memory_that_is_gone_fails_and_does_not_fault(void **state)
{
    char *page = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    char byte = 7;

    (void)state;
    assert_true(pointer_write(page, &byte, 1));
    byte = 0;
    assert_true(pointer_read(&byte, page, 1));
    assert_int_equal(byte, 7);
    VirtualFree(page, 0, MEM_RELEASE);
    assert_false(pointer_write(page, &byte, 1));
    assert_false(pointer_read(&byte, page, 1));
    assert_true(pointer_read(&byte, page, 0));
}

/* ---- the guard ---- */

static void guard_is_entered_once_and_keeps_the_error(void **state)
{
    (void)state;
    assert_true(guard_open());
    SetLastError(4711);
    assert_true(guard_enter());
    assert_false(guard_enter());
    guard_leave();
    assert_true(guard_enter());
    guard_leave();
    assert_int_equal(GetLastError(), 4711);
}

/* ---- replaced calls ---- */

static int start(void **state)
{
    WSADATA data;

    (void)state;
    wfp_profile_documented(&begin.profile);
    begin.limits = (struct wfp_limits){.sockets = 32,
                                       .handles = 4,
                                       .records = 4,
                                       .record_bytes = 4096,
                                       .operations = 8,
                                       .origin = 1};
    begin.every_code = 0;
    return shim_install() && shim_begin(&begin) && WSAStartup(MAKEWORD(2, 2), &data) == 0 ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    shim_end();
    return WSACleanup();
}

static SOCKET listener_at(struct sockaddr_in *address)
{
    const SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    int size = (int)sizeof *address;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (const struct sockaddr *)address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)address, &size), 0);
    return listener;
}

static int query(SOCKET socket, DWORD code, void *out, DWORD size, DWORD *count)
{
    WSASetLastError(0);
    return WSAIoctl(socket, code, NULL, 0, out, size, count, NULL, NULL);
}

/* A connection that was made towards `destination` arrives at `listener`, with its record. */
static void redirected_connection_carries_a_record(void **state)
{
    struct sockaddr_in elsewhere, here;
    const SOCKET destination = listener_at(&elsewhere);
    const SOCKET listener = listener_at(&here);
    const SOCKET client = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    const uint8_t context[] = {1, 2, 3};
    const struct shim_redirect redirect = {
        "self", 1234, context, sizeof context, WFP_LAYER_CONNECT_REDIRECT, false, false};
    struct sockaddr_in peer;
    int size = (int)sizeof peer;
    uint8_t out[2048];
    DWORD count = 99;
    SOCKET accepted;

    (void)state;
    assert_int_equal(shim_redirect(client, listener, &redirect), WFP_OK);
    assert_int_equal(connect(client, (const struct sockaddr *)&elsewhere, sizeof elsewhere), 0);
    assert_int_equal(getpeername(client, (struct sockaddr *)&peer, &size), 0);
    assert_int_equal(peer.sin_port, here.sin_port);
    accepted = accept(listener, NULL, NULL);
    assert_int_equal(query(accepted, WFP_SIO_QUERY_CONTEXT, out, sizeof out, &count), 0);
    assert_int_equal(count, 3);
    assert_memory_equal(out, context, 3);
    assert_int_equal(query(accepted, WFP_SIO_QUERY_RECORDS, out, 8, &count), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_true(count > 8);
    assert_int_equal(query(accepted, WFP_SIO_QUERY_RECORDS, out, sizeof out, &count), 0);
    assert_int_equal(query(client, WFP_SIO_QUERY_RECORDS, out, sizeof out, &count), SOCKET_ERROR);
    assert_null(shim_trouble());
    closesocket(accepted);
    closesocket(client);
    closesocket(listener);
    closesocket(destination);
}

static void plain_connection_stays_where_it_goes(void **state)
{
    struct sockaddr_in here;
    const SOCKET listener = listener_at(&here);
    const SOCKET client = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    uint8_t out[64];
    DWORD count = 99;
    SOCKET accepted;

    (void)state;
    assert_int_equal(connect(client, (const struct sockaddr *)&here, sizeof here), 0);
    accepted = accept(listener, NULL, NULL);
    assert_int_equal(query(accepted, WFP_SIO_QUERY_RECORDS, out, sizeof out, &count), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_int_equal(count, 0);
    closesocket(accepted);
    assert_int_equal(query(accepted, WFP_SIO_QUERY_RECORDS, out, sizeof out, &count), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    closesocket(client);
    closesocket(listener);
}

/* Codes that are none of ours go to the provider, whose answers the model does not know. */
static void other_codes_reach_the_provider(void **state)
{
    const SOCKET socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    u_long nonblocking = 1;
    DWORD count = 99;

    (void)state;
    assert_int_equal(WSAIoctl(socket, (DWORD)FIONBIO, &nonblocking, sizeof nonblocking, NULL, 0,
                              &count, NULL, NULL),
                     0);
    closesocket(socket);
}

/* A socket from before is not the model's matter: whatever comes back is the provider's. */
static void without_a_world_every_call_reaches_the_provider(void **state)
{
    const SOCKET socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    uint8_t out[64];
    DWORD count = 99;

    (void)state;
    shim_end();
    assert_false(shim_active());
    assert_int_equal(query(socket, WFP_SIO_QUERY_RECORDS, out, sizeof out, &count), SOCKET_ERROR);
    assert_true(shim_begin(&begin));
    assert_int_equal(closesocket(socket), 0);
}

static void bad_pointers_are_answered_without_being_touched(void **state)
{
    const SOCKET socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    void *nowhere = VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_NOACCESS);
    DWORD count = 99;

    (void)state;
    assert_int_equal(query(socket, WFP_SIO_QUERY_RECORDS, nowhere, 64, &count), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    assert_int_equal(
        WSAIoctl(socket, WFP_SIO_SET_RECORDS, nowhere, UINT32_MAX, NULL, 0, &count, NULL, NULL),
        SOCKET_ERROR);
    assert_int_equal(query(socket, WFP_SIO_QUERY_RECORDS, &count, 4, nowhere), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    VirtualFree(nowhere, 0, MEM_RELEASE);
    closesocket(socket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_are_told_apart),
        cmocka_unit_test(memory_that_is_gone_fails_and_does_not_fault),
        cmocka_unit_test(guard_is_entered_once_and_keeps_the_error),
        cmocka_unit_test_setup_teardown(redirected_connection_carries_a_record, start, stop),
        cmocka_unit_test_setup_teardown(plain_connection_stays_where_it_goes, start, stop),
        cmocka_unit_test_setup_teardown(other_codes_reach_the_provider, start, stop),
        cmocka_unit_test_setup_teardown(without_a_world_every_call_reaches_the_provider, start,
                                        stop),
        cmocka_unit_test_setup_teardown(bad_pointers_are_answered_without_being_touched, start,
                                        stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
