/* SPDX-License-Identifier: MIT */

/*
 * The reference proxy as most real ones are: without its driver it does not start. It believes a
 * context only where the driver's events, and what the driver says of the client's port, agree.
 */

#include <stdio.h>

#include "tests/proxies/hooks/driver.h"
#include "tests/proxies/reference/connection.h"
#include "tests/proxies/reference/context.h"
#include "tests/proxies/reference/proxy.h"

static bool driver_agrees(const struct connection *connection)
{
    SOCKADDR_STORAGE client, asked, told;
    int size = sizeof client;
    if (getpeername(connection->client, (void *)&client, &size) != 0) {
        return false;
    }
    const USHORT port = ntohs(SS_PORT(&client));
    if (driver_destination(port, &asked) && address_same(&asked, &connection->destination) &&
        driver_event(port, &told) && address_same(&told, &connection->destination)) {
        return true;
    }
    fprintf(stderr, "the driver knows nothing of port %u, or something else\n", port);
    return false;
}

static bool learn(struct connection *connection)
{
    return connection_learn(connection) && driver_agrees(connection);
}

int main(int count, char **words)
{
    static const char *(*const tries[])(void) = {service_try, filters_try, device_try, driver_open};
    struct steps steps = reference_steps;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        const char *wrong = tries[i]();
        if (wrong) {
            fprintf(stderr, "driver: %s (error %lu)\n", wrong, GetLastError());
            return 3;
        }
    }
    steps.learn = learn;
    return proxy_run(&steps, count, words);
}
