/* SPDX-License-Identifier: MIT */

#include "sim/message.h"

#define MESSAGE_SIZE 10040u
#define BUFFER_OVERFLOW 0x80000005u

static const enum wfp_key flags[] = {WFP_KEY_OPTION_LATE, WFP_KEY_PEEK_SHOWS_RECORD,
                                     WFP_KEY_MAPPED_LEVEL_IP};

enum { FLAGS = sizeof flags / sizeof flags[0] };

uint32_t message_reading_count(const struct wfp_world *world)
{
    uint32_t count = 1;

    for (size_t i = 0; i < FLAGS; i++) {
        count *= world->profile->keys[flags[i]].count;
    }
    return count;
}

struct message_reading message_reading_at(const struct wfp_world *world, uint32_t number)
{
    bool values[FLAGS];

    for (size_t i = 0; i < FLAGS; i++) {
        const struct wfp_choice *choice = &world->profile->keys[flags[i]];

        values[i] = choice->values[number % choice->count].number != 0;
        number /= choice->count;
    }
    return (struct message_reading){values[0], values[1], values[2]};
}

uint32_t message_level(const struct endpoint *endpoint, enum wfp_family packet,
                       struct message_reading reading)
{
    const bool ip = packet == WFP_IPV4 && (reading.mapped_level_ip || endpoint->family == WFP_IPV4);

    return ip ? WFP_IPPROTO_IP : WFP_IPPROTO_IPV6;
}

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

uint64_t message_facts(const struct endpoint *endpoint, enum wfp_message_entry entry,
                       enum wfp_pointer byte_count, bool overlapped)
{
    const bool user = entry == WFP_MESSAGE_WSA;

    return when(endpoint->type == WFP_TCP, DATAGRAM(STREAM)) |
           when(endpoint->state != ENDPOINT_FRESH, DATAGRAM(BOUND)) |
           when(endpoint->state >= ENDPOINT_CONNECTED, DATAGRAM(CONNECTED)) |
           when(endpoint->shut_down, DATAGRAM(SHUT_DOWN)) |
           when(entry == WFP_MESSAGE_WSK, DATAGRAM(KERNEL_ENTRY)) |
           when(user && byte_count == WFP_POINTER_NULL, DATAGRAM(COUNT_NULL)) |
           when(user && overlapped, DATAGRAM(OVERLAPPED));
}

struct wfp_answer message_seen(enum wfp_message_entry entry, enum wfp_pointer byte_count,
                               struct wfp_answer answer)
{
    const bool unseen = (entry == WFP_MESSAGE_WSA && byte_count == WFP_POINTER_NULL) ||
                        (entry == WFP_MESSAGE_PLAIN && answer.error != 0);

    if (unseen && answer.outcome == WFP_RETURNED) {
        answer.count = WFP_COUNT_UNCHANGED;
        answer.bytes = 0;
    }
    return answer;
}

bool message_received(struct wfp_answer answer)
{
    return answer.outcome == WFP_RETURNED &&
           (answer.error == 0 || answer.error == MESSAGE_SIZE || answer.error == BUFFER_OVERFLOW);
}
