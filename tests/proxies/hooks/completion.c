/* SPDX-License-Identifier: MIT */

/*
 * The reference proxy on a completion port in skip-on-success mode: AcceptEx, ConnectEx and the
 * redirect calls are overlapped, and what is done at once leaves no packet in the port.
 * `--bug accept-ex-no-update` and `--bug connect-ex-no-update` leave out what those calls leave to
 * the caller.
 */

#include <process.h>
#include <stdio.h>
#include <string.h>

#include "tests/proxies/hooks/extension.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/dial.h"
#include "tests/proxies/reference/proxy.h"

static HANDLE port;
static bool updates_accepted = true, updates_connected = true;

static OVERLAPPED *packet(DWORD *error, DWORD *count)
{
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    BOOL good = GetQueuedCompletionStatus(port, count, &key, &overlapped, INFINITE);
    *error = good ? 0 : GetLastError();
    return overlapped;
}

static unsigned __stdcall report_packets(void *unused)
{
    DWORD error, count = 0;
    OVERLAPPED *overlapped;
    (void)unused;
    while ((overlapped = packet(&error, &count)) != NULL) {
        operation_report(overlapped, error, count);
    }
    return 0;
}

static bool watch(SOCKET socket)
{
    return CreateIoCompletionPort((HANDLE)socket, port, 0, 0) == port &&
           SetFileCompletionNotificationModes((HANDLE)socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
}

static int control_overlapped(SOCKET socket, DWORD code, const struct blob *in, struct blob *out,
                              DWORD *count)
{
    struct operation operation;
    if (!operation_begin(&operation)) {
        return WSA_NOT_ENOUGH_MEMORY;
    }
    bool done =
        WSAIoctl(socket, code, in ? in->bytes : NULL, in ? in->size : 0, out ? out->bytes : NULL,
                 out ? out->capacity : 0, count, &operation.overlapped, NULL) == 0;
    bool pending = !done && WSAGetLastError() == WSA_IO_PENDING;
    DWORD error = operation_end(&operation, done);
    if (pending) {
        *count = operation.count;
    }
    return (int)error;
}

static void accept_all(const struct steps *steps, SOCKET listener)
{
    bool good = watch(listener);
    while (good) {
        SOCKET client = extension_accept(listener, NULL);
        good = client != INVALID_SOCKET && watch(client);
        if (good && updates_accepted) {
            good = extension_update_accepted(client, listener);
        }
        if (good) {
            connection_start(steps, listener, client);
        }
    }
}

static SOCKET attempt(struct connection *connection, int number)
{
    (void)number;
    SOCKET upstream = socket_open(connection->destination.ss_family, SOCK_STREAM);
    if (watch(upstream) && connection->steps->set_record(connection, upstream) &&
        extension_connect(upstream, &connection->destination, NULL) &&
        (!updates_connected || extension_update_connected(upstream))) {
        return upstream;
    }
    closesocket(upstream);
    return INVALID_SOCKET;
}

int main(int count, char **words)
{
    struct steps steps = reference_steps;
    steps.accept_all = accept_all;
    steps.control = control_overlapped;
    steps.attempt = attempt;
    if (count > 2 && strcmp(words[1], "--bug") == 0) {
        updates_accepted = strcmp(words[2], "accept-ex-no-update") != 0;
        updates_connected = strcmp(words[2], "connect-ex-no-update") != 0;
        count -= 2;
        words += 2;
    }
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!port || !_beginthreadex(NULL, 0, report_packets, NULL, 0, NULL)) {
        fprintf(stderr, "no completion port: error %lu\n", GetLastError());
        return 2;
    }
    return proxy_run(&steps, count, words);
}
