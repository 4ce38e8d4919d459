/* SPDX-License-Identifier: MIT */

/*
 * The reference proxy with no import of Winsock at all: every call is looked up by name. The
 * compiler calls an imported function through a pointer named __imp_NAME, which is defined here
 * instead of in an import library.
 */

#include <stdio.h>

#include "tests/proxies/reference/proxy.h"

#define CALLS(row)                                                                                 \
    row(accept) row(bind) row(closesocket) row(connect) row(ioctlsocket) row(listen) row(recv)     \
        row(recvfrom) row(select) row(send) row(sendto) row(setsockopt) row(socket) row(shutdown)  \
            row(WSAGetLastError) row(WSAIoctl) row(WSASendMsg) row(WSAStartup)                     \
                row(WSAStringToAddressA) row(__WSAFDIsSet)

typedef void (*any_call)(void);

#define POINTER(name) any_call __imp_##name;
CALLS(POINTER)

#define ROW(name) {#name, &__imp_##name},
static const struct lookup {
    const char *name;
    any_call *pointer;
} lookups[] = {CALLS(ROW)};

/* These two mingw-w64 does not declare as imported. */
int WSAAPI __WSAFDIsSet(SOCKET socket, fd_set *set)
{
    return ((int(WSAAPI *)(SOCKET, fd_set *))__imp___WSAFDIsSet)(socket, set);
}

int WSAAPI WSASendMsg(SOCKET socket, WSAMSG *message, DWORD flags, DWORD *sent,
                      WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return ((int(WSAAPI *)(SOCKET, WSAMSG *, DWORD, DWORD *, WSAOVERLAPPED *,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE))__imp_WSASendMsg)(
        socket, message, flags, sent, overlapped, routine);
}

int main(int count, char **words)
{
    HMODULE winsock = LoadLibraryA("ws2_32.dll");
    for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
        *lookups[i].pointer = winsock ? (any_call)GetProcAddress(winsock, lookups[i].name) : NULL;
        if (!*lookups[i].pointer) {
            fprintf(stderr, "no %s in ws2_32.dll\n", lookups[i].name);
            return 2;
        }
    }
    return proxy_run(&reference_steps, count, words);
}
