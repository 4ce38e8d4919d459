/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include "harness/lab/dll/dial.h"
#include "harness/lab/dll/extension.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"

int WSAAPI hook_connect(SOCKET socket, const struct sockaddr *address, int size)
{
    struct dial dial;
    int outcome;

    dial_ask(&dial, "connect", socket, address, size);
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    outcome = connect(socket, dial.to, dial.to_size);
    dial_made(&dial, socket, outcome != 0);
    return outcome;
}

int WSAAPI hook_WSAConnect(SOCKET socket, const struct sockaddr *address, int size, LPWSABUF caller,
                           LPWSABUF callee, LPQOS sending, LPQOS group)
{
    struct dial dial;
    int outcome;

    dial_ask(&dial, "WSAConnect", socket, address, size);
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    outcome = WSAConnect(socket, dial.to, dial.to_size, caller, callee, sending, group);
    dial_made(&dial, socket, outcome != 0);
    return outcome;
}

/* ---- what the provider hands out ---- */

BOOL PASCAL hook_ConnectEx(SOCKET socket, const struct sockaddr *address, int size, PVOID data,
                           DWORD data_size, LPDWORD sent, LPOVERLAPPED overlapped)
{
    struct dial dial;
    BOOL done;

    dial_ask(&dial, "ConnectEx", socket, address, size);
    if (dial.refused) {
        WSASetLastError(dial.error);
        return FALSE;
    }
    done = extensions.ConnectEx(socket, dial.to, dial.to_size, data, data_size, sent, overlapped);
    dial_made(&dial, socket, !done);
    return done;
}

/* With TF_REUSE_SOCKET the handle stays, and stands for another socket from then on. */
BOOL PASCAL hook_DisconnectEx(SOCKET socket, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved)
{
    const BOOL done = extensions.DisconnectEx(socket, overlapped, flags, reserved);
    const int error = WSAGetLastError();

    if ((done || error == WSA_IO_PENDING) && (flags & TF_REUSE_SOCKET) != 0) {
        socket_reused(socket);
    }
    WSASetLastError(error);
    return done;
}
