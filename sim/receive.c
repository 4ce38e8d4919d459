/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/datagram.h"
#include "sim/facts.h"
#include "sim/message.h"

/* A receive looked at. */
struct receive_view {
    struct inquiry inquiry;
    uint32_t endpoint;
    uint32_t datagram; /* the oldest; 0: none */
    uint32_t level;    /* of its control objects */
    struct record_view record;
    struct record_view context;
    uint32_t room; /* for control data */
};

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

static enum wfp_call call_of(const struct wfp_receive *call)
{
    return call->entry == WFP_MESSAGE_PLAIN ? WFP_CALL_RECEIVE_PLAIN : WFP_CALL_RECEIVE_MESSAGE;
}

/* WSK-10: without a place for the length, control data are not asked for. */
static bool asks_for_control(const struct wfp_receive *call)
{
    return call->entry == WFP_MESSAGE_WSA ||
           (call->entry == WFP_MESSAGE_WSK && call->control_length != WFP_POINTER_NULL);
}

static uint64_t facts_of_arguments(const struct wfp_receive *call)
{
    return when(call->name == WFP_NAME_NULL, DATAGRAM(NAME_NULL)) |
           when(asks_for_control(call) && call->control.size > 0 &&
                    call->control.pointer == WFP_POINTER_NULL,
                DATAGRAM(CONTROL_NULL)) |
           when((call->flags & WFP_MSG_PEEK) != 0, DATAGRAM(PEEK)) |
           when((call->flags & ~WFP_MSG_PEEK) != 0, DATAGRAM(FLAGS_FOREIGN));
}

/* ---- control objects ---- */

static uint64_t facts_of_objects(const struct wfp_receive *call, const struct receive_view *view,
                                 uint8_t options)
{
    const bool ip = view->level == WFP_IPPROTO_IP;
    const uint8_t records = ip ? OPTION_RECORDS_IP : OPTION_RECORDS_IPV6;
    const uint8_t contexts = ip ? OPTION_CONTEXT_IP : OPTION_CONTEXT_IPV6;
    const bool record = view->record.size > 0 && (options & records) != 0;
    const bool context = view->context.size > 0 && (options & contexts) != 0;
    uint64_t space = 0;

    space += record ? wfp_control_space(call->layout, view->record.size) : 0;
    space += context ? wfp_control_space(call->layout, view->context.size) : 0;
    return when(record, DATAGRAM(RECORD_DUE)) | when(context, DATAGRAM(CONTEXT_DUE)) |
           when(space > view->room, DATAGRAM(CONTROL_SHORT));
}

static uint64_t facts_of_datagram(const struct wfp_world *world, const struct wfp_receive *call,
                                  struct message_reading reading, struct receive_view *view)
{
    const struct datagram_slot *slot = world_datagram_at(world, view->datagram);
    const struct endpoint *endpoint = world_endpoint_at(world, view->endpoint);
    const bool shown = (call->flags & WFP_MSG_PEEK) == 0 || reading.peek_shows_record;
    const uint64_t facts = when(slot->size > call->data.size, DATAGRAM(DATA_SHORT));

    view->inquiry.needed = slot->size < call->data.size ? slot->size : call->data.size;
    view->level = message_level(endpoint, slot->from.family, reading);
    view->record = world_record(world, slot->record);
    view->context =
        facts_context_of(view->record, world_value(world, WFP_KEY_CONTEXT_OF_LAST)->number != 0);
    if (!shown || !asks_for_control(call)) {
        return facts;
    }
    return facts |
           facts_of_objects(call, view, reading.option_late ? endpoint->options : slot->options);
}

static enum wfp_status look(const struct wfp_world *world, const struct wfp_receive *call,
                            struct message_reading reading, struct receive_view *view)
{
    const struct endpoint *endpoint = world_endpoint_of(world, call->socket);

    memset(view, 0, sizeof *view);
    view->inquiry.call = call_of(call);
    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    view->endpoint = world_descriptor(world, call->socket)->endpoint;
    view->datagram = endpoint->queue;
    view->room = call->control.pointer <= WFP_POINTER_MISALIGNED ? call->control.size : 0;
    view->inquiry.facts = message_facts(endpoint, call->entry, call->byte_count, call->overlapped) |
                          facts_of_arguments(call) |
                          when(view->datagram == 0, DATAGRAM(QUEUE_EMPTY));
    if (view->datagram != 0) {
        view->inquiry.facts |= facts_of_datagram(world, call, reading, view);
    }
    return WFP_OK;
}

/* ---- effects ---- */

/* As much of an object as fits, where the profile says that a part is delivered (UNK-27). */
static uint32_t write_part(const struct wfp_receive *call, const struct wfp_control_object *object,
                           uint8_t *out, uint32_t room)
{
    const uint32_t unit = call->layout == WFP_LAYOUT_64 ? 8 : 4;
    const uint64_t header = wfp_control_length(call->layout, 0);
    struct wfp_control_object part = *object;

    if (room < header) {
        return 0;
    }
    part.length = wfp_control_length(call->layout, object->size);
    part.size = (room - (uint32_t)header) / unit * unit;
    return wfp_control_write(call->layout, &part, out, room);
}

static void write_object(const struct wfp_world *world, const struct wfp_receive *call,
                         const struct receive_view *view, uint32_t type, struct record_view bytes,
                         struct wfp_message_reply *reply)
{
    const struct wfp_control_object object = {0, view->level, type, bytes.bytes, bytes.size};
    const uint32_t room = view->room - reply->control;
    uint8_t *out = call->control.bytes + reply->control;
    uint32_t written = 0;

    if (bytes.size == 0 || view->room == 0) {
        reply->flags |= bytes.size > 0 ? WFP_MSG_CTRUNC : 0;
        return;
    }
    written = wfp_control_write(call->layout, &object, out, room);
    if (written == 0) {
        reply->flags |= WFP_MSG_CTRUNC;
    }
    if (written == 0 && world_value(world, WFP_KEY_CONTROL_PARTIAL)->number != 0) {
        written = write_part(call, &object, out, room);
    }
    reply->control += written;
}

static bool shows(enum wfp_effect effect, uint64_t facts, enum wfp_effect alone,
                  enum wfp_datagram_fact due)
{
    return effect == alone || effect == WFP_EFFECT_RECEIVE_BOTH ||
           (effect == WFP_EFFECT_RECEIVE_CUT && (facts & WFP_BIT(due)) != 0);
}

static struct wfp_address address_for(const struct endpoint *endpoint,
                                      const struct wfp_address *from)
{
    return endpoint->family == WFP_IPV6 ? world_mapped(from) : *from;
}

/* recvfrom() has no flags to return; its error is the flag. */
static bool flags_a_cut(const struct wfp_world *world, const struct wfp_receive *call)
{
    return call->entry == WFP_MESSAGE_PLAIN || world_value(world, WFP_KEY_TRUNC_FLAG)->number != 0;
}

static void receive(struct wfp_world *world, const struct wfp_receive *call,
                    const struct receive_view *view, enum wfp_effect effect,
                    struct wfp_message_reply *reply)
{
    struct endpoint *endpoint = world_endpoint(world, view->endpoint);
    const struct datagram_slot *slot = world_datagram_at(world, view->datagram);
    const uint64_t facts = view->inquiry.facts;

    reply->from = address_for(endpoint, &slot->from);
    reply->flags =
        (facts & DATAGRAM(DATA_SHORT)) != 0 && flags_a_cut(world, call) ? WFP_MSG_TRUNC : 0;
    if (call->data.pointer <= WFP_POINTER_MISALIGNED && view->inquiry.needed > 0) {
        memcpy(call->data.bytes, world_datagram_room(world, view->datagram), view->inquiry.needed);
        reply->written = view->inquiry.needed;
    }
    if (shows(effect, facts, WFP_EFFECT_RECEIVE_RECORD, WFP_DATAGRAM_RECORD_DUE)) {
        write_object(world, call, view, WFP_REDIRECT_RECORDS, view->record, reply);
    }
    if (shows(effect, facts, WFP_EFFECT_RECEIVE_CONTEXT, WFP_DATAGRAM_CONTEXT_DUE)) {
        write_object(world, call, view, WFP_REDIRECT_CONTEXT, view->context, reply);
    }
    if ((facts & DATAGRAM(PEEK)) == 0) {
        datagram_consume(world, endpoint);
    }
}

static enum wfp_effect effect_of(const struct decision *decision)
{
    if (decision->rule != NULL) {
        return decision->rule->effect;
    }
    return message_received(decision->answer) ? WFP_EFFECT_RECEIVE_CUT : WFP_EFFECT_NONE;
}

/* ---- the calls ---- */

static struct decision decide_seen(const struct wfp_world *world, const struct wfp_receive *call,
                                   struct wfp_answer answer, struct receive_view *view)
{
    struct decision decision = {answer, NULL};

    for (uint32_t i = 0; i < message_reading_count(world); i++) {
        struct wfp_answer_set set = {.count = 0};

        (void)look(world, call, message_reading_at(world, i), view);
        decide_all(world, &view->inquiry, &set);
        for (size_t j = 0; j < set.count; j++) {
            if (wfp_answer_equal(message_seen(call->entry, call->byte_count, set.answers[j]),
                                 answer)) {
                return (struct decision){set.answers[j], set.rules[j]};
            }
        }
    }
    (void)look(world, call, message_reading_at(world, 0), view);
    return decision;
}

/* `answer` NULL: the simulator's. */
static enum wfp_status carry_out(struct wfp_world *world, const struct wfp_receive *call,
                                 const struct wfp_answer *answer, struct wfp_message_reply *reply)
{
    struct receive_view view;
    const enum wfp_status status = look(world, call, message_reading_at(world, 0), &view);
    struct decision decision;
    enum wfp_effect effect;

    memset(reply, 0, sizeof *reply);
    if (status != WFP_OK) {
        return status;
    }
    decision =
        answer == NULL ? decide(world, &view.inquiry) : decide_seen(world, call, *answer, &view);
    effect = effect_of(&decision);
    if (effect >= WFP_EFFECT_RECEIVE && effect <= WFP_EFFECT_RECEIVE_CUT && view.datagram != 0) {
        receive(world, call, &view, effect, reply);
    }
    reply->answer = message_seen(call->entry, call->byte_count, decision.answer);
    reply->rule = decision.rule;
    return WFP_OK;
}

enum wfp_status wfp_message_receive(struct wfp_world *world, const struct wfp_receive *call,
                                    struct wfp_message_reply *reply)
{
    return carry_out(world, call, NULL, reply);
}

void wfp_message_receive_allowed(const struct wfp_world *world, const struct wfp_receive *call,
                                 struct wfp_answer_set *set)
{
    struct wfp_answer_set all = {.count = 0};
    struct receive_view view;

    for (uint32_t i = 0; i < message_reading_count(world); i++) {
        if (look(world, call, message_reading_at(world, i), &view) == WFP_OK) {
            decide_all(world, &view.inquiry, &all);
        }
    }
    set->count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct decision seen = {message_seen(call->entry, call->byte_count, all.answers[i]),
                                      all.rules[i]};

        decide_add(set, seen);
    }
}

enum wfp_status wfp_message_receive_assume(struct wfp_world *world, const struct wfp_receive *call,
                                           struct wfp_answer answer,
                                           struct wfp_message_reply *reply)
{
    return carry_out(world, call, &answer, reply);
}
