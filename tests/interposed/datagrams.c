/* SPDX-License-Identifier: MIT */

/*
 * One datagram after another to itself by way of 198.18.0.1:53, each received in another way. For
 * each a line: the way, how many bytes, from where, how many bytes of control data, the error.
 */

#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>
#include <string.h>

#include <ws2tcpip.h>

#include "tests/interposed/actions.h"

enum { PORT = 18053, PATIENCE = 20000 /* milliseconds */ };

/* What a receive writes to, in whatever way. */
static struct {
    SOCKET socket;
    OVERLAPPED overlapped;
    struct sockaddr_in from;
    int from_size;
    char bytes[64];
    WSABUF buffer;
    DWORD flags;
    DWORD count;
    HANDLE called; /* by a routine */
} at;

static SOCKET open_socket(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    const SOCKET opened = socket(AF_INET, SOCK_DGRAM, 0);

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(opened, (struct sockaddr *)&own, sizeof own) != 0) {
        (void)printf("bind %d\n", WSAGetLastError());
    }
    return opened;
}

static void send_one(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
    const SOCKET sender = socket(AF_INET, SOCK_DGRAM, 0);

    (void)inet_pton(AF_INET, "198.18.0.1", &to.sin_addr);
    if (sendto(sender, "datagram", 8, 0, (struct sockaddr *)&to, sizeof to) != 8) {
        (void)printf("sendto %d\n", WSAGetLastError());
    }
    (void)closesocket(sender);
}

static void prepare(HANDLE event)
{
    const SOCKET kept = at.socket;

    memset(&at, 0, sizeof at);
    at.socket = kept;
    at.overlapped.hEvent = event;
    at.from_size = sizeof at.from;
    at.buffer.buf = at.bytes;
    at.buffer.len = sizeof at.bytes;
}

static void print(const char *way, DWORD count, DWORD control, DWORD error)
{
    (void)printf("%s %lu %s %lu %lu\n", way, count, action_address(&at.from), control, error);
    (void)fflush(stdout);
}

static int receive_overlapped(LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return WSARecvFrom(at.socket, &at.buffer, 1, &at.count, &at.flags, (struct sockaddr *)&at.from,
                       &at.from_size, &at.overlapped, routine);
}

/* ---- the ways ---- */

static void receive_blocking(void)
{
    int count;

    prepare(NULL);
    send_one();
    count = recvfrom(at.socket, at.bytes, sizeof at.bytes, 0, (struct sockaddr *)&at.from,
                     &at.from_size);
    print("recvfrom", (DWORD)count, 0, 0);
}

static void receive_by_event(void)
{
    prepare(WSACreateEvent());
    (void)receive_overlapped(NULL);
    send_one();
    (void)WSAGetOverlappedResult(at.socket, &at.overlapped, &at.count, TRUE, &at.flags);
    print("event", at.count, 0, 0);
}

static void CALLBACK routine(DWORD error, DWORD count, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)overlapped;
    (void)flags;
    print("routine", count, 0, error);
}

static void receive_by_routine(void)
{
    prepare(NULL);
    (void)receive_overlapped(routine);
    send_one();
    (void)SleepEx(PATIENCE, TRUE);
}

static void receive_message(void)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG receive = NULL;
    char control[64];
    WSAMSG message = {.namelen = sizeof at.from, .dwBufferCount = 1};
    DWORD size;

    prepare(NULL);
    (void)WSAIoctl(at.socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive,
                   sizeof receive, &size, NULL, NULL);
    message.name = (struct sockaddr *)&at.from;
    message.lpBuffers = &at.buffer;
    message.Control.buf = control;
    message.Control.len = sizeof control;
    send_one();
    if (receive != NULL && receive(at.socket, &message, &at.count, NULL, NULL) == 0) {
        print("message", at.count, message.Control.len, 0);
    }
}

static void receive_by_port(void)
{
    const HANDLE port = CreateIoCompletionPort((HANDLE)at.socket, NULL, 7, 0);
    OVERLAPPED *done = NULL;
    ULONG_PTR key = 0;

    prepare(NULL);
    (void)receive_overlapped(NULL);
    send_one();
    if (GetQueuedCompletionStatus(port, &at.count, &key, &done, PATIENCE) && key == 7) {
        print("port", at.count, 0, 0);
    }
}

/* It was there before the call: the call and the port both say so. */
static void receive_at_once_by_port(void)
{
    const HANDLE port = CreateIoCompletionPort((HANDLE)at.socket, NULL, 7, 0);
    OVERLAPPED_ENTRY entry = {0};
    ULONG entries = 0;

    prepare(NULL);
    send_one();
    (void)receive_overlapped(NULL);
    if (GetQueuedCompletionStatusEx(port, &entry, 1, &entries, PATIENCE, FALSE)) {
        print("port-at-once", entry.dwNumberOfBytesTransferred, 0, 0);
    }
}

static void CALLBACK in_pool(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                             ULONG error, ULONG_PTR count, PTP_IO io)
{
    (void)instance;
    (void)context;
    (void)overlapped;
    (void)io;
    print("pool", (DWORD)count, 0, error);
    SetEvent(at.called);
}

static void receive_in_pool(void)
{
    const PTP_IO io = CreateThreadpoolIo((HANDLE)at.socket, in_pool, NULL, NULL);

    prepare(NULL);
    at.called = CreateEventW(NULL, TRUE, FALSE, NULL);
    StartThreadpoolIo(io);
    (void)receive_overlapped(NULL);
    send_one();
    (void)WaitForSingleObject(at.called, PATIENCE);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CloseThreadpoolIo(io);
}

/* A port or a pool stays with its socket: each way has one of its own. */
int action_datagrams(void)
{
    static void (*const ways[])(void) = {
        receive_blocking, receive_by_event,        receive_by_routine, receive_message,
        receive_by_port,  receive_at_once_by_port, receive_in_pool};

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        at.socket = open_socket();
        ways[i]();
        (void)closesocket(at.socket);
    }
    return 0;
}
