/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "harness/lab/context/sockaddr.h"
#include "harness/lab/server/clients.h"
#include "harness/lab/server/exchange.h"
#include "harness/lab/server/lab.h"
#include "harness/lab/server/process.h"

/*
 * The number is that of Microsoft's metadata of the headers (windows-rs, SO_ORIGINAL_DST). Nothing
 * documented says at which level, or for whose redirects, it answers.
 */
enum { ORIGINAL_DESTINATION = 12303, WSAEFAULT_OF_WINDOWS = 10014 };

static const struct client *redirected_client(const struct exchange *exchange,
                                              const struct socket *socket)
{
    const struct lab *lab = exchange->lab;
    const struct client *client;

    if (socket == NULL || lab->order->pass_through || socket->scenario != lab->scenario_number) {
        return NULL;
    }
    client = client_numbered(lab, socket->client);
    return client != NULL && client->group->is == SCENARIO_REDIRECTED ? client : NULL;
}

bool exchange_original(struct exchange *exchange, const struct socket *socket)
{
    const struct client *client = redirected_client(exchange, socket);
    uint8_t *out = exchange->lab->room[1];
    uint32_t size;

    if (client == NULL || event_number(&exchange->event, FIELD_OPTION) != ORIGINAL_DESTINATION) {
        return false;
    }
    memset(out, 0, SOCKADDR_IN6_SIZE);
    size = sockaddr_write(&client->destination, false, out);
    if (event_number(&exchange->event, FIELD_OUT_SIZE) < size) {
        exchange_answer(exchange, EVENT_BY_SCENARIO, WSAEFAULT_OF_WINDOWS);
        return true;
    }
    exchange_answer(exchange, EVENT_BY_SCENARIO, 0);
    event_set_number(&exchange->answer, FIELD_COUNT, size);
    event_set_bytes(&exchange->answer, FIELD_OUT, out, size);
    return true;
}
