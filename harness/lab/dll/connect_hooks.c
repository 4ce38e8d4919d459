/* SPDX-License-Identifier: MIT */

#include <winsock2.h>

#include "harness/lab/dll/dial.h"
#include "harness/lab/dll/replaced.h"

int WSAAPI hook_connect(SOCKET socket, const struct sockaddr *address, int size)
{
    struct dial dial;
    int outcome;

    dial_ask(&dial, "connect", socket, address, size);
    if (dial.refused) {
        return socket_fail(dial.error);
    }
    outcome = dial.elsewhere ? connect(socket, &dial.real.any, dial.real_size)
                             : connect(socket, address, size);
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
    outcome = dial.elsewhere ? WSAConnect(socket, &dial.real.any, dial.real_size, caller, callee,
                                          sending, group)
                             : WSAConnect(socket, address, size, caller, callee, sending, group);
    dial_made(&dial, socket, outcome != 0);
    return outcome;
}
