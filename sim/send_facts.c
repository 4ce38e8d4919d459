/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "sim/datagram.h"
#include "sim/facts.h"
#include "sim/send.h"

enum { PACKET_INFO = 19, DATAGRAM_MAX = 65507 };

static uint64_t when(bool holds, uint64_t facts)
{
    return holds ? facts : 0;
}

static bool valid(const struct wfp_buffer *buffer)
{
    return buffer->pointer <= WFP_POINTER_MISALIGNED;
}

/* ---- control objects ---- */

static bool is_redirect_object(const struct wfp_control_object *object)
{
    const bool level = object->level == WFP_IPPROTO_IP || object->level == WFP_IPPROTO_IPV6;

    return level && (object->type == WFP_REDIRECT_RECORDS || object->type == WFP_REDIRECT_CONTEXT);
}

/* Of the objects that have nothing to do with redirects the model knows packet information. */
static bool is_other_object(const struct wfp_control_object *object)
{
    return object->type == PACKET_INFO &&
           (object->level == WFP_IPPROTO_IP || object->level == WFP_IPPROTO_IPV6);
}

static void look_at_object(const struct wfp_control_object *object, uint32_t level,
                           struct send_view *view)
{
    uint64_t *facts = &view->inquiry.facts;

    if (!is_redirect_object(object)) {
        *facts |= when(!is_other_object(object), DATAGRAM(OBJECT_UNKNOWN));
        return;
    }
    if (object->size == 0) {
        *facts |= DATAGRAM(OBJECT_EMPTY);
        return;
    }
    if (view->has_peer && object->level != level) {
        *facts |= DATAGRAM(OBJECT_FOREIGN);
        return;
    }
    if (object->type == WFP_REDIRECT_RECORDS) {
        *facts |= when((*facts & DATAGRAM(RECORD_GIVEN)) != 0, DATAGRAM(RECORD_TWICE)) |
                  DATAGRAM(RECORD_GIVEN);
        view->record = (struct record_view){object->data, object->size};
    }
}

static void look_at_control(const struct wfp_world *world, const struct wfp_send *call,
                            uint32_t level, struct send_view *view)
{
    struct wfp_control_walk walk = {call->control.bytes, call->control.size, 0, call->layout};
    struct wfp_control_object object;
    enum wfp_control_step step;

    if (call->entry == WFP_MESSAGE_PLAIN || !valid(&call->control)) {
        return;
    }
    for (step = wfp_control_next(&walk, &object); step == WFP_CONTROL_OBJECT;
         step = wfp_control_next(&walk, &object)) {
        look_at_object(&object, level, view);
    }
    view->inquiry.facts |=
        when(step == WFP_CONTROL_MALFORMED, DATAGRAM(OBJECT_MALFORMED)) |
        when(view->record.size > 0 && facts_check_record(world, view->record) != RECORD_VALID,
             DATAGRAM(RECORD_INVALID));
}

/* ---- the call ---- */

static uint64_t facts_of_arguments(const struct wfp_send *call)
{
    const uint32_t known = WFP_MSG_OOB | WFP_MSG_DONTROUTE | WFP_MSG_PARTIAL;
    const bool controlled = call->entry != WFP_MESSAGE_PLAIN && call->control.size > 0;

    return when(call->name == WFP_NAME_NULL, DATAGRAM(NAME_NULL)) |
           when(call->name == WFP_NAME_GIVEN, DATAGRAM(NAME_GIVEN)) |
           when(controlled && call->control.pointer == WFP_POINTER_NULL, DATAGRAM(CONTROL_NULL)) |
           when((call->flags & ~known) != 0, DATAGRAM(FLAGS_FOREIGN)) |
           when(call->data.size > DATAGRAM_MAX, DATAGRAM(TOO_LONG));
}

static uint64_t facts_of_flow(const struct wfp_world *world, const struct wfp_send *call,
                              const struct send_view *view)
{
    const uint32_t told =
        datagram_look(world, view->flow, view->inquiry.call == WFP_CALL_DATAGRAM_CONNECT);
    const bool created = (told & WFP_FLOW_CLASSIFIED) != 0;
    const struct wfp_redirect *redirect = call->redirect;

    return when(created, DATAGRAM(FLOW_NEW)) |
           when(!created && (told & WFP_FLOW_CARRIES_RECORD) != 0, DATAGRAM(FLOW_UNBEGUN)) |
           when(created && call->classification == 0 && redirect != NULL &&
                    redirect->target_pid == 0 && !redirect->remote,
                DATAGRAM(TARGET_PID_ZERO));
}

static enum wfp_status find_peer(const struct wfp_send *call, const struct endpoint *endpoint,
                                 struct send_view *view)
{
    const bool connects = view->inquiry.call == WFP_CALL_DATAGRAM_CONNECT;

    if ((call->name == WFP_NAME_GIVEN && call->to.family != endpoint->family) ||
        (connects && endpoint->type == WFP_TCP)) {
        return WFP_BAD_STATE;
    }
    view->has_peer = call->name == WFP_NAME_GIVEN || endpoint->state == ENDPOINT_CONNECTED;
    view->peer = wfp_address_unmapped(call->name == WFP_NAME_GIVEN ? &call->to : &endpoint->remote);
    return WFP_OK;
}

enum wfp_status send_look(const struct wfp_world *world, const struct wfp_send *call,
                          enum wfp_call kind, struct message_reading reading,
                          struct send_view *view)
{
    const struct endpoint *endpoint = world_endpoint_of(world, call->socket);
    enum wfp_status status;

    memset(view, 0, sizeof *view);
    view->inquiry.call = kind;
    view->classification = call->classification;
    if (endpoint == NULL) {
        return WFP_NO_SOCKET;
    }
    status = find_peer(call, endpoint, view);
    if (status != WFP_OK) {
        return status;
    }
    view->endpoint = world_descriptor(world, call->socket)->endpoint;
    view->flow = view->has_peer ? datagram_flow(world, view->endpoint, &view->peer) : 0;
    view->inquiry.needed = call->data.size;
    view->inquiry.facts =
        message_facts(endpoint, call->entry, call->byte_count, call->overlapped) |
        facts_of_arguments(call) |
        when(view->has_peer && endpoint->type != WFP_TCP, facts_of_flow(world, call, view));
    look_at_control(world, call, message_level(endpoint, view->peer.family, reading), view);
    return WFP_OK;
}
