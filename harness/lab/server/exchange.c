/* SPDX-License-Identifier: MIT */

#include "harness/lab/server/exchange.h"

#include "harness/lab/server/lab.h"
#include "harness/lab/server/peer.h"
#include "harness/lab/server/process.h"
#include "harness/lab/server/proxy.h"

/* Without one nobody looks: it only goes to the trace, and what is asked is passed. */
static exchange_look *const looks[EVENT_KIND_COUNT] = {
    [EVENT_CHILD] = look_at_child,
    [EVENT_EXIT] = look_at_exit,
    [EVENT_SOCKET] = look_at_socket,
    [EVENT_BIND] = look_at_bind,
    [EVENT_LISTEN] = look_at_listen,
    [EVENT_ACCEPT] = look_at_accept,
    [EVENT_ACCEPTED_EX] = look_at_accepted_ex,
    [EVENT_UPDATE_ACCEPT] = look_at_update_accept,
    [EVENT_CONNECT] = look_at_connect,
    [EVENT_IOCTL] = look_at_ioctl,
    [EVENT_OPTION_SET] = look_at_option_set,
    [EVENT_OPTION_GET] = look_at_option_get,
    [EVENT_DATAGRAM_SEND] = look_at_datagram_send,
    [EVENT_DATAGRAM_RECEIVE] = look_at_datagram_receive,
    [EVENT_DUPLICATE] = look_at_duplicate,
    [EVENT_SHUTDOWN] = look_at_shutdown,
    [EVENT_CLOSE] = look_at_close,
    [EVENT_DEVICE_OPEN] = look_at_driver,
    [EVENT_DEVICE_CONTROL] = look_at_driver,
    [EVENT_SERVICE_CALL] = look_at_driver,
    [EVENT_FILTER_CALL] = look_at_driver,
};

struct socket *exchange_socket(struct exchange *exchange)
{
    return process_socket_add(exchange->process, event_number(&exchange->event, FIELD_SOCKET));
}

void exchange_note_client(struct exchange *exchange, uint32_t client)
{
    if (client != 0) {
        event_set_number(&exchange->event, FIELD_CLIENT, client);
    }
}

void exchange_answer(struct exchange *exchange, enum event_by by, uint32_t error)
{
    exchange->by = by;
    exchange->answer.kind = EVENT_ANSWER;
    event_set_number(&exchange->answer, FIELD_ERROR, error);
}

/* The fields of the answer stand beside those of the question. */
static void merge(struct event *event, const struct event *answer)
{
    for (int field = 0; field < FIELDS_ALL; field++) {
        const enum event_field of = (enum event_field)field;

        if (!event_has(answer, of)) {
            continue;
        }
        event->fields |= UINT64_C(1) << field;
        if (of < FIELD_NUMBERS_END) {
            event->numbers[field] = answer->numbers[field];
        } else if (of < FIELD_ADDRESSES_END) {
            event->addresses[field - FIELD_NUMBERS_END] =
                answer->addresses[field - FIELD_NUMBERS_END];
        } else {
            event->bytes[field - FIELD_ADDRESSES_END] = answer->bytes[field - FIELD_ADDRESSES_END];
        }
    }
}

static bool is_asked(const struct event *event)
{
    return event_kinds[event->kind].asked &&
           (event->kind != EVENT_IOCTL || event_is_vendors(event_number(event, FIELD_CODE)));
}

void exchange_tell(struct exchange *exchange)
{
    if (exchange->told) {
        return;
    }
    exchange->told = true;
    if (is_asked(&exchange->event)) {
        peer_send(exchange->peer, &exchange->answer);
        merge(&exchange->event, &exchange->answer);
        event_set_number(&exchange->event, FIELD_BY, exchange->by);
    }
    lab_tell(exchange->lab, &exchange->event);
}

/* What only the lab itself tells cannot come from outside. */
static bool may_be_told(enum event_kind kind)
{
    return kind > EVENT_HELLO && kind < EVENT_ANSWER;
}

bool exchange(struct peer *peer, const struct event *event)
{
    struct exchange exchange = {.lab = peer->lab,
                                .peer = peer,
                                .event = *event,
                                .answer = {.kind = EVENT_PASS},
                                .by = EVENT_BY_PROVIDER};

    if (peer->process == NULL) {
        return event->kind == EVENT_HELLO && proxy_hello(&exchange);
    }
    if (!may_be_told(event->kind)) {
        return false;
    }
    exchange.process = peer->process;
    exchange.lab->heard++;
    event_set_number(&exchange.event, FIELD_PROCESS, peer->process->number);
    if (looks[event->kind] != NULL) {
        looks[event->kind](&exchange);
    }
    exchange_tell(&exchange);
    return true;
}
