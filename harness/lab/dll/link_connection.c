/* SPDX-License-Identifier: MIT */

#include "harness/lab/dll/link_connection.h"

#include <winsock2.h>

#include <stdlib.h>
#include <string.h>

#include <windows.h>

enum { LENGTH_SIZE = 4, PORT_MAX = 65535 };

static SOCKET connection = INVALID_SOCKET;
static OVERLAPPED operation; /* not on a stack: it outlives a wait that was given up */
static uint8_t outgoing[EVENT_WIRE_MAX];
static uint8_t incoming[EVENT_WIRE_MAX];

bool connection_place(struct connection_place *place)
{
    char text[CONNECTION_TOKEN_MAX + 8];
    const DWORD length = GetEnvironmentVariableA("WFPCHECK_LAB", text, sizeof text);
    char *end;
    unsigned long port;

    if (length == 0 || length >= sizeof text) {
        return false;
    }
    port = strtoul(text, &end, 10);
    if (port == 0 || port > PORT_MAX || *end != ':' || strlen(end + 1) >= sizeof place->token) {
        return false;
    }
    place->port = (unsigned short)port;
    memcpy(place->token, end + 1, strlen(end + 1) + 1);
    return true;
}

/* ---- the socket ---- */

/* What a child inherits would stay open when this process is gone. */
static SOCKET open_socket(void)
{
    const BOOL at_once = TRUE;
    WSADATA ignored;
    SOCKET opened;

    if (WSAStartup(MAKEWORD(2, 2), &ignored) != 0) {
        return INVALID_SOCKET;
    }
    opened = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
                        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (opened == INVALID_SOCKET) {
        return opened;
    }
    (void)setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, (const char *)&at_once, sizeof at_once);
    return opened;
}

bool connection_open(unsigned short port)
{
    struct sockaddr_in lab;

    memset(&lab, 0, sizeof lab);
    lab.sin_family = AF_INET;
    lab.sin_port = htons(port);
    lab.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    operation.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    connection = operation.hEvent == NULL ? INVALID_SOCKET : open_socket();
    if (connection == INVALID_SOCKET) {
        return false;
    }
    if (connect(connection, (const struct sockaddr *)&lab, sizeof lab) != 0) {
        connection_close();
        return false;
    }
    return true;
}

void connection_close(void)
{
    (void)closesocket(connection);
    connection = INVALID_SOCKET;
}

/*
 * A send or receive that was begun: how many bytes it moved, 0 when it did not within the time. A
 * blocking call of Winsock waits alertably, and would run the program's own routines in the middle
 * of a call that never does.
 */
static DWORD finish(int begun)
{
    DWORD moved = 0;
    DWORD flags;

    if ((begun != 0 && WSAGetLastError() != WSA_IO_PENDING) ||
        WaitForSingleObject(operation.hEvent, CONNECTION_TIME_MAX) != WAIT_OBJECT_0 ||
        !WSAGetOverlappedResult(connection, &operation, &moved, FALSE, &flags)) {
        return 0;
    }
    return moved;
}

/* ---- events ---- */

bool connection_send_bytes(const void *bytes, size_t size)
{
    /* WSABUF has no const. */
    char *at = (char *)(uintptr_t)bytes;

    while (size > 0) {
        WSABUF buffer = {(ULONG)size, at};
        const DWORD sent = finish(WSASend(connection, &buffer, 1, NULL, 0, &operation, NULL));

        if (sent == 0) {
            return false;
        }
        at += sent;
        size -= sent;
    }
    return true;
}

bool connection_send(const struct event *event)
{
    const size_t size = event_write(event, outgoing, sizeof outgoing);

    return size > 0 && connection_send_bytes(outgoing, size);
}

static bool receive_bytes(uint8_t *into, size_t size)
{
    while (size > 0) {
        WSABUF buffer = {(ULONG)size, (char *)into};
        DWORD flags = 0;
        const DWORD received =
            finish(WSARecv(connection, &buffer, 1, NULL, &flags, &operation, NULL));

        if (received == 0) {
            return false;
        }
        into += received;
        size -= received;
    }
    return true;
}

bool connection_receive(struct event *event)
{
    size_t length;
    size_t used;

    if (!receive_bytes(incoming, LENGTH_SIZE)) {
        return false;
    }
    length = (size_t)incoming[0] | (size_t)incoming[1] << 8 | (size_t)incoming[2] << 16 |
             (size_t)incoming[3] << 24;
    if (length > sizeof incoming - LENGTH_SIZE || !receive_bytes(incoming + LENGTH_SIZE, length)) {
        return false;
    }
    return event_read(incoming, LENGTH_SIZE + length, event, &used) == EVENT_READ_DONE;
}
