/* SPDX-License-Identifier: MIT */

/* The reference proxy on the system's thread pool: AcceptEx and ConnectEx end in its callbacks. */

#include "tests/proxies/hooks/extension.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/proxy.h"

static void CALLBACK report(PTP_CALLBACK_INSTANCE instance, void *context, void *overlapped,
                            ULONG error, ULONG_PTR count, PTP_IO pool)
{
    (void)instance;
    (void)context;
    (void)pool;
    operation_report(overlapped, error, (DWORD)count);
}

static void start(void *pool)
{
    StartThreadpoolIo(pool);
}

static void stop(void *pool)
{
    CancelThreadpoolIo(pool);
}

static struct extension_pool pool_of(SOCKET socket)
{
    PTP_IO pool = CreateThreadpoolIo((HANDLE)socket, report, NULL, NULL);
    return (struct extension_pool){start, stop, pool};
}

static void accept_all(const struct steps *steps, SOCKET listener)
{
    struct extension_pool pool = pool_of(listener);
    while (pool.pool) {
        SOCKET client = extension_accept(listener, &pool);
        if (client == INVALID_SOCKET || !extension_update_accepted(client, listener)) {
            return;
        }
        connection_start(steps, listener, client);
    }
}

static bool connect_in_pool(SOCKET upstream, const struct sockaddr_storage *destination)
{
    struct extension_pool pool = pool_of(upstream);
    if (!pool.pool) {
        return false;
    }
    bool connected = extension_connect(upstream, destination, &pool);
    CloseThreadpoolIo(pool.pool);
    return connected && extension_update_connected(upstream);
}

int main(int count, char **words)
{
    struct steps steps = reference_steps;
    steps.accept_all = accept_all;
    steps.connect = connect_in_pool;
    return proxy_run(&steps, count, words);
}
