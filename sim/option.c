/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/message.h"

enum { VALUE_SIZE = 4 /* a DWORD (UNK-30) */ };

static const struct {
    uint32_t level;
    uint32_t name;
    enum option_bit bit;
} options[] = {
    {WFP_IPPROTO_IP, WFP_REDIRECT_RECORDS, OPTION_RECORDS_IP},
    {WFP_IPPROTO_IP, WFP_REDIRECT_CONTEXT, OPTION_CONTEXT_IP},
    {WFP_IPPROTO_IPV6, WFP_REDIRECT_RECORDS, OPTION_RECORDS_IPV6},
    {WFP_IPPROTO_IPV6, WFP_REDIRECT_CONTEXT, OPTION_CONTEXT_IPV6},
};

/* 0: no such option. */
static uint8_t bit_of(const struct wfp_option *call)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].level == call->level && options[i].name == call->name) {
            return (uint8_t)options[i].bit;
        }
    }
    return 0;
}

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

static enum wfp_status look(const struct wfp_world *world, const struct wfp_option *call,
                            enum wfp_call kind, struct inquiry *inquiry)
{
    const struct endpoint *endpoint = world_endpoint_of(world, call->socket);

    *inquiry = (struct inquiry){.call = kind};
    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    inquiry->facts = message_facts(endpoint, WFP_MESSAGE_PLAIN, WFP_POINTER_HEAP, false) |
                     when(bit_of(call) == 0, DATAGRAM(OPTION_UNKNOWN)) |
                     when(call->level != WFP_IPPROTO_IP && call->level != WFP_IPPROTO_IPV6,
                          DATAGRAM(LEVEL_UNKNOWN)) |
                     when(call->level == WFP_IPPROTO_IPV6 && endpoint->family == WFP_IPV4,
                          DATAGRAM(LEVEL_FOREIGN)) |
                     when(call->value.pointer > WFP_POINTER_MISALIGNED, DATAGRAM(VALUE_NULL)) |
                     when(call->value.size < VALUE_SIZE, DATAGRAM(VALUE_SHORT));
    return WFP_OK;
}

/* What stands behind the end of a short value counts as 0. */
static bool is_on(const struct wfp_buffer *value)
{
    for (uint32_t i = 0; i < value->size && i < VALUE_SIZE; i++) {
        if (value->bytes[i] != 0) {
            return true;
        }
    }
    return false;
}

static void set_option(struct wfp_world *world, const struct wfp_option *call)
{
    struct endpoint *endpoint =
        world_endpoint(world, world_descriptor(world, call->socket)->endpoint);
    const uint8_t bit = bit_of(call);

    if (call->value.pointer > WFP_POINTER_MISALIGNED) {
        return;
    }
    endpoint->options = (uint8_t)(endpoint->options & ~bit);
    if (is_on(&call->value)) {
        endpoint->options |= bit;
    }
}

static void get_option(const struct wfp_world *world, const struct wfp_option *call,
                       struct wfp_reply *reply)
{
    const struct endpoint *endpoint = world_endpoint_of(world, call->socket);
    const uint8_t value[VALUE_SIZE] = {(endpoint->options & bit_of(call)) != 0};
    uint32_t size = reply->answer.bytes < VALUE_SIZE ? reply->answer.bytes : VALUE_SIZE;

    size = size < call->value.size ? size : call->value.size;
    if (call->value.pointer <= WFP_POINTER_MISALIGNED && size > 0) {
        memcpy(call->value.bytes, value, size);
        reply->written = size;
    }
}

/* `answer` NULL: the simulator's. */
static enum wfp_status carry_out(struct wfp_world *world, const struct wfp_option *call,
                                 enum wfp_call kind, const struct wfp_answer *answer,
                                 struct wfp_reply *reply)
{
    struct inquiry inquiry;
    const enum wfp_status status = look(world, call, kind, &inquiry);
    struct decision decision;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    decision = answer == NULL ? decide(world, &inquiry) : decide_as(world, &inquiry, *answer);
    reply->answer = decision.answer;
    reply->rule = decision.rule;
    if (decide_effect(&inquiry, &decision) == WFP_EFFECT_SET_OPTION) {
        set_option(world, call);
    }
    if (decide_effect(&inquiry, &decision) == WFP_EFFECT_GET_OPTION) {
        get_option(world, call, reply);
    }
    return WFP_OK;
}

static void allowed(const struct wfp_world *world, const struct wfp_option *call,
                    enum wfp_call kind, struct wfp_answer_set *set)
{
    struct inquiry inquiry;

    set->count = 0;
    if (look(world, call, kind, &inquiry) == WFP_OK) {
        decide_all(world, &inquiry, set);
    }
}

enum wfp_status wfp_option_set(struct wfp_world *world, const struct wfp_option *call,
                               struct wfp_reply *reply)
{
    return carry_out(world, call, WFP_CALL_OPTION_SET, NULL, reply);
}

enum wfp_status wfp_option_get(struct wfp_world *world, const struct wfp_option *call,
                               struct wfp_reply *reply)
{
    return carry_out(world, call, WFP_CALL_OPTION_GET, NULL, reply);
}

void wfp_option_set_allowed(const struct wfp_world *world, const struct wfp_option *call,
                            struct wfp_answer_set *set)
{
    allowed(world, call, WFP_CALL_OPTION_SET, set);
}

void wfp_option_get_allowed(const struct wfp_world *world, const struct wfp_option *call,
                            struct wfp_answer_set *set)
{
    allowed(world, call, WFP_CALL_OPTION_GET, set);
}

enum wfp_status wfp_option_set_assume(struct wfp_world *world, const struct wfp_option *call,
                                      struct wfp_answer answer, struct wfp_reply *reply)
{
    return carry_out(world, call, WFP_CALL_OPTION_SET, &answer, reply);
}

enum wfp_status wfp_option_get_assume(struct wfp_world *world, const struct wfp_option *call,
                                      struct wfp_answer answer, struct wfp_reply *reply)
{
    return carry_out(world, call, WFP_CALL_OPTION_GET, &answer, reply);
}
