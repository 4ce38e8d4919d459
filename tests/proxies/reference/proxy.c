/* SPDX-License-Identifier: MIT */
#include "tests/proxies/reference/proxy.h"

#include <process.h>
#include <stdio.h>
#include <string.h>

#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/datagram.h"
#include "tests/proxies/reference/dial.h"

enum { PROXY_SOCKETS_MAX = 16 };

struct service {
    const struct steps *steps;
    SOCKET listener;
    void (*run)(const struct steps *steps, SOCKET listener);
};

static unsigned __stdcall run_in_thread(void *argument)
{
    const struct service *service = argument;
    service->run(service->steps, service->listener);
    return 0;
}

static bool read_address(char *text, struct sockaddr_storage *address)
{
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        int size = sizeof *address;
        memset(address, 0, sizeof *address);
        if (WSAStringToAddressA(text, families[i], NULL, (void *)address, &size) == 0) {
            return true;
        }
    }
    return false;
}

static bool open_tcp(struct service *service, const struct sockaddr_storage *local)
{
    service->run = service->steps->accept_all;
    service->listener = socket_open(local->ss_family, SOCK_STREAM);
    return service->listener != INVALID_SOCKET && listener_bind(service->listener, local) &&
           listen(service->listener, service->steps->backlog) == 0;
}

static bool open_udp(struct service *service, const struct sockaddr_storage *local)
{
    service->run = datagram_run;
    service->listener = datagram_open(service->steps, local);
    return service->listener != INVALID_SOCKET;
}

/* One option and its value. */
static bool open_service(struct service *service, char **words)
{
    struct sockaddr_storage local;
    bool tcp = strcmp(words[0], "--listen") == 0;
    if ((!tcp && strcmp(words[0], "--udp") != 0) || !words[1] || !read_address(words[1], &local)) {
        fprintf(stderr, "expected --listen HOST:PORT or --udp HOST:PORT, got %s %s\n", words[0],
                words[1] ? words[1] : "");
        return false;
    }
    if (tcp ? open_tcp(service, &local) : open_udp(service, &local)) {
        return true;
    }
    fprintf(stderr, "%s %s: Winsock error %d\n", words[0], words[1], WSAGetLastError());
    return false;
}

static int start_all(const struct steps *steps, char **words, struct service *services,
                     HANDLE *threads)
{
    int count = 0;
    for (; words[0]; words += 2, count++) {
        services[count].steps = steps;
        if (count == PROXY_SOCKETS_MAX || !open_service(&services[count], words)) {
            return -1;
        }
        threads[count] = (HANDLE)_beginthreadex(NULL, 0, run_in_thread, &services[count], 0, NULL);
    }
    return count;
}

int proxy_run(const struct steps *steps, int count, char **words)
{
    struct service services[PROXY_SOCKETS_MAX + 1];
    HANDLE threads[PROXY_SOCKETS_MAX];
    WSADATA data;
    if (count < 3 || WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        fprintf(stderr, "expected --listen HOST:PORT or --udp HOST:PORT\n");
        return 2;
    }
    int started = start_all(steps, words + 1, services, threads);
    if (started <= 0) {
        return 2;
    }
    WaitForMultipleObjects((DWORD)started, threads, TRUE, INFINITE);
    return 1;
}
