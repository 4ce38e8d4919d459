/* SPDX-License-Identifier: MIT */

/* The reference proxy in two processes: one listens, and another, which inherits the socket,
 * accepts and serves. */

#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/proxies/hooks/child.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/proxy.h"

static void hand_over(const struct steps *steps, SOCKET listener)
{
    HANDLE child;
    wchar_t words[64];
    (void)steps;
    swprintf(words, sizeof words / sizeof words[0], L"--accept %llu", (unsigned long long)listener);
    if (SetHandleInformation((HANDLE)listener, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) &&
        child_start(words, &child)) {
        WaitForSingleObject(child, INFINITE);
    }
}

static int accept_inherited(const char *handle)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) == 0) {
        connection_accept_all(&reference_steps, (SOCKET)strtoull(handle, NULL, 10));
    }
    fprintf(stderr, "nothing to accept: Winsock error %d\n", WSAGetLastError());
    return 2;
}

int main(int count, char **words)
{
    struct steps steps = reference_steps;
    if (count == 3 && strcmp(words[1], "--accept") == 0) {
        return accept_inherited(words[2]);
    }
    steps.accept_all = hand_over;
    return proxy_run(&steps, count, words);
}
