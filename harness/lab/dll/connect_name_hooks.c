/* SPDX-License-Identifier: MIT */

/*
 * WSAConnectBy...: the system would resolve and dial within one call, unseen. Here each address is
 * dialled by the same way as any other, and the first that answers stays.
 */

#include <winsock2.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lab/dll/address.h"
#include "harness/lab/dll/dial.h"
#include "harness/lab/dll/replaced.h"
#include "harness/lab/interpose/pointer.h"

/* Where the program wants to read how it went; each pair may be NULL. */
struct told {
    DWORD *local_size;
    struct sockaddr *local;
    DWORD *remote_size;
    struct sockaddr *remote;
};

static bool dial_one(const char *name, SOCKET socket, const struct sockaddr *address, int size)
{
    struct dial dial;
    int outcome;

    dial_ask(&dial, name, socket, address, size);
    if (dial.refused) {
        WSASetLastError(dial.error);
        return false;
    }
    outcome = connect(socket, dial.to, dial.to_size);
    dial_made(&dial, socket, outcome != 0);
    return outcome == 0;
}

static BOOL tell(SOCKET socket, const struct told *told)
{
    struct socket_facts facts;
    struct wfp_address address;

    if (!socket_know(socket, &facts)) {
        return TRUE;
    }
    if (address_local(socket, &address)) {
        (void)address_give(&address, facts.family, told->local, (int *)told->local_size);
    }
    if (facts.has_peer || address_peer(socket, &address)) {
        (void)address_give(facts.has_peer ? &facts.peer : &address, facts.family, told->remote,
                           (int *)told->remote_size);
    }
    return TRUE;
}

/* ---- by name ---- */

static int family_of(SOCKET socket)
{
    struct socket_facts facts;

    return socket_know(socket, &facts) ? facts.family : AF_UNSPEC;
}

static BOOL dial_each(const char *name, SOCKET socket, const ADDRINFOW *found)
{
    for (; found != NULL; found = found->ai_next) {
        if (dial_one(name, socket, found->ai_addr, (int)found->ai_addrlen)) {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOL dial_name(const char *function, SOCKET socket, const wchar_t *name,
                      const wchar_t *service, const struct told *told)
{
    ADDRINFOW hints;
    ADDRINFOW *found = NULL;
    BOOL done;
    int error;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = family_of(socket);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = hints.ai_family == AF_INET6 ? AI_V4MAPPED | AI_ALL : 0;
    error = hook_GetAddrInfoW(name, service, &hints, &found);
    if (error != 0) {
        WSASetLastError(error);
        return FALSE;
    }
    done = dial_each(function, socket, found);
    error = WSAGetLastError();
    FreeAddrInfoW(found);
    WSASetLastError(error);
    return done && tell(socket, told);
}

BOOL PASCAL hook_WSAConnectByNameW(SOCKET socket, LPWSTR name, LPWSTR service, LPDWORD local_size,
                                   LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                   const struct timeval *limit, LPWSAOVERLAPPED reserved)
{
    const struct told told = {local_size, local, remote_size, remote};

    (void)limit;
    (void)reserved;
    return dial_name("WSAConnectByNameW", socket, name, service, &told);
}

/* NULL without memory. */
static wchar_t *widen(const char *text)
{
    const int size = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
    wchar_t *wide = size <= 0 ? NULL : calloc((size_t)size, sizeof *wide);

    if (wide != NULL) {
        (void)MultiByteToWideChar(CP_ACP, 0, text, -1, wide, size);
    }
    return wide;
}

BOOL PASCAL hook_WSAConnectByNameA(SOCKET socket, LPCSTR name, LPCSTR service, LPDWORD local_size,
                                   LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                   const struct timeval *limit, LPWSAOVERLAPPED reserved)
{
    const struct told told = {local_size, local, remote_size, remote};
    wchar_t *wide_name = widen(name);
    wchar_t *wide_service = widen(service);
    BOOL done = FALSE;
    int error = WSAENOBUFS;

    (void)limit;
    (void)reserved;
    if (wide_name != NULL && wide_service != NULL) {
        done = dial_name("WSAConnectByNameA", socket, wide_name, wide_service, &told);
        error = WSAGetLastError();
    }
    free(wide_name);
    free(wide_service);
    WSASetLastError(error);
    return done;
}

/* ---- by list ---- */

BOOL PASCAL hook_WSAConnectByList(SOCKET socket, PSOCKET_ADDRESS_LIST list, LPDWORD local_size,
                                  LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                  const struct timeval *limit, LPWSAOVERLAPPED reserved)
{
    const struct told told = {local_size, local, remote_size, remote};

    (void)limit;
    (void)reserved;
    for (INT i = 0; i < list->iAddressCount; i++) {
        const SOCKET_ADDRESS *one = &list->Address[i];

        if (dial_one("WSAConnectByList", socket, one->lpSockaddr, one->iSockaddrLength)) {
            return tell(socket, &told);
        }
    }
    return FALSE;
}
