/* SPDX-License-Identifier: MIT */

/* A module of the program that is loaded when the program runs already. */

#include <winsock2.h>

__declspec(dllexport) int late_socket(void);

int late_socket(void)
{
    const SOCKET opened = socket(AF_INET6, SOCK_STREAM, 0);

    return opened == INVALID_SOCKET ? WSAGetLastError() : closesocket(opened);
}
