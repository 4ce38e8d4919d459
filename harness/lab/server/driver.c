/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/driver.h"

#include <stdlib.h>

#include "harness/lab/context/stand_in.h"
#include "harness/lab/server/client.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/peer.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

enum { TICKS = 10 /* of FILETIME in a microsecond */ };

/* A client that nobody redirected is nothing that the driver has seen. */
void driver_accepted(struct driver *driver, const struct client *client)
{
    struct recipe_facts *grown;

    if (client->group->is == SCENARIO_DIRECT || client->proxy->program->stand_in == NULL) {
        return;
    }
    grown = realloc(driver->accepted, (driver->count + 1) * sizeof *grown);
    if (grown != NULL) {
        driver->accepted = grown;
        grown[driver->count] = client_facts(client, client->proxy);
        grown[driver->count].connection = driver->count + 1;
        driver->count++;
    }
}

void driver_clear(struct driver *driver)
{
    free(driver->accepted);
    *driver = (struct driver){0};
}

/* ---- what a stand-in asks ---- */

static bool client_accepted(void *lab, uint64_t number, struct recipe_facts *facts)
{
    const struct proxy *proxy = lab;

    if (number >= proxy->driver.count) {
        return false;
    }
    *facts = proxy->driver.accepted[number];
    return true;
}

static bool client_of_port(void *lab, uint16_t port, struct recipe_facts *facts)
{
    const struct proxy *proxy = lab;

    for (size_t i = proxy->lab->client_count; i-- > 0;) {
        const struct client *client = proxy->lab->clients[i];

        if (client->proxy == proxy && client->source.port == port &&
            client->group->is != SCENARIO_DIRECT) {
            *facts = client_facts(client, proxy);
            return true;
        }
    }
    return false;
}

/* ---- what the program asks ---- */

static bool is_still_pending(const struct exchange *exchange)
{
    return exchange->event.kind == EVENT_DEVICE_CONTROL &&
           (event_number(&exchange->event, FIELD_FLAGS) & EVENT_DEVICE_AGAIN) != 0 &&
           (event_number(&exchange->answer, FIELD_FLAGS) & EVENT_DEVICE_PENDS) != 0;
}

void look_at_driver(struct exchange *exchange)
{
    struct proxy *proxy = exchange->process->proxy;
    const struct stand_in_facts facts = {
        .lab = proxy,
        .client_of_port = client_of_port,
        .client_accepted = client_accepted,
        .proxy = exchange->process->system_process,
        .time = CLIENT_TIME + lab_time(exchange->lab) * TICKS,
    };

    if (exchange->lab->order->pass_through || proxy == NULL) {
        return;
    }
    stand_in_answer(proxy->program->stand_in, &exchange->event, &facts, &exchange->answer);
    if (exchange->answer.kind == EVENT_ANSWER) {
        exchange->by = EVENT_BY_SHIM;
    }
    /* That nothing has come yet is no news. */
    if (is_still_pending(exchange)) {
        peer_send(exchange->peer, &exchange->answer);
        exchange->told = true;
    }
}
