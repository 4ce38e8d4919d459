/* SPDX-License-Identifier: MIT */

/* Names: the lab may say where one leads. The system then resolves that address instead of it. */

#include <winsock2.h>

#include <stdbool.h>
#include <stdlib.h>

#include <ws2tcpip.h>

#include "harness/lab/dll/address.h"
#include "harness/lab/dll/link.h"
#include "harness/lab/dll/replaced.h"

enum { NAME_MAX_BYTES = 1024, LITERAL_MAX = 64 };

struct resolution {
    int error; /* not 0: there is no such name */
    bool found;
    char literal[LITERAL_MAX]; /* as text, where it was found */
    wchar_t wide[LITERAL_MAX];
};

static bool is_literal(const char *name)
{
    struct in6_addr ignored;

    return inet_pton(AF_INET, name, &ignored) == 1 || inet_pton(AF_INET6, name, &ignored) == 1;
}

static bool print(const struct wfp_address *address, struct resolution *resolution)
{
    const int family = address->family == WFP_IPV6 ? AF_INET6 : AF_INET;

    if (inet_ntop(family, address->bytes, resolution->literal, sizeof resolution->literal) ==
        NULL) {
        return false;
    }
    for (size_t i = 0; i < LITERAL_MAX; i++) {
        resolution->wide[i] = (wchar_t)(unsigned char)resolution->literal[i];
    }
    return true;
}

static void ask(const char *name, struct resolution *resolution)
{
    struct event event = {.kind = EVENT_RESOLVE};
    struct link_answer answer;
    struct wfp_address peer;

    resolution->error = 0;
    resolution->found = false;
    if (name == NULL || *name == '\0' || is_literal(name)) {
        return;
    }
    event_set_text(&event, FIELD_TEXT, name);
    if (link_ask(&event, &answer) == LINK_ANSWERED) {
        peer = event_address(&answer.event, FIELD_PEER);
        resolution->error = (int)event_number(&answer.event, FIELD_ERROR);
        resolution->found = event_has(&answer.event, FIELD_PEER) && print(&peer, resolution);
    }
    link_answer_free(&answer);
}

static void ask_wide(const wchar_t *name, struct resolution *resolution)
{
    char narrow[NAME_MAX_BYTES];

    narrow[0] = '\0';
    if (name != NULL &&
        WideCharToMultiByte(CP_UTF8, 0, name, -1, narrow, sizeof narrow, NULL, NULL) == 0) {
        narrow[0] = '\0';
    }
    ask(narrow, resolution);
}

/* As the calls fail that return their error. */
static int fail(const struct resolution *resolution)
{
    WSASetLastError(resolution->error);
    return resolution->error;
}

int WSAAPI hook_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                            struct addrinfo **result)
{
    struct resolution resolution;

    ask(name, &resolution);
    return resolution.error != 0
               ? fail(&resolution)
               : getaddrinfo(resolution.found ? resolution.literal : name, service, hints, result);
}

int WSAAPI hook_GetAddrInfoW(PCWSTR name, PCWSTR service, const ADDRINFOW *hints,
                             PADDRINFOW *result)
{
    struct resolution resolution;

    ask_wide(name, &resolution);
    return resolution.error != 0
               ? fail(&resolution)
               : GetAddrInfoW(resolution.found ? resolution.wide : name, service, hints, result);
}

int WSAAPI hook_GetAddrInfoExW(PCWSTR name, PCWSTR service, DWORD space, LPGUID provider,
                               const ADDRINFOEXW *hints, PADDRINFOEXW *result,
                               struct timeval *limit, LPOVERLAPPED overlapped,
                               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE handle)
{
    struct resolution resolution;

    ask_wide(name, &resolution);
    if (resolution.error != 0) {
        return fail(&resolution);
    }
    return GetAddrInfoExW(resolution.found ? resolution.wide : name, service, space, provider,
                          hints, result, limit, overlapped, routine, handle);
}

struct hostent *WSAAPI hook_gethostbyname(const char *name)
{
    struct resolution resolution;

    ask(name, &resolution);
    if (resolution.error != 0) {
        (void)fail(&resolution);
        return NULL;
    }
    return gethostbyname(resolution.found ? resolution.literal : name);
}
