/* SPDX-License-Identifier: MIT */

#include "tests/interposed/actions.h"

#include <stdio.h>
#include <string.h>

#include <ws2tcpip.h>

#include <wfp/sim.h>

const char *action_address(const struct sockaddr_in *address)
{
    static char text[32];
    char host[16] = "";

    (void)inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    (void)snprintf(text, sizeof text, "%s:%u", host, (unsigned)ntohs(address->sin_port));
    return text;
}

int action_nothing(void)
{
    return 0;
}

int action_wait(void)
{
    (void)puts("waiting");
    (void)fflush(stdout);
    Sleep(INFINITE);
    return 0;
}

int action_die(void)
{
    volatile int *volatile nowhere = NULL;

    return *nowhere;
}

int action_late_module(void)
{
    const HMODULE module = LoadLibraryW(L"interposed_late.dll");
    const FARPROC found = module == NULL ? NULL : GetProcAddress(module, "late_socket");

    return found == NULL ? 1 : (int)found();
}

int action_child(void)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION child;
    wchar_t line[MAX_PATH + 16] = L"\"";
    DWORD code = 1;

    (void)GetModuleFileNameW(NULL, line + 1, MAX_PATH);
    wcscat(line, L"\" duplicates");
    if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &child)) {
        return 1;
    }
    (void)WaitForSingleObject(child.hProcess, INFINITE);
    (void)GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}

/* ---- connections ---- */

static void print_peer(SOCKET socket)
{
    struct sockaddr_in peer;
    int size = sizeof peer;

    if (getpeername(socket, (struct sockaddr *)&peer, &size) == 0) {
        (void)printf("peer %s\n", action_address(&peer));
    }
}

/* A socket is a file, too. */
static void end_by_file(SOCKET socket)
{
    OVERLAPPED overlapped = {0};
    DWORD count = 0;

    (void)WriteFile((HANDLE)socket, "file", 4, &count, &overlapped);
    (void)GetOverlappedResult((HANDLE)socket, &overlapped, &count, TRUE);
    (void)WSASendDisconnect(socket, NULL);
    (void)printf("written %lu\n", count);
}

int action_dial(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(443)};
    const SOCKET dialled = socket(AF_INET, SOCK_STREAM, 0);
    DWORD count = 77;
    char record[16];
    int done;

    done = WSAIoctl(dialled, WFP_SIO_QUERY_RECORDS, NULL, 0, record, sizeof record, &count, NULL,
                    NULL);
    (void)printf("query %d count %lu\n", done == 0 ? 0 : WSAGetLastError(), count);
    (void)inet_pton(AF_INET, "198.18.0.1", &address.sin_addr);
    done = connect(dialled, (struct sockaddr *)&address, sizeof address);
    (void)printf("connect %d\n", done == 0 ? 0 : WSAGetLastError());
    print_peer(dialled);
    if (done == 0) {
        end_by_file(dialled);
    }
    return 0;
}

int action_overlapped_query(void)
{
    const SOCKET asked = socket(AF_INET, SOCK_STREAM, 0);
    OVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD count = 0;
    DWORD flags = 0;
    char record[1024];
    int error = 0;

    if (WSAIoctl(asked, WFP_SIO_QUERY_RECORDS, NULL, 0, record, sizeof record, &count, &overlapped,
                 NULL) != 0) {
        error = WSAGetLastError();
    }
    if (error == WSA_IO_PENDING) {
        error = WSAGetOverlappedResult(asked, &overlapped, &count, TRUE, &flags)
                    ? 0
                    : WSAGetLastError();
    }
    (void)printf("query %d count %lu\n", error, count);
    return 0;
}

int action_connect_by_name(void)
{
    const SOCKET dialled = socket(AF_INET, SOCK_STREAM, 0);
    wchar_t name[] = L"example.test";
    wchar_t service[] = L"443";
    struct sockaddr_in remote;
    DWORD size = sizeof remote;

    if (!WSAConnectByNameW(dialled, name, service, NULL, NULL, &size, (struct sockaddr *)&remote,
                           NULL, NULL)) {
        (void)printf("failed %d\n", WSAGetLastError());
        return 1;
    }
    (void)printf("remote %s\n", action_address(&remote));
    print_peer(dialled);
    return 0;
}

/* ---- handles ---- */

int action_duplicates(void)
{
    const SOCKET first = socket(AF_INET, SOCK_STREAM, 0);
    WSAPROTOCOL_INFOW info;
    HANDLE second = NULL;
    SOCKET third;

    (void)DuplicateHandle(GetCurrentProcess(), (HANDLE)first, GetCurrentProcess(), &second, 0,
                          FALSE, DUPLICATE_SAME_ACCESS);
    (void)WSADuplicateSocketW(first, GetCurrentProcessId(), &info);
    third = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
    (void)CloseHandle(second);
    (void)closesocket(third);
    (void)closesocket(first);
    return 0;
}
